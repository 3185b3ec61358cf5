package planner_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/lxdtest"
	"tarn/planner"
	"tarn/planner/plan"
	"tarn/spec"
)

// world is a server on which guards are tried, real or simulated.
type world struct {
	client *lxd.Client
	socket string
	real   *lxdtest.Server // nil when it is simulated
}

func realWorld(t *testing.T, server *lxdtest.Server) *world {
	t.Helper()
	return newWorld(t, server.Socket(), server)
}

func newWorld(t *testing.T, socket string, real *lxdtest.Server) *world {
	t.Helper()
	w := &world{client: lxd.NewUnix(socket, lxd.Options{}), socket: socket, real: real}
	t.Cleanup(w.client.Close)
	return w
}

// call sends a request and waits for what it began. It gives the server's refusal, "" for none.
func (w *world) call(t *testing.T, method, path string, body any) string {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", w.socket)
		},
		DisableKeepAlives: true, // LXD 5.0.2 waits for connections that say nothing
	}}
	send := func(method, path string, body any) (answer struct {
		Error, Operation string
		Metadata         struct{ Err string }
	}) {
		data, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		req, err := http.NewRequestWithContext(t.Context(), method, "http://server"+path, bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
			t.Fatal(err)
		}
		return answer
	}
	answer := send(method, path, body)
	if answer.Error == "" && answer.Operation != "" {
		answer = send("GET", answer.Operation+"/wait", nil)
		return answer.Error + answer.Metadata.Err
	}
	return answer.Error
}

// must is call for what has to work.
func (w *world) must(t *testing.T, method, path string, body any) {
	t.Helper()
	if refusal := w.call(t, method, path, body); refusal != "" {
		t.Fatalf("%s %s: %s", method, path, refusal)
	}
}

type object = map[string]any

// plan plans a spec for the server, as the commands do: what turns out to be missing is read, and the plan made anew.
func (w *world) plan(t *testing.T, text string, remotes map[string]*world) *plan.Plan {
	t.Helper()
	file := filepath.Join(t.TempDir(), "storage.hcl")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	want, diags := spec.Load([]string{file}, spec.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	opts := planner.Options{Remote: "here", Remotes: map[string]*live.State{}}
	state, err := live.Read(t.Context(), w.client, planner.ScopeOf(want, opts))
	if err != nil {
		t.Fatal(err)
	}
	var p *plan.Plan
	make := func() {
		t.Helper()
		var diags hcl.Diagnostics
		if p, diags = planner.New(want, state, opts); diags.HasErrors() {
			t.Fatal(diags)
		}
	}
	make()
	for name, scope := range p.MissingRemotes {
		if opts.Remotes[name], err = live.Read(t.Context(), remotes[name].client, scope); err != nil {
			t.Fatal(err)
		}
	}
	make()
	if err := live.ReadDetails(t.Context(), w.client, state, p.Missing); err != nil {
		t.Fatal(err)
	}
	for name, missing := range p.MissingOf {
		if err := live.ReadDetails(t.Context(), remotes[name].client, opts.Remotes[name], missing); err != nil {
			t.Fatal(err)
		}
	}
	make()
	return p
}

// codes are those of the blockers of each volume, by the name that the volume has or will have.
func codes(p *plan.Plan) map[string][]string {
	is := map[plan.Object]string{}
	for _, step := range p.Steps {
		switch action := step.Action.(type) {
		case plan.MoveVolume:
			is[plan.VolumeObject(action.Volume)] = action.To.Name
		case plan.RenameVolume:
			is[plan.VolumeObject(action.Volume)] = action.Name
		}
	}
	found := map[string][]string{}
	for _, blocker := range p.Blockers {
		name, moved := is[blocker.Object]
		if !moved {
			name = blocker.Object.Volume.Name
		}
		if code := string(blocker.Code); !slices.Contains(found[name], code) {
			found[name] = append(found[name], code)
		}
	}
	for _, list := range found {
		slices.Sort(list)
	}
	return found
}

// What a server keeps its backups and images in it does not rename, move or delete: the plan says so before, and the server does as
// the plan says.
func TestServerVolumes(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(*testing.T) *world{
		"LXD":   func(t *testing.T) *world { return realWorld(t, lxdtest.New(t)) },
		"Incus": func(t *testing.T) *world { return realWorld(t, lxdtest.NewIncus(t)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t)
			for _, pool := range []string{"d1", "d2"} {
				w.must(t, "POST", "/1.0/storage-pools", object{"name": pool, "driver": "dir"})
			}
			for _, volume := range []string{"backups", "images", "free"} {
				w.must(t, "POST", "/1.0/storage-pools/d1/volumes/custom", object{"name": volume})
			}
			w.must(t, "PATCH", "/1.0", object{"config": object{"storage.backups_volume": "d1/backups", "storage.images_volume": "d1/images"}})
			const pools = "pool \"d1\" {\n existing = true\n %s\n}\npool \"d2\" {\n existing = true\n %s\n}"
			for _, c := range []struct {
				in1, in2 string
				blocked  map[string][]string
				refused  func() string
			}{
				{in1: `volume "b" { renamed_from = "backups" }`, blocked: map[string][]string{"b": {"in-use"}}, refused: func() string {
					return w.call(t, "POST", "/1.0/storage-pools/d1/volumes/custom/backups", object{"name": "b"})
				}},
				{in2: `volume "i" { renamed_from = "d1/images" }`, blocked: map[string][]string{"i": {"in-use"}}, refused: func() string {
					return w.call(t, "POST", "/1.0/storage-pools/d1/volumes/custom/images", object{"name": "i", "pool": "d2"})
				}},
				{in1: `volume "images" { absent = true }`, blocked: map[string][]string{"images": {"in-use"}}, refused: func() string {
					return w.call(t, "DELETE", "/1.0/storage-pools/d1/volumes/custom/images", nil)
				}},
				{in1: "volume \"free\" { absent = true }\n volume \"images\" { description = \"ours\" }", blocked: map[string][]string{}},
			} {
				p := w.plan(t, fmt.Sprintf(pools, c.in1, c.in2), nil)
				if diff := cmp.Diff(c.blocked, codes(p)); diff != "" {
					t.Errorf("%s%s: %s", c.in1, c.in2, diff)
				}
				if c.refused != nil && c.refused() == "" {
					t.Errorf("%s%s: the server has taken it", c.in1, c.in2)
				}
			}
		})
	}
	t.Run("cluster", func(t *testing.T) {
		t.Parallel()
		members := lxdtest.NewCluster(t, 2)
		w := realWorld(t, members[0])
		for _, member := range []string{"?target=n1", "?target=n2", ""} {
			w.must(t, "POST", "/1.0/storage-pools"+member, object{"name": "d1", "driver": "dir"})
		}
		for _, member := range []string{"n1", "n2"} {
			w.must(t, "POST", "/1.0/storage-pools/d1/volumes/custom?target="+member, object{"name": "v"})
		}
		w.must(t, "PATCH", "/1.0?target=n2", object{"config": object{"storage.images_volume": "d1/v"}})
		p := w.plan(t, `pool "d1" {
			existing = true
			volume "free" {
				target       = "n1"
				renamed_from = "v"
			}
			volume "v" {
				target = "n2"
				absent = true
			}
		}`, nil)
		if diff := cmp.Diff(map[string][]string{"v": {"in-use"}}, codes(p)); diff != "" {
			t.Error(diff)
		}
		if w.call(t, "DELETE", "/1.0/storage-pools/d1/volumes/custom/v?target=n2", nil) == "" {
			t.Error("the server has deleted its own volume")
		}
		w.must(t, "POST", "/1.0/storage-pools/d1/volumes/custom/v?target=n1", object{"name": "free"})
	})
}
