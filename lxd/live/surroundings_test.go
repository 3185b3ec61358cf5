package live

import (
	"slices"
	"testing"

	"tarn/lxd"
)

// Lists of volumes have no snapshots on Incus 7.3: those volumes are asked that matter, and no others. The answers are recorded.
func TestSnapshotsThatListsLack(t *testing.T) {
	const base = "/1.0/storage-pools/d1/volumes"
	answers := map[string]string{
		"/1.0":           `{"config": {}}`,
		"/1.0/projects":  `[{"name": "default", "config": {}}]`,
		"/1.0/instances": `[]`,
		"/1.0/profiles":  `[]`,
		base: `[{"name": "kn11", "type": "custom", "location": "none", "content_type": "filesystem", "project": "default", "config": {}, "used_by": []},
			{"name": "other", "type": "custom", "location": "none", "content_type": "filesystem", "project": "default", "config": {}, "used_by": []}]`,
		base + "/custom/kn11/snapshots": `[{"description": "", "expires_at": null, "name": "kn11/q", "config": {}, "content_type": ""}]`,
	}
	client := answering(t, answers)
	state := &State{Server: &lxd.Server{Product: "Incus", Version: "7.3"}, Pools: map[string]*lxd.Pool{"d1": {Name: "d1"}}}
	id := lxd.VolumeID{Project: lxd.DefaultProject, Pool: "d1", Type: lxd.TypeCustom, Name: "kn11"}
	created := id
	created.Name = "yet-to-be-created"
	rest, err := ReadSurroundings(t.Context(), client, state, []string{"d1"}, []lxd.VolumeID{id, created})
	if err != nil {
		t.Fatal(err)
	}
	if len(rest.Volumes) != 2 || len(rest.Snapshots) != 1 || !slices.Equal(rest.Snapshots[id], []string{"q"}) {
		t.Errorf("%v, %v", rest.Volumes, rest.Snapshots)
	}
}
