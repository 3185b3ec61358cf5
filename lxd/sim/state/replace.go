//go:build !windows

package state

import (
	"path/filepath"

	"github.com/google/renameio/v2"
)

// replaceFile writes a file in place of the one that is there, whose permissions it keeps. A reader finds the one or the
// other. Its temporary file is beside it, where a kill may leave it.
func replaceFile(path string, data []byte) error {
	return renameio.WriteFile(path, data, 0o600, renameio.WithTempDir(filepath.Dir(path)))
}
