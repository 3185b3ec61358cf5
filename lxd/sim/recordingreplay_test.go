package sim_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"tarn/lxd/lxdtest/conform"
	"tarn/lxd/sim"
)

// replayer asks a simulated server what a real one was asked.
type replayer struct {
	t      testing.TB
	server *sim.Server
	root   string // folder that it pretends to have

	mu      sync.Mutex
	ops     map[int]string            // ids of operations, by their number in the case
	tags    map[int]string            // ETags, by the exchange that gave them
	secrets map[int]map[string]string // of operations that wait for streams
	streams map[int][]*websocket.Conn // that are connected: first control, then fs
}

// told is an answer, as it is compared.
type told struct {
	Status         int
	Location, ETag string
	Answer         any
}

func newReplayer(t testing.TB, r *recording) *replayer {

	state := &sim.State{Product: r.Product, Drivers: []string{"btrfs", "dir"}}
	if r.Members > 0 {
		state.Members = map[string]*sim.Member{}
		for i := range r.Members {
			state.Members[fmt.Sprintf("n%d", i+1)] = &sim.Member{}
		}
	}
	root := "/var/lib/lxd"
	if r.Name == "Incus" {
		root = "/var/lib/incus"
	}
	p := &replayer{t: t, server: sim.New(state), root: root}
	p.begin()
	return p
}

// close ends what is under way.
func (p *replayer) close() { _ = p.server.Close() }

// begin forgets what belongs to the case before.
func (p *replayer) begin() {
	p.ops, p.tags, p.secrets, p.streams = map[int]string{}, map[int]string{}, map[int]map[string]string{}, map[int][]*websocket.Conn{}
}

// slow are the operations that took their time, because 50 MB went at 10 MB a second.
var slow = map[string]*regexp.Regexp{
	"slow_move": regexp.MustCompile(`/custom/m$`), "slow_meanwhile": regexp.MustCompile(`/custom/m$`),
	"cancel_move": regexp.MustCompile(`/custom/m$`), "cancel_copy": regexp.MustCompile(`/custom$`),
}

// replayCase sends the requests of a case, and hands over what was and what is answered, in the recorded order. Those of a
// case with times are sent at these times, whether earlier ones have been answered or not.
func (p *replayer) replayCase(exchanges []*exchange, compare func(e *exchange, want, got told)) {
	p.begin()
	if path := slow[exchanges[0].Case]; path != nil {
		p.server.Inject(&sim.Fault{Method: http.MethodPost, Path: path, Nth: 1, Lasts: 5300 * time.Millisecond})
	}
	last := exchanges[len(exchanges)-1]
	if last.At == 0 {
		for _, e := range exchanges {
			want, got := p.replay(e)
			compare(e, want, got)
		}
		return
	}
	start := time.Now()
	type pair struct{ want, got told }
	answers := map[*exchange]pair{}
	var under sync.WaitGroup
	for _, e := range slices.SortedStableFunc(slices.Values(exchanges), func(a, b *exchange) int { return a.At - b.At }) {
		time.Sleep(time.Until(start.Add(time.Duration(e.At) * time.Millisecond)))
		under.Go(func() {
			want, got := p.replay(e)
			p.mu.Lock()
			defer p.mu.Unlock()
			answers[e] = pair{want, got}
		})
		synctest.Wait() // until it is answered, or has to wait
	}
	under.Wait()
	for _, e := range exchanges {
		compare(e, answers[e].want, answers[e].got)
	}
}

var (
	tagOf    = regexp.MustCompile(`ETAG@(\d+)`)
	uuidText = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
)

// replay sends the request of an exchange, and gives the answer that came and the recorded one.
func (p *replayer) replay(e *exchange) (want, got told) {
	method, uri, _ := strings.Cut(e.Ask, " ")
	p.mu.Lock()
	if id := p.ops[e.Op]; id != "" {
		uri = strings.Replace(uri, "/operations/UUID", "/operations/"+id, 1)
	}
	tags := maps.Clone(p.tags)
	p.mu.Unlock()
	if strings.HasSuffix(uri, "/websocket?secret=SECRET") {
		return p.connect(e, uri)
	}
	body := strings.ReplaceAll(string(e.Body), "SERVER_DIR", p.root)
	body = strings.ReplaceAll(body, `"TIME"`, `"2039-01-02T03:04:05Z"`)
	if e.Body == nil {
		body = e.Text
		var bytes int
		if n, err := fmt.Sscanf(body, "%d bytes", &bytes); n == 1 && err == nil {
			body = strings.Repeat("\x00", bytes)
		}
	}
	if strings.Contains(body, `"volatile.uuid":"UUID"`) {
		body = strings.ReplaceAll(body, `"volatile.uuid":"UUID"`, `"volatile.uuid":"`+p.uuid(uri)+`"`)
	}
	request := httptest.NewRequest(method, "http://lxd/", strings.NewReader(body))
	target, err := url.ParseRequestURI(uri)
	if err != nil {
		p.t.Fatalf("%s %d: %s: %v", e.Case, e.N, e.Ask, err)
	}
	request.URL.Path, request.URL.RawPath, request.URL.RawQuery, request.RequestURI = target.Path, target.RawPath, target.RawQuery, uri
	for name, value := range e.Headers {
		request.Header.Set(name, tagOf.ReplaceAllStringFunc(value, func(text string) string {
			var n int
			fmt.Sscanf(text, "ETAG@%d", &n)
			return strings.Trim(tags[n], `"`)
		}))
	}
	recorder := httptest.NewRecorder()
	p.server.ServeHTTP(recorder, request)
	response := recorder.Result()
	location, tag := response.Header.Get("Location"), response.Header.Get("ETag")
	p.mu.Lock()
	p.tags[e.N] = tag
	if id := uuidText.FindString(location); e.Op != 0 && response.StatusCode == http.StatusAccepted {
		p.ops[e.Op] = id
		var started struct {
			Metadata struct {
				Metadata map[string]string
			}
		}
		if json.Unmarshal(recorder.Body.Bytes(), &started) == nil {
			p.secrets[e.Op] = started.Metadata.Metadata
		}
	}
	p.mu.Unlock()
	text := recorder.Body.String()
	if method == http.MethodHead {
		text = "" // a recorder keeps it
	}
	plain := conform.Neutral(text, p.root)
	if tag != "" && (e.ETag == "…" || plain != text) {
		tag = "…" // it is taken of what has been replaced
	}
	want = told{e.Status, e.Location, e.ETag, p.comparable(target, e.answer)}
	got = told{response.StatusCode, conform.Neutral(location, p.root), tag, p.comparable(target, decoded(plain))}
	if response.StatusCode == http.StatusAccepted {
		if got.Location == "/1.0/operations/UUID" && want.Status == http.StatusAccepted {
			got.Location = ""
		}
		if body, ok := got.Answer.(map[string]any); ok {
			if operation, ok := body["metadata"].(map[string]any); ok {
				for _, key := range progress {
					delete(operation, key)
				}
			}
		}
	}
	return want, got
}

// connect opens a stream of an operation. What comes in at those of the case's first such operation goes out at those of its
// second, and the other way round, as a client does that stands between two servers.
func (p *replayer) connect(e *exchange, uri string) (want, got told) {
	p.mu.Lock()
	name := []string{"control", "fs"}[len(p.streams[e.Op])%2]
	uri = strings.Replace(uri, "SECRET", p.secrets[e.Op][name], 1)
	p.mu.Unlock()
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return p.server.Dial(ctx) }}}
	conn, response, err := websocket.Dial(p.t.Context(), "http://lxd"+uri, &websocket.DialOptions{HTTPClient: client})
	want = told{Status: e.Status, Answer: e.answer}
	if err != nil {
		return want, told{Answer: err.Error()}
	}
	conn.SetReadLimit(-1)
	p.mu.Lock()
	defer p.mu.Unlock()
	i := len(p.streams[e.Op])
	p.streams[e.Op] = append(p.streams[e.Op], conn)
	for op, others := range p.streams {
		if op != e.Op && len(others) > i {
			go relay(p.t.Context(), conn, others[i])
			go relay(p.t.Context(), others[i], conn)
		}
	}
	return want, told{Status: response.StatusCode, Answer: ""}
}

// relay passes on what one side says until it ends.
func relay(ctx context.Context, from, to *websocket.Conn) {
	for {
		kind, data, err := from.Read(ctx)
		if err != nil {
			_ = to.Close(websocket.StatusNormalClosure, "")
			return
		}
		if to.Write(ctx, kind, data) != nil {
			return
		}
	}
}

// decoded is the answer's JSON, or its text when it is none.
func decoded(text string) any {
	var body any
	if err := json.Unmarshal([]byte(text), &body); err != nil {
		return text
	}
	return body
}

// uuid is what the volume of a request has in its config.
func (p *replayer) uuid(uri string) string {
	recorder := httptest.NewRecorder()
	p.server.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, uri, nil))
	var answer struct{ Metadata json.RawMessage }
	var volume struct{ Config map[string]string }
	if json.Unmarshal(recorder.Body.Bytes(), &answer) == nil && json.Unmarshal(answer.Metadata, &volume) == nil && volume.Config["volatile.uuid"] != "" {
		return volume.Config["volatile.uuid"]
	}
	return "12345678-1234-1234-1234-123456789abc"
}

// By chance a server says one or another of these.
var chances = []struct {
	what *regexp.Regexp
	as   string
}{
	{regexp.MustCompile(`[0-9a-f]{64} vs (W/)?"?([0-9a-f]{64}|SECRET)`), "A vs B"},                         // ETags, of what has been replaced perhaps
	{regexp.MustCompile(`SECRET vs (W/)?"?([0-9a-f]{64}|SECRET)`), "A vs B"},                               // the same
	{regexp.MustCompile(`((?:Create custom volume from copy failed|Failed .*copy.*): )\[.*\]`), "$1[…]"},   // the two ends of a copy, in any order
	{regexp.MustCompile(`option "(security\.(shifted|unmapped)|initial\.(uid|gid|mode))"$`), `option "…"`}, // of several wrong ones, any
	{regexp.MustCompile(`(Project feature )"features\.[a-z.]+" (cannot be )(dis|en)abled`), "${1}…${2}…"},  // any that changes
	{regexp.MustCompile(`( 0/)\d+ `), "${1}ID "},                                                           // numbers of quota groups
}

// comparable is an answer without what two runs of one server do not have in common either.
func (p *replayer) comparable(target *url.URL, answer any) any {
	answer = conform.NeutralBody(target, answer)
	if target.Path == "/1.0" {
		if body, ok := answer.(map[string]any); ok {
			if metadata, ok := body["metadata"].(map[string]any); ok && metadata["api_extensions"] != nil {
				metadata["api_extensions"] = "…" // TestExtensions
			}
		}
	}
	return byChance(answer)
}

func byChance(value any) any {
	switch value := value.(type) {
	case string:
		for _, c := range chances {
			value = c.what.ReplaceAllString(value, c.as)
		}
		return value
	case map[string]any:
		delete(value, "fs_progress") // how fast it goes
		delete(value, "progress")
		for key, item := range value {
			value[key] = byChance(item)
			if list, ok := item.([]any); ok && key == "used_by" {
				slices.SortFunc(list, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
			}
		}
	case []any:
		for i, item := range value {
			value[i] = byChance(item)
		}
	}
	return value
}
