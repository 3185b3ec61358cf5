// Package fault is what can go wrong with a request to a simulated server: which requests it is about and what happens to
// them, as a value and as text ([Parse]). The server makes it happen, in package sim.
package fault

import (
	"regexp"
	"time"
)

// Fault is something that goes wrong with a request.
type Fault struct {
	Method string         // "" for any
	Path   *regexp.Regexp // what the path and query must match, nil for any
	Nth    int            // which of the requests that match, from 1, whatever else happens to those before; 0 is every one

	Delay      time.Duration // before anything happens
	Code       int           // is answered with Text, and nothing happens; 412 is one
	Text       string
	DropBefore bool // the connection breaks, and nothing has happened
	DropAfter  bool // it breaks when all has happened: the answer is lost; a stream of a migration, when it is connected

	Operation string        // the operation that is started fails with this text, and leaves nothing of what it began
	Lasts     time.Duration // the operation runs so long; what it makes is there meanwhile, half done
	Dies      time.Duration // so long after the request has come the server is killed and started again

	seen int // requests that have matched
}

// First counts a request for each fault that it matches, and gives the first one that happens to it, nil for none. uri is
// its path and query.
func First(faults []*Fault, method, uri string) *Fault {
	var first *Fault
	for _, f := range faults {
		if f.Method != "" && f.Method != method || f.Path != nil && !f.Path.MatchString(uri) {
			continue
		}
		f.seen++
		if first == nil && (f.Nth == 0 || f.Nth == f.seen) {
			first = f
		}
	}
	return first
}
