// Lxdrun runs a command with a private LXD server:
//
//	lxdrun -- COMMAND ARG...
//
// The command finds the server through LXD_DIR, LXD_SOCKET and LXD_CONF in its environment; HOME and the user's own
// configuration stay what they are. The server and all it held are gone when the command has ended, also after Ctrl-C.
// Pools that are mounted are mounted for the daemon only.
//
// The exit code is the command's (128 plus the signal's number when a signal ended it), 3 when no LXD can run here, 2 for
// wrong usage, and 1 when something else failed. Under "go run" it is printed, and go's own is 1.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"tarn/lxd/lxdtest"
)

const (
	exitFailed      = 1
	exitUsage       = 2
	exitUnavailable = 3
)

func main() {
	args := os.Args[1:]
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		fmt.Fprintln(os.Stderr, "usage: lxdrun -- COMMAND ARG...")
		os.Exit(exitUsage)
	}
	code, err := run(args)
	if err != nil {
		fmt.Fprintln(os.Stderr, "lxdrun:", err)
	}
	os.Exit(code)
}

func run(args []string) (code int, err error) {
	if err := lxdtest.Available(); err != nil {
		return exitUnavailable, fmt.Errorf("no private LXD can run here\n%w", err)
	}
	// A signal ends the command, not us: the server is stopped afterwards. From a terminal the command gets its own Ctrl-C.
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()

	var server *lxdtest.Server
	started := make(chan error, 1)
	go func() {
		var err error
		server, err = lxdtest.Start(ctx, "")
		started <- err
	}()
	select {
	case err = <-started:
	case sig := <-signals:
		cancel()
		if <-started == nil {
			err = server.Stop()
		}
		return 128 + int(sig.(syscall.Signal)), err
	}
	if err != nil {
		return exitFailed, err
	}
	defer func() {
		if stopErr := server.Stop(); stopErr != nil {
			code, err = exitFailed, errors.Join(err, stopErr)
		}
	}()

	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = server.Environ()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return exitFailed, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case sig := <-signals:
			if sig == syscall.SIGTERM { // sent to us alone
				_ = cmd.Process.Signal(sig)
			}
		case err := <-ended:
			return exitCode(err)
		}
	}
}

func exitCode(err error) (int, error) {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		if err != nil {
			return exitFailed, err
		}
		return 0, nil
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal()), nil
	}
	return exit.ExitCode(), nil
}
