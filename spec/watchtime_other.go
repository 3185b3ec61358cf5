//go:build !unix

package spec

import "time"

var processStart = time.Now()

// processorTime is the time that has passed, where that of the processors is not known.
func processorTime() time.Duration { return time.Since(processStart) }
