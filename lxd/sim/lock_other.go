//go:build !unix

package sim

import (
	"errors"
	"os"
)

// lock refuses: without one two servers would lose each other's changes.
func lock(*os.File) error {
	return errors.New("this system has no lock for it; the state can be in memory only")
}
