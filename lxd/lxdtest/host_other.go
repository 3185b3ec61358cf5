//go:build !linux

package lxdtest

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// Elsewhere the package compiles, so that tests do, and Available says why nothing starts.

const shutdownSignal = syscall.SIGTERM

type process struct {
	done chan struct{}
	err  error
}

func startProcess(string, []string, []string, *os.File, *os.File) (*process, error) {
	return nil, privileged()
}

func (p *process) pid() int                                { return 0 }
func (p *process) end(syscall.Signal, time.Duration) error { return nil }

func mountsBelow(string) ([]string, error) { return nil, nil }
func loopsBelow(string) ([]string, error)  { return nil, nil }

var errLocked = errors.New("locked by another process")

func lock(*os.File) error { return nil }
