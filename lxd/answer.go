package lxd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// answerLimit is how long an answer may be, in bytes. A list of 100,000 volumes with a description, a size and what uses them
// takes 30 MB to 60 MB; nothing else is as long. It is held in memory whole.
const answerLimit = 100 << 20

// headerLimit is how long the headers of an answer may be, in bytes, those of answers before the last one included. LXD and Incus
// send a few hundred.
const headerLimit = 2_000_000

// listLimit is how many objects a list may have: of the shortest that a server sends, some more than fit into an answer.
const listLimit = answerLimit / 128

// badAnswerError says that what answered is no LXD and no Incus, or not as it should be.
type badAnswerError struct{ text string }

func (e *badAnswerError) Error() string { return e.text }

func badAnswer(format string, args ...any) error {
	return &badAnswerError{fmt.Sprintf(format, args...)}
}

// largeAnswer is how long an answer is, in bytes, that is read alone: several of them at once, or what is left of one that was given
// up, could take a multiple of the limit.
const largeAnswer = 8 << 20

// readsLarge has a value while a large answer is read, of whichever server.
var readsLarge = make(chan struct{}, 1)

// readAnswer reads a body up to the limit.
func readAnswer(resp *http.Response, body io.Reader) ([]byte, error) {
	if resp.ContentLength > answerLimit {
		return nil, badAnswer("its answer has %d MB, and more than %d are not read", resp.ContentLength/1e6, answerLimit/1_000_000)
	}
	// What a server announces need not come, so memory is taken as it does.
	first := &bytes.Buffer{}
	n, err := io.Copy(first, io.LimitReader(body, largeAnswer))
	if err != nil || n < largeAnswer {
		return first.Bytes(), err
	}
	select {
	case readsLarge <- struct{}{}:
	case <-resp.Request.Context().Done():
		return nil, context.Cause(resp.Request.Context())
	}
	defer func() { <-readsLarge }()
	return readLarge(first, body)
}

// readLarge reads the rest of a body whose beginning is first.
func readLarge(first *bytes.Buffer, body io.Reader) ([]byte, error) {
	whole := bytes.NewBuffer(make([]byte, 0, answerLimit+bytes.MinRead+1)) // pages that are not written to cost nothing
	whole.Write(first.Bytes())
	_, err := io.Copy(whole, io.LimitReader(body, answerLimit-int64(first.Len())+1))
	switch {
	case err != nil:
		return nil, err
	case whole.Len() > answerLimit:
		return nil, badAnswer("its answer has no end: %d MB were read", answerLimit/1_000_000)
	}
	return whole.Bytes(), nil
}

// isText tells whether JSON has nothing that reading it would replace: bytes that are not UTF-8, and half of a pair of codes. No server
// sends either, as none can hold it.
func isText(data []byte) bool {
	if !utf8.Valid(data) {
		return false
	}
	code := func() rune { // that data begins with
		if len(data) < len(`\u0000`) || data[0] != '\\' || data[1] != 'u' {
			return 0
		}
		code, _ := strconv.ParseUint(string(data[2:6]), 16, 16)
		return rune(code)
	}
	for {
		at := bytes.IndexByte(data, '\\')
		if at < 0 {
			return true
		}
		data = data[at:]
		first := code()
		data = data[min(len(`\n`), len(data)):]
		if utf16.IsSurrogate(first) {
			data = data[len("0000"):]
			if utf16.DecodeRune(first, code()) == utf8.RuneError {
				return false
			}
			data = data[len(`\u0000`):]
		}
	}
}

// raw is a part of an answer that is not taken apart yet. It is not a copy of it, as a json.RawMessage is.
type raw []byte

func (r *raw) UnmarshalJSON(data []byte) error {
	*r = data
	return nil
}

// unreadable words why JSON cannot be read into what it should be.
func unreadable(err error) error {
	var wrong *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &wrong) && wrong.Field != "":
		return badAnswer("its answer has %s in %s, where LXD and Incus have something else", article(wrong.Value), wrong.Field)
	case errors.As(err, &wrong):
		return badAnswer("its answer is %s, where that of LXD and Incus is something else", article(wrong.Value))
	case errors.As(err, &syntax):
		return badAnswer("its answer is not JSON, so that it is neither LXD nor Incus")
	}
	return badAnswer("its answer cannot be read: %v", err)
}

// article puts one before what JSON calls a value.
func article(value string) string {
	if value == "array" || value == "object" {
		return "an " + value
	}
	return "a " + value
}

// unexpected says what is wrong with an answer whose status no request of this package has, nil when nothing is.
func unexpected(resp *http.Response) error {
	switch {
	case resp.StatusCode == http.StatusSwitchingProtocols:
		return badAnswer("it changes to another protocol (status 101), which nobody asked for")
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		return badAnswer("it sends requests elsewhere (status %d to %q), which is not followed: name that server if it is the right one",
			resp.StatusCode, resp.Header.Get("Location"))
	case resp.StatusCode == http.StatusNoContent:
		return badAnswer("its answer is empty (status 204), so that it is neither LXD nor Incus")
	}
	return nil
}
