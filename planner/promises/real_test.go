package promises

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tarn/lxd"
	"tarn/lxd/lxdtest"
)

// TestOnLXD runs random cases on a private LXD, with the drivers that it has here.
func TestOnLXD(t *testing.T) {
	onReal(t, "LXD", 24, 50, lxdtest.New(t))
}

// TestOnCluster runs random cases on a private LXD cluster of two.
func TestOnCluster(t *testing.T) {
	onReal(t, "LXD cluster", 10, 20, lxdtest.NewCluster(t, 2)...)
}

// onReal runs so many cases; "make nightly" runs them all.
func onReal(t *testing.T, where string, short, all int, servers ...*lxdtest.Server) {
	if lxdtest.Full() {
		short = all
	}
	checks(t, short)
	r := newReal(t, servers...)
	stats := newStatistics()
	t.Cleanup(func() { stats.report(t, where) })
	file := filepath.Join(t.TempDir(), "storage.hcl")
	rapid.Check(t, func(t *rapid.T) {
		c := &trial{T: t, server: r, file: file, stats: stats}
		c.run(draw{T: t, small: true})
	})
}

// real is a private server, or the members of a cluster, emptied for each case.
type real struct {
	log     wire
	servers []*lxdtest.Server
	conn    *lxd.Client
	raw     *http.Client
	last    int // that a volume was filled with
}

func newReal(t *testing.T, servers ...*lxdtest.Server) *real {
	t.Helper()
	r := &real{servers: servers}
	r.conn = lxd.NewUnix(servers[0].Socket(), lxd.Options{Trace: r.log.trace})
	r.raw = &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", servers[0].Socket())
		},
		DisableKeepAlives: true, // LXD 5.0.2 waits for connections that say nothing
	}}
	t.Cleanup(r.conn.Close)
	for name, own := range map[string]string{"own": "true", "second": "true", "shared": "false"} {
		r.call(t, "POST", "/1.0/projects", map[string]any{"name": name, "config": map[string]string{
			"features.storage.volumes": own, "features.images": "false", "features.profiles": "false",
		}}, nil)
	}
	return r
}

func (r *real) client() *lxd.Client { return r.conn }
func (r *real) wire() *wire         { return &r.log }

func (r *real) members() []string {
	if len(r.servers) == 1 {
		return nil
	}
	var names []string
	for _, server := range r.servers {
		names = append(names, server.Name)
	}
	return names
}

type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// call is sendRaw for what is not refused.
func (r *real) call(t fataler, method, path string, in, out any) {
	t.Helper()
	if refusal := sendRaw(t, r.raw, method, path, in, out); refusal != "" {
		t.Fatalf("%s %s: %s", method, path, refusal)
	}
}

// sendRaw sends a request without the client that is tested, waits for what it starts, and reads what it is about into out. It gives the refusal.
func sendRaw(t fataler, client *http.Client, method, path string, in, out any) (refusal string) {
	t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatalf("%v", err)
	}
	req, err := http.NewRequest(method, "http://lxd"+path, bytes.NewReader(body))
	if err != nil {
		t.Fatalf("%v", err)
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	var answer struct {
		Operation, Error string
		Metadata         json.RawMessage
	}
	if err == nil {
		err = json.Unmarshal(data, &answer)
	}
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	if resp.StatusCode == http.StatusAccepted {
		var operation struct{ Err string }
		sendRaw(t, client, "GET", answer.Operation+"/wait", nil, &operation)
		return operation.Err
	}
	if out != nil && answer.Error == "" {
		if err := json.Unmarshal(answer.Metadata, out); err != nil {
			t.Fatalf("%s %s: %v", method, path, err)
		}
	}
	return answer.Error
}

// user is a profile or an instance.
type user struct {
	Name    string                       `json:"name"`
	Devices map[string]map[string]string `json:"devices"`
}

func (r *real) users(t fataler, kind string) []user {
	var users []user
	r.call(t, "GET", "/1.0/"+kind+"?recursion=1", nil, &users)
	return users
}

func (r *real) empty(t *rapid.T, _, _ []string) {
	ctx := context.Background()
	for _, kind := range []string{"instances", "profiles"} {
		for _, user := range r.users(t, kind) {
			if user.Name != "default" {
				r.call(t, "DELETE", "/1.0/"+kind+"/"+user.Name, nil, nil)
			}
		}
	}
	pools, err := r.conn.Pools(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, pool := range pools {
		for _, volume := range r.volumes(t, pool.Name) {
			op, err := r.conn.DeleteVolume(ctx, volume.ID())
			must(t, op, err)
		}
		op, err := r.conn.DeletePool(ctx, lxd.PoolID{Name: pool.Name})
		must(t, op, err)
	}
	r.last = 0
}

func must(t *rapid.T, op *lxd.Operation, err error) {
	t.Helper()
	if err == nil {
		err = op.Wait(context.Background(), nil)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (r *real) volumes(t *rapid.T, pool string) []*lxd.Volume {
	volumes, err := r.conn.Volumes(context.Background(), pool, lxd.VolumeList{AllProjects: true})
	if err != nil {
		t.Fatal(err)
	}
	return volumes
}

func (r *real) allVolumes(t *rapid.T) map[lxd.VolumeID]*lxd.Volume {
	all := map[lxd.VolumeID]*lxd.Volume{}
	pools, err := r.conn.Pools(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, pool := range pools {
		for _, volume := range r.volumes(t, pool.Name) {
			all[volume.ID()] = volume
		}
	}
	return all
}

// where is the file that a volume is filled with: one in it, or its device.
func (r *real) where(volume *lxd.Volume) string {
	id := volume.ID()
	server := r.servers[0]
	for _, other := range r.servers {
		if other.Name == id.Member {
			server = other
		}
	}
	name := "holds"
	if volume.ContentType == lxd.ContentBlock {
		name = "root.img"
	}
	return server.Path("storage-pools", id.Pool, "custom", id.Project+"_"+id.Name, name)
}

// mark is how long the text is that a volume is filled with.
const mark = 8

func (r *real) fill(t *rapid.T, _ draw) {
	volumes := r.allVolumes(t)
	for _, id := range sorted(volumes) {
		if r.holds(t, volumes[id]) != "" {
			continue
		}
		r.last++
		file, err := os.OpenFile(r.where(volumes[id]), os.O_WRONLY|os.O_CREATE, 0o600)
		if err == nil {
			_, err = fmt.Fprintf(file, "%0*d", mark, r.last)
		}
		if err == nil {
			err = file.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func (r *real) holds(t *rapid.T, volume *lxd.Volume) string {
	file, err := os.Open(r.where(volume))
	if os.IsNotExist(err) {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	text := make([]byte, mark)
	if _, err := io.ReadFull(file, text); err != nil {
		t.Fatal(err)
	}
	return strings.Trim(string(text), "\x00")
}

// use lets profiles and an instance that never ran have volumes.
func (r *real) use(t *rapid.T, d draw) {
	volumes := r.allVolumes(t)
	for i, id := range sorted(volumes) {
		if id.Project != lxd.DefaultProject || volumes[id].ContentType != lxd.ContentFilesystem || !d.chance(7, "in use") {
			continue
		}
		name := "u" + strconv.Itoa(i)
		devices := map[string]map[string]string{"data": {"type": "disk", "pool": id.Pool, "source": id.Name, "path": "/data"}}
		if id.Member == "" && d.chance(40, "instance") {
			devices["root"] = map[string]string{"type": "disk", "pool": id.Pool, "path": "/"}
			r.call(t, "POST", "/1.0/instances", map[string]any{
				"name": name, "source": map[string]string{"type": "none"}, "devices": devices, "profiles": []string{},
			}, nil)
			continue
		}
		r.call(t, "POST", "/1.0/profiles", map[string]any{"name": name, "devices": devices}, nil)
	}
}

func (r *real) picture(t *rapid.T) picture {
	p := picture{Pools: map[string]thing{}, Volumes: map[lxd.VolumeID]thing{}, Users: map[string]map[string]map[string]string{}}
	pools, err := r.conn.Pools(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, pool := range pools {
		p.Pools[pool.Name] = thing{Kind: pool.Driver, Description: pool.Description, Config: pool.Config}
		snapshots := map[lxd.VolumeID][]string{}
		for _, text := range pool.UsedBy {
			if strings.Contains(text, "/snapshots/") {
				snapshots[r.snapshotOf(t, text)] = nil
			}
		}
		for _, volume := range r.volumes(t, pool.Name) {
			is := thing{Kind: volume.ContentType, Description: volume.Description, Config: volume.Config, Holds: r.holds(t, volume)}
			// Pools of LXD 5.21.7 and 6.9 do not tell of volumes with a percent sign.
			if _, some := snapshots[volume.ID()]; some || strings.Contains(volume.Name, "%") {
				usage, err := r.conn.Usage(context.Background(), volume.ID())
				if err != nil {
					t.Fatal(err)
				}
				is.Snapshots = strings.Join(slices.Sorted(slices.Values(usage.Snapshots)), " ")
			}
			p.Volumes[volume.ID()] = is
		}
	}
	for _, kind := range []string{"profiles", "instances"} {
		for _, user := range r.users(t, kind) {
			p.Users[strings.TrimSuffix(kind, "s")+" "+lxd.DefaultProject+"/"+user.Name] = user.Devices
		}
	}
	return p
}

// snapshotOf is the volume of a snapshot's URL, which LXD 5.0.2 escapes twice.
func (r *real) snapshotOf(t *rapid.T, text string) lxd.VolumeID {
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	segments := strings.Split(u.EscapedPath(), "/")
	plain := func(segment string) string {
		for range 2 {
			if segment, err = url.PathUnescape(segment); err != nil {
				t.Fatal(err)
			}
		}
		return segment
	}
	id := lxd.VolumeID{Project: u.Query().Get("project"), Pool: plain(segments[3]), Type: segments[5], Name: plain(segments[6]), Member: u.Query().Get("target")}
	if id.Project == "" {
		id.Project = lxd.DefaultProject
	}
	return id
}
