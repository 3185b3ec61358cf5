// Package replacefile gives a file a new content in one step: whoever reads it, also after a crash, finds all of the old
// content or all of the new one.
//
// A path and the content go in. A symbolic link stays a link, and what it points to is replaced. Who owns the file stays as it
// is, as far as the user may give files away, which root may. Hard links are cut: the other names keep the old content. Nothing
// is ever left beside the file but by a crash.
package replacefile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Existing replaces the content of a file that is there. Its permissions stay.
func Existing(path string, content []byte) error {
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(target)
	if err != nil {
		return err
	}
	return write(target, content, info.Mode().Perm(), info)
}

// Private writes a file that only its owner may read, in place of what is there, if anything is. It makes no folders, and
// nothing where a link points that leads nowhere.
func Private(path string, content []byte) error {
	const mode = 0o600
	target, err := filepath.EvalSymlinks(path)
	switch {
	case err == nil:
		info, err := os.Stat(target)
		if err != nil {
			return err
		}
		return write(target, content, mode, info)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if to, err := os.Readlink(path); err == nil {
		return fmt.Errorf("%s is a link to %s, which is not there", path, to)
	}
	return write(path, content, mode, nil)
}
