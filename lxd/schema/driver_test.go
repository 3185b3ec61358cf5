package schema

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDrivers(t *testing.T) {
	want := []string{
		"alletra", "btrfs", "ceph", "cephfs", "cephobject", "dir", "linstor", "lvm", "lvmcluster", "powerflex", "powerstore",
		"pure", "truenas", "zfs",
	}
	if diff := cmp.Diff(want, Drivers()); diff != "" {
		t.Error(diff)
	}
	if d, ok := Lookup("nosuch"); ok {
		t.Errorf("found %v", d)
	}
}

// What LXD 5.0.2 takes, as tried on it: each key was sent to a pool or volume of each driver.
func TestKeysOnLXD502(t *testing.T) {
	both := "rsync.bwlimit rsync.compression source user.* volatile.initial_source " +
		"volume.security.shifted volume.security.unmapped volume.size " +
		"volume.snapshots.expiry volume.snapshots.pattern volume.snapshots.schedule"
	files := "security.shifted security.unmapped size snapshots.expiry snapshots.pattern snapshots.schedule user.* " +
		"volatile.idmap.last volatile.idmap.next"
	blocks := "size snapshots.expiry snapshots.pattern snapshots.schedule user.*"
	tests := []struct{ driver, pool, files, blocks string }{
		{"dir", both, files, blocks},
		{"btrfs", "btrfs.mount_options " + strings.Replace(both, "source", "size source", 1), files, blocks},
	}
	for _, test := range tests {
		d := mustLookup(t, test.driver)
		for _, list := range []struct {
			what string
			want string
			keys []Key
		}{
			{"pool", test.pool, d.PoolKeys()},
			{Filesystem, test.files, d.VolumeKeys(Filesystem)},
			{Block, test.blocks, d.VolumeKeys(Block)},
		} {
			if diff := cmp.Diff(strings.Fields(list.want), knownTo502(list.keys)); diff != "" {
				t.Errorf("%s, %s: %s", test.driver, list.what, diff)
			}
		}
	}
}

func knownTo502(keys []Key) []string {
	var names []string
	for _, key := range keys {
		if key.Known(LXD, func(string) bool { return false }) {
			names = append(names, key.Name)
		}
	}
	return names
}

func TestUserKeys(t *testing.T) {
	for name, want := range map[string]bool{
		"user.x": true, "user.": true, "user.a b": true, "user.*": true,
		"user": false, "userx": false, "volume.user.x": false, "volume.user.*": false, "": false, "volume.": false,
	} {
		for _, driver := range append(Drivers(), "nosuch") {
			key, ok := PoolKey(driver, name)
			if ok != want || ok && (key.Name != name || key.Kind != Text) {
				t.Errorf("PoolKey(%q, %q) = %v, %t", driver, name, key, ok)
			}
			key, ok = VolumeKey(driver, "", name)
			if ok != want || ok && (key.Name != name || key.Kind != Text) {
				t.Errorf("VolumeKey(%q, %q) = %v, %t", driver, name, key, ok)
			}
		}
	}
}

func TestVolumeKeyByContent(t *testing.T) {
	tests := []struct {
		driver, content, key string
		want                 bool
	}{
		{"dir", Filesystem, "security.shifted", true},
		{"dir", Block, "security.shifted", false},
		{"dir", "", "security.shifted", true},
		{"dir", Block, "security.shared", true},
		{"dir", Filesystem, "security.shared", false},
		{"dir", "", "security.shared", true},
		{"dir", "iso", "size", true},
		{"dir", "", "block.filesystem", false},
		{"dir", "", "zfs.blocksize", false},
		{"cephfs", "", "security.shared", false}, // no block volumes
		{"cephfs", "", "security.shifted", true},
		{"nosuch", Block, "size", true},
		{"nosuch", Block, "security.shifted", false},
		{"nosuch", "", "nosuch.key", false},
	}
	for _, test := range tests {
		if _, ok := VolumeKey(test.driver, test.content, test.key); ok != test.want {
			t.Errorf("VolumeKey(%q, %q, %q) = %t", test.driver, test.content, test.key, ok)
		}
	}
}

// The facts that a plan depends on most, one row for each key.
func TestFlags(t *testing.T) {
	tests := []struct{ driver, key, want string }{
		{"dir", "source", "immutable member filled"},
		{"dir", "volatile.initial_source", "member server"},
		{"dir", "rsync.bwlimit", "size"},
		{"dir", "volume.size", "size"},
		{"btrfs", "size", "size member filled"},
		{"btrfs", "source.wipe", "boolean create member"},
		{"btrfs", "source.recover", "boolean create member lxd"},
		{"zfs", "zfs.pool_name", "immutable member filled"},
		{"zfs", "zfs.clone_copy", "boolean"},
		{"zfs", "volume.zfs.blocksize", "block size"},
		{"zfs", "volume.zfs.block_mode", "boolean"},
		{"zfs", "volume.block.filesystem", "one of a list"},
		{"lvm", "lvm.vg_name", "member filled"},
		{"lvm", "lvm.thinpool_name", "member filled"},
		{"lvm", "lvm.use_thinpool", "boolean immutable"},
		{"lvm", "lvm.vg.force_reuse", "boolean create"},
		{"lvm", "lvm.metadata_size", "size create incus"},
		{"lvm", "volume.block.filesystem", "one of a list"},
		{"lvm", "volume.lvm.stripes", "whole number"},
		{"ceph", "ceph.osd.pool_name", "immutable filled"},
		{"ceph", "ceph.osd.pg_num", "filled"},
		{"ceph", "volatile.pool.pristine", "server"},
		{"cephfs", "cephfs.path", "immutable filled"},
		{"cephobject", "cephobject.radosgw.endpoint", "URL required"},
		{"powerflex", "powerflex.user.password", "secret"},
		{"powerflex", "volatile.powerflex.version", "server"},
		{"pure", "pure.api.token", "required secret"},
		{"alletra", "alletra.user.password", "secret"},
		{"powerstore", "powerstore.user.password", "secret"},
		{"truenas", "truenas.api_key", "secret"},
		{"lvmcluster", "size", "size"}, // one for all members
		{"linstor", "linstor.raw.anything", ""},
	}
	for _, test := range tests {
		key, ok := PoolKey(test.driver, test.key)
		if got := flags(key); !ok || got != test.want {
			t.Errorf("%s: %s = %q, want %q", test.driver, test.key, got, test.want)
		}
	}
	for _, test := range []struct{ driver, key, want string }{
		{"dir", "size", "size"},
		{"dir", "volatile.idmap.last", "server"},
		{"dir", "volatile.uuid", "server lxd"},
		{"dir", "initial.mode", "file mode create incus"},
		{"lvm", "block.filesystem", "one of a list immutable filled"},
		{"lvm", "block.mount_options", "mount options filled"},
		{"lvm", "lvm.stripes.size", "size immutable"},
		{"zfs", "zfs.block_mode", "boolean create"},
	} {
		key, ok := VolumeKey(test.driver, "", test.key)
		if got := flags(key); !ok || got != test.want {
			t.Errorf("volume of %s: %s = %q, want %q", test.driver, test.key, got, test.want)
		}
	}
}

func flags(k Key) string {
	var words []string
	add := func(set bool, word string) {
		if set {
			words = append(words, word)
		}
	}
	add(k.Kind != Text, k.Kind.String())
	add(k.Required, "required")
	add(k.Immutable, "immutable")
	add(k.CreateOnly, "create")
	add(k.Member, "member")
	add(k.Filled, "filled")
	add(k.ServerOnly, "server")
	add(k.Secret, "secret")
	add(k.Product != "", k.Product)
	return strings.Join(words, " ")
}

// What holds for every row of every table.
func TestTables(t *testing.T) {
	for _, name := range Drivers() {
		d := mustLookup(t, name)
		if d.KnownFrom == "" {
			t.Errorf("%s: no source", name)
		}
		lists := map[string][]Key{"pool": d.PoolKeys(), "volume": d.VolumeKeys("")}
		for what, keys := range lists {
			for i, key := range keys {
				at := name + " " + what + " " + key.Name
				if i > 0 && keys[i-1].Name >= key.Name {
					t.Errorf("%s: twice, or not sorted", at)
				}
				if key.KnownFrom == "" {
					t.Errorf("%s: no source", at)
				}
				if err := key.Check(key.Default); err != nil {
					t.Errorf("%s: default: %v", at, err)
				}
				if (key.Kind == Enum) && len(key.Values) == 0 {
					t.Errorf("%s: no values", at)
				}
				if len(key.Values) > 0 && key.Kind != Enum && key.Kind != Bool && key.Kind != Size {
					t.Errorf("%s: values of a %s", at, key.Kind)
				}
				if key.ServerOnly != (strings.HasPrefix(key.Name, "volatile.") || key.Name == "dependent") {
					t.Errorf("%s: volatile keys and dependent, and they alone, are the server's", at)
				}
				if key.Transient && !key.CreateOnly {
					t.Errorf("%s: transient, and not only read at creation", at)
				}
				for _, v := range key.Variants {
					if v.isNoDifference() || v.Product == "" && v.Extension == "" && v.Dropped == "" {
						t.Errorf("%s: a variant without a difference or without servers: %+v", at, v)
					}
					if on := v.on(key); on.Check(on.Default) != nil {
						t.Errorf("%s: default %q: %v", at, on.Default, on.Check(on.Default))
					}
				}
				if key.Immutable && key.CreateOnly {
					t.Errorf("%s: both refused and stored", at)
				}
				if what == "pool" && (key.Content != "" || key.InheritedBy != "") {
					t.Errorf("%s: pools have no content type", at)
				}
				if secret := containsAny(key.Name, "password", "token", "api_key", "secret"); secret != key.Secret {
					t.Errorf("%s: secret is %t", at, key.Secret)
				}
			}
		}
		for _, key := range d.VolumeKeys("") {
			poolKey, ok := d.Inherited("", key.Name)
			if _, found := d.PoolKey(poolKey); ok && !found {
				t.Errorf("%s: %s is inherited from %s, which pools do not have", name, key.Name, poolKey)
			}
		}
	}
}

func containsAny(s string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(s, part) })
}

func TestInherited(t *testing.T) {
	tests := []struct{ driver, content, key, want string }{
		{"dir", Filesystem, "size", "volume.size"}, // these rows were seen on LXD 5.0.2
		{"dir", Block, "size", "volume.size"},
		{"btrfs", Block, "snapshots.schedule", "volume.snapshots.schedule"},
		{"btrfs", Filesystem, "security.shifted", "volume.security.shifted"},
		{"btrfs", Block, "security.shifted", ""},
		{"btrfs", "", "security.shifted", "volume.security.shifted"},
		{"dir", Filesystem, "user.x", ""},
		{"dir", Filesystem, "user.", ""},
		{"dir", Filesystem, "volatile.idmap.last", ""},
		{"dir", Filesystem, "block.filesystem", ""},
		{"dir", Filesystem, "source", ""},

		{"lvm", Filesystem, "block.filesystem", "volume.block.filesystem"},
		{"lvm", Block, "block.filesystem", ""},
		{"lvm", "", "block.filesystem", "volume.block.filesystem"},
		{"zfs", Block, "zfs.blocksize", "volume.zfs.blocksize"},
		{"nosuch", Block, "nosuch.key", "volume.nosuch.key"},
		{"nosuch", Block, "user.x", ""},
		{"nosuch", Block, "volatile.x", ""},
	}
	for _, test := range tests {
		got, ok := Inherited(test.driver, test.content, test.key)
		if got != test.want || ok != (test.want != "") {
			t.Errorf("Inherited(%q, %q, %q) = %q, %t; want %q", test.driver, test.content, test.key, got, ok, test.want)
		}
	}
}

func TestKnown(t *testing.T) {
	tests := []struct {
		driver, key, product, extensions string
		want                             bool
	}{
		{"zfs", "source", LXD, "", true},
		{"zfs", "source", LXD, "storage_remote_drop_source", true},
		{"ceph", "source", LXD, "", true},
		{"ceph", "source", LXD, "storage_remote_drop_source", false},
		{"zfs", "source.wipe", LXD, "", false},
		{"zfs", "source.wipe", LXD, "storage_pool_source_wipe", true},
		{"zfs", "source.wipe", Incus, "storage_pool_source_wipe", true},
		{"zfs", "source.recover", Incus, "storage_source_recover", false},
		{"lvm", "lvm.metadata_size", LXD, "storage_lvm_metadatasize", false},
		{"lvm", "lvm.metadata_size", Incus, "storage_lvm_metadatasize", true},
	}
	for _, test := range tests {
		key, _ := PoolKey(test.driver, test.key)
		has := func(extension string) bool { return slices.Contains(strings.Fields(test.extensions), extension) }
		if got := key.Known(test.product, has); got != test.want {
			t.Errorf("%s: %s.Known(%s, %s) = %t", test.driver, test.key, test.product, test.extensions, got)
		}
	}
}

func TestSupports(t *testing.T) {
	tests := []struct {
		driver, content string
		want            bool
	}{
		{"dir", "", true}, {"dir", Filesystem, true}, {"dir", Block, true}, {"dir", "iso", false},
		{"cephfs", "", true}, {"cephfs", Block, false},
		{"cephobject", "", false},
	}
	for _, test := range tests {
		if got := mustLookup(t, test.driver).Supports(test.content); got != test.want {
			t.Errorf("%s supports %q: %t", test.driver, test.content, got)
		}
	}
}

func TestShrink(t *testing.T) {
	tests := []struct {
		driver, content, filesystem string
		want                        Shrinking
	}{
		{"dir", Filesystem, "", ShrinkAlways},
		{"btrfs", Filesystem, "", ShrinkAlways},
		{"btrfs", Block, "", ShrinkNever},
		{"zfs", Filesystem, "", ShrinkAlways},
		{"zfs", Filesystem, "ext4", ShrinkUnused}, // zfs.block_mode
		{"lvm", Filesystem, "ext4", ShrinkUnused},
		{"lvm", Filesystem, "xfs", ShrinkNever},
		{"lvm", Filesystem, "", ShrinkUnused},
		{"ceph", Block, "", ShrinkNever},
		{"cephfs", Filesystem, "", ShrinkAlways},
	}
	for _, test := range tests {
		if got := mustLookup(t, test.driver).Shrink(test.content, test.filesystem); got != test.want {
			t.Errorf("%s %s %s: %d, want %d", test.driver, test.content, test.filesystem, got, test.want)
		}
	}
}

func mustLookup(t *testing.T, name string) *Driver {
	t.Helper()
	d, ok := Lookup(name)
	if !ok {
		t.Fatalf("no driver %s", name)
	}
	return d
}

// Drivers are completed one by one, so what is said of keys without that has to be the same.
func TestSecretKeysOfAllDrivers(t *testing.T) {
	secret := map[string]bool{}
	for _, name := range Drivers() {
		d, _ := Lookup(name)
		if again, _ := Lookup(name); again != d {
			t.Errorf("%s is completed twice", name)
		}
		for _, key := range append(d.PoolKeys(), d.VolumeKeys("")...) {
			secret[key.Name] = secret[key.Name] || key.Secret
		}
	}
	found := 0
	for name, want := range secret {
		if strings.HasPrefix(name, volumePrefix) {
			continue
		}
		if got, known := secretKeys()[name]; got != want || !known {
			t.Errorf("%s is secret: %t, known %t, want %t", name, got, known, want)
		}
		if want {
			found++
		}
	}
	for _, d := range tables() {
		for _, key := range d.pool {
			if strings.HasPrefix(key.Name, volumePrefix) {
				t.Errorf("the table of %s is completed itself", d.Name)
			}
		}
	}
	if found == 0 {
		t.Error("no key is secret")
	}
}

// TestOneDriverAlone looks one driver up in a process of its own, as a command does: the others are not put together for that.
func TestOneDriverAlone(t *testing.T) {
	const marker = "TARN_TEST_ONE_DRIVER"
	if os.Getenv(marker) != "" {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, found := Lookup("dir")
		secret := IsSecret("size")
		runtime.ReadMemStats(&after)
		fmt.Printf("%t %t %d\n", found, secret, after.TotalAlloc-before.TotalAlloc)
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestOneDriverAlone$")
	cmd.Env = append(os.Environ(), marker+"=1")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var found, secret bool
	var bytes int
	if _, err := fmt.Sscan(string(out), &found, &secret, &bytes); err != nil || !found || secret {
		t.Fatalf("%v: %s", err, out)
	}
	const most = 400 << 10 // one takes some 120,000, all together took 1.1 million
	if bytes > most {
		t.Errorf("%d bytes are made for one driver, more than %d", bytes, most)
	}
}
