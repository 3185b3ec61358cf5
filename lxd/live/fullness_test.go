package live_test

import (
	"context"
	"testing"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/lxdtest"
)

// TestReadFullness asks a cluster how full pools are: each member for its side, once, and nobody for what is known already or is not there.
func TestReadFullness(t *testing.T) {
	servers := lxdtest.NewCluster(t, 2)
	first := servers[0]
	for _, member := range []string{"n1", "n2"} {
		first.Run(t, "storage", "create", "files", "dir", "--target", member)
	}
	first.Run(t, "storage", "create", "files", "dir")
	asked := 0
	client := lxd.NewUnix(first.Socket(), lxd.Options{Trace: func(lxd.Exchange) { asked++ }})
	defer client.Close()
	ctx := context.Background()
	state, err := live.Read(ctx, client, live.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	asked = 0
	state.Resources = map[lxd.PoolID]*lxd.Resources{{Name: "files", Member: "n2"}: {Space: lxd.Space{Used: 7, Total: 70}}}
	is := live.ReadFullness(ctx, client, state, []string{"files", "none"})
	if len(is) != 2 || is[0].Pool != (lxd.PoolID{Name: "files", Member: "n1"}) || is[0].Total <= 0 || is[0].Used <= 0 || is[1].Used != 7 || is[1].Total != 70 {
		t.Errorf("%+v", is)
	}
	if asked != 1 {
		t.Errorf("%d requests", asked)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	state.Resources = nil
	for _, pool := range live.ReadFullness(ended, client, state, []string{"files"}) {
		if pool.Used != -1 || pool.Total != -1 {
			t.Errorf("without an answer %+v", pool)
		}
	}
}
