package planner_test

import (
	"strconv"
	"testing"

	"tarn/lxd"
	"tarn/planner"
	"tarn/spec"
)

// unchanged plans for a server with n volumes that are as the spec writes them, and gives how many objects are unchanged, -1 for errors.
func unchanged(n int) (plan func() int) {
	want, live := &spec.Spec{Pools: []*spec.Pool{{Name: "p", Existing: true}}}, newState()
	live.Pools["p"] = &lxd.Pool{Name: "p", Driver: "dir", Status: lxd.StatusCreated}
	config, its := spec.Config{"user.kind": {Text: "data"}}, map[string]string{"user.kind": "data"}
	for i := range n {
		name := "v" + strconv.Itoa(i)
		want.Pools[0].Volumes = append(want.Pools[0].Volumes, &spec.Volume{Name: name, Config: config})
		there := &lxd.Volume{Pool: "p", Name: name, Type: lxd.TypeCustom, ContentType: "filesystem", Project: "default", Config: its}
		live.Volumes.Set(there.ID(), there)
		live.VolumeIDs.Add(there.ID())
	}
	return func() int {
		p, diags := planner.New(want, live, planner.Options{})
		if diags.HasErrors() {
			return -1
		}
		return p.Unchanged
	}
}

// A volume that is as the spec writes it is looked at and takes next to nothing.
func TestUnchangedVolumesTakeLittle(t *testing.T) {
	const n = 1000
	plan := unchanged(n)
	if got := plan(); got != n {
		t.Fatalf("%d unchanged", got)
	}
	if each := testing.AllocsPerRun(3, func() { plan() }) / n; each > 3 {
		t.Errorf("%.1f allocations for each volume", each)
	}
}

// BenchmarkUnchanged plans for 100,000 volumes that are as the spec writes them.
func BenchmarkUnchanged(b *testing.B) {
	plan := unchanged(100_000)
	b.ReportAllocs()
	for b.Loop() {
		plan()
	}
}
