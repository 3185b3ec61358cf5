package sim

import (
	"net/http"
	"regexp"
	"time"
)

// Fault is something that goes wrong with a request.
type Fault struct {
	Method string         // "" for any
	Path   *regexp.Regexp // what the path and query must match, nil for any
	Nth    int            // the how manieth request that matches, from 1, whatever else happens to those before; 0 is every one

	Delay      time.Duration // before anything happens
	Code       int           // is answered with Text, and nothing happens; 412 is one
	Text       string
	DropBefore bool // the connection breaks, and nothing has happened
	DropAfter  bool // it breaks when all has happened: the answer is lost; a stream of a migration, when it is connected

	Operation string        // the operation that is started fails with this text, and leaves nothing of what it began
	Lasts     time.Duration // the operation runs so long; what it makes is there meanwhile, half done
	Dies      time.Duration // so long after the request has come the server is killed and started again

	seen int
}

// Request is an entry of the log.
type Request struct{ Method, Path string }

// Inject adds faults. The first that matches a request happens to it.
func (s *Server) Inject(faults ...*Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, faults...)
}

// Requests gives the requests so far.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

// maxRequests is how many requests are remembered.
const maxRequests = 10_000

// fault finds what happens to a request, nil for nothing.
func (s *Server) fault(r *http.Request) *Fault {
	if len(s.requests) < maxRequests {
		s.requests = append(s.requests, Request{r.Method, r.URL.RequestURI()})
	}
	var happens *Fault
	for _, f := range s.faults {
		if f.Method != "" && f.Method != r.Method || f.Path != nil && !f.Path.MatchString(r.URL.RequestURI()) {
			continue
		}
		f.seen++
		if happens == nil && (f.Nth == 0 || f.Nth == f.seen) {
			happens = f
		}
	}
	return happens
}

// before does what comes before the request is carried out, and tells whether it is.
func (f *Fault) before(s *Server, life life, r *http.Request) bool {
	if f == nil {
		return true
	}
	if f.Dies > 0 {
		time.AfterFunc(f.Dies, s.Kill)
	}
	select {
	case <-time.After(f.Delay):
	case <-life: // who answers says so
	case <-r.Context().Done():
		return false
	}
	if f.DropBefore {
		panic(http.ErrAbortHandler)
	}
	return true
}

// after does what comes before the answer.
func (f *Fault) after() {
	if f != nil && f.DropAfter {
		panic(http.ErrAbortHandler)
	}
}
