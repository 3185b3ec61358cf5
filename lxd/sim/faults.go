package sim

import (
	"net/http"
	"slices"
	"time"

	"tarn/lxd/sim/fault"
)

// Fault is something that goes wrong with a request. Package fault has the fields.
type Fault = fault.Fault

// Request is an entry of the log.
type Request struct{ Method, Path string }

// Inject adds faults. The first that matches a request happens to it.
func (s *Server) Inject(faults ...*Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, faults...)
}

// Requests gives the requests so far, the first 10,000 of them.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// maxRequests is how many requests are remembered.
const maxRequests = 10_000

// logRequest remembers a request, and gives the fault that happens to it, nil for none.
func (s *Server) logRequest(r *http.Request) *Fault {
	if len(s.requests) < maxRequests {
		s.requests = append(s.requests, Request{r.Method, r.URL.RequestURI()})
	}
	return fault.First(s.faults, r.Method, r.URL.RequestURI())
}

// beginFault does what of a fault comes before the request is carried out, and tells whether it is. It panics when the
// connection is to break.
func (s *Server) beginFault(f *Fault, life life, r *http.Request) bool {
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

// endFault does what of a fault comes before the answer. It panics when the connection is to break.
func endFault(f *Fault) {
	if f != nil && f.DropAfter {
		panic(http.ErrAbortHandler)
	}
}
