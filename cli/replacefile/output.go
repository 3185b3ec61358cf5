package replacefile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Output writes a file for programs and people to read, in place of whatever content it has. A new one has the permissions that the user's
// new files have; one that is there keeps all that it has besides its content, as with [Existing]. Of two that write at the same time the
// last one stays.
func Output(path string, content []byte) error {
	const tries = 10
	var err error
	for range tries {
		if err = New(path, content); !errors.Is(err, fs.ErrExist) {
			return err
		}
		if err = anyExisting(path, content); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if to, linkErr := os.Readlink(path); linkErr == nil {
			return fmt.Errorf("%s is a link to %s, which is not there", path, to)
		}
		// It was there, and is gone: somebody has removed it in between.
	}
	return err
}

// anyExisting is Existing for a file whose content does not matter.
func anyExisting(path string, content []byte) error {
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(target)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() { // to open another one may last for ever
		return fmt.Errorf("%s is no regular file", path)
	}
	file, err := os.OpenFile(target, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	err = replaceAlike(target, content, info)
	if !errors.Is(err, errDiffers) {
		return err
	}
	before, err := os.ReadFile(target)
	if err != nil {
		return err
	}
	return overwrite(file, before, content)
}
