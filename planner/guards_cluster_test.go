package planner_test

import (
	"os"
	"path/filepath"
	"testing"

	"tarn/lxd/lxdtest"
	"tarn/planner/plan"
)

// A pool that works on one member only keeps what is on the other one. The server that is asked says that the pool is fine, and renames a
// volume there in its database alone: its files keep their name, and are not found any more.
func TestPoolBrokenOnMember(t *testing.T) {
	lxdtest.Nightly(t)
	t.Parallel()
	members := lxdtest.NewCluster(t, 2)
	w := realWorld(t, members[0])
	gone := filepath.Join(t.TempDir(), "n2")
	for member, source := range map[string]string{"n1": filepath.Join(t.TempDir(), "n1"), "n2": gone} {
		if err := os.Mkdir(source, 0o700); err != nil {
			t.Fatal(err)
		}
		w.must(t, "POST", "/1.0/storage-pools?target="+member, object{"name": "d1", "driver": "dir", "config": object{"source": source}})
	}
	w.must(t, "POST", "/1.0/storage-pools", object{"name": "d1", "driver": "dir"})
	for _, member := range []string{"n1", "n2"} {
		w.must(t, "POST", "/1.0/storage-pools/d1/volumes/custom?target="+member, object{"name": "on-" + member})
	}
	if err := os.RemoveAll(gone); err != nil {
		t.Fatal(err)
	}
	if err := members[1].Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	const head = "pool \"d1\" {\n existing = true\n "
	for text, want := range map[string]plan.BlockerCode{
		`volume "x" { renamed_from = "on-n1" }`:                                                "",
		`volume "x" { renamed_from = "on-n2" }`:                                                plan.NeedsRepair,
		"volume \"on-n2\" {\n absent = true\n target = \"n2\"\n}":                              plan.NeedsRepair,
		"volume \"x\" {\n renamed_from = \"on-n1\"\n target = \"n2\"\n}":                       plan.NeedsRepair,
		"volume \"new\" {\n target = \"n2\"\n}\n volume \"new1\" {\n target = \"n1\"\n}":       plan.NeedsRepair,
		"volume \"on-n2\" {\n target = \"n2\"\n config = { \"snapshots.expiry\" = \"1d\" }\n}": plan.NeedsRepair,
	} {
		p := w.plan(t, head+text+"\n}", nil)
		switch {
		case want == "" && len(p.Blockers) == 0 && len(p.Steps) == 1:
		case len(p.Blockers) != 1 || p.Blockers[0].Code != want:
			t.Errorf("%s: %v", text, p.Blockers)
		}
	}
	// That is why: nothing was said, and the pool has no such file.
	w.must(t, "POST", "/1.0/storage-pools/d1/volumes/custom/on-n2?target=n2", object{"name": "x"})
}
