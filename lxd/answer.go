package lxd

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// How long answers may be, in bytes.
const (
	// answerLimit is for lists. One of 100,000 volumes with a description, a size and what uses them has 30 MB to 60 MB.
	answerLimit = 100 << 20

	// objectLimit is for all others, and for each object of a list. The longest is a pool of 300,000 volumes, which use it: 18 MB.
	objectLimit = 24 << 20

	// changeLimit is for what is said of a change and of an operation: some thousand bytes.
	changeLimit = 1 << 20
)

// valueLimit is how many values an answer that is no list, or an object of a list, may have. Each takes a multiple of its text in memory.
const valueLimit = 500_000

// listLimit is how many bytes of memory a list may take, as listMemory counts them: twice what 100,000 volumes take.
const listLimit = 160 << 20

// largeAnswer is how long an answer is, in bytes, that is read alone: several of them at once, or what is left of one that was given
// up, could take a multiple of the limit.
const largeAnswer = 8 << 20

// headerLimit is how long the headers of an answer may be, in bytes, those of answers before the last one included. LXD and Incus
// send a few hundred.
const headerLimit = 2_000_000

// badAnswerError says that what answered is no LXD and no Incus, or not as it should be.
type badAnswerError struct{ text string }

func (e *badAnswerError) Error() string { return e.text }

func badAnswer(format string, args ...any) error {
	return &badAnswerError{fmt.Sprintf(format, args...)}
}

var (
	errEmpty   = badAnswer("its answer is empty, so that it is neither LXD nor Incus")
	errNotJSON = badAnswer("its answer is not JSON, so that it is neither LXD nor Incus")
	errNotText = badAnswer("its answer has bytes that are not text, so that two names could be taken for one")
)

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
		return errNotJSON
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
