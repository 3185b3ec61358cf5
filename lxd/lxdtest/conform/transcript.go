package conform

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// Transcript is what a server answered while the table ran against it, without what no two servers have in common.
type Transcript struct {
	server Server

	mu      sync.Mutex
	running string                         // the case that is running
	cases   map[string]map[string][]answer // by case, then method and path
}

// answer is what a server said to one request.
type answer struct {
	Code           int
	Location, ETag string
	Body           any
	text           string // the body, to sort by
}

// Compare says where two servers answered differently, case by case and request by request.
func Compare(t *testing.T, want, got *Transcript) {
	compared := 0
	for _, c := range Cases() {
		if c.Racing {
			continue
		}
		a, b := want.cases[c.Name], got.cases[c.Name]
		if diff := cmp.Diff(a, b, cmpopts.IgnoreUnexported(answer{})); diff != "" {
			t.Errorf("%s: answers differ (- %s, + %s)\n%s", c.Name, want.server.Name, got.server.Name, diff)
		}
		for _, answers := range a {
			compared += len(answers)
		}
	}
	if compared == 0 {
		t.Error("nothing was compared")
	}
	t.Logf("%d answers compared", compared)
}

// startRecording puts a proxy in front of a server and gives its socket.
func startRecording(t *testing.T, server Server) (*Transcript, string) {
	t.Helper()
	r := &Transcript{server: server, cases: map[string]map[string][]answer{}}
	dir, err := os.MkdirTemp("", "tarn") // t.TempDir may be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	front := &http.Server{Handler: &httputil.ReverseProxy{
		Rewrite:        func(p *httputil.ProxyRequest) { p.Out.URL.Scheme, p.Out.URL.Host = "http", "lxd" },
		Transport:      singleRequest(server.Socket),
		ModifyResponse: r.record,
	}}
	go front.Serve(listener)
	t.Cleanup(func() {
		front.Close()
		os.RemoveAll(dir)
	})
	return r, socket
}

// singleRequest sends every request over a connection of its own to a unix socket, in one piece: LXD 5.0.2 stops for a connection that
// is open and silent, and may answer and hang up before it has read a body.
type singleRequest string

func (socket singleRequest) RoundTrip(req *http.Request) (*http.Response, error) {
	conn, err := new(net.Dialer).DialContext(req.Context(), "unix", string(socket))
	if err != nil {
		return nil, err
	}
	req.Close = req.Header.Get("Upgrade") == ""
	var out bytes.Buffer
	if err := req.Write(&out); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if _, err := conn.Write(out.Bytes()); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	in := bufio.NewReader(conn)
	resp, err := http.ReadResponse(in, req)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if resp.StatusCode == http.StatusSwitchingProtocols {
		resp.Body = struct {
			io.Reader
			io.WriteCloser
		}{in, conn}
	} else {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{resp.Body, conn}
	}
	return resp, nil
}

// begin notes that what comes now belongs to a case.
func (r *Transcript) begin(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.running = name
	r.cases[name] = map[string][]answer{}
}

// record adds an answer to those of the running case.
func (r *Transcript) record(resp *http.Response) error {
	got := answer{Code: resp.StatusCode, Location: r.neutral(resp.Header.Get("Location"))}
	if resp.StatusCode != http.StatusSwitchingProtocols {
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			return err
		}
		resp.Body = io.NopCloser(bytes.NewReader(body))
		got.text = r.neutral(string(body))
		if err := json.Unmarshal([]byte(got.text), &got.Body); err != nil {
			got.Body = got.text
		}
		got.Body = NeutralBody(resp.Request.URL, got.Body)
		if tag := resp.Header.Get("ETag"); tag != "" {
			got.ETag = tag
			if got.text != string(body) || resp.Request.URL.Path == "/1.0" {
				got.ETag = "…" // of what has been taken out
			}
		}
		text, err := json.Marshal(got.Body)
		if err != nil {
			return err
		}
		got.text = string(text)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if answers := r.cases[r.running]; answers != nil {
		key := resp.Request.Method + " " + r.neutral(resp.Request.URL.RequestURI())
		// Two requests may be under way at once.
		at, _ := slices.BinarySearchFunc(answers[key], got, func(a, b answer) int { return strings.Compare(a.text, b.text) })
		answers[key] = slices.Insert(answers[key], at, got)
	}
	return nil
}

var (
	uuids   = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	secrets = regexp.MustCompile(`[0-9a-f]{64}`)
	times   = regexp.MustCompile(`20[0-3]\d-\d\d-\d\dT[0-9:.]+Z`)
	runs    = regexp.MustCompile(`(tarn-arriving-|tarn-leaving-[0-9a-f]{8}-|"user\.tarn\.(?:moving|migrating|arrived)":")[0-9a-f]{12}`)
	peers   = regexp.MustCompile(`\d+\.\d+\.\d+\.\d+:\d+`)
)

func (r *Transcript) neutral(text string) string { return Neutral(text, r.server.Dirs...) }

// Neutral takes out of a text what two servers cannot have in common; dirs are the folders of the one that has said it.
func Neutral(text string, dirs ...string) string {
	for _, dir := range dirs {
		text = strings.ReplaceAll(text, dir, "SERVER_DIR")
	}
	text = uuids.ReplaceAllString(text, "UUID")
	text = secrets.ReplaceAllString(text, "SECRET")
	text = times.ReplaceAllString(text, "TIME")
	text = runs.ReplaceAllString(text, "${1}RUN")
	return peers.ReplaceAllString(text, "PEER")
}

// NeutralBody takes out of an answer what depends on the machine, and leaves the keys.
func NeutralBody(u *url.URL, body any) any {
	envelope, ok := body.(map[string]any)
	if !ok {
		return body
	}
	set := func(object any, keys ...string) {
		if m, ok := object.(map[string]any); ok {
			for _, key := range keys {
				if _, ok := m[key]; ok {
					m[key] = "…"
				}
			}
		}
	}
	metadata, _ := envelope["metadata"].(map[string]any)
	switch path := u.Path; {
	case path == "/1.0":
		environment, _ := metadata["environment"].(map[string]any)
		set(metadata, "config")
		set(environment, "addresses", "architectures", "certificate", "firewall", "driver_version", "kernel_architecture", "kernel_features",
			"kernel_version", "lxc_features", "os_name", "os_version", "server_name", "server_pid", "storage", "storage_version")
		drivers, _ := environment["storage_supported_drivers"].([]any)
		for _, driver := range drivers {
			set(driver, "Version")
		}
		slices.SortFunc(drivers, func(a, b any) int {
			return strings.Compare(a.(map[string]any)["Name"].(string), b.(map[string]any)["Name"].(string))
		})
	case path == "/1.0/operations":
		set(envelope, "metadata") // earlier cases are among them
	case strings.HasSuffix(path, "/resources"):
		set(metadata["space"], "used", "total")
		set(metadata["inodes"], "used", "total")
	case strings.HasSuffix(path, "/state"):
		if usage, ok := metadata["usage"].(map[string]any); ok {
			delete(usage, "used") // btrfs says it some seconds later
		}
	}
	if list, ok := envelope["metadata"].([]any); ok {
		for _, object := range list {
			sortLocations(object)
		}
	}
	sortLocations(envelope["metadata"])
	return body
}

// sortLocations brings the members that have a pool, which come in any order, into one.
func sortLocations(object any) {
	if m, ok := object.(map[string]any); ok {
		if names, ok := m["locations"].([]any); ok {
			slices.SortFunc(names, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
		}
	}
}
