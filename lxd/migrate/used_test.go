package migrate_test

import (
	"maps"
	"slices"
	"testing"

	"tarn/lxd"
	"tarn/lxd/lxdtest"
	"tarn/lxd/migrate"
)

// What uses a volume does not find it in another project, whoever moves it there: such a move ends before anything is done.
func TestUsedVolumeStaysInItsProject(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(testing.TB) *lxdtest.Server{"LXD": lxdtest.New, "Incus": lxdtest.NewIncus} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			client := lxd.NewUnix(s.Socket(), lxd.Options{})
			t.Cleanup(client.Close)
			s.Run(t, "storage", "create", "p", "dir")
			s.Run(t, "storage", "create", "q", "dir")
			s.Run(t, "project", "create", "web")
			s.Run(t, "storage", "volume", "create", "p", "v")
			s.Run(t, "profile", "create", "user")
			s.Run(t, "profile", "device", "add", "user", "data", "disk", "pool=p", "source=v", "path=/data")

			source, target := volumeID("p", "v"), volumeID("q", "v")
			target.Project = "web"
			want(t, migrate.Volume(t.Context(), client, source, client, target, migrate.Options{Move: true}), "something uses it, and would not find it in another project")
			volume, err := client.Volume(t.Context(), source)
			if err != nil || len(volume.UsedBy) != 1 || slices.ContainsFunc(slices.Collect(maps.Keys(volume.Config)), migrate.IsMark) {
				t.Errorf("it is %+v, %v", volume, err)
			}
			if left, err := client.Volumes(t.Context(), "q", lxd.VolumeList{AllProjects: true}); err != nil || len(left) > 0 {
				t.Errorf("in the other pool are %+v, %v", left, err)
			}

			s.Run(t, "profile", "device", "remove", "user", "data")
			if err := migrate.Volume(t.Context(), client, source, client, target, migrate.Options{Move: true}); err != nil {
				t.Error(err)
			}
			if _, err := client.Volume(t.Context(), target); err != nil {
				t.Error(err)
			}
		})
	}
}
