package schema_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"tarn/lxd"
	"tarn/lxd/lxdtest"
	"tarn/lxd/schema"
	"tarn/lxd/sim"
)

// probe is one config value given to a server: when an object is created, or as a change of one that is there.
type probe struct {
	driver string // btrfs or dir
	object string // pool, filesystem or block
	change bool
	key    string
	value  string
}

func (p probe) String() string {
	verb := "create"
	if p.change {
		verb = "change"
	}
	return fmt.Sprintf("%s %s %s %s=%q", verb, p.driver, p.object, p.key, p.value)
}

// Objects that a value is given to. Pools of btrfs take time, so that values of which the driver makes no difference are
// tried on dir.
var (
	dirPool    = []probe{{driver: "dir", object: "pool"}, {driver: "dir", object: "pool", change: true}}
	btrfsPool  = []probe{{driver: "btrfs", object: "pool"}, {driver: "btrfs", object: "pool", change: true}}
	btrfsLater = []probe{{driver: "btrfs", object: "pool", change: true}}
	pools      = append(slices.Clone(dirPool), btrfsLater...)
	files      = []probe{{driver: "dir", object: "filesystem"}, {driver: "dir", object: "filesystem", change: true},
		{driver: "btrfs", object: "filesystem"}, {driver: "btrfs", object: "filesystem", change: true}}
	blocks = []probe{{driver: "dir", object: "block"}, {driver: "dir", object: "block", change: true},
		{driver: "btrfs", object: "block"}}
	volumes = append(slices.Clone(files), blocks...)
	oneFile = []probe{{driver: "dir", object: "filesystem"}, {driver: "btrfs", object: "filesystem", change: true}}
)

// Values of each kind, good and bad ones.
var (
	sizes     = []string{"0", "1048576", "7MB", "64MB", "64MiB", "64KB", "64M", "64mib", "1.5GiB", "-1", " 1GiB", "1 GiB", "9EiB", "9223372036854775808", "all"}
	bools     = []string{"true", "FALSE", "yes", "Off", "1", "0", "maybe", "2", "t", " true"}
	expiries  = []string{"1H 30d", "3M", "3m", "1y 2w", " 1d ", "0S", "1h", "never", "1d 2d", "1d  2H", "d", "30", "1.5d"}
	schedules = []string{"@daily", "@Hourly", "@hourly, @daily", "0 6 * * *", "*/5 0-4 * jan mon", "@hourly,@daily", "@startup", "@never",
		"0 6 * *", "60 6 * * *", "0 6 * * * *", "0  6 * * *", "daily"}
)

// probes is what the schema and the servers have to be of one mind about.
var probes = slices.Concat(
	// Keys of volumes.
	ask(oneFile, "size", sizes...),
	ask(volumes, "size", "67108864", "10 GiB"),
	ask(oneFile, "snapshots.expiry", expiries...),
	ask(volumes, "snapshots.expiry", "2d", "2D"),
	ask(oneFile, "snapshots.schedule", schedules...),
	ask(volumes, "snapshots.schedule", "@weekly", "weekly"),
	ask(volumes, "snapshots.pattern", "snap%d", "{{ creation_date }}"),
	ask(oneFile, "security.shifted", bools...),
	ask(volumes, "security.shifted", "on", "no?"),
	ask(volumes, "security.unmapped", "false", "no?"),
	ask(volumes, "security.shared", "true", "no?"),
	ask(files, "user.x", "", "anything"),
	ask(oneFile, "user.", "x"),
	ask(oneFile, "user", "x"),
	ask(oneFile, "snapshots.expiry.manual", "1d", "1D"),
	ask(oneFile, "initial.uid", "1000", "x"),
	ask(oneFile, "initial.gid", "1000", "1.5"),
	ask(oneFile, "initial.mode", "0700", "711", "rwx", "999"),
	ask(blocks[:1], "initial.uid", "1000"),
	ask(oneFile, "block.filesystem", "ext4"),
	ask(oneFile, "block.mount_options", "discard"),
	ask(oneFile, "zfs.blocksize", "8KiB"),
	ask(oneFile, "lvm.stripes", "2"),
	ask(oneFile, "btrfs.mount_options", "noatime"),
	ask(oneFile, "btrfs.compression", "zstd"),
	ask(oneFile, "volatile.idmap.last", "[]"),
	ask(oneFile, "volatile.uuid", "0b0b0b0b-0000-4000-8000-000000000000"),
	ask(oneFile, "dependent", "true"),
	ask(volumes, "bogus", "x", ""),
	ask(oneFile, "Size", "1GiB"),
	ask(oneFile, "snapshots", "x"),
	ask(oneFile, "rsync.bwlimit", "1MB"),
	ask(oneFile, "source", "/srv"),

	// Keys of pools.
	ask(dirPool, "volume.size", sizes...),
	ask(btrfsLater, "volume.size", "10GiB", "10gib"),
	ask(dirPool, "volume.snapshots.expiry", expiries...),
	ask(dirPool, "volume.snapshots.schedule", schedules...),
	ask(pools, "volume.snapshots.pattern", "snap%d"),
	ask(pools, "volume.security.shifted", "true", "no?"),
	ask(pools, "volume.security.unmapped", "1", "11"),
	ask(dirPool, "volume.security.shared", "true", "no?"),
	ask(dirPool, "volume.user.x", "x"),
	ask(dirPool, "volume.initial.uid", "1000", "x"),
	ask(dirPool, "volume.initial.mode", "0700", "rwx"),
	ask(dirPool, "volume.snapshots.expiry.manual", "1d", "1D"),
	ask(dirPool, "volume.zfs.blocksize", "8KiB"),
	ask(dirPool, "volume.block.filesystem", "ext4"),
	ask(dirPool, "volume.volatile.uuid", "x"),
	ask(dirPool, "volume.bogus", "x"),
	ask(dirPool, "rsync.bwlimit", "10MB", "0", "10M", "fast"),
	ask(dirPool, "rsync.compression", bools...),
	ask(pools, "user.x", "anything"),
	ask(dirPool, "user.", "x"),
	ask(dirPool, "user", "x"),
	ask(pools, "bogus", "x", ""),
	ask(dirPool, "size", "1GiB"),
	ask(btrfsLater, "size", "1024MiB"),
	ask(btrfsPool, "size", "1g"),
	ask(btrfsPool, "btrfs.mount_options", "noatime,user_subvol_rm_allowed"),
	ask(btrfsLater, "btrfs.mount_options", "noatime, user_subvol_rm_allowed", "noatime,,user_subvol_rm_allowed", "compress-force=zstd:3",
		"compress=zst", "compress=lzo:3", "compress=zlib:9,noatime", "compress=zstd:99", "noatime,"),
	ask(dirPool, "btrfs.mount_options", "noatime"),
	ask(btrfsPool, "zfs.pool_name", "x"),
	ask(dirPool, "zfs.clone_copy", "true"),
	ask(dirPool, "lvm.vg_name", "x"),
	ask(dirPool, "ceph.cluster_name", "ceph"),
	ask(btrfsPool, "source.wipe", "true", "maybe"),
	ask(dirPool, "source.wipe", "true"),
	ask(dirPool, "source", "/nonexistent", "relative"),
	ask(btrfsLater, "source", "/dev/null"),
	ask(dirPool, "volatile.initial_source", "/srv"),
	ask(btrfsLater, "btrfs.create_options", "--mixed"),
)

func ask(at []probe, key string, values ...string) []probe {
	var all []probe
	for _, value := range values {
		for _, p := range at {
			p.key, p.value = key, value
			all = append(all, p)
		}
	}
	return all
}

// differences are where a server says something else than the schema. Of an entry, what is empty is any.
var differences = []struct {
	server, verb, object, key string
	values                    []string
	because                   string
}{
	{key: "volatile.idmap.last", because: "the servers let clients write it, and an author who does breaks the volume's owners"},
	{key: "volatile.initial_source", because: "the servers let clients write it, and nothing good can come of that"},
	{object: "pool", verb: "create", key: "source", because: "the schema does not know which folders the server has"},
	{server: "Incus 6.0", verb: "change", key: "initial.mode", values: []string{"999"},
		because: "Incus wants any number here, and reads it as octal only when it creates the volume"},
}

// offline is the schema's verdict. The empty value takes a key away, which is right for every key that there is.
func (p probe) offline(product string, has func(string) bool) error {
	var key schema.Key
	var ok bool
	if p.object == "pool" {
		key, ok = schema.PoolKey(p.driver, p.key)
	} else {
		key, ok = schema.VolumeKey(p.driver, p.object, p.key)
	}
	switch {
	case !ok:
		return errors.New("no such key")
	case !key.Known(product, has):
		return errors.New("not on this server")
	case key.ServerOnly:
		return errors.New("written by the server alone")
	case p.change && key.Immutable && p.value != "":
		return errors.New("immutable")
	}
	return key.On(product, has).Check(p.value)
}

// TestServers compares the schema's verdicts with those of real servers, and of the simulator.
func TestServers(t *testing.T) {
	if len(probes) < 150 {
		t.Fatalf("only %d probes", len(probes))
	}
	seen := map[probe]bool{}
	for _, p := range probes {
		if seen[p] {
			t.Errorf("twice: %s", p)
		}
		seen[p] = true
	}
	var mu sync.Mutex
	needed, asked := map[int]bool{}, map[string]bool{}
	t.Run("all", func(t *testing.T) {
		for name, socket := range map[string]func(t *testing.T) string{
			"LXD 5.0.2": func(t *testing.T) string { return lxdtest.New(t).Socket() },
			"Incus 6.0": func(t *testing.T) string { return lxdtest.NewIncus(t).Socket() },
			"simulator": simulated,
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				client := lxd.NewUnix(socket(t), lxd.Options{})
				t.Cleanup(client.Close)
				found := compare(t, name, client)
				mu.Lock()
				defer mu.Unlock()
				asked[name] = true
				for i := range found {
					needed[i] = true
				}
			})
		}
	})
	for i, d := range differences {
		if !needed[i] && (asked[d.server] || d.server == "" && len(asked) == 3) {
			t.Errorf("the schema and the server agree: %+v", d)
		}
	}
}

func simulated(t *testing.T) string {
	path := filepath.Join(t.TempDir(), "s")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: sim.New(nil)}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return path
}

// compare runs all probes on one server and gives the differences that it met.
func compare(t *testing.T, name string, client *lxd.Client) map[int]bool {
	b := &bench{Client: client, t: t}
	server, err := client.Server(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, driver := range []string{"btrfs", "dir"} {
		b.must(b.createPool("there-"+driver, driver, nil))
	}
	b.oneLetter()
	taken, refused, differing, needed := 0, 0, 0, map[int]bool{}
	for _, p := range probes {
		want := p.offline(strings.ToLower(server.Product), server.Has)
		got := b.try(p)
		if got == nil {
			taken++
		} else {
			refused++
		}
		i := difference(name, p)
		switch {
		case (want == nil) == (got == nil):
		case i < 0:
			t.Errorf("%s: the schema says %v, %s says %v", p, want, server, got)
		default:
			needed[i] = true
			differing++
		}
	}
	fmt.Printf("schema: %d probes on %s (%s): %d taken, %d refused, %d of them not as the schema says, for known reasons\n",
		len(probes), name, server, taken, refused, differing)
	return needed
}

// difference is the entry about a probe, -1 for none.
func difference(server string, p probe) int {
	for i, d := range differences {
		verb, _, _ := strings.Cut(p.String(), " ")
		if cmp.Or(d.server, server) == server && cmp.Or(d.verb, verb) == verb && cmp.Or(d.object, p.object) == p.object &&
			d.key == p.key && (d.values == nil || slices.Contains(d.values, p.value)) {
			return i
		}
	}
	return -1
}

// bench is a server to try probes on.
type bench struct {
	*lxd.Client
	t *testing.T
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// oneLetter makes pools and volumes whose names have one letter, which CheckPortable takes.
func (b *bench) oneLetter() {
	for _, name := range []string{"a", "Z", "7"} {
		b.must(schema.CheckPortable(name))
		b.must(b.createPool(name, "dir", nil))
		b.must(b.wait(b.CreateVolume(b.t.Context(), volumeID(name, name), lxd.VolumeCreate{})))
		b.must(b.wait(b.DeleteVolume(b.t.Context(), volumeID(name, name))))
		b.must(b.wait(b.DeletePool(b.t.Context(), lxd.PoolID{Name: name})))
	}
}

// try gives a value to the server, leaves nothing behind, and gives what the server said.
func (b *bench) try(p probe) error {
	config := map[string]string{p.key: p.value}
	there := "there-" + p.driver
	var err error
	switch {
	case p.object == "pool" && p.change:
		id := lxd.PoolID{Name: there}
		before, e := b.Pool(b.t.Context(), id)
		b.must(e)
		err = b.wait(b.PatchPool(b.t.Context(), id, lxd.Patch{Config: config}, nil))
		if err == nil {
			b.must(b.wait(b.PatchPool(b.t.Context(), id, lxd.Patch{Config: map[string]string{p.key: before.Config[p.key]}}, nil)))
		}
	case p.object == "pool":
		if p.driver == "btrfs" && p.key != "size" {
			config["size"] = "200MiB"
		}
		if err = b.createPool("new", p.driver, config); err == nil {
			b.must(b.wait(b.DeletePool(b.t.Context(), lxd.PoolID{Name: "new"})))
		}
	default:
		id := volumeID(there, "new")
		create := lxd.VolumeCreate{ContentType: p.object, Config: config}
		if p.change {
			create.Config = nil
			if p.object == "block" {
				create.Config = map[string]string{"size": "1MiB"} // 10GiB otherwise, which nothing could follow
			}
		}
		err = b.wait(b.CreateVolume(b.t.Context(), id, create))
		if p.change {
			b.must(err)
			err = b.wait(b.PatchVolume(b.t.Context(), id, lxd.Patch{Config: config}, nil))
		}
		if err == nil || p.change {
			b.must(b.wait(b.DeleteVolume(b.t.Context(), id)))
		}
	}
	var refused *lxd.Error
	if err != nil && !errors.As(err, &refused) {
		b.t.Fatalf("%s: %v", p, err)
	}
	return err
}

func (b *bench) createPool(name, driver string, config map[string]string) error {
	if driver == "btrfs" && config == nil {
		config = map[string]string{"size": "1GiB"}
	}
	return b.wait(b.CreatePool(b.t.Context(), lxd.PoolID{Name: name}, lxd.PoolCreate{Driver: driver, Config: config}))
}

func (b *bench) wait(op *lxd.Operation, err error) error {
	if err != nil {
		return err
	}
	return op.Wait(context.WithoutCancel(b.t.Context()), nil)
}

func volumeID(pool, name string) lxd.VolumeID {
	return lxd.VolumeID{Project: lxd.DefaultProject, Pool: pool, Type: lxd.TypeCustom, Name: name}
}
