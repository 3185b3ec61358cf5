//go:build unix

package sim

import (
	"errors"
	"os"
	"syscall"
)

// lock takes the file for this process for as long as it is open; a killed process holds nothing.
func lock(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return ErrBusy
	}
	return err
}
