package sim

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
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

// refused is an error that has a code of its own; all others are answered with 500.
type refused struct {
	code int
	text string
}

func (r refused) Error() string { return r.text }

func code(code int, format string, args ...any) error {
	return refused{code, fmt.Sprintf(format, args...)}
}

// says is an error in the words of the server, answered with 500.
func says(format string, args ...any) error {
	return code(http.StatusInternalServerError, format, args...)
}

func refuse(code int, format string, args ...any) reply {
	return reply{code: code, failure: fmt.Sprintf(format, args...)}
}

func notFound(text string) reply { return refuse(http.StatusNotFound, "%s", text) }

func refusal(err error) reply {
	var r refused
	if errors.As(err, &r) {
		return refuse(r.code, "%s", r.text)
	}
	return refuse(http.StatusInternalServerError, "%s", err.Error())
}

// done is the answer to a change that is complete.
func done() (reply, error) { return sync200(struct{}{}), nil }

func sync200(metadata any) reply { return reply{code: http.StatusOK, metadata: metadata} }

func created(location string) (reply, error) {
	return reply{code: http.StatusCreated, location: location}, nil
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
	if json.NewEncoder(w).Encode(body) == nil {
		fmt.Fprint(w, end)
	}
}

// hash is what an ETag holds: SHA-256 of the fields' JSON array, line feed included.
func hash(fields ...any) string {
	h := sha256.New()
	json.NewEncoder(h).Encode(fields) // strings, times and maps of strings always encode
	return hex.EncodeToString(h.Sum(nil))
}

// matches refuses a change when If-Match names another state than the server's.
func (c call) matches(fields ...any) error {
	want := strings.Trim(c.Header.Get("If-Match"), `"`)
	if want == "" {
		return nil
	}
	if have := hash(fields...); have != want {
		return code(http.StatusPreconditionFailed, "ETag doesn't match: %s vs %s", have, want)
	}
	return nil
}

// decode reads the body into a value that the API calls name.
func (c call) decode(name string, into any) error {
	return decodeError(json.NewDecoder(c.Body).Decode(into), "api."+name)
}

// decodeFrom reads a value that the API calls name.
func decodeFrom(text []byte, name string, into any) error {
	return decodeError(json.Unmarshal(text, into), name)
}

// typeNames are what the API calls types of this package.
var typeNames = map[string]string{"sim.peer": "api.StorageVolumePostTarget", "sim.copySource": "api.StorageVolumeSource"}

// decodeError words what is wrong with a body.
func decodeError(err error, name string) error {
	var mismatch *json.UnmarshalTypeError
	if errors.As(err, &mismatch) {
		_, short, _ := strings.Cut(name, ".")
		field, _, _ := strings.Cut(mismatch.Field, ".")
		if field == "" {
			return code(http.StatusBadRequest, "json: cannot unmarshal %s into Go value of type %s", mismatch.Value, name)
		}
		return code(http.StatusBadRequest, "json: cannot unmarshal %s into Go struct field %s.%s of type %s", mismatch.Value, short, field, cmp.Or(typeNames[mismatch.Type.String()], mismatch.Type.String()))
	}
	if err != nil {
		return code(http.StatusBadRequest, "%s", err.Error())
	}
	return nil
}

// recursive tells whether a list is to have objects instead of their URLs.
func (c call) recursive() bool {
	level, err := strconv.Atoi(c.query.Get("recursion"))
	return err == nil && level != 0
}
