package sim

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// call is a request that has been taken apart.
type call struct {
	*http.Request
	query url.Values
	path  []string // below /1.0, unescaped
	fault *Fault   // that happens to it, nil for none
	life  life     // of the server that it came to

	configTakesNumbers bool // for texts
}

// asRequest is the call as the log has it.
func (c call) asRequest() Request { return Request{c.Method, c.URL.RequestURI()} }

// recursive tells whether a list is to have objects instead of their URLs.
func (c call) recursive() bool {
	level, err := strconv.Atoi(c.query.Get("recursion"))
	return err == nil && level != 0
}

// checkETag refuses a change when If-Match names another state than the server's.
func (c call) checkETag(fields ...any) error {
	want := strings.Trim(c.Header.Get("If-Match"), `"`)
	if want == "" {
		return nil
	}
	if have := etagOf(fields...); have != want {
		return httpError(http.StatusPreconditionFailed, "ETag doesn't match: %s vs %s", have, want)
	}
	return nil
}

// decode reads the body into a value that the API calls name.
func (c call) decode(name string, into any) error {
	var body json.RawMessage
	if !c.configTakesNumbers {
		return decodeError(json.NewDecoder(c.Body).Decode(into), "api."+name)
	}
	if err := json.NewDecoder(c.Body).Decode(&body); err != nil {
		return decodeError(err, "api."+name)
	}
	return decodeFrom(textsOfNumbers(body), "api."+name, into)
}

// textsOfNumbers is a body whose config has texts in place of numbers and truth values.
func textsOfNumbers(body json.RawMessage) json.RawMessage {
	var fields, config map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil || json.Unmarshal(fields["config"], &config) != nil {
		return body
	}
	changed := false
	for key, value := range config {
		if text := string(value); text == "true" || text == "false" || text != "" && strings.ContainsRune("-0123456789", rune(text[0])) {
			config[key], changed = json.RawMessage(strconv.Quote(text)), true
		}
	}
	if !changed {
		return body
	}
	fields["config"], _ = json.Marshal(config)
	body, _ = json.Marshal(fields) // what was read can be written
	return body
}

// decodePatch reads a body and tells which fields it has, other than null.
func (c call) decodePatch(name string, into any) (map[string]bool, error) {
	var raw json.RawMessage
	if err := c.decode(name, &raw); err != nil {
		return nil, err
	}
	var fields map[string]json.RawMessage
	if err := decodeFrom(raw, "shared.Jmap", &fields); err != nil {
		return nil, err
	}
	if err := decodeFrom(raw, "api."+name, into); err != nil {
		return nil, err
	}
	given := map[string]bool{}
	for field, value := range fields {
		given[field] = string(value) != "null"
	}
	return given, nil
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
			return httpError(http.StatusBadRequest, "json: cannot unmarshal %s into Go value of type %s", mismatch.Value, name)
		}
		return httpError(http.StatusBadRequest, "json: cannot unmarshal %s into Go struct field %s.%s of type %s", mismatch.Value, short, field, cmp.Or(typeNames[mismatch.Type.String()], mismatch.Type.String()))
	}
	if err != nil {
		return httpError(http.StatusBadRequest, "%s", err.Error())
	}
	return nil
}
