package sim_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tarn/lxd/lxdtest"
	"tarn/lxd/sim"
)

// TestBesideLXD sends the same random calls, right ones and wrong ones, to the simulator and to LXD, and compares each
// answer and the state at the end. It sends the same 25 sequences each time, so that a build does not fail by chance;
// -rapid.checks=N sends N others.
func TestBesideLXD(t *testing.T) {
	server := lxdtest.New(t)
	real := &peer{t: t, dir: server.Dir, client: socketClient(server.Socket())}
	if checks := flag.Lookup("rapid.checks"); checks.Value.String() == checks.DefValue {
		for name, value := range map[string]string{"rapid.checks": "25", "rapid.seed": "5"} {
			defer flag.Set(name, flag.Lookup(name).DefValue)
			flag.Set(name, value)
		}
	}
	sequences, calls := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		simulated := &peer{t: t, dir: "/var/lib/lxd", handler: sim.New(&sim.State{Drivers: []string{"btrfs", "dir"}})}
		real.t = t
		real.empty()
		sequences++
		for _, c := range append(prepare, rapid.SliceOfN(randomCall, 15, 40).Draw(t, "calls")...) {
			want, got := real.send(c), simulated.send(c)
			calls++
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%s\nLXD - simulator +\n%s", c, diff)
			}
		}
		for _, path := range real.everything() {
			want, got := real.send(call{"GET", path, ""}), simulated.send(call{"GET", path, ""})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("at the end, GET %s\nLXD - simulator +\n%s", path, diff)
			}
		}
	})
	fmt.Fprintf(os.Stdout, "simulator beside LXD 5.0.2: %d sequences, %d calls\n", sequences, calls)
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

// call is one request.
type call struct{ Method, Path, Body string }

func (c call) String() string { return c.Method + " " + c.Path + " " + c.Body }

// prepare is how each sequence begins.
var prepare = []call{
	{"POST", "/1.0/storage-pools", `{"name":"a","driver":"dir"}`},
	{"POST", "/1.0/storage-pools", `{"name":"b","driver":"btrfs","config":{"size":"1GiB","volume.size":"16MiB","volume.snapshots.schedule":"@daily"}}`},
	{"POST", "/1.0/projects", `{"name":"own","config":{"features.images":"false","features.profiles":"false"}}`},
	{"POST", "/1.0/projects", `{"name":"shared","config":{"features.storage.volumes":"false","features.images":"false","features.profiles":"false"}}`},
}

// Choices that are made often enough to meet each other.
var (
	poolNames    = rapid.SampledFrom([]string{"a", "a", "a", "b", "b", "c", "nope"})
	volumeNames  = rapid.SampledFrom([]string{"v1", "v1", "v2", "v2", "v 3", "w-1", "é%"})
	newVolume    = rapid.SampledFrom([]string{"v1", "v2", "v 3", "w-1", "é%", "v1", "v2", "", "x/y"})
	snapNames    = rapid.SampledFrom([]string{"s1", "s2", "snap0", "s1", "snap1"})
	projectQuery = rapid.SampledFrom([]string{"", "", "", "", "?project=own", "?project=shared", "?project=default", "?project=nope"})
	types        = rapid.SampledFrom([]string{"custom", "custom", "custom", "custom", "custom", "custom", "custom", "container", "image", "bogus"})

	volumeOption = rapid.SampledFrom([]string{
		`"user.a":"1"`, `"user.a":""`, `"user.b":"<&>"`, `"size":"32MiB"`, `"size":"8MiB"`, `"size":"33554432"`, `"size":""`, `"size":"0"`,
		`"snapshots.expiry":"1d"`, `"snapshots.schedule":"@hourly"`, `"snapshots.pattern":"x"`, `"security.shifted":"true"`,
		`"security.unmapped":"yes"`, `"security.shifted":null`,
		`"bogus":"1"`, `"bogus":""`, `"zfs.blocksize":"4KiB"`, `"size":"1.5GB"`, `"size":"9EiB"`, `"size":"max"`, `"security.shifted":"maybe"`,
		`"snapshots.expiry":"never"`, `"snapshots.expiry":"1x"`, `"snapshots.schedule":"@never"`, `"snapshots.schedule":"1 2 3"`,
		`"snapshots.schedule":"99 * * * *"`, `"size":5`, `"user.a":true`, `"block.filesystem":"xfs"`, `"volatile.idmap.last":"x"`,
	})
	poolOption = rapid.SampledFrom([]string{
		`"user.a":"1"`, `"user.a":""`, `"rsync.bwlimit":"1MB"`, `"rsync.compression":"off"`, `"volume.size":"64MiB"`, `"volume.size":""`,
		`"volume.snapshots.expiry":"3d"`, `"volume.security.shifted":"true"`, `"volume.snapshots.pattern":"p"`,
		`"bogus":"1"`, `"bogus":""`, `"size":"2GiB"`, `"volume.user.x":"1"`, `"rsync.compression":"maybe"`, `"volume.size":"x"`, `"source":"/x"`,
		`"zfs.clone_copy":"true"`, `"rsync.bwlimit":3`, `"volatile.initial_source":"q"`,
	})
	description = rapid.SampledFrom([]string{"", `,"description":"one"`, `,"description":"two <&>"`, `,"description":null`})
)

var randomCall = rapid.Custom(func(t *rapid.T) call {
	pool := url.PathEscape(poolNames.Draw(t, "pool"))
	pick := func(g *rapid.Generator[string]) string { return g.Draw(t, "text") }
	one := func(texts ...string) string { return rapid.SampledFrom(texts).Draw(t, "one of") }
	query := pick(projectQuery)
	volumes := "/1.0/storage-pools/" + pool + "/volumes/" + pick(types)
	volume := volumes + "/" + url.PathEscape(pick(volumeNames))
	config := func(option *rapid.Generator[string]) string {
		return one(`,"config":{}`, "", `,"config":null`, `,"config":{`+pick(option)+`}`, `,"config":{`+pick(option)+`}`, `,"config":{`+pick(option)+`}`)
	}
	name := func(g *rapid.Generator[string]) string {
		text, _ := json.Marshal(pick(g))
		return `"name":` + string(text)
	}
	kind := rapid.IntRange(0, 25).Draw(t, "kind")
	switch kind {
	case 0, 1, 2, 3, 4, 5:
		content := one("", "", "", `,"content_type":"block"`, `,"content_type":"filesystem"`, `,"content_type":"tape"`)
		return call{"POST", volumes + query, "{" + name(newVolume) + content + pick(description) + config(volumeOption) + "}"}
	case 6, 7, 8:
		return call{one("PATCH", "PATCH", "PUT"), volume + query, `{"x":1` + pick(description) + config(volumeOption) + "}"}
	case 9, 10:
		return call{"DELETE", volume + query, ""}
	case 11, 12:
		return call{"POST", volume + query, "{" + name(newVolume) + "}"}
	case 13:
		return call{"POST", volume + query, "{" + name(newVolume) + `,"pool":"` + pick(poolNames) + `"}`}
	case 14, 15:
		expires := one("", `,"expires_at":"2040-01-02T03:04:05Z"`)
		return call{"POST", volume + "/snapshots" + query, one("{"+name(snapNames)+expires+"}", `{"name":""`+expires+"}", `{"name":"x/y"}`, `{"name":"x y"}`)}
	case 16:
		return call{one("GET", "DELETE"), volume + "/snapshots/" + pick(snapNames) + query, ""}
	case 17:
		return call{"POST", volume + "/snapshots/" + pick(snapNames) + query, "{" + name(snapNames) + "}"}
	case 18:
		return call{one("PUT", "PATCH"), volume + "/snapshots/" + pick(snapNames) + query, one(`{"description":"d"}`, `{"expires_at":"2041-01-01T00:00:00Z"}`, `{}`, `{"expires_at":null}`)}
	case 19:
		return call{"PUT", volume + query, `{"restore":"` + pick(snapNames) + `"}`}
	case 20, 21:
		source := `"source":{"type":"copy","pool":"` + pick(poolNames) + `",` + name(volumeNames) + one("", `,"volume_only":true`, `,"project":"own"`) + "}"
		return call{"POST", "/1.0/storage-pools/" + pool + "/volumes/custom" + query, "{" + name(newVolume) + "," + source + pick(description) + config(volumeOption) + "}"}
	case 22:
		return call{"POST", "/1.0/storage-pools", "{" + one(`"name":"c"`, `"name":"a"`, `"name":""`, `"name":"x/y"`, `"name":"x y"`) +
			one(`,"driver":"dir"`, `,"driver":"dir"`, `,"driver":"zfs"`, `,"driver":"ceph"`, `,"driver":"tape"`, "") + pick(description) + config(poolOption) + "}"}
	case 23:
		return call{"PATCH", "/1.0/storage-pools/" + pool, `{"x":1` + pick(description) + config(poolOption) + "}"}
	case 24:
		return call{one("DELETE", "GET", "PUT", "POST"), "/1.0/storage-pools/" + pool, "{}"}
	default:
		filter := url.QueryEscape(one("name eq v1", "name eq (v1|w-1)", "not name eq v1", "name ne V1", "config.user.a eq 1", "name eq v1 or name eq v2",
			"config.size eq 32.* and name eq v.*", "name", "name eq", "name eq v1 and", "not", "name eq v1 name", `name eq "v 3"`, `name eq "v 3`, "description ne one"))
		return rapid.SampledFrom([]call{{"GET", volume + query, ""}, {"GET", volume + "/snapshots" + query, ""}, {"GET", volumes + "?recursion=1&filter=" + filter, ""},
			{"GET", volumes + "?filter=" + filter, ""}, {"GET", volumes + "?all-projects=true&recursion=1", ""}, {"GET", volumes + query, ""},
			{one("PUT", "PATCH", "POST"), volume, one("{", "[]", "", `"x"`)}}).Draw(t, "read")
	}
})

// peer is one of the two that are compared.
type peer struct {
	t       rapid.TB
	dir     string // where its pools are
	client  *http.Client
	handler http.Handler // instead of client
}

// answer is what is compared.
type answer struct {
	Code           int
	Location, ETag string
	Body           any
	Operation      any // how the operation ended
}

func (p *peer) send(c call) answer {
	req, err := http.NewRequest(c.Method, "http://lxd"+c.Path, strings.NewReader(c.Body))
	if err != nil {
		p.t.Fatal(err)
	}
	var resp *http.Response
	if p.handler != nil {
		recorder := httptest.NewRecorder()
		p.handler.ServeHTTP(recorder, req)
		resp = recorder.Result()
	} else if resp, err = p.client.Do(req); err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	a := answer{Code: resp.StatusCode, Location: p.neutral(resp.Header.Get("Location"))}
	if !strings.Contains(c.Path, "/snapshots/") && !strings.Contains(string(body), p.dir) { // of times and paths
		a.ETag = resp.Header.Get("ETag")
	}
	if resp.StatusCode == http.StatusAccepted {
		wait := p.send(call{"GET", resp.Header.Get("Location") + "/wait?timeout=20", ""})
		a.Operation = wait.Body
	}
	text := p.neutral(string(body))
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	if err := decoder.Decode(&a.Body); err != nil {
		a.Body = text
	}
	return a
}

var (
	uuids = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	times = regexp.MustCompile(`20[0-3]\d-\d\d-\d\dT[0-9:.]+Z`)
	usage = regexp.MustCompile(`"used":\d+,?`)
)

// neutral takes out what two servers cannot have in common.
func (p *peer) neutral(text string) string {
	text = strings.ReplaceAll(text, p.dir, "LXD_DIR")
	text = uuids.ReplaceAllString(text, "UUID")
	text = times.ReplaceAllString(text, "TIME")
	return usage.ReplaceAllString(text, "")
}

// list gives a list of URLs, as the API has them for one who asks: escaped once.
func (p *peer) list(path string) []string {
	var texts []string
	body, ok := p.send(call{"GET", path, ""}).Body.(map[string]any)
	if !ok {
		return nil
	}
	urls, _ := body["metadata"].([]any)
	for _, item := range urls {
		text := strings.ReplaceAll(item.(string), "%25", "%")
		texts = append(texts, text)
	}
	return texts
}

// empty deletes all that an earlier sequence has left.
func (p *peer) empty() {
	for _, pool := range p.list("/1.0/storage-pools") {
		for _, volume := range p.list(pool + "/volumes/custom?all-projects=true") {
			if !strings.Contains(volume, "/snapshots/") {
				p.send(call{"DELETE", volume, ""})
			}
		}
		if a := p.send(call{"DELETE", pool, ""}); a.Code != http.StatusOK {
			p.t.Fatalf("delete %s: %v", pool, a.Body)
		}
	}
	for _, project := range p.list("/1.0/projects") {
		if !strings.HasSuffix(project, "/default") {
			if a := p.send(call{"DELETE", project, ""}); a.Code != http.StatusOK {
				p.t.Fatalf("delete %s: %v", project, a.Body)
			}
		}
	}
}

// everything names all that can be read.
func (p *peer) everything() []string {
	paths := []string{"/1.0/storage-pools?recursion=1", "/1.0/storage-pools", "/1.0/projects?recursion=1"}
	for _, pool := range p.list("/1.0/storage-pools") {
		paths = append(paths, pool, pool+"/volumes?recursion=1&all-projects=true", pool+"/volumes/custom?all-projects=true", pool+"/volumes/custom?project=own")
		for _, volume := range p.list(pool + "/volumes/custom?all-projects=true") {
			paths = append(paths, volume)
			if !strings.Contains(volume, "/snapshots/") {
				path, query, _ := strings.Cut(volume, "?")
				paths = append(paths, path+"/snapshots?recursion=1&"+query, path+"/state?"+query)
			}
		}
	}
	return paths
}
