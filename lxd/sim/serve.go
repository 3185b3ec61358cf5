package sim

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	fault, life := s.logRequest(r), s.life
	s.mu.Unlock()
	if !s.beginFault(fault, life, r) {
		return
	}
	if r.Method == http.MethodOptions { // of any address
		return
	}
	c := call{Request: r, query: r.URL.Query(), fault: fault, life: life, configTakesNumbers: s.product.ConfigTakesNumbers}
	for segment := range strings.SplitSeq(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/") {
		text, err := url.PathUnescape(segment)
		if err != nil {
			s.notFound("not found").write(w)
			return
		}
		c.path = append(c.path, text)
	}
	if len(c.path) > 1 && slices.Contains(c.path, "") {
		s.notFound("not found").write(w)
		return
	}
	if len(c.path) == 4 && c.path[1] == "operations" && c.path[3] == "websocket" {
		c.path = c.path[1:]
		s.serveStream(w, c)
		return
	}
	if len(c.path) == 2 && c.path[1] == "events" && r.Header.Get("Upgrade") != "" {
		s.serveEvents(w, c)
		return
	}
	s.mu.Lock()
	var answer reply
	if !life.ended() {
		answer = s.answer(c)
	}
	if life.ended() { // perhaps while it was answered
		s.mu.Unlock()
		panic(http.ErrAbortHandler) // like a daemon that is gone
	}
	if err := s.save(); err != nil {
		answer = errorReply(http.StatusInternalServerError, "Simulator cannot save its state: %v", err)
	}
	s.mu.Unlock()
	endFault(fault)
	answer.write(w)
}

// answer routes a request, or gives what went wrong with it.
func (s *Server) answer(c call) reply {
	if c.fault != nil && c.fault.Code != 0 {
		return errorReply(c.fault.Code, "%s", cmp.Or(c.fault.Text, http.StatusText(c.fault.Code), "refused"))
	}
	if c.path[0] == "" {
		return syncReply([]string{"/1.0"})
	}
	if c.path[0] != "1.0" {
		return s.notFound("not found")
	}
	c.path = c.path[1:]
	methods := s.route(c)
	if methods == nil {
		return s.notFound("not found")
	}
	handle := methods[c.Method]
	if handle == nil {
		if !slices.Contains(knownMethods, c.Method) {
			return errorReply(http.StatusNotFound, "Method %q not found", c.Method)
		}
		return s.errorReplyFor(httpError(http.StatusNotImplemented, "not implemented"))
	}
	if err := s.lookUpFirst(c); err != nil {
		return s.errorReplyFor(err)
	}
	result, err := handle(c)
	if err != nil {
		return s.errorReplyFor(err)
	}
	if result.operation != nil {
		shown := result.operation.asRunning()
		result.operation = &shown // it may end before it is shown
	}
	return result
}

// knownMethods are what some address or other can be asked with.
var knownMethods = []string{"DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"}
