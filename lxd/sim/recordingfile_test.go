package sim_test

import (
	"bufio"
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"strings"
	"testing"
)

// recording is what one real server was asked and how it answered, from a file of testdata/recorded: a line that says which
// server it was, and then one exchange a line, in the order in which the answers came. What two servers cannot have in common
// is replaced as package conform does it: folders of the server are SERVER_DIR, UUIDs UUID, 64 hex digits SECRET, times TIME,
// addresses PEER; what depends on the machine is …
type recording struct {
	file    string // without its folder and ending
	Product string // as state files name it
	Name    string
	Version string
	Date    string
	What    string // conformance table, random sequences, odd things
	Members int    // of a cluster: n1, n2, of which n1 is asked; 0 for a server of its own

	Operation map[string]any // the fields of operations with the values that they have most often

	exchanges []*exchange
}

// exchange is a request and its answer.
type exchange struct {
	Case    string            // absent: that of the line before
	N       int               // its number in the case; absent: the next one
	Ask     string            // method, address and query; the id of an operation is UUID
	Headers map[string]string // If-Match has ETAG@N for the ETag that exchange N of the case gave
	Body    json.RawMessage
	Text    string `json:"body_text"` // a body that is not JSON; "N bytes" for a file
	At      int    // milliseconds since the beginning of the case, of cases where that matters
	Op      int    // of an operation that is started, or asked about: its number in the case

	Status   int    // absent: 202 of an operation that is started, otherwise 200
	Location string // unless it is that of an operation
	ETag     string
	Failed   string // why there was no answer

	// One of these is the answer.
	OK        json.RawMessage // metadata of a success
	Error     string
	ErrorCode int            `json:"error_code"` // absent: the status
	Starts    map[string]any // an operation, without how it goes, which depends on chance: what differs from the last time it was shown, or from recording.Operation
	Is        map[string]any // the same, of one that is asked about
	Lacks     []string       // fields that it does not have
	Whole     any            // an answer of no usual form
	Plain     string         `json:"text"`    // an answer that is not JSON
	AsLine    int            `json:"as_line"` // the answer is the one of that line of the file, counted from 1

	line   int
	answer any // the whole of it
}

// progress are the fields of an operation that say how it goes.
var progress = []string{"status", "status_code", "err", "err_code"}

func readRecording(t testing.TB, path string) *recording {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	lines.Scan()
	r := &recording{file: strings.TrimSuffix(path[strings.LastIndexByte(path, '/')+1:], ".jsonl")}
	if err := json.Unmarshal(lines.Bytes(), r); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	byLine := map[int]*exchange{}
	shown := map[int]map[string]any{} // operations of the case, as they were last
	last := &exchange{}
	for number := 2; lines.Scan(); number++ {
		e := &exchange{line: number}
		if err := json.Unmarshal(lines.Bytes(), e); err != nil {
			t.Fatalf("%s:%d: %v", path, number, err)
		}
		if e.Case == "" {
			e.Case = last.Case
		} else {
			last, shown = &exchange{}, map[int]map[string]any{}
		}
		if e.N == 0 {
			e.N = last.N + 1
		}
		last, byLine[number] = e, e
		if e.AsLine != 0 {
			same := byLine[e.AsLine]
			e.OK, e.Error, e.ErrorCode, e.Starts, e.Is, e.Lacks, e.Whole, e.Plain = same.OK, same.Error, same.ErrorCode, same.Starts, same.Is, same.Lacks, same.Whole, same.Plain
		}
		switch {
		case e.Status != 0 || e.Failed != "":
		case e.Starts != nil:
			e.Status = http.StatusAccepted
		default:
			e.Status = http.StatusOK
		}
		e.answer = r.whole(t, e, shown)
		r.exchanges = append(r.exchanges, e)
	}
	if err := lines.Err(); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return r
}

// cases are the exchanges case by case.
func (r *recording) cases() [][]*exchange {
	var all [][]*exchange
	for i, e := range r.exchanges {
		if i == 0 || e.Case != r.exchanges[i-1].Case {
			all = append(all, nil)
		}
		all[len(all)-1] = append(all[len(all)-1], e)
	}
	return all
}

// whole is the answer as it came.
func (r *recording) whole(t testing.TB, e *exchange, shown map[int]map[string]any) any {
	operation := func(changes map[string]any) map[string]any {
		base := shown[e.Op]
		if base == nil {
			base = r.Operation
		}
		o := maps.Clone(base)
		for _, key := range e.Lacks {
			delete(o, key)
		}
		maps.Copy(o, changes)
		shown[e.Op] = o
		return maps.Clone(o)
	}
	envelope := func(kind, status string, code int, operation string, errorCode int, text string, metadata any) any {
		return map[string]any{"type": kind, "status": status, "status_code": float64(code), "operation": operation, "error_code": float64(errorCode), "error": text, "metadata": metadata}
	}
	switch {
	case e.Starts != nil:
		o := operation(e.Starts)
		for _, key := range progress {
			delete(o, key)
		}
		return envelope("async", "Operation created", 100, "/1.0/operations/UUID", 0, "", o)
	case e.Is != nil:
		return envelope("sync", "Success", 200, "", 0, "", operation(e.Is))
	case e.OK != nil:
		var metadata any
		if err := json.Unmarshal(e.OK, &metadata); err != nil {
			t.Fatalf("%s:%d: %v", r.file, e.line, err)
		}
		return envelope("sync", "Success", 200, "", 0, "", metadata)
	case e.Error != "":
		if e.ErrorCode == 0 {
			return envelope("error", "", 0, "", e.Status, e.Error, nil)
		}
		return envelope("error", "", 0, "", e.ErrorCode, e.Error, nil)
	case e.Whole != nil:
		return e.Whole
	}
	return e.Plain
}
