//go:build unix

package main

import "syscall"

// withoutCore keeps a crash from leaving the memory of the process in a file: it holds secrets.
func withoutCore() {
	// Linux writes no core at a limit of 1, also where it gives them to a program, which a limit of 0 does not stop.
	_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{Cur: 1, Max: 1})
}

// filesAllowed is how many files this process may have open.
func filesAllowed() uint64 {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil {
		return leastFiles
	}
	return uint64(limit.Cur)
}
