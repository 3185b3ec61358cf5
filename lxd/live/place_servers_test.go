package live

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tarn/lxd"
	"tarn/lxd/lxdtest"
)

// Servers say the same of a volume that is asked for by itself as of one in a list: what uses it, its config.
func TestVolumesByNameAreAsListed(t *testing.T) {
	for product, start := range map[string]func(testing.TB) *lxdtest.Server{"LXD": lxdtest.New, "Incus": lxdtest.NewIncus} {
		t.Run(product, func(t *testing.T) {
			server := start(t)
			for _, args := range [][]string{
				{"storage", "create", "fast", "dir", "volume.security.shifted=true"},
				{"storage", "volume", "create", "fast", "plain"},
				{"storage", "volume", "create", "fast", "used", "user.kind=data"},
				{"storage", "volume", "create", "fast", "disk", "--type=block", "size=4MiB"},
				{"storage", "volume", "create", "fast", "A.b-c_d"},
				{"profile", "create", "p"},
				{"profile", "device", "add", "p", "d", "disk", "pool=fast", "source=used", "path=/d"},
			} {
				server.Run(t, args...)
			}
			snapshot := []string{"storage", "volume", "snapshot", "fast", "used", "monday"}
			if product == "Incus" {
				snapshot = slices.Insert(snapshot, 3, "create")
			}
			server.Run(t, snapshot...)
			client := lxd.NewUnix(server.Socket(), lxd.Options{})
			defer client.Close()
			at := place{"fast", "default"}
			names := Names{"A.b-c_d", "disk", "plain", "used"}
			list := lxd.VolumeList{Names: names, Held: names}
			want, err := readList(t.Context(), client, at, list)
			if err != nil || len(want) != len(names) {
				t.Fatal(want, err)
			}
			got, err := readEach(t.Context(), client, at, list)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(lxd.Volume{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}
