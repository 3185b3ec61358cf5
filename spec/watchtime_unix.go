//go:build unix

package spec

import (
	"syscall"
	"time"
)

// processorTime is what the process has taken of the processors. That of the clock would count what other processes take.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
