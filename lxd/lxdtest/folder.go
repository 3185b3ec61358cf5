package lxdtest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// A folder holds one server: the daemon's own folder "d", its "log", the client's "conf", and the file "owner",
// locked by the process that made the folder and by the daemon. When both have ended the lock is gone, so what can be
// locked is stale.
type folder struct {
	dir   string
	owner *os.File
}

const (
	folderPattern = "tarn-lxd-"
	// longestSocket is the longest path of a socket below the folder that daemon and client use.
	longestSocket = "d/seccomp.socket"
	socketLimit   = 107
)

func newFolder(parent string) (*folder, error) {
	if parent == "" {
		parent = os.TempDir()
		if !roomForSocket(parent) {
			parent = "/tmp"
		}
	}
	parent, err := filepath.Abs(parent)
	if err != nil {
		return nil, err
	}
	if !roomForSocket(parent) {
		return nil, fmt.Errorf("the path %s is too long to hold a unix socket", parent)
	}
	sweep(parent)
	dir, err := os.MkdirTemp(parent, folderPattern)
	if err != nil {
		return nil, err
	}
	owner, err := lockedOwner(dir)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return &folder{dir: dir, owner: owner}, nil
}

func roomForSocket(parent string) bool {
	const random = "4294967295" // the most that MkdirTemp adds
	return len(filepath.Join(parent, folderPattern+random, longestSocket)) <= socketLimit
}

// lockedOwner makes the owner file. It gets its name only when it is locked: a sweep never sees it unlocked.
func lockedOwner(dir string) (*os.File, error) {
	f, err := os.Create(filepath.Join(dir, "owner.new"))
	if err != nil {
		return nil, err
	}
	_, err = fmt.Fprintln(f, os.Getpid()) // for a human who wonders
	if err == nil {
		err = lock(f)
	}
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, "owner"))
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func (f *folder) path(name string) string { return filepath.Join(f.dir, name) }

// remove may be called more than once.
func (f *folder) remove() error {
	if f.owner == nil {
		return nil
	}
	err := removeTree(f.dir)
	if err == nil {
		err = f.owner.Close()
		f.owner = nil
	}
	return err
}

// removeTree never deletes through a mount. The daemon's own mounts cannot be met here, they are in its namespace.
func removeTree(dir string) error {
	mounts, err := mountsBelow(dir)
	if err != nil {
		return err
	}
	if len(mounts) > 0 {
		return fmt.Errorf("remove %s: mounted below it: %s", dir, strings.Join(mounts, ", "))
	}
	return os.RemoveAll(dir)
}

// sweep removes the folders below parent whose process has died without Stop, and their daemon with it. What cannot be
// removed stays: somebody may have started a daemon there by hand, and that is no reason for a test to fail.
func sweep(parent string) {
	owners, _ := filepath.Glob(filepath.Join(parent, folderPattern+"*", "owner")) // the pattern is a good one
	for _, path := range owners {
		_ = sweepOne(path)
	}
}

func sweepOne(ownerPath string) error {
	owner, err := os.Open(ownerPath)
	if err != nil {
		return err
	}
	defer owner.Close()
	if err := lock(owner); errors.Is(err, errLocked) {
		return nil // in use
	} else if err != nil {
		return err
	}
	return removeTree(filepath.Dir(ownerPath))
}
