package live

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tarn/lxd"
	"tarn/lxd/lxdtest"
)

// In a cluster, where each member may have a volume of the same name, a list for each member tells of the snapshots of many volumes; what is asked of
// each by itself are its backups, and of those on the member that answers how full they are.
func TestUsageInACluster(t *testing.T) {
	members := lxdtest.NewCluster(t, 2)
	server := members[0]
	for _, member := range members {
		server.Run(t, "storage", "create", "p", "dir", "--target", member.Name)
	}
	server.Run(t, "storage", "create", "p", "dir")
	const volumes = 4
	want := map[string][]string{}
	var ids []lxd.VolumeID
	for m, member := range members {
		for i := range volumes {
			id := lxd.VolumeID{Project: lxd.DefaultProject, Pool: "p", Type: lxd.TypeCustom, Name: fmt.Sprintf("v%d", i), Member: member.Name}
			server.Run(t, "storage", "volume", "create", "p", id.Name, "--target", member.Name)
			ids = append(ids, id)
			names := []string{}
			for n := range (i + m) % 3 {
				name := fmt.Sprintf("of-%s-%d", member.Name, n)
				// On the member itself: lxc knows no target for snapshots.
				server.Run(t, "query", "-X", "POST", "-d", fmt.Sprintf(`{"name": %q}`, name), "--wait",
					fmt.Sprintf("/1.0/storage-pools/p/volumes/custom/%s/snapshots?target=%s", id.Name, member.Name))
				names = append(names, name)
			}
			want[id.String()] = names
		}
	}
	var mu sync.Mutex
	asked := map[string]int{}
	client := lxd.NewUnix(server.Socket(), lxd.Options{Trace: func(e lxd.Exchange) {
		path, _, _ := strings.Cut(e.Path, "?")
		for i := range volumes {
			path = strings.Replace(path, fmt.Sprintf("/v%d", i), "/v", 1)
		}
		mu.Lock()
		defer mu.Unlock()
		asked[strings.TrimPrefix(path, "/1.0/storage-pools/p/volumes/custom")]++
	}})
	defer client.Close()
	state, err := Read(t.Context(), client, Scope{Pools: map[string]Names{"p": nil}})
	if err != nil {
		t.Fatal(err)
	}
	clear(asked)
	if err := ReadDetails(t.Context(), client, state, Details{Usage: ids}); err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for _, id := range ids {
		usage := state.Usage[id]
		if usage == nil {
			t.Errorf("nothing is known of %s", id)
			continue
		}
		got[id.String()] = slices.Sorted(slices.Values(usage.Snapshots))
		if got[id.String()] == nil {
			got[id.String()] = []string{}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	// The first volume speaks for the driver dir, which cannot tell how full one is.
	if diff := cmp.Diff(map[string]int{"": 2, "/v/backups": 2 * volumes, "/1.0": 1, "/v/state": 1}, asked); diff != "" {
		t.Error(diff)
	}
}
