package planner_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tarn/lxd/lxdtest"
	"tarn/lxd/sim"
	"tarn/planner/plan"
)

// reason is something that keeps a volume where it is, made on a server in its pool "from".
type reason struct {
	volume string
	config object
	block  string // what the declaration says besides
	set    func(t *testing.T, w *world, volume string)

	// Codes of what blocks the volume when it goes to the pool "to" of the same server, and when it goes there from another one; "" where
	// nothing does. They differ only where a server can do what two cannot.
	local, remote plan.BlockerCode
}

// reasons are those that a test can make on a real LXD 5.0.2.
var reasons = []reason{
	{volume: "free"},
	{volume: "backups", set: backUp, local: plan.HasBackups, remote: plan.HasBackups},
	{volume: "default", set: fill(40), local: plan.DoesNotFit, remote: plan.DoesNotFit}, // volume.size of the pool "to" is less
	{volume: "size", set: fill(40), config: object{"size": "64MiB"}, block: `config = { size = "32MiB" }`, local: plan.DoesNotFit, remote: plan.DoesNotFit},
	{volume: "space", set: fill(140), config: object{"size": "1GiB"}, block: `config = { size = "1GiB" }`, local: plan.DoesNotFit, remote: plan.DoesNotFit},
	{volume: "other", config: object{"user.tarn.owner": "somebody"}, local: plan.OtherOwner, remote: plan.OtherOwner},
	{volume: "copy", config: object{"user.tarn.owner": "somebody", "user.tarn.of": "from/other"}},
	{volume: "a b", local: plan.UnsafeName, remote: plan.UnsafeName},
	{volume: "server", set: func(t *testing.T, w *world, volume string) {
		w.must(t, "PATCH", "/1.0", object{"config": object{"storage.images_volume": "from/" + volume}})
	}, local: plan.InUse, remote: plan.InUse},
	// A server takes the devices of what is stopped along, and its own protection. The other one cannot.
	{volume: "stopped", set: use, remote: plan.InUse},
	{volume: "profile", set: useByProfile, local: plan.ProfileInUse, remote: plan.InUse},
	{volume: "protected", config: object{"user.tarn.prevent_delete": "true"}, remote: plan.Protected},
	{volume: "protected-there-too", config: object{"user.tarn.prevent_delete": "true"}, block: "prevent_delete = true"},
}

func backUp(t *testing.T, w *world, volume string) {
	t.Helper()
	w.must(t, "POST", "/1.0/storage-pools/from/volumes/custom/"+volume+"/backups", object{"name": "b0"})
}

// fill writes so many MiB into a volume.
func fill(size int) func(*testing.T, *world, string) {
	return func(t *testing.T, w *world, volume string) {
		t.Helper()
		data := make([]byte, size<<20)
		_, _ = rand.NewChaCha8([32]byte{}).Read(data) // it never fails
		file, err := os.Create(w.real.Path("storage-pools", "from", "custom", "default_"+volume, "data"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := file.Write(data); err != nil {
			t.Fatal(err)
		}
		if err := file.Sync(); err != nil {
			t.Fatal(err)
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func disk(volume string) object {
	return object{"type": "disk", "pool": "from", "source": volume, "path": "/data"}
}

func use(t *testing.T, w *world, volume string) {
	t.Helper()
	w.must(t, "POST", "/1.0/instances", object{"name": "c-" + volume, "source": object{"type": "none"}, "profiles": []string{}, "devices": object{
		"root": object{"type": "disk", "pool": "from", "path": "/"}, "data": disk(volume),
	}})
}

func useByProfile(t *testing.T, w *world, volume string) {
	t.Helper()
	w.must(t, "POST", "/1.0/profiles", object{"name": "p-" + volume, "devices": object{"data": disk(volume)}})
	w.must(t, "POST", "/1.0/instances", object{"name": "c-" + volume, "source": object{"type": "none"}, "profiles": []string{"p-" + volume}, "devices": object{
		"root": object{"type": "disk", "pool": "from", "path": "/"},
	}})
}

// What comes from another server is judged as what is here: the same reason is made on two servers, and keeps a volume from going to
// another pool of its own server and to that of the other one.
func TestSourcesAreJudgedAlike(t *testing.T) {
	t.Parallel()
	here, there := realWorld(t, lxdtest.New(t)), realWorld(t, lxdtest.New(t))
	for _, w := range []*world{here, there} {
		w.must(t, "POST", "/1.0/storage-pools", object{"name": "from", "driver": "btrfs", "config": object{"size": "1GiB"}})
		for _, r := range reasons {
			w.must(t, "POST", "/1.0/storage-pools/from/volumes/custom", object{"name": r.volume, "config": r.config})
			if r.set != nil {
				r.set(t, w, r.volume)
			}
		}
	}
	here.must(t, "POST", "/1.0/storage-pools", object{"name": "to", "driver": "btrfs", "config": object{"size": "128MiB", "volume.size": "32MiB"}})
	judgeAlike(t, here, there, reasons)
}

// What goes to another member of a cluster is judged as what comes from another server: each member has the same reasons, and the volumes
// of one go to the other. How full a volume is the member that has it tells alone, and the first one is asked.
func TestSourcesOnMembers(t *testing.T) {
	t.Parallel()
	members := lxdtest.NewCluster(t, 2)
	w := realWorld(t, members[0])
	for pool, config := range map[string]object{"from": {"size": "1GiB"}, "to": {"size": "128MiB"}} {
		for _, member := range []string{"n1", "n2"} {
			w.must(t, "POST", "/1.0/storage-pools?target="+member, object{"name": pool, "driver": "btrfs", "config": config})
		}
	}
	w.must(t, "POST", "/1.0/storage-pools", object{"name": "from", "driver": "btrfs"})
	w.must(t, "POST", "/1.0/storage-pools", object{"name": "to", "driver": "btrfs", "config": object{"volume.size": "32MiB"}})
	onMember := []reason{ // for a move from one member to the other, and in what the first one cannot tell of the second
		{volume: "free"},
		{volume: "backups", local: plan.HasBackups, remote: plan.HasBackups},
		{volume: "default", set: fill(40), local: plan.DoesNotFit},
		{volume: "size", set: fill(40), config: object{"size": "64MiB"}, block: `config = { size = "32MiB" }`, local: plan.DoesNotFit},
		{volume: "space", set: fill(140), config: object{"size": "1GiB"}, block: `config = { size = "1GiB" }`, local: plan.DoesNotFit},
		{volume: "other", config: object{"user.tarn.owner": "somebody"}, local: plan.OtherOwner, remote: plan.OtherOwner},
		{volume: "a b", local: plan.UnsafeName, remote: plan.UnsafeName},
		{volume: "server", local: plan.InUse, remote: plan.InUse},
		{volume: "stopped", local: plan.InUse, remote: plan.InUse},
		{volume: "protected", config: object{"user.tarn.prevent_delete": "true"}}, // the cluster keeps it
	}
	for i, member := range []string{"n1", "n2"} {
		at := "?target=" + member
		for _, r := range onMember {
			name := r.volume + "-" + member
			w.must(t, "POST", "/1.0/storage-pools/from/volumes/custom"+at, object{"name": name, "config": r.config})
			if r.set != nil {
				r.set(t, &world{real: members[i]}, name)
			}
		}
		w.must(t, "POST", "/1.0/storage-pools/from/volumes/custom/backups-"+member+"/backups"+at, object{"name": "b0"})
		w.must(t, "PATCH", "/1.0"+at, object{"config": object{"storage.images_volume": "from/server-" + member}})
		w.must(t, "POST", "/1.0/instances"+at, object{"name": "c-" + member, "source": object{"type": "none"}, "profiles": []string{},
			"devices": object{"root": object{"type": "disk", "pool": "from", "path": "/"}, "data": disk("stopped-" + member)}})
	}
	for _, r := range onMember {
		judge(t, w, "from/"+r.volume+"-n1", r.block+"\n target = \"n2\"", r.local, nil)
		judge(t, w, "from/"+r.volume+"-n2", r.block+"\n target = \"n1\"", r.remote, nil)
	}
}

// judgeAlike plans each move, within a server and from another one.
func judgeAlike(t *testing.T, here, there *world, reasons []reason) {
	t.Helper()
	for _, r := range reasons {
		judge(t, here, "from/"+r.volume, r.block, r.local, nil)
		judge(t, here, "there:from/"+r.volume, r.block, r.remote, map[string]*world{"there": there})
	}
}

// judge plans a move to the pool "to" alone, so that what several need together is no reason, and compares the codes of what blocks it.
func judge(t *testing.T, w *world, from, block string, want plan.BlockerCode, remotes map[string]*world) {
	t.Helper()
	p := w.plan(t, fmt.Sprintf("pool \"from\" {\n existing = true\n}\npool \"to\" {\n existing = true\n volume \"x\" {\n %s\n renamed_from = %q\n }\n}",
		block, from), remotes)
	var wanted, is []plan.BlockerCode
	if want != "" {
		wanted = append(wanted, want)
	}
	for _, blocker := range p.Blockers {
		is = append(is, blocker.Code)
	}
	if diff := cmp.Diff(wanted, slices.Compact(is)); diff != "" {
		t.Errorf("%s: %s%v", from, diff, p.Blockers)
	}
	moves := slices.ContainsFunc(p.Steps, func(step plan.Step) bool {
		switch step.Action.(type) {
		case plan.MoveVolume, plan.MigrateVolume:
			return true
		}
		return false
	})
	if !moves && want != plan.OtherOwner { // whose volume the plan does not touch at all
		t.Errorf("%s does not move", from)
	}
}

// A pool that does not work keeps what is in it, here and there.
func TestSourcesInBrokenPools(t *testing.T) {
	lxdtest.Nightly(t)
	t.Parallel()
	here, there := realWorld(t, lxdtest.New(t)), realWorld(t, lxdtest.New(t))
	for _, w := range []*world{here, there} {
		source := filepath.Join(t.TempDir(), "pool")
		if err := os.Mkdir(source, 0o700); err != nil {
			t.Fatal(err)
		}
		w.must(t, "POST", "/1.0/storage-pools", object{"name": "from", "driver": "dir", "config": object{"source": source}})
		w.must(t, "POST", "/1.0/storage-pools", object{"name": "to", "driver": "dir"})
		w.must(t, "POST", "/1.0/storage-pools/from/volumes/custom", object{"name": "v"})
		if err := os.RemoveAll(source); err != nil {
			t.Fatal(err)
		}
		if err := w.real.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for _, where := range []string{"", "there:"} {
		p := here.plan(t, fmt.Sprintf("pool \"to\" {\n existing = true\n volume \"x\" { renamed_from = %q }\n}", where+"from/v"), map[string]*world{"there": there})
		if len(p.Blockers) != 1 || p.Blockers[0].Code != plan.NeedsRepair {
			t.Errorf("%sfrom/v: %v", where, p.Blockers)
		}
	}
}

// The same on other products, as far as they are simulated, with what does not run on the machines of the tests.
func TestSourcesAreJudgedAlikeElsewhere(t *testing.T) {
	t.Parallel()
	for _, product := range []string{"lxd-5.0", "lxd-5.21", "lxd-6", "incus-6", "incus-7"} {
		t.Run(product, func(t *testing.T) {
			t.Parallel()
			rows := []reason{
				{volume: "free"},
				{volume: "default", local: plan.DoesNotFit, remote: plan.DoesNotFit},
				{volume: "size", block: `config = { size = "32MiB" }`, local: plan.DoesNotFit, remote: plan.DoesNotFit},
				{volume: "other", local: plan.OtherOwner, remote: plan.OtherOwner},
				{volume: "protected", remote: plan.Protected},
				{volume: "backups", local: plan.HasBackups, remote: plan.HasBackups},
				{volume: "running", local: plan.InUse, remote: plan.InUse},
			}
			if product == "lxd-5.0" || product == "incus-6" { // whose simulators keep no backups
				rows = slices.DeleteFunc(rows, func(r reason) bool { return r.volume == "backups" })
			}
			judgeAlike(t, simulated(t, product), simulated(t, product), rows)
		})
	}
}

// simulated serves a simulator that holds the reasons until the end.
func simulated(t *testing.T, product string) *world {
	t.Helper()
	var state sim.State
	err := json.Unmarshal([]byte(`{"product": "`+product+`", "pools": {
		"to": {"driver": "btrfs", "config": {"size": "1GiB", "volume.size": "32MiB"}, "volumes": {}},
		"from": {"driver": "btrfs", "config": {"size": "1GiB"}, "quotas": true, "volumes": {
			"default/custom/free": {"serial": 1, "content_type": "filesystem", "config": {}, "used": 16384},
			"default/custom/default": {"serial": 2, "content_type": "filesystem", "config": {}, "used": 40000000},
			"default/custom/size": {"serial": 3, "content_type": "filesystem", "config": {"size": "64MiB"}, "used": 40000000},
			"default/custom/other": {"serial": 4, "content_type": "filesystem", "config": {"user.tarn.owner": "somebody"}},
			"default/custom/protected": {"serial": 5, "content_type": "filesystem", "config": {"user.tarn.prevent_delete": "true"}},
			"default/custom/running": {"serial": 6, "content_type": "filesystem", "config": {}},
			"default/custom/backups": {"serial": 7, "content_type": "filesystem", "config": {}, "backups": [{"name": "b0"}]}}}},
		"instances": {"default/c": {"running": true, "devices": {"data": {"type": "disk", "pool": "from", "source": "running", "path": "/data"}}}}}`), &state)
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(t.TempDir(), "socket")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go sim.New(&state).Serve(listener)
	return newWorld(t, socket, nil)
}
