//go:build !windows

package replacefile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/google/renameio/v2"
)

// write replaces a file, which is no link. before is the one that is there, nil for none.
func write(path string, content []byte, mode fs.FileMode, before fs.FileInfo) error {
	return replace(path, content, func(file *os.File) error {
		if before != nil {
			keepOwner(file, before)
		}
		return file.Chmod(mode) // after the owner, whose change takes permissions away
	})
}

// replaceAlike replaces a file, which is no link, with one that is as that but for its content. It fails with errDiffers where that
// cannot be.
func replaceAlike(path string, content []byte, before fs.FileInfo) error {
	owner, ok := before.Sys().(*syscall.Stat_t)
	if !ok || owner.Nlink > 1 {
		return errDiffers
	}
	err := replace(path, content, func(file *os.File) error {
		made, err := file.Stat()
		if err != nil {
			return err
		}
		if is, ok := made.Sys().(*syscall.Stat_t); !ok || is.Uid != owner.Uid || is.Gid != owner.Gid {
			if file.Chown(int(owner.Uid), int(owner.Gid)) != nil {
				return errDiffers
			}
		}
		if err := file.Chmod(before.Mode()); err != nil {
			return err
		}
		return keepAttributes(file.Name(), path) // after the mode, which changes access lists
	})
	// A folder in which this user may make or replace nothing, or a file that is a mount of its own, as files in containers are.
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EBUSY) || errors.Is(err, syscall.EXDEV) {
		return errDiffers
	}
	return err
}

// replace puts a file in the place of another one when it has its content and what prepare gives it.
func replace(path string, content []byte, prepare func(*os.File) error) (err error) {
	// In the same folder: in that of TMPDIR a secret would be where nobody looks for it.
	file, err := renameio.NewPendingFile(path, renameio.WithTempDir(filepath.Dir(path)), renameio.WithStaticPermissions(0o600))
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = file.Cleanup()
		}
	}()
	if _, err := file.Write(content); err != nil {
		return err
	}
	if err := prepare(file.File); err != nil {
		return err
	}
	return file.CloseAtomicallyReplace()
}

// keepOwner gives a file to whom another one belongs. Only root may give files away, and others to their own groups: what they
// write is theirs.
func keepOwner(file *os.File, before fs.FileInfo) {
	owner, ok := before.Sys().(*syscall.Stat_t)
	if !ok {
		return
	}
	if err := file.Chown(int(owner.Uid), int(owner.Gid)); err != nil {
		_ = file.Chown(-1, int(owner.Gid))
	}
}
