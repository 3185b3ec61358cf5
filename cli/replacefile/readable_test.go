//go:build linux

package replacefile_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"tarn/cli/replacefile"
)

// A new file may be read by all, whatever new files of the user are else; one that is there keeps its permissions.
func TestReadable(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o077))
	path := filepath.Join(t.TempDir(), "file")
	for i, mode := range []os.FileMode{0o644, 0o640} {
		if i > 0 {
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
		}
		err := replacefile.Readable(path, []byte("new"))
		info, statErr := os.Stat(path)
		if err := errors.Join(err, statErr); err != nil {
			t.Fatal(err)
		}
		if info.Mode() != mode {
			t.Errorf("mode %v, want %v", info.Mode(), mode)
		}
	}
}
