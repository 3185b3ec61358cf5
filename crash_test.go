//go:build linux

package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
)

// crash ends this process in one of the ways in which no program can recover.
func crash(how string) {
	dieBySignal()
	debug.SetMaxStack(1 << 20) // so that its end comes soon
	switch how {
	case "stack":
		os.Exit(overflow(1))
	case "panic":
		done := make(chan bool)
		go func() { panic("beside the command") }()
		<-done
	case "memory":
		// A limit on the address space is how a program meets the end of the memory without the machine meeting it.
		_ = syscall.Setrlimit(syscall.RLIMIT_AS, &syscall.Rlimit{Cur: 1 << 30, Max: 1 << 30})
		for n := 64 << 20; ; n *= 2 {
			if all := bytes.Repeat([]byte("x"), n); all[n-1] != 'x' {
				break
			}
		}
	}
	os.Exit(0)
}

func overflow(n int) int {
	if n == 0 {
		return 0
	}
	return overflow(n+1) + n
}

// TestCrash: a crash has no exit code, which could mean something, as 2 does for drift.
func TestCrash(t *testing.T) {
	itself, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "crash")
	if err := os.Symlink(itself, program); err != nil {
		t.Fatal(err)
	}
	for how, says := range map[string]string{
		"stack": "stack overflow", "panic": "beside the command", "memory": "memory", // out of it, or that it cannot be allocated
	} {
		t.Run(how, func(t *testing.T) {
			cmd := exec.Command(program, how)
			cmd.Dir = t.TempDir() // where a core would be
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			var exit *exec.ExitError
			if err := cmd.Run(); !errors.As(err, &exit) {
				t.Fatalf("it ended with %v", err)
			}
			if status := exit.Sys().(syscall.WaitStatus); !status.Signaled() || status.Signal() != syscall.SIGABRT || status.CoreDump() {
				t.Errorf("it ended with %v", exit)
			}
			if !strings.Contains(stderr.String(), says) {
				t.Errorf("it says\n%.300s", stderr.String())
			}
		})
	}
}
