package cli

import (
	"fmt"
	"sync"
	"time"

	"tarn/lxd"
)

// waits are what has been said about servers that let a command wait.
type waits struct {
	mu   sync.Mutex
	told map[string]time.Time // when it was last said, by the server's address

	// above, when not nil, writes a line where a bar is drawn.
	above func(string)
}

// againAfter is when it is said once more that a server lets the command wait.
const againAfter = 30 * time.Second

// tellWaiting says that a request gets no answer: once for all that wait for the same server at the same time.
func (a *app) tellWaiting(w lxd.Waiting) {
	a = a.whole()
	a.waits.mu.Lock()
	defer a.waits.mu.Unlock()
	if last, ok := a.waits.told[w.Address]; ok && time.Since(last) < againAfter {
		return
	}
	if a.waits.told == nil {
		a.waits.told = map[string]time.Time{}
	}
	a.waits.told[w.Address] = time.Now()
	line := a.forPeople(fmt.Sprintf("Waiting for %s: no answer to %s %s for %.0f s.", w.Address, w.Method, w.Path, w.For.Seconds()))
	if a.waits.above != nil {
		a.waits.above(line)
		return
	}
	fmt.Fprintln(a.messages(), line)
}

// tellAbove has such lines written by another function, nil for none, for as long as a bar is drawn.
func (a *app) tellAbove(write func(string)) {
	a.waits.mu.Lock()
	defer a.waits.mu.Unlock()
	a.waits.above = write
}
