package spec

import (
	"math"
	"runtime/debug"
	"sync"
)

// earlyCollector has memory that is free again collected before there is too much of it. As a rule Go lets the heap become twice as
// large as what is in use, which would count as used.
type earlyCollector struct{ begun bool }

// collectingEarly is how many readings have it at once, and what the limit was before.
var collectingEarly struct {
	sync.Mutex
	readings int
	before   int64
}

// begin is called when used of the allowed bytes are used, which come to what there was before.
func (c *earlyCollector) begin(used, allowed, before uint64) {
	if c.begun || used < allowed/4 || allowed > math.MaxInt64/2 {
		return
	}
	c.begun = true
	collectingEarly.Lock()
	defer collectingEarly.Unlock()
	if collectingEarly.readings++; collectingEarly.readings == 1 {
		collectingEarly.before = debug.SetMemoryLimit(-1)
		debug.SetMemoryLimit(min(collectingEarly.before, int64(before+allowed*9/10)))
	}
}

// end gives Go its own rule back.
func (c *earlyCollector) end() {
	if !c.begun {
		return
	}
	collectingEarly.Lock()
	defer collectingEarly.Unlock()
	if collectingEarly.readings--; collectingEarly.readings == 0 {
		debug.SetMemoryLimit(collectingEarly.before)
	}
}
