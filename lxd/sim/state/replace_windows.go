package state

import "github.com/google/renameio/v2/maybe"

// replaceFile writes a file in place of the one that is there. Windows has nothing that replaces a file at one instant: a
// kill in the middle of it leaves half a file.
func replaceFile(path string, data []byte) error {
	return maybe.WriteFile(path, data, 0o600)
}
