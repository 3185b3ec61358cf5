package sim

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// reply is one answer of the API.
type reply struct {
	code      int
	status    int // of HTTP, 0 when it is the code
	location  string
	etag      string
	metadata  any
	failure   string     // the error's text, "" for none
	operation *operation // that has been started
}

func (a reply) write(w http.ResponseWriter) {
	body := struct {
		Type       string `json:"type"`
		Status     string `json:"status"`
		StatusCode int    `json:"status_code"`
		Operation  string `json:"operation"`
		ErrorCode  int    `json:"error_code"`
		Error      string `json:"error"`
		Metadata   any    `json:"metadata"`
	}{Type: "sync", Status: "Success", StatusCode: http.StatusOK, Metadata: a.metadata}
	header := w.Header()
	header.Set("Content-Type", "application/json")
	end := ""
	switch {
	case a.failure != "":
		body.Type, body.Status, body.StatusCode = "error", "", 0
		body.ErrorCode, body.Error, body.Metadata = a.code, a.failure, nil
		header.Set("X-Content-Type-Options", "nosniff")
		end = "\n" // such a body ends with two
	case a.operation != nil:
		a.code, a.location = http.StatusAccepted, a.operation.path()
		body.Type, body.Status, body.StatusCode = "async", "Operation created", 100
		body.Operation, body.Metadata = a.location, *a.operation
	}
	if a.location != "" {
		header.Set("Location", a.location)
	}
	if a.etag != "" {
		header.Set("ETag", `"`+a.etag+`"`)
	}
	w.WriteHeader(cmp.Or(a.status, a.code))
	if list, ok := body.Metadata.(*listReply); ok {
		body.Metadata = nil
		if envelope, err := json.Marshal(body); err == nil {
			list.write(w, envelope)
		}
		return
	}
	if json.NewEncoder(w).Encode(body) == nil {
		fmt.Fprint(w, end)
	}
}

// etagOf is what an ETag holds: SHA-256 of the fields' JSON array, line feed included.
func etagOf(fields ...any) string {
	h := sha256.New()
	json.NewEncoder(h).Encode(fields) // strings, times and maps of strings always encode
	return hex.EncodeToString(h.Sum(nil))
}

func syncReply(metadata any) reply { return reply{code: http.StatusOK, metadata: metadata} }

// okReply is the answer to a change that is complete.
func okReply() (reply, error) { return syncReply(struct{}{}), nil }

func createdReply(location string) (reply, error) {
	return reply{code: http.StatusCreated, location: location}, nil
}

func errorReply(code int, format string, args ...any) reply {
	return reply{code: code, failure: fmt.Sprintf(format, args...)}
}

func (s *Server) notFound(text string) reply {
	return s.errorReplyFor(httpError(http.StatusNotFound, "%s", text))
}

// errorReplyFor is the answer to what has failed, in the words of the product.
func (s *Server) errorReplyFor(err error) reply {
	said := s.inItsWords(err)
	return errorReply(said.code, "%s", said.text)
}

// inItsWords is an error as the product words it.
func (s *Server) inItsWords(err error) apiError {
	said := apiError{code: http.StatusInternalServerError, text: err.Error()}
	if errors.As(err, &said) && said.said {
		return said
	}
	said.code, said.text = s.product.Say(said.code, said.text)
	said.said = true
	return said
}

// apiError is an error that has a code of its own; all others are answered with 500.
type apiError struct {
	code int
	text string
	said bool // in the words of the product, not in those of LXD 5.0.2
}

func (r apiError) Error() string { return r.text }

func httpError(code int, format string, args ...any) error {
	return apiError{code: code, text: fmt.Sprintf(format, args...)}
}

// nameError is what is wrong with a name; nil for nothing.
func nameError(check func(name string) (int, string), name string) error {
	if check == nil {
		return nil
	}
	if code, text := check(name); code != 0 {
		return httpError(code, "%s", text)
	}
	return nil
}

// serverError is an error in the words of the server, answered with 500.
func serverError(format string, args ...any) error {
	return httpError(http.StatusInternalServerError, format, args...)
}
