// Package replacefile gives a file a new content in one step: whoever reads it, also after a crash, finds all of the old
// content or all of the new one.
//
// A path and the content go in. A symbolic link stays a link, and what it points to is replaced. A file that was there keeps all
// that it had besides its content: permissions, owner, extended attributes with access lists, other names (hard links). Where a new
// file could not have these, the content is written over the old one, which is not one step; so it is where the user may write
// the file but make none beside it. Nothing is ever left beside the file but by a crash.
package replacefile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrChanged says that somebody else has changed the file since it was read.
var ErrChanged = errors.New("it was changed meanwhile, so it is left alone")

// errDiffers says that no new file can be had that is as the old one but for its content.
var errDiffers = errors.New("a new file would differ in more than its content")

// Existing replaces the content of a file that is there and holds before. All else that the file has stays. What the user may not write
// is not replaced either, though the folder would allow it.
func Existing(path string, before, content []byte) error {
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	if info, err := os.Stat(target); err != nil {
		return err
	} else if !info.Mode().IsRegular() { // to open another one may last for ever
		return fmt.Errorf("%s is no regular file", path)
	}
	file, err := os.OpenFile(target, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	now, err := io.ReadAll(io.LimitReader(file, int64(len(before))+1)) // it may have become a large one
	switch {
	case err != nil:
		return err
	case !bytes.Equal(now, before):
		return ErrChanged
	}
	info, err := file.Stat()
	if err != nil {
		return err
	}
	err = replaceAlike(target, content, info)
	if errors.Is(err, errDiffers) {
		return overwrite(file, before, content)
	}
	return err
}

// overwrite writes a content over the one that a file has. When that fails, it has the file hold what it held before.
func overwrite(file *os.File, before, content []byte) error {
	put := func(content []byte) error {
		if _, err := file.WriteAt(content, 0); err != nil {
			return err
		}
		return errors.Join(file.Truncate(int64(len(content))), file.Sync())
	}
	err := put(content)
	if err != nil {
		if worse := put(before); worse != nil {
			return fmt.Errorf("%w; and what it held before could not be written again: %w", err, worse)
		}
	}
	return err
}

// Private writes a file that only its owner may read, in place of what is there, if anything is; whose it is stays, as far as the
// user may give files away. It makes no folders, and nothing where a link points that leads nowhere.
func Private(path string, content []byte) error {
	return place(path, content, func(fs.FileInfo) fs.FileMode { return 0o600 })
}

// Readable is Private for a file that others are to read: one that is new all may, and one that is there keeps its permissions.
func Readable(path string, content []byte) error {
	return place(path, content, func(before fs.FileInfo) fs.FileMode {
		if before == nil {
			return 0o644
		}
		return before.Mode().Perm()
	})
}

// place writes a file in place of what is there. mode is told of that, nil for nothing.
func place(path string, content []byte, mode func(before fs.FileInfo) fs.FileMode) error {
	target, err := filepath.EvalSymlinks(path)
	switch {
	case err == nil:
		info, err := os.Stat(target)
		if err != nil {
			return err
		}
		return write(target, content, mode(info), info)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if to, err := os.Readlink(path); err == nil {
		return fmt.Errorf("%s is a link to %s, which is not there", path, to)
	}
	return write(path, content, mode(nil), nil)
}
