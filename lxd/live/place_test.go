package live

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tarn/lxd"
)

// A few volumes of many are asked for one by one. On Incus a list takes as long for ten as for all; on LXD the list selects, and tries all.
// "gone" is named and not held, "tarn-x" has the prefix.
func TestFewOfMany(t *testing.T) {
	const volumes = "/1.0/storage-pools/d1/volumes/custom"
	volume := func(name string) string {
		return fmt.Sprintf(`{"config": {}, "name": %q, "type": "custom", "used_by": [], "location": "none", "content_type": "filesystem", "project": "default"}`, name)
	}
	for _, c := range []struct {
		product string
		held    int
		names   Names
		lists   bool
	}{
		{"incus", 40, Names{"v1", "v2", "gone"}, false},
		{"incus", 40, Names{"v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11"}, true},
		{"incus", 40, nil, true},
		{"lxd", 20, Names{"v1", "v2", "gone"}, true},
		{"lxd", 400, Names{"v1", "v2", "gone"}, false},
		{"lxd", 400, Names{"v1", "v2", "v%2"}, true}, // which the pool does not name
		{"lxd", 400, nil, true},
	} {
		users := []string{`"` + volumes + `/tarn-x"`}
		for i := range c.held {
			users = append(users, fmt.Sprintf(`"%s/v%d"`, volumes, i))
		}
		answers := map[string]string{
			"/1.0": fmt.Sprintf(`{"auth": "trusted", "environment": {"server": %q, "server_version": "5.0.2"},
				"api_extensions": ["storage_volume_api_filtering"]}`, c.product),
			"/1.0/storage-pools": `[{"config": {}, "name": "d1", "driver": "dir", "used_by": [` + strings.Join(users, ", ") + `], "status": "Created", "locations": ["none"]}]`,
			volumes + "/v1":      volume("v1"),
			volumes + "/v2":      volume("v2"),
			volumes + "/tarn-x":  volume("tarn-x"),
		}
		want := []string{"tarn-x", "v1", "v2"}
		if slices.Contains(c.names, "v%2") {
			want = slices.Insert(want, 1, "v%2")
		}
		if c.lists {
			answers = map[string]string{"/1.0": answers["/1.0"], "/1.0/storage-pools": answers["/1.0/storage-pools"],
				volumes: "[" + volume("tarn-x") + "," + volume("v%2") + "," + volume("v1") + "," + volume("v2") + "]"}
		}
		state, err := Read(t.Context(), answering(t, answers), Scope{Pools: map[string]Names{"d1": c.names}, Prefix: "tarn-"})
		if err != nil {
			t.Errorf("%s, %d names: %v", c.product, len(c.names), err)
			continue
		}
		var read []string
		for id := range state.Volumes.IDs() {
			read = append(read, id.Name)
		}
		slices.Sort(read)
		if c.names == nil {
			want = []string{"tarn-x", "v%2", "v1", "v2"}
		}
		if !slices.Equal(read, want) {
			t.Errorf("%s, %d names: read %q, want %q", c.product, len(c.names), read, want)
		}
	}
}

// A server that selects otherwise than those that were seen, and leaves out what is there, is asked for all: a plan would create what it
// does not find.
func TestListThatLacksWhatIsThere(t *testing.T) {
	const volumes = "/1.0/storage-pools/d1/volumes/custom"
	volume := func(name string) string {
		return fmt.Sprintf(`{"config": {}, "name": %q, "type": "custom", "used_by": [], "location": "none", "content_type": "filesystem", "project": "default"}`, name)
	}
	for name, scope := range map[string]Scope{
		"names":  {Pools: map[string]Names{"d1": {"v1", "new"}}},
		"all":    {Pools: map[string]Names{"d1": nil}},
		"prefix": {Pools: map[string]Names{"d1": {"new"}}, Prefix: "v1"},
	} {
		for _, first := range []string{"[]", "[" + volume("v2") + "]"} {
			client := answeringInTurn(t, map[string]string{
				"/1.0":               `{"auth": "trusted", "environment": {"server": "lxd", "server_version": "5.0.2"}, "api_extensions": ["storage_volume_api_filtering"]}`,
				"/1.0/storage-pools": `[{"config": {}, "name": "d1", "driver": "dir", "used_by": ["` + volumes + `/v1", "` + volumes + `/v2"], "status": "Created", "locations": ["none"]}]`,
				volumes:              "[" + volume("v1") + "," + volume("v2") + "]",
			}, map[string][]string{volumes: {first}})
			state, err := Read(t.Context(), client, scope)
			if err != nil || state.Volumes.Get(lxd.VolumeID{Project: "default", Pool: "d1", Type: lxd.TypeCustom, Name: "v1"}) == nil {
				t.Errorf("%s, %s: %v, %v", name, first, state, err)
			}
		}
	}
}

// Somebody deletes v1 and its snapshot after the pools have been read, and before the volumes are; v3 comes in between.
func TestVolumesThatGoMeanwhile(t *testing.T) {
	const pools, volumes = "/1.0/storage-pools", "/1.0/storage-pools/d1/volumes/custom"
	pool := func(users ...string) string {
		for i, user := range users {
			users[i] = `"` + user + `"`
		}
		return `[{"config": {}, "name": "d1", "driver": "dir", "used_by": [` + strings.Join(users, ", ") + `], "status": "Created", "locations": ["none"]}]`
	}
	id := func(name string) lxd.VolumeID {
		return lxd.VolumeID{Project: "default", Pool: "d1", Type: lxd.TypeCustom, Name: name}
	}
	const others = "/1.0/profiles/default"
	for name, scope := range map[string]Scope{
		"names": {Pools: map[string]Names{"d1": {"v1", "v2"}}},
		"all":   {Pools: map[string]Names{"d1": nil}},
	} {
		client := answeringInTurn(t, map[string]string{
			"/1.0":  `{"auth": "trusted", "environment": {"server": "lxd", "server_version": "5.0.2"}, "api_extensions": ["storage_volume_api_filtering"]}`,
			pools:   pool(volumes+"/v2", volumes+"/v3", others),
			volumes: `[{"config": {}, "name": "v2", "type": "custom", "used_by": [], "location": "none", "content_type": "filesystem", "project": "default"}]`,
		}, map[string][]string{pools: {pool(volumes+"/v1", volumes+"/v1/snapshots/s", volumes+"/v2", others)}})
		state, err := Read(t.Context(), client, scope)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if want := []string{volumes + "/v2", others}; !slices.Equal(state.Pools["d1"].UsedBy, want) {
			t.Errorf("%s: the pool is used by %q, want %q", name, state.Pools["d1"].UsedBy, want)
		}
		if state.VolumeIDs.Len() != 1 || !state.VolumeIDs.Has(id("v2")) || state.Volumes.Len() != 1 {
			t.Errorf("%s: volumes %v, %v", name, state.VolumeIDs, state.Volumes)
		}
	}
}
