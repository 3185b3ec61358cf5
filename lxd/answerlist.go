package lxd

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"unsafe"
)

// A list of 100,000 volumes has 30 MB. It is taken apart as it comes: neither the text is held nor a list twice.

// getList reads a list of objects. check, when not nil, says what is wrong with one of them.
func getList[T any](ctx context.Context, c *Client, path string, query url.Values, check func(*T) error) ([]*T, error) {
	var all []*T
	err := getEach(ctx, c, path, query, func(object *T) error {
		all = append(all, object)
		if check == nil {
			return nil
		}
		return check(object)
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// getEach reads a list and calls each with one object after the other. What each says of an object is told of the whole answer.
func getEach[T any](ctx context.Context, c *Client, path string, query url.Values, each func(*T) error) error {
	return getEachAs(ctx, c, path, query, func(text []byte, object *T) error { return decodeObject(text, object) }, each)
}

// getEachAs is getEach for objects whose JSON is read by decode, into one without anything.
func getEachAs[T any](ctx context.Context, c *Client, path string, query url.Values, decode func([]byte, *T) error, each func(*T) error) error {
	var held listMemory
	_, err := c.do(ctx, request{method: http.MethodGet, path: path, query: query, each: func(element []byte) error {
		if err := held.add(element, int(unsafe.Sizeof(*new(T)))); err != nil {
			return err
		}
		object := new(T)
		if err := decode(element, object); err != nil {
			return err
		}
		return each(object)
	}})
	return err
}

// decodeObject reads the JSON of one object.
func decodeObject(text []byte, object any) error {
	if string(text) == "null" {
		return badAnswer("its list has null, where LXD and Incus have an object")
	}
	if !isText(text) {
		return errNotText
	}
	if err := json.Unmarshal(text, object); err != nil {
		return unreadable(err)
	}
	return nil
}

// listMemory is about how many bytes of memory a list takes that has been read so far.
type listMemory struct{ held, collected int64 }

// valueMemory is what a value takes besides its text, in bytes: its place in a slice or a map.
const valueMemory = 32

// collectAfter so many bytes more the garbage of reading is given up. Otherwise as much of it as of the list itself would stay.
const collectAfter = 32 << 20

// add counts an element, whose own size is given, and says when the list takes too much.
func (m *listMemory) add(element []byte, size int) error {
	values := bytes.Count(element, []byte{','})
	if values > valueLimit {
		return badAnswer("its list has an object of more than %d values", valueLimit)
	}
	m.held += int64(len(element) + size + values*valueMemory)
	if m.held > listLimit {
		return badAnswer("its list would take more than %d MB of memory", listLimit/1_000_000)
	}
	if m.held-m.collected > collectAfter {
		m.collected = m.held
		runtime.GC()
	}
	return nil
}

// listReader reads an envelope whose metadata is a list.
type listReader struct {
	body    *answerBody
	decoder *json.Decoder
	most    int64 // bytes of the whole answer
}

// list reads such an envelope, and calls each with the JSON of one element after the other, which is overwritten afterwards. The
// envelope's metadata is then nil.
func (b *answerBody) list(envelope *envelope, each func(element []byte) error) error {
	l := &listReader{b, json.NewDecoder(b), b.most}
	if start, err := l.token(); err != nil {
		return err
	} else if start != json.Delim('{') {
		return badAnswer("its answer is %s, where that of LXD and Incus is something else", tokenKind(start))
	}
	fields := map[string]any{"type": &envelope.Type, "operation": &envelope.Operation, "error_code": &envelope.ErrorCode, "error": &envelope.Error}
	listed := false
	for l.decoder.More() {
		key, err := l.token()
		if err != nil {
			return err
		}
		switch name, _ := key.(string); {
		case name == "metadata" && listed:
			return badAnswer("its answer has two lists")
		case name == "metadata":
			listed = true
			err = l.elements(each)
		case fields[name] != nil:
			err = l.value(fields[name], name)
		default:
			err = l.value(new(raw), name)
		}
		if err != nil {
			return err
		}
	}
	if _, err := l.token(); err != nil {
		return err
	}
	if _, err := l.decoder.Token(); err != io.EOF || b.err != nil {
		return l.wrong(cmp.Or(err, errNotJSON))
	}
	if !listed && envelope.Type == "sync" {
		return badAnswer("its answer has no list")
	}
	return nil
}

// elements reads the list itself.
func (l *listReader) elements(each func(element []byte) error) error {
	start, err := l.token()
	switch {
	case err != nil:
		return err
	case start == nil: // Incus 6.0 has null where there is no pool
		return nil
	case start != json.Delim('['):
		return badAnswer("its answer is %s, where that of LXD and Incus is a list", tokenKind(start))
	}
	for l.decoder.More() {
		var element raw
		if err := l.value(&element, "metadata"); err != nil {
			return err
		}
		if err := each(element); err != nil {
			return err
		}
	}
	_, err = l.token()
	return err
}

// allow lets one more object be read.
func (l *listReader) allow() {
	if l.body.err == nil {
		l.body.most = min(l.most, l.body.read+objectLimit)
	}
}

// value reads one value, which is under a name.
func (l *listReader) value(value any, name string) error {
	l.allow()
	err := l.decoder.Decode(value)
	if wrong, is := errors.AsType[*json.UnmarshalTypeError](err); is {
		return badAnswer("its answer has %s in %s, where LXD and Incus have something else", article(wrong.Value), name)
	}
	return l.wrong(err)
}

// token reads what is between values.
func (l *listReader) token() (json.Token, error) {
	l.allow()
	token, err := l.decoder.Token()
	return token, l.wrong(err)
}

// wrong words why something cannot be read, nil for nil.
func (l *listReader) wrong(err error) error {
	switch b := l.body; {
	case err == nil:
		return nil
	case b.err != nil && b.read > b.most && b.most < l.most:
		return badAnswer("its list has an object of more than %d MB", objectLimit/1_000_000)
	case b.err != nil:
		return b.err
	case b.read == 0:
		return errEmpty
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errNotJSON
	}
	if bad, is := errors.AsType[*badAnswerError](err); is {
		return bad
	}
	return unreadable(err)
}

// tokenKind is what JSON calls what a token begins.
func tokenKind(token json.Token) string {
	switch token := token.(type) {
	case json.Delim:
		if token == '[' {
			return "an array"
		}
		return "an object"
	case string:
		return "a string"
	case float64:
		return "a number"
	case bool:
		return "a bool"
	}
	return "null"
}
