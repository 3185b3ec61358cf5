//go:build unix

package main

import "syscall"

// withoutCore keeps a crash from leaving the memory of the process in a file: it holds secrets.
func withoutCore() {
	// Linux writes no core at a limit of 1, also where it gives them to a program, which a limit of 0 does not stop.
	_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{Cur: 1, Max: 1})
}
