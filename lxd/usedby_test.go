package lxd

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestUses reads entries that servers were seen to give.
func TestUses(t *testing.T) {
	for raw, want := range map[string]Use{
		"/1.0/instances/inst1":             {Kind: UsedByInstance, Project: "default", Name: "inst1"},
		"/1.0/instances/inst2?project=own": {Kind: UsedByInstance, Project: "own", Name: "inst2"},
		"/1.0/profiles/uses":               {Kind: UsedByProfile, Project: "default", Name: "uses"},
		"/1.0/images/ab?project=own":       {Kind: UsedByImage, Project: "own", Name: "ab"},
		"/1.0/storage-pools/d/volumes/custom/v": {
			Kind: UsedByVolume, Volume: VolumeID{Project: "default", Pool: "d", Type: TypeCustom, Name: "v"},
		},
		"/1.0/storage-pools/d/volumes/custom/v/snapshots/s?project=own&target=n1": {
			Kind: UsedBySnapshot, Volume: VolumeID{Project: "own", Pool: "d", Type: TypeCustom, Name: "v", Member: "n1"},
		},
		// Pools of LXD 5.0.2 and 6.9.
		"/1.0/instances/inst1/snapshots/s0":             {Kind: UsedByInstance, Project: "default", Name: "inst1"},
		"/1.0/instances/inst1/snapshots/s0?project=own": {Kind: UsedByInstance, Project: "own", Name: "inst1"},
		// Pools of Incus 7.3.
		"/1.0/storage-pools/d/buckets/logs":             {Kind: UsedByBucket, Project: "default", Name: "logs"},
		"/1.0/storage-pools/d/buckets/logs?project=own": {Kind: UsedByBucket, Project: "own", Name: "logs"},
	} {
		got := new(Server).Uses([]string{raw})
		if diff := cmp.Diff([]Use{want}, got, cmpopts.IgnoreUnexported(Use{})); diff != "" {
			t.Errorf("%s: -want +got\n%s", raw, diff)
		}
	}
}

// TestEscapedTwice has the versions between which LXD changed how it writes addresses.
func TestEscapedTwice(t *testing.T) {
	for version, want := range map[string]string{"5.0.2": "a b", "5.0.3": "a%20b", "5.1": "a b", "5.18": "a b", "5.19": "a%20b", "5.21.7": "a%20b", "6.9": "a%20b"} {
		server := &Server{Product: "LXD", Version: version}
		if got := server.Uses([]string{"/1.0/storage-pools/d/volumes/custom/a%2520b"})[0].Volume.Name; got != want {
			t.Errorf("LXD %s: %q, not %q", version, got, want)
		}
	}
}
