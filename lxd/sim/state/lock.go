package state

import (
	"errors"
	"io/fs"
	"os"

	"github.com/gofrs/flock"
)

// lock makes a lock file and locks it; a killed process holds nothing. ErrBusy says that somebody else has locked it.
func lock(path string) (*flock.Flock, error) {
	for {
		l := flock.New(path)
		locked, err := l.TryLock()
		if err != nil {
			return nil, err
		}
		if !locked {
			return nil, ErrBusy
		}
		// Whoever had it before may have removed the file after it was opened here and before it was locked.
		mine, err := l.Stat()
		if err != nil {
			return nil, errors.Join(err, l.Unlock())
		}
		named, err := os.Stat(path)
		if err == nil && os.SameFile(mine, named) {
			return l, nil
		}
		if unlockErr := l.Unlock(); unlockErr != nil || err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, errors.Join(err, unlockErr)
		}
	}
}

// unlock removes a lock file and lets go of it. Where an open file cannot be removed, on Windows, it stays.
func unlock(l *flock.Flock) error {
	_ = os.Remove(l.Path())
	return l.Unlock()
}
