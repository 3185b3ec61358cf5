//go:build !windows

package replacefile

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/google/renameio/v2"
)

// write replaces a file, which is no link. before is the one that is there, nil for none.
func write(path string, content []byte, mode fs.FileMode, before fs.FileInfo) (err error) {
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
	if before != nil {
		keepOwner(file.File, before)
	}
	if err := file.Chmod(mode); err != nil { // after the owner, whose change takes permissions away
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
