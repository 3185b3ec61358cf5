package sim_test

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tarn/lxd/lxdtest"
	"tarn/lxd/sim"
)

// TestBesideServers sends the same random calls, right ones and wrong ones, to the simulator and to real servers, and
// compares each answer and the state at the end. It sends the same sequences each time, so that a build does not fail by
// chance; "make nightly" sends more of them, and -rapid.checks=N sends N others.
func TestBesideServers(t *testing.T) {
	t.Parallel()
	checks(t, map[bool]int{false: 5, true: 20}[lxdtest.Full()], "5")
	for _, w := range serverKinds {
		t.Run(w.name, func(t *testing.T) {
			real := w.realEndpoint(w.start(t)...)
			sequences, calls := 0, 0
			rapid.Check(t, func(t *rapid.T) {
				sequences++
				calls += w.compare(t, real, rapid.SliceOfN(randomRequest(w), 15, 40).Draw(t, "calls"), func(c conditionalCall, want, got answer) bool {
					t.Fatalf("%s\n%s - simulator +\n%s", c, w.name, gocmp.Diff(want, got))
					return false
				})
			})
			fmt.Fprintf(os.Stdout, "simulator beside %s: %d sequences, %d calls\n", w.name, sequences, calls)
		})
	}
}

// checks has a test try n cases, which are the same each time when there is a seed. -rapid.checks=N tries N others.
func checks(t *testing.T, n int, seed string) {
	given := flag.Lookup("rapid.checks")
	if given.Value.String() != given.DefValue {
		return
	}
	for name, value := range map[string]string{"rapid.checks": strconv.Itoa(n), "rapid.seed": seed} {
		flag.Set(name, value)
		t.Cleanup(func() { flag.Set(name, flag.Lookup(name).DefValue) })
	}
}

// serverKind is a kind of server that the simulator is compared with.
type serverKind struct {
	name    string
	start   func(testing.TB) []*lxdtest.Server
	state   sim.State         // of a simulator that is like it
	members []string          // of a cluster
	prepare []conditionalCall // how each sequence begins
}

var projects = []conditionalCall{
	{call{"POST", "/1.0/projects", `{"name":"own","config":{"features.images":"false","features.profiles":"false"}}`}, ""},
	{call{"POST", "/1.0/projects", `{"name":"shared","config":{"features.storage.volumes":"false","features.images":"false","features.profiles":"false"}}`}, ""},
	{call{"POST", "/1.0/projects", `{"name":"limited","config":{"features.images":"false","limits.disk":"100MiB"}}`}, ""},
}

var serverKinds = []serverKind{
	{
		name:  "LXD 5.0.2",
		start: one(lxdtest.New),
		state: sim.State{Drivers: []string{"btrfs", "dir"}},
		prepare: append([]conditionalCall{
			{call{"POST", "/1.0/storage-pools", `{"name":"a","driver":"dir"}`}, ""},
			{call{"POST", "/1.0/storage-pools", `{"name":"b","driver":"btrfs","config":{"size":"1GiB","volume.size":"16MiB","volume.snapshots.schedule":"@daily"}}`}, ""},
		}, projects...),
	},
	{
		name:  "Incus 6.0.4",
		start: one(lxdtest.NewIncus),
		state: sim.State{Product: "incus", Drivers: []string{"btrfs", "dir"}},
		prepare: append([]conditionalCall{
			{call{"POST", "/1.0/storage-pools", `{"name":"a","driver":"dir"}`}, ""},
			{call{"POST", "/1.0/storage-pools", `{"name":"b","driver":"btrfs","config":{"size":"1GiB","volume.size":"16MiB","volume.snapshots.schedule":"@daily"}}`}, ""},
		}, projects...),
	},
	{
		name:    "a cluster",
		start:   func(t testing.TB) []*lxdtest.Server { return lxdtest.NewCluster(t, 2) },
		state:   sim.State{Drivers: []string{"btrfs", "dir"}, Members: map[string]*sim.Member{"n1": {}, "n2": {}}},
		members: []string{"n1", "n2"},
		prepare: append([]conditionalCall{
			{call{"POST", "/1.0/storage-pools?target=n1", `{"name":"a","driver":"dir"}`}, ""},
			{call{"POST", "/1.0/storage-pools?target=n2", `{"name":"a","driver":"dir"}`}, ""},
			{call{"POST", "/1.0/storage-pools", `{"name":"a","driver":"dir"}`}, ""},
			{call{"POST", "/1.0/storage-pools?target=n1", `{"name":"b","driver":"btrfs","config":{"size":"1GiB"}}`}, ""},
			{call{"POST", "/1.0/storage-pools?target=n2", `{"name":"b","driver":"btrfs","config":{"size":"1GiB"}}`}, ""},
			{call{"POST", "/1.0/storage-pools", `{"name":"b","driver":"btrfs","config":{"volume.size":"16MiB","volume.snapshots.schedule":"@daily"}}`}, ""},
		}, projects...),
	},
}

func one(start func(testing.TB) *lxdtest.Server) func(testing.TB) []*lxdtest.Server {
	return func(t testing.TB) []*lxdtest.Server { return []*lxdtest.Server{start(t)} }
}

// compare sends calls to a real server and to a simulated one, and says how many it sent. It goes on after a difference when it is told to.
func (w serverKind) compare(t rapid.TB, real *endpoint, calls []conditionalCall, differs func(conditionalCall, answer, answer) (goOn bool)) (n int) {
	state := w.state
	simulated := &endpoint{w: w, dirs: []string{"/var/lib/lxd", "/var/lib/incus"}, handler: sim.New(&state)}
	real.t, simulated.t = t, t
	real.empty()
	both := func(c conditionalCall) bool {
		n++
		want, got := real.request(c), simulated.request(c)
		return gocmp.Equal(want, got) || differs(c, want, got)
	}
	for _, c := range slices.Concat(w.prepare, calls) {
		if !both(c) {
			return n
		}
	}
	for _, path := range real.everything() {
		if !both(get(path)) {
			return n
		}
	}
	return n
}

// endpoint is one of the two that are compared.
type endpoint struct {
	t       rapid.TB
	w       serverKind
	dirs    []string // where its pools are, of each member
	client  *http.Client
	handler http.Handler // instead of client
}

// realEndpoint is a real server of the kind.
func (w serverKind) realEndpoint(servers ...*lxdtest.Server) *endpoint {
	p := &endpoint{w: w, client: socketClient(servers[0].Socket())}
	for _, server := range servers {
		p.dirs = append(p.dirs, server.Dir)
	}
	return p
}

// socketClient talks to a real server.
func socketClient(socket string) *http.Client {
	return &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", socket)
		},
		MaxConnsPerHost: 1, // a second one would be silent, and LXD 5.0.2 waits for that
	}}
}

// answer is what is compared.
type answer struct {
	Code           int
	Location, ETag string
	Body           any
	Operation      any // how the operation ended
}

func (p *endpoint) send(c call) answer { return p.request(conditionalCall{call: c}) }

func (p *endpoint) request(c conditionalCall) answer {
	dir := p.dirs[0]
	if p.handler != nil && p.w.state.Product == "incus" {
		dir = p.dirs[1]
	}
	req, err := http.NewRequest(c.Method, "http://lxd"+c.Path, strings.NewReader(strings.ReplaceAll(c.Body, "LXD_DIR", dir)))
	if err != nil {
		p.t.Fatal(err)
	}
	if c.ifMatch != "" {
		req.Header.Set("If-Match", p.etagFor(c))
	}
	resp := p.do(req)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if c.Method == "HEAD" {
		body = nil // a recorder keeps it
	}
	if err != nil {
		p.t.Fatal(err)
	}
	a := answer{Code: resp.StatusCode, Location: p.neutral(resp.Header.Get("Location"))}
	text := p.neutral(string(body))
	if a.ETag = resp.Header.Get("ETag"); a.ETag != "" && text != string(body) { // of times and paths
		a.ETag = "…"
	}
	if resp.StatusCode == http.StatusAccepted {
		wait := p.request(get(resp.Header.Get("Location") + "/wait?timeout=20"))
		a.Operation = wait.Body
	}
	if err := json.Unmarshal([]byte(text), &a.Body); err != nil {
		a.Body = text
	}
	if body, ok := a.Body.(map[string]any); ok && resp.StatusCode == http.StatusAccepted {
		operation, _ := body["metadata"].(map[string]any)
		for _, key := range []string{"status", "status_code", "err", "metadata"} { // it may have ended before it was shown
			delete(operation, key)
		}
	}
	p.sortUnordered(a.Body)
	return a
}

func (p *endpoint) do(req *http.Request) *http.Response {
	if p.handler != nil {
		recorder := httptest.NewRecorder()
		p.handler.ServeHTTP(recorder, req)
		return recorder.Result()
	}
	resp, err := p.client.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	return resp
}

// etagFor is an If-Match header for what the call is about.
func (p *endpoint) etagFor(c conditionalCall) string {
	if c.ifMatch == "wrong" {
		return strings.Repeat("0", 64)
	}
	req, err := http.NewRequest("GET", "http://lxd"+c.Path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	resp := p.do(req)
	defer resp.Body.Close()
	tag := strings.Trim(resp.Header.Get("ETag"), `"`)
	var pool struct {
		Metadata struct {
			Name, Driver string
			Config       map[string]string
		}
	}
	if err := json.NewDecoder(resp.Body).Decode(&pool); err == nil && pool.Metadata.Driver != "" && tag == "" {
		hash := sha256.New() // LXD 5.0.2 checks one that it does not send
		json.NewEncoder(hash).Encode([]any{pool.Metadata.Name, pool.Metadata.Driver, pool.Metadata.Config})
		tag = hex.EncodeToString(hash.Sum(nil))
	}
	if tag == "" {
		return strings.Repeat("0", 64)
	}
	switch c.ifMatch {
	case "quoted":
		return `"` + tag + `"`
	case "weak":
		return `W/"` + tag + `"`
	}
	return tag
}

var (
	uuids      = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	times      = regexp.MustCompile(`20[0-3]\d-\d\d-\d\dT[0-9:.]+Z`)
	space      = regexp.MustCompile(`"(used|total)":\d+`)
	tags       = regexp.MustCompile(`(ETag doesn't match: )[0-9a-f]{64} vs (W/\\")?[0-9a-f]{64}`)
	used       = regexp.MustCompile(`(\{"usage":\{)"used":\d+,?`)                      // btrfs says it some seconds later
	copies     = regexp.MustCompile(`(Create custom volume from copy failed: )\[.*\]`) // the two ends, in any order
	tlsOrPlain = regexp.MustCompile(`(option \\"security\.)(shifted|unmapped)\\"`)     // of several wrong ones, any
	groups     = regexp.MustCompile(` 0/\d+ `)
	features   = regexp.MustCompile(`(Project feature )\\"features\.[a-z.]+\\" (cannot be )(dis|en)abled`) // any that changes
	hosts      = regexp.MustCompile(`\d+\.\d+\.\d+\.\d+:\d+`)
)

// neutral takes out what two servers cannot have in common.
func (p *endpoint) neutral(text string) string {
	for _, dir := range p.dirs {
		text = strings.ReplaceAll(text, dir, "LXD_DIR")
	}
	text = uuids.ReplaceAllString(text, "UUID")
	text = times.ReplaceAllString(text, "TIME")
	text = tags.ReplaceAllString(text, "$1…")
	text = used.ReplaceAllString(text, "$1")
	text = copies.ReplaceAllString(text, "$1[…]")
	text = tlsOrPlain.ReplaceAllString(text, "$1…")
	text = groups.ReplaceAllString(text, " 0/ID ")
	text = features.ReplaceAllString(text, "$1… $2…")
	text = hosts.ReplaceAllString(text, "HOST")
	return space.ReplaceAllString(text, `"$1":0`)
}

// sortUnordered sorts what comes in any order.
func (p *endpoint) sortUnordered(body any) {
	switch body := body.(type) {
	case map[string]any:
		if names, ok := body["locations"].([]any); ok {
			slices.SortFunc(names, func(a, b any) int { return cmp.Compare(a.(string), b.(string)) })
		}
		for _, value := range body {
			p.sortUnordered(value)
		}
	case []any:
		for _, value := range body {
			p.sortUnordered(value)
		}
	}
}

// urls gives a list of URLs, as the API has them for one who asks: escaped once.
func (p *endpoint) urls(path string) []string {
	var texts []string
	body, ok := p.request(get(path)).Body.(map[string]any)
	if !ok {
		return nil
	}
	urls, _ := body["metadata"].([]any)
	for _, item := range urls {
		text := item.(string)
		if p.w.state.Product == "" {
			text = strings.ReplaceAll(text, "%25", "%")
		}
		texts = append(texts, text)
	}
	return texts
}

// productName is what the server calls itself.
func (p *endpoint) productName() string {
	if p.w.state.Product == "incus" {
		return "Incus"
	}
	return "LXD"
}

// empty deletes all that an earlier sequence has left.
func (p *endpoint) empty() {
	remove := func(path string) {
		if a := p.send(call{"DELETE", path, ""}); a.Code != http.StatusOK {
			p.t.Fatalf("delete %s: %v", path, a.Body)
		}
	}
	projects := p.urls("/1.0/projects")
	p.send(call{"PATCH", "/1.0/projects/default", `{"description":"Default ` + p.productName() + ` project"}`})
	for _, project := range projects {
		_, name, _ := strings.Cut(project, "/projects/")
		for _, profile := range p.urls("/1.0/profiles?project=" + name) {
			if address, _, _ := strings.Cut(profile, "?"); strings.HasSuffix(address, "/default") {
				p.send(call{"PUT", profile, `{"description":"Default ` + p.productName() + ` profile"}`})
			} else {
				remove(profile)
			}
		}
	}
	for _, pool := range p.urls("/1.0/storage-pools") {
		for _, volume := range p.urls(pool + "/volumes/custom?all-projects=true") {
			if !strings.Contains(volume, "/snapshots/") {
				remove(volume)
			}
		}
		remove(pool)
	}
	for _, project := range projects {
		if !strings.HasSuffix(project, "/default") {
			remove(project)
		}
	}
}

// everything names all that can be read.
func (p *endpoint) everything() []string {
	paths := []string{"/1.0/storage-pools?recursion=1", "/1.0/storage-pools", "/1.0/projects?recursion=1", "/1.0/profiles?recursion=1"}
	for _, pool := range p.urls("/1.0/storage-pools") {
		paths = append(paths, pool, pool+"/volumes?recursion=1&all-projects=true", pool+"/volumes/custom?all-projects=true", pool+"/volumes/custom?project=own&recursion=1")
		for _, volume := range p.urls(pool + "/volumes/custom?all-projects=true") {
			paths = append(paths, volume)
			if !strings.Contains(volume, "/snapshots/") {
				path, query, _ := strings.Cut(volume, "?")
				paths = append(paths, path+"/snapshots?recursion=1&"+query, path+"/state?"+query)
			}
		}
	}
	return paths
}
