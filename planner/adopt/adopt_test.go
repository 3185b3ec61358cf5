package adopt

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/sim"
	"tarn/planner"
	"tarn/spec"
)

// read reads a simulated server.
func read(t *testing.T, state *sim.State, scope live.Scope) *live.State {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	server := sim.New(state)
	front := &http.Server{Handler: server}
	go front.Serve(listener)
	client := lxd.NewUnix(socket, lxd.Options{})
	t.Cleanup(func() { client.Close(); front.Close(); server.Close() })
	found, err := live.ReadWhole(t.Context(), client, scope)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// golden compares a text with a file, or with UPDATE=1 writes that.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s: -want +got\n%s", path, diff)
	}
}

// empty holds that a plan for a text has nothing to do.
func empty(t *testing.T, state *live.State, adopted *Adopted, text []byte) {
	t.Helper()
	var vars []string
	for name, value := range adopted.Secrets {
		vars = append(vars, name+"="+value)
	}
	want, diags := spec.Load([]string{"x.hcl"}, spec.Options{Vars: vars, Inputs: map[string][]byte{"x.hcl": text}})
	if diags.HasErrors() {
		t.Fatalf("%v\n%s", diags, text)
	}
	p, diags := planner.New(want, state, planner.Options{Project: want.Settings.Project})
	if diags.HasErrors() || !p.Empty() || len(p.Blockers) > 0 {
		t.Fatalf("%v %+v\n%s", diags, p, text)
	}
}

func volume(content, description string, config ...string) *sim.Volume {
	v := &sim.Volume{ContentType: content, Text: sim.Text{Description: description}, Config: map[string]string{}}
	for i := 0; i < len(config); i += 2 {
		v.Config[config[i]] = config[i+1]
	}
	return v
}

// A server with 500 volumes of three kinds and some exceptions is 0.3 lines of spec for each at most, and a reader understands them.
func TestManyVolumes(t *testing.T) {
	volumes := map[sim.Key]*sim.Volume{}
	add := func(name string, v *sim.Volume) {
		volumes[sim.Key{Project: lxd.DefaultProject, Type: lxd.TypeCustom, Name: name}] = v
	}
	for i := range 320 { // scratch space of workers, two of which have got more
		v := volume("filesystem", "", "size", "10GiB", "snapshots.expiry", "3d")
		if i == 17 || i == 204 {
			v.Config["size"] = "40GiB"
		}
		add(fmt.Sprintf("worker-%03d", i), v)
	}
	tenants := strings.Fields("acme aster birch blume carla cedar coral daisy delta ember fable fern flint gale garnet hazel heron indigo iris ivory jade jasper juniper kestrel lark laurel lotus maple " +
		"meadow nectar olive onyx opal orchid otter pearl pine plum poppy quartz raven reed robin rowan ruby sable sage sienna slate sparrow spruce tansy teal thistle topaz tulip umber velvet violet willow")
	for i := range 130 { // sites of customers, each of a size of its own
		name := "site-" + tenants[i%len(tenants)]
		if i >= len(tenants) {
			name += fmt.Sprintf("-%d", i/len(tenants)+1)
		}
		v := volume("filesystem", "", "size", fmt.Sprintf("%dGiB", 5*(1+i%7)), "snapshots.schedule", "@daily", "user.team", "web")
		if i == 44 {
			v.Description = "moves away in spring"
			v.Config["snapshots.schedule"] = "@hourly"
		}
		add(name, v)
	}
	for i := range 50 { // disks of virtual machines
		v := volume("block", "", "size", fmt.Sprint(20<<30))
		if i == 3 {
			v.Config["security.shared"] = "TRUE"
		}
		add(fmt.Sprintf("vm%02d-data", i), v)
	}
	server := read(t, &sim.State{Product: "lxd-6", Pools: map[string]*sim.Pool{"fast": {
		Driver: "zfs", Config: map[string]string{"source": "tank/lxd", "zfs.pool_name": "tank/lxd", "volume.snapshots.expiry": "1w"}, Volumes: volumes,
	}}}, live.Scope{Projects: []string{""}})
	adopted := New(server, Options{})
	text := adopted.File.Fold()
	golden(t, "many.hcl", text)
	if lines := bytes.Count(text, []byte("\n")); lines*10 > 3*500 {
		t.Errorf("%d lines", lines)
	}
	if server.Volumes.Len() != 500 || len(adopted.LeftOut) > 0 {
		t.Errorf("%d volumes, left out: %v", server.Volumes.Len(), adopted.LeftOut)
	}
	empty(t, server, adopted, text)
	empty(t, server, adopted, adopted.File.Bytes())
}

// What cannot be declared is left out with the reason, and what can be is declared all the same.
func TestLeftOut(t *testing.T) {
	volumes := func(named map[string]*sim.Volume) map[sim.Key]*sim.Volume {
		all := map[sim.Key]*sim.Volume{}
		for name, v := range named {
			all[sim.Key{Project: lxd.DefaultProject, Type: lxd.TypeCustom, Name: name}] = v
		}
		return all
	}
	files := func(config ...string) *sim.Volume { return volume("filesystem", "", config...) }
	state := &sim.State{
		Pools: map[string]*sim.Pool{
			"fast": {Driver: "btrfs", Config: map[string]string{"source": "/var/lib/lxd/disks/fast.img", "size": "30GiB"}, Volumes: volumes(map[string]*sim.Volume{
				"plain":                    files("size", "1e3", "user.tarn.later", "x"),
				"of-them":                  files(live.OwnerKey, "them", live.OfKey, "fast/of-them"),
				"a-copy":                   files(live.OwnerKey, "them", live.OfKey, "fast/of-them"),
				"old-mark":                 files(live.PreventDeleteKey, "true"),
				"protected":                files(live.PreventDeleteKey, "true", live.OfKey, "fast/protected"),
				"backups":                  files(),
				"tarn-arriving-1":          files(),
				"moving":                   files("user.tarn.moving", "x to slow/moving"),
				"both":                     files("security.shifted", "true", "security.unmapped", "true"),
				"pattern":                  files("snapshots.pattern", "{{ broken"),
				"no-schedule-of-ours":      files("snapshots.schedule", "@daily, 61 * * * *"),
				"description-of-something": volume("filesystem", "says Tr0ub4dor aloud"),
				"secret":                   files("user.token", "Tr0ub4dor"),
				"same-secret":              files("user.token", "Tr0ub4dor", "user.too", "x Tr0ub4dor"),
			})},
			"broken": {Driver: "dir", Status: "Errored", Config: map[string]string{"source": "/var/lib/lxd/storage-pools/broken"}, Volumes: volumes(map[string]*sim.Volume{"in-it": files()})},
			"theirs": {Driver: "dir", Config: map[string]string{"source": "/var/lib/lxd/storage-pools/theirs", live.OwnerKey: "them"}, Volumes: volumes(map[string]*sim.Volume{"mine": files()})},
			"empty":  {Driver: "dir", Config: map[string]string{"source": "/var/lib/lxd/storage-pools/empty", live.OwnerKey: "them"}},
			"hidden": {Driver: "dir", Config: map[string]string{"source": "/var/lib/lxd/storage-pools/hidden"}, Volumes: volumes(map[string]*sim.Volume{"seen": files("size", "1GiB")})},
			"host":   {Driver: "dir", Config: map[string]string{"source": "/var/lib/lxd/storage-pools/host"}},
		},
		Instances: map[sim.Key]*sim.Instance{{Project: lxd.DefaultProject, Name: "web"}: {Devices: map[string]map[string]string{"root": {"type": "disk", "path": "/", "pool": "fast"}, "data": {"type": "disk", "pool": "fast", "source": "plain", "path": "/data"}}}},
	}
	server := read(t, state, live.Scope{Projects: []string{""}})
	no := false
	server.Pools["host"].Managed = &no
	server.Pools["hidden"].Config = nil
	server.Pools["fast"].UsedBy = append(server.Pools["fast"].UsedBy, // as LXD 5.0.2 and 6.9 have the first, Incus 7.3 the others
		"/1.0/instances/web/snapshots/s0", "/1.0/storage-pools/fast/buckets/logs", "/1.0/storage-pools/fast/buckets/logs?project=own")
	server.ServerVolumes = []lxd.ServerVolume{{Key: "storage.backups_volume", Volume: lxd.VolumeID{Project: lxd.DefaultProject, Pool: "fast", Type: lxd.TypeCustom, Name: "backups"}}}
	adopted := New(server, Options{})
	text := adopted.File.Fold()
	golden(t, "leftout.hcl", text)
	empty(t, server, adopted, text)
	if bytes.Contains(text, []byte("Tr0ub4dor")) {
		t.Error("a secret is written")
	}
}

// A client that may see some projects only is not shown the config of pools, and may not plan for the default project: of all projects
// that it sees the spec names one as the usual one (seen on LXD 5.0.2).
func TestRestricted(t *testing.T) {
	volumes := map[sim.Key]*sim.Volume{}
	for _, project := range []string{"own", "second"} {
		volumes[sim.Key{Project: project, Type: lxd.TypeCustom, Name: "of-" + project}] = volume("filesystem", "", "size", "64MiB")
	}
	own := map[string]string{"features.storage.volumes": "true"}
	server := read(t, &sim.State{
		Projects: map[string]*sim.Project{"own": {Config: own}, "second": {Config: own}, "a-shared": {Config: map[string]string{"features.storage.volumes": "false"}}},
		Pools:    map[string]*sim.Pool{"fast": {Driver: "dir", Config: map[string]string{"source": "/var/lib/lxd/storage-pools/fast", "volume.size": "64MiB"}, Volumes: volumes}},
	}, live.Scope{})
	delete(server.Projects, lxd.DefaultProject)
	server.Pools["fast"].Config = nil
	adopted := New(server, Options{AllProjects: true})
	text := adopted.File.Fold()
	golden(t, "restricted.hcl", text)
	empty(t, server, adopted, text)
}
