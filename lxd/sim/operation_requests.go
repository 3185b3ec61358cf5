package sim

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// lifetime is how long a finished operation can be asked about.
const lifetime = 5 * time.Second

// forget drops what ended too long ago: more than five seconds, or, on LXD 6, that long before it last looked, which it
// does once a minute.
func (s *Server) forget() {
	look := now()
	if s.product.ForgetsByMinute {
		look = s.started.Add(look.Sub(s.started).Truncate(time.Minute))
	}
	maps.DeleteFunc(s.operations, func(_ string, o *operation) bool {
		return o.StatusCode >= opSuccess && look.Sub(o.ended) > lifetime
	})
}

func (s *Server) listOperations(c call) (reply, error) {
	s.forget()
	urls, all := map[string][]string{}, map[string][]operation{}
	for _, id := range slices.Sorted(maps.Keys(s.operations)) {
		o := s.operations[id]
		status := strings.ToLower(o.Status)
		urls[status] = append(urls[status], o.path())
		all[status] = append(all[status], *o)
	}
	if c.recursive() {
		return syncReply(all), nil
	}
	return syncReply(urls), nil
}

func (s *Server) operation(c call) (*operation, error) {
	s.forget()
	if o := s.operations[c.path[1]]; o != nil {
		return o, nil
	}
	return nil, httpError(http.StatusNotFound, "Operation not found")
}

func (s *Server) getOperation(c call) (reply, error) {
	o, err := s.operation(c)
	if err != nil {
		return reply{}, err
	}
	shown := *o
	if s.product.HidesRequestor {
		shown.Requestor = map[string]string{"username": "", "protocol": "unix", "address": ""}
	}
	return syncReply(shown), nil
}

// waitOperation answers when the operation has ended or the timeout, in seconds, is over. LXD 5.0.2 answers with the operation
// as it is then, others with an error for one that has failed or goes on.
func (s *Server) waitOperation(c call) (reply, error) {
	o, err := s.operation(c)
	if err != nil {
		return reply{}, err
	}
	seconds := -1
	if text := c.query.Get("timeout"); text != "" {
		if seconds, err = strconv.Atoi(text); err != nil {
			return reply{}, serverError("strconv.Atoi: parsing %q: invalid syntax", text)
		}
	}
	var limit <-chan time.Time // never, for a negative number too
	if seconds >= 0 {
		limit = time.After(time.Duration(seconds) * time.Second)
	}
	s.waitForEnd(c, o, limit)
	failed := o.err
	if o.StatusCode < opSuccess {
		failed = serverError("context deadline exceeded")
	}
	if s.product.WaitFails && failed != nil {
		answer := s.errorReplyFor(failed)
		answer.status = http.StatusOK
		return answer, nil
	}
	return syncReply(*o), nil
}

// waitForEnd waits for the end of an operation, as long as there is somebody to be told, while others go on.
func (s *Server) waitForEnd(c call, o *operation, limit <-chan time.Time) {
	if o.StatusCode >= opSuccess {
		return
	}
	s.mu.Unlock()
	defer s.mu.Lock()
	select {
	case <-o.done:
	case <-limit:
	case <-c.Context().Done():
	case <-c.life:
	}
}

// cancelOperation gives an operation up, which only LXD 6 does, and answers when it has ended: it fails then, but deletions
// and outgoing migrations go on.
func (s *Server) cancelOperation(c call) (reply, error) {
	o, err := s.operation(c)
	switch {
	case err != nil:
		return reply{}, err
	case o.StatusCode >= opSuccess:
		return reply{}, httpError(http.StatusBadRequest, "Only running operations can be cancelled")
	case !o.MayCancel:
		return reply{}, httpError(http.StatusBadRequest, "This operation can't be cancelled")
	}
	o.Status, o.StatusCode = "Cancelling", opCancelling
	o.dropped = s.product.CancelsMigrations
	s.notify(o)
	switch {
	case o.cancel != nil:
		o.cancel()
	case o.change == nil || !o.change.cancel():
	case s.pauses:
		s.pause(o.change)
	default:
		o.change.complete()
	}
	s.waitForEnd(c, o, nil)
	return okReply()
}
