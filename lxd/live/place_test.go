package live

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tarn/lxd"
)

// A few volumes of many are asked for one by one, and so are those with many snapshots on servers that work out for each snapshot what uses it: all but
// LXD 5.0.2. How many there are LXD says; Incus up to 6.0 is asked, and later ones list none. "gone" is named and not held, "tarn-x" has the prefix.
func TestFewOfMany(t *testing.T) {
	const volumes = "/1.0/storage-pools/d1/volumes/custom"
	named := func(n int) Names {
		names := Names{"gone"}
		for i := range n {
			names = append(names, fmt.Sprintf("v%d", i))
		}
		return names
	}
	for _, c := range []struct {
		server, version string
		held, snapshots int
		names           Names
		owner           string
		asks            string
	}{
		{"incus", "6.0.4", 100, 0, named(2), "", "each"},
		{"incus", "6.0.4", 30, 0, named(2), "", "each"},
		{"incus", "6.0.4", 30, 0, named(10), "", "names, list"},
		{"incus", "6.0.4", 100, 0, named(50), "", "names, list"},
		{"incus", "6.0.4", 30, 200, named(20), "", "names, each"},
		{"incus", "6.0.4", 30, 200, nil, "", "names, each"},
		{"incus", "6.0.4", 30, 200, named(2), "me", "names, each"},
		{"incus", "6.0.4", 30, 10, nil, "", "names, list"},
		{"incus", "6.0.4", 120, 1000, named(110), "", "list"}, // to ask so many would cost too much where there are none
		{"incus", "7.3", 30, 200, named(20), "", "list"},
		{"incus", "7.3", 100, 200, named(2), "", "each"},
		{"incus", "7.3", 30, 200, nil, "", "list"},
		{"lxd", "6.9", 100, 0, named(2), "", "each"},
		{"lxd", "6.9", 30, 0, named(2), "", "each"},
		{"lxd", "6.9", 30, 0, named(10), "", "list"},
		{"lxd", "6.9", 100, 0, named(50), "", "list"},
		{"lxd", "6.9", 30, 200, named(20), "", "each"},
		{"lxd", "6.9", 30, 200, nil, "", "names, each"},
		{"lxd", "6.9", 30, 200, named(2), "me", "names, each"},
		{"lxd", "6.9", 30, 10, nil, "", "list"},
		{"lxd", "5.0.3", 30, 0, named(3), "me", "list"},
		{"lxd", "5.0.2", 20, 0, named(2), "", "list"},
		{"lxd", "5.0.2", 1000, 0, named(2), "", "each"},
		{"lxd", "5.0.2", 20, 1000, named(20), "", "list"},
		{"lxd", "5.0.2", 400, 0, nil, "", "list"},
		{"lxd", "5.0.2", 1000, 0, append(named(2), "v%2"), "", "list"}, // which the pool does not name
	} {
		name := fmt.Sprintf("%s %s, %d of %d with %d snapshots, owner %q", c.server, c.version, len(c.names), c.held, c.snapshots, c.owner)
		t.Run(name, func(t *testing.T) {
			var entries, users, names []string
			answers := map[string]string{}
			for _, id := range append(named(c.held)[1:], "tarn-x", "v%2") {
				volume := fmt.Sprintf(`{"config": {}, "name": %q, "type": "custom", "used_by": [], "location": "none", "content_type": "filesystem", "project": "default"}`, id)
				address := fmt.Sprintf("%q", volumes+"/"+id)
				if id == "v%2" {
					if c.names == nil || !slices.Contains(c.names, id) {
						continue
					}
				} else {
					users, names = append(users, address), append(names, address)
				}
				entries = append(entries, volume)
				if c.asks == "each" || c.asks == "names, each" {
					answers[volumes+"/"+id] = volume
				}
			}
			for i := range c.snapshots {
				entries = append(entries, fmt.Sprintf(`{"config": {}, "name": "v0/s%d", "type": "custom", "used_by": [], "location": "none", "content_type": "filesystem", "project": "default"}`, i))
				address := fmt.Sprintf(`"%s/v0/snapshots/s%d"`, volumes, i)
				if names = append(names, address); c.server == "lxd" {
					users = append(users, address)
				}
			}
			answers["/1.0"] = fmt.Sprintf(`{"auth": "trusted", "environment": {"server": %q, "server_version": %q}, "api_extensions": ["storage_volume_api_filtering"]}`, c.server, c.version)
			answers["/1.0/storage-pools"] = `[{"config": {}, "name": "d1", "driver": "dir", "used_by": [` + strings.Join(users, ", ") + `], "status": "Created", "locations": ["none"]}]`
			answers["/1.0/projects"] = `[{"name": "default", "config": {}}]`
			if c.asks == "list" || c.asks == "names, list" {
				answers[volumes] = "[" + strings.Join(entries, ", ") + "]"
			}
			if strings.HasPrefix(c.asks, "names") {
				answers[volumes+"?names"] = "[" + strings.Join(names, ", ") + "]"
			}
			state, err := Read(t.Context(), answering(t, answers), Scope{Pools: map[string]Names{"d1": c.names}, Prefix: "tarn-", Owner: c.owner})
			if err != nil {
				t.Fatal(err)
			}
			want := named(c.held)[1:]
			if c.names != nil {
				want = slices.DeleteFunc(slices.Clone(c.names), func(name string) bool { return name == "gone" })
			}
			want = slices.Sorted(slices.Values(append(want, "tarn-x")))
			var read []string
			for id := range state.Volumes.IDs() {
				read = append(read, id.Name)
			}
			if slices.Sort(read); !slices.Equal(read, want) {
				t.Errorf("read %q, want %q", read, want)
			}
		})
	}
}

// Many names that have nothing in common make a filter dear. Where the volumes have an owner's mark they are found by that, and those without it
// that are named are asked for afterwards. LXD since 5.0.3 has the same work with each filter.
func TestMarkedVolumesFirst(t *testing.T) {
	const volumes, held, named = "/1.0/storage-pools/d1/volumes/custom", 2000, 500
	var all []string
	for i := range held {
		all = append(all, fmt.Sprintf("%08x", uint32(i)*2654435761))
	}
	volume := func(name, owner string) string {
		return fmt.Sprintf(`{"config": {"user.tarn.owner": %q}, "name": %q, "type": "custom", "used_by": [], "location": "none", "content_type": "filesystem", "project": "default"}`, owner, name)
	}
	list := func(names []string, owner string) string {
		var texts []string
		for _, name := range names {
			texts = append(texts, volume(name, owner))
		}
		return "[" + strings.Join(texts, ", ") + "]"
	}
	var users []string
	for _, name := range all {
		users = append(users, fmt.Sprintf("%q", volumes+"/"+name))
	}
	for _, c := range []struct {
		version string
		owner   string
		lists   []string // answers, one after the other
	}{
		{"5.0.2", "me", []string{list(all[:named+100], "me")}}, // a hundred orphans
		{"5.0.2", "me", []string{list(all[:named-50], "me")}},  // the others are few
		{"5.0.2", "me", []string{list(nil, ""), list(all[:named], "")}},
		{"5.0.2", "", []string{list(all, "")}},
		{"6.9", "me", []string{list(all, "me")}},
	} {
		answers := map[string]string{
			"/1.0":               fmt.Sprintf(`{"auth": "trusted", "environment": {"server": "lxd", "server_version": %q}, "api_extensions": ["storage_volume_api_filtering"]}`, c.version),
			"/1.0/storage-pools": `[{"config": {}, "name": "d1", "driver": "dir", "used_by": [` + strings.Join(users, ", ") + `], "status": "Created", "locations": ["none"]}]`,
			"/1.0/projects":      `[{"name": "default", "config": {}}]`,
		}
		for _, name := range all[named-50 : named] {
			answers[volumes+"/"+name] = volume(name, "")
		}
		state, err := Read(t.Context(), answeringInTurn(t, answers, map[string][]string{volumes: c.lists}), Scope{Pools: map[string]Names{"d1": append(Names{"new"}, all[:named]...)}, Owner: c.owner})
		if err != nil {
			t.Errorf("%s, %q: %v", c.version, c.owner, err)
			continue
		}
		for _, name := range all[:named] {
			if state.Volumes.Get(lxd.VolumeID{Project: "default", Pool: "d1", Type: lxd.TypeCustom, Name: name}) == nil {
				t.Errorf("%s, %q, %d answers: %s is missing", c.version, c.owner, len(c.lists), name)
				break
			}
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
