package schema

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What LXD and newer Incus take as a schedule. The column of Incus is what its parser of cron expressions says.
func TestSchedulesByServer(t *testing.T) {
	const six = "0 6 * * * *"
	tests := []struct {
		value      string
		lxd, incus bool
	}{
		{"0 6 * * *", true, true},
		{six, false, true},
		{"0  6 * * *", false, true},
		{" 0 6 * * * ", false, true},
		{"*/5 0-4 * jan mon", true, true},
		{"0 0 * * mon-fri", true, true},
		{"0 0 ? * *", true, true},
		{"0 0 * * 7", false, true},
		{"0 0 * * 8", false, false},
		{"0 0 l * *", false, true},
		{"0 0 15w * *", false, true},
		{"0 0 * * 5#2", false, true},
		{"0 0 * * fri#2", false, true},
		{"0 0 * * 5l", false, true},
		{"0 0 * * * 2030", false, true},
		{"0 0 0 * * * 2030", false, true},
		{"0 0 * * * 203", false, false},
		{"61 0 6 * * *", false, false},
		{"60 6 * * *", false, false},
		{"0 24 * * *", false, false},
		{"0 0 32 * *", false, false},
		{"0 0 * 13 *", false, false},
		{"0 0 * * sunday", false, false},
		{"*/0 * * * *", false, false},
		{"-1 * * * *", false, false},
		{"a b c d e", false, false},
		{"0 6 * *", false, false},
		{"@daily, 0 6 * * * *", false, true},
		{"@Daily", true, true},
		{"@midnight", true, true},
		{"@5minutes", false, true},
		{"@never", false, false},
		{"daily", false, false},
	}
	key, _ := VolumeKey("dir", Filesystem, "snapshots.schedule")
	for _, test := range tests {
		if err := key.Check(test.value); (err == nil) != test.lxd {
			t.Errorf("LXD, %q: %v", test.value, err)
		}
		on := key.On(Incus, announces("server_logging"))
		if err := on.Check(test.value); (err == nil) != test.incus {
			t.Errorf("Incus, %q: %v", test.value, err)
		}
		if err := key.CheckAnywhere(test.value); (err == nil) != (test.lxd || test.incus) {
			t.Errorf("anywhere, %q: %v", test.value, err)
		}
	}
	if old := key.On(Incus, announces("")); old.Check(six) == nil {
		t.Error("Incus 6.0 takes six fields")
	}
}

// announces is a server with these API extensions.
func announces(extensions ...string) func(string) bool {
	return func(extension string) bool { return slices.Contains(extensions, extension) }
}

func TestOn(t *testing.T) {
	nvme, tcp := []string{"nvme", "sdc"}, []string{"nvme/tcp", "sdc"}
	tests := []struct {
		driver, key, product, extension string
		want                            Variant // how the key is there
	}{
		{"lvm", "lvm.vg.force_reuse", LXD, "", Variant{Kind: Bool, Default: "false"}},
		{"lvm", "lvm.vg.force_reuse", Incus, "", Variant{Kind: Bool, Default: "false", Member: true}},
		{"lvm", "lvm.thinpool_name", LXD, "", Variant{Default: "LXDThinPool", Member: true}},
		{"lvm", "lvm.thinpool_name", Incus, "", Variant{Default: "IncusThinPool", Member: true}},
		{"ceph", "ceph.rbd.features", LXD, "", Variant{Default: "layering"}},
		{"ceph", "ceph.rbd.features", LXD, "storage_ceph_use_rbd_defaults", Variant{}},
		{"powerflex", "powerflex.mode", LXD, "", Variant{Kind: Enum, Values: nvme}},
		{"powerflex", "powerflex.mode", LXD, "storage_nvme_tcp", Variant{Kind: Enum, Values: tcp, Default: "nvme/tcp"}},
		{"powerflex", "volume.size", LXD, "", Variant{Kind: Size, Multiple: 8 * gib}},
		{"powerflex", "volume.size", LXD, "storage_nvme_tcp", Variant{Kind: Size, Multiple: gib}},
		{"dir", "volume.snapshots.schedule", Incus, "", Variant{Kind: Schedule}},
		{"dir", "volume.snapshots.schedule", Incus, "server_logging", Variant{Kind: Cron}},
	}
	for _, test := range tests {
		key, _ := PoolKey(test.driver, test.key)
		on := key.On(test.product, announces(test.extension))
		got := Variant{Kind: on.Kind, Values: on.Values, Default: on.Default, Multiple: on.Multiple, Member: on.Member, Content: on.Content}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s on %s with %q: %s", test.driver, test.key, test.product, test.extension, diff)
		}
		if on.Variants != nil {
			t.Errorf("%s: %s still has variants", test.driver, test.key)
		}
	}
	if key, _ := VolumeKey("lvm", Block, "block.filesystem"); key.On(LXD, announces()).Content != "" ||
		key.On(LXD, announces("server_version_lts")).Content != Filesystem {
		t.Error("newer LXD refuses block.filesystem of block volumes, LXD 5.0.2 does not")
	}
}

// The keys that tell a server how to create, and are nothing that the object has afterwards.
func TestTransient(t *testing.T) {
	want := []string{
		"ceph.osd.force_reuse", "cephfs.create_missing", "lvm.vg.force_reuse", "source.recover", "source.wipe",
		"truenas.force_reuse", "zfs.promote",
	}
	var got []string
	for _, name := range Drivers() {
		d := mustLookup(t, name)
		for _, key := range slices.Concat(d.PoolKeys(), d.VolumeKeys("")) {
			if key.Transient && !slices.Contains(got, key.Name) {
				got = append(got, key.Name)
			}
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestVariantNotes(t *testing.T) {
	tests := []struct{ driver, key, want string }{
		{"lvm", "lvm.vg.force_reuse", "For the creation only, and not always kept; on Incus: member-specific."},
		{"powerflex", "powerflex.mode", "nvme or sdc; filled in by the server; immutable; " +
			"since API extension storage_nvme_tcp: nvme/tcp or sdc, by default nvme/tcp."},
		{"ceph", "ceph.rbd.features", "Until API extension storage_ceph_use_rbd_defaults: by default layering."},
		{"powerflex", "volume.size", "In multiples of 1 GiB; until API extension storage_nvme_tcp: in multiples of 8 GiB. " +
			"PowerFlex 4 rounds up to multiples of 8GiB."},
	}
	for _, test := range tests {
		key, _ := PoolKey(test.driver, test.key)
		if got := key.notes(); got != test.want {
			t.Errorf("%s: %s: %q, want %q", test.driver, test.key, got, test.want)
		}
	}
}
