package sim_test

import (
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/lxdtest"
	"tarn/lxd/sim"
)

// everything is a scope that names all pools.
func everything(pools ...string) live.Scope {
	scope := live.Scope{Projects: []string{"default", "own", "shared"}, Pools: map[string]live.Names{}}
	for _, pool := range pools {
		scope.Pools[pool] = nil
	}
	return scope
}

// read gives what a client can see of a server: what a plan is made from, and the rest.
func read(t *testing.T, client *lxd.Client, scope live.Scope) (*live.State, *live.Surroundings) {
	t.Helper()
	state, err := live.Read(t.Context(), client, scope)
	if err != nil {
		t.Fatal(err)
	}
	var pools []string
	for pool := range scope.Pools {
		pools = append(pools, pool)
	}
	rest, err := live.ReadSurroundings(t.Context(), client, state, pools, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, snapshots := range rest.Snapshots { // lists have them in no order that means something
		slices.Sort(snapshots)
	}
	return state, rest
}

// A simulator that is given what was read of a server shows the same as that server.
func TestFromLive(t *testing.T) {
	server := lxdtest.New(t)
	for _, line := range []string{
		"storage create a dir",
		"storage create b btrfs size=1GiB volume.size=16MiB",
		"project create own -c features.images=false -c features.profiles=false",
		"project create shared -c features.storage.volumes=false -c features.images=false -c features.profiles=false",
		"storage volume create a v user.x=1",
		"storage volume create a w",
		"storage volume create a disk --type=block size=16MiB",
		"storage volume create b limited size=32MiB",
		"storage volume create b v --project own",
		"storage volume create a é%",
		"storage volume create a of-shared --project shared",
		"storage volume create a kept",
		"config set storage.backups_volume=a/kept",
		"storage volume snapshot a v s1",
		"storage volume snapshot a v s0",
		"init --empty c1 -s a",
		"init --empty c2 -s b --project own",
		"config device add c1 data disk pool=a source=v path=/v",
		"profile create p",
		"profile device add p more disk pool=a source=w path=/w",
		"profile add c1 p",
	} {
		cmd := exec.Command("lxc", strings.Fields(line)...)
		cmd.Env = server.Environ()
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("lxc %s: %v\n%s", line, err, out)
		}
	}
	client := lxd.NewUnix(server.Socket(), lxd.Options{})
	defer client.Close()
	state, rest := read(t, client, everything("a", "b"))

	holds := sim.FromLive(state, rest)
	simulated := sim.New(holds)
	copied := lxd.NewDialed("sim:", simulated.Dial, lxd.Options{})
	defer copied.Close()
	gotLive, gotRest := read(t, copied, everything("a", "b"))
	opts := []cmp.Option{
		cmpopts.IgnoreFields(live.State{}, "Server", "Address"),
		cmpopts.IgnoreUnexported(lxd.Pool{}, lxd.Volume{}), cmp.AllowUnexported(live.State{}),
		cmp.AllowUnexported(lxd.ByVolume[struct{}]{}, lxd.ByVolume[*lxd.Volume]{}),
		cmpopts.EquateEmpty(),
	}
	if diff := cmp.Diff(state, gotLive, opts...); diff != "" {
		t.Errorf("LXD - simulator +\n%s", diff)
	}
	if diff := cmp.Diff(rest, gotRest, opts...); diff != "" {
		t.Errorf("LXD - simulator +\n%s", diff)
	}
	if state.Volumes.Len() != 8 || len(rest.Instances) != 2 || len(rest.Snapshots) != 1 {
		t.Errorf("%d volumes, %d instances, %d with snapshots", state.Volumes.Len(), len(rest.Instances), len(rest.Snapshots))
	}
	if diff := cmp.Diff(state.Server.Drivers, gotLive.Server.Drivers); diff != "" {
		t.Error(diff)
	}

	// Both refuse the same.
	for _, c := range []call{
		{"DELETE", "/1.0/storage-pools/a", ""},
		{"DELETE", "/1.0/storage-pools/a/volumes/custom/v", ""},
		{"DELETE", "/1.0/storage-pools/a/volumes/custom/w", ""},
		{"DELETE", "/1.0/storage-pools/a/volumes/custom/kept", ""},
		{"POST", "/1.0/storage-pools/a/volumes/custom/kept", `{"name":"moved","pool":"b"}`},
		{"POST", "/1.0/storage-pools/a/volumes/custom", `{"name":"of-shared"}`},
		{"POST", "/1.0/storage-pools/b/volumes/custom?project=own", `{"name":"v"}`},
		{"PATCH", "/1.0/storage-pools/a/volumes/custom/disk", `{"config":{"size":"8MiB"}}`},
		{"POST", "/1.0/storage-pools", `{"name":"lost","driver":"lvm"}`},
	} {
		real := endpoint{t: t, dirs: []string{server.Dir}, client: socketClient(server.Socket())}
		theirs, ours := real.send(c), (&endpoint{t: t, dirs: []string{"/var/lib/lxd"}, handler: simulated}).send(c)
		if diff := cmp.Diff(theirs, ours); diff != "" || theirs.Code < http.StatusBadRequest {
			t.Errorf("%s: %d\nLXD - simulator +\n%s", c, theirs.Code, diff)
		}
	}
}

// What is known by name alone takes its name.
func TestFromLiveHeld(t *testing.T) {
	held := lxd.VolumeID{Project: "theirs", Pool: "p", Type: lxd.TypeCustom, Name: "v"}
	state := sim.FromLive(&live.State{
		Server:    &lxd.Server{Product: "LXD", Version: "5.0.2", Drivers: []string{"dir"}},
		Pools:     map[string]*lxd.Pool{"p": {Name: "p", Driver: "dir", UsedBy: []string{"/1.0/storage-pools/p/volumes/custom/v?project=theirs"}}},
		VolumeIDs: lxd.NewVolumeSet(held),
	}, &live.Surroundings{})
	if code, body := send(t, sim.New(state), "POST", "/1.0/storage-pools/p/volumes/custom?project=theirs", `{"name":"v"}`); code != http.StatusConflict {
		t.Errorf("%d %s", code, body)
	}
}

// Backups that are known of a volume are there on products that have them.
func TestFromLiveBackups(t *testing.T) {
	id := lxd.VolumeID{Project: "default", Pool: "p", Type: lxd.TypeCustom, Name: "v"}
	for extension, want := range map[string]string{
		"storage_volatile_uuid": `["/1.0/storage-pools/p/volumes/custom/v/backups/b"]`,
		"etag":                  `[]`, // LXD 5.0.2 is simulated without them
	} {
		var volumes lxd.ByVolume[*lxd.Volume]
		volumes.Set(id, &lxd.Volume{Project: "default", Pool: "p", Type: lxd.TypeCustom, Name: "v"})
		state := sim.FromLive(&live.State{
			Server:  &lxd.Server{Product: "LXD", Version: "5.21.7", Drivers: []string{"dir"}, Extensions: []string{extension}},
			Pools:   map[string]*lxd.Pool{"p": {Name: "p", Driver: "dir"}},
			Volumes: volumes,
			Usage:   map[lxd.VolumeID]*lxd.Usage{id: {Backups: []string{"b"}}},
		}, &live.Surroundings{})
		if code, body := send(t, sim.New(state), "GET", "/1.0/storage-pools/p/volumes/custom/v/backups", ""); code != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: %d %s", extension, code, body)
		}
	}
}

// A pool of a driver that is not simulated is left out, with what it holds.
func TestFromLiveLeavesOut(t *testing.T) {
	pools := map[string]*lxd.Pool{}
	var volumes lxd.ByVolume[*lxd.Volume]
	for name, driver := range map[string]string{"p": "dir", "q": "powerflex", "r": "linstor"} {
		pools[name] = &lxd.Pool{Name: name, Driver: driver}
		id := lxd.VolumeID{Project: "default", Pool: name, Type: lxd.TypeCustom, Name: "v"}
		volumes.Set(id, &lxd.Volume{Project: "default", Pool: name, Type: lxd.TypeCustom, Name: "v"})
	}
	holds := sim.FromLive(&live.State{Server: &lxd.Server{}, Pools: pools, Volumes: volumes}, &live.Surroundings{})
	if len(holds.Pools) != 1 || holds.Pools["p"] == nil || len(holds.Pools["p"].Volumes) != 1 {
		t.Errorf("%+v, want p with its volume alone", holds.Pools)
	}
}
