package conform

import (
	"fmt"
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/lxd/live"
)

func poolID(name string) lxd.PoolID { return lxd.PoolID{Name: name} }

var poolCases = []Case{
	{
		Name: "pools are listed with one request",
		Do: func(e *Env) any {
			before := e.Requests()
			pools, err := e.Pools(e)
			e.check(err)
			var seen []string
			for _, p := range pools {
				if p.Name == "plain" || p.Name == "loop" {
					seen = append(seen, fmt.Sprintf("%s %s %s %q", p.Name, p.Driver, p.Status, p.Description))
				}
			}
			slices.Sort(seen)
			return fmt.Sprint(seen, e.Requests()-before)
		},
		Want: `[loop btrfs Created "pool loop" plain dir Created "pool plain"] 1`,
	},
	{
		Name: "a pool",
		Do: func(e *Env) any {
			p, err := e.Pool(e, poolID("loop"))
			e.check(err)
			slices.Sort(p.Locations)
			var keys []string
			for key := range p.Config {
				keys = append(keys, key)
			}
			slices.Sort(keys)
			return fmt.Sprintf("%s %s %s %q %v %v", p.Name, p.Driver, p.Status, p.Description, p.Locations, keys)
		},
		Want: `loop btrfs Created "pool loop" [none] [size source]`,
		On: map[Kind]string{
			Cluster: `loop btrfs Created "pool loop" [n1 n2] []`,
		},
	},
	{
		Name: "a pool's side on one member",
		Do: func(e *Env) any {
			p, err := e.Pool(e, lxd.PoolID{Name: "loop", Member: "n2"})
			if err != nil {
				return err
			}
			return fmt.Sprint(p.Status, " ", p.Config["size"])
		},
		Want: "404 Cluster member not found [not found]",
		On: map[Kind]string{
			Cluster: "Created 1GiB",
		},
	},
	{
		Name: "a pool that is missing",
		Do:   func(e *Env) any { _, err := e.Pool(e, poolID("nope")); return err },
		Want: "404 Storage pool not found [not found]",
	},
	{
		Name: "a pool exists",
		Do: func(e *Env) any {
			yes, err := e.HasPool(e, poolID("plain"))
			e.check(err)
			no, err := e.HasPool(e, poolID("nope"))
			e.check(err)
			return fmt.Sprint(yes, no)
		},
		Want: "true false",
	},
	{
		Name: "a pool is created and deleted",
		Do: func(e *Env) any {
			id := e.pool(pairs("user.x", "1", "volume.snapshots.expiry", "3d"))
			seen := e.showPool(id)
			e.succeed(e.DeletePool(e, id))
			has, err := e.HasPool(e, id)
			e.check(err)
			return fmt.Sprint(seen, has)
		},
		Want: `"pool *" map[source:… user.x:1 volume.snapshots.expiry:3d]false`,
		On: map[Kind]string{
			Cluster: `"pool *" map[user.x:1 volume.snapshots.expiry:3d]false`,
		},
	},
	{
		Name: "a pool that is not in use",
		Do: func(e *Env) any {
			p, err := e.Pool(e, e.pool(nil))
			e.check(err)
			return len(p.UsedBy)
		},
		Want: "0",
	},
	{
		Name: "a pool that holds a volume and a snapshot",
		Do: func(e *Env) any {
			pool := e.pool(nil)
			id := e.idIn(pool.Name)
			e.create(id)
			e.snapshots(id, "s")
			state, err := live.Read(e, e.Client, live.Scope{})
			e.check(err)
			var uses []string
			for _, use := range state.Uses(state.Pools[pool.Name].UsedBy) {
				uses = append(uses, use.Kind+" "+use.String())
			}
			slices.Sort(uses)
			return strings.Join(uses, ", ")
		},
		Want: "snapshot a snapshot of volume */*, volume volume */*",
		On: map[Kind]string{
			Incus: "volume volume */*",
		},
	},
	{
		Name: "a pool that exists is created",
		Do: func(e *Env) any {
			return e.wait(e.CreatePool(e, poolID("plain"), lxd.PoolCreate{Driver: "dir"}))
		},
		Want: "409 The storage pool already exists: The record already exists [exists already]",
		On: map[Kind]string{
			Cluster: "500 The storage pool is already created [exists already]",
		},
	},
	{
		Name: "a pool without a name",
		Do:   func(e *Env) any { return e.wait(e.CreatePool(e, poolID(""), lxd.PoolCreate{Driver: "dir"})) },
		Want: "400 No name provided",
	},
	{
		Name: "a pool without a driver",
		Do:   func(e *Env) any { return e.wait(e.CreatePool(e, poolID(e.name), lxd.PoolCreate{})) },
		Want: "400 No driver provided",
	},
	{
		Name: "a pool with a slash in its name",
		Do:   func(e *Env) any { return e.wait(e.CreatePool(e, poolID("a/b"), lxd.PoolCreate{Driver: "dir"})) },
		Want: "400 Storage pool names may not contain slashes",
	},
	{
		Name: "a pool with white space in its name",
		Do:   func(e *Env) any { return e.createPool("a b", "dir", nil) },
		Want: "500 Storage name cannot contain white space",
		On: map[Kind]string{
			Cluster: "400 on member n1: Storage name cannot contain white space",
		},
	},
	{
		Name: "a pool whose name has to be escaped",
		Do: func(e *Env) any {
			id := poolID("p%25?é#")
			if err := e.createPool(id.Name, "dir", nil); err != nil {
				return err
			}
			e.create(e.idIn(id.Name, " x"))
			volumes, err := e.Volumes(e, id.Name, lxd.VolumeList{})
			e.check(err)
			e.succeed(e.DeleteVolume(e, volumes[0].ID()))
			return fmt.Sprint(volumes[0].ID(), e.wait(e.DeletePool(e, id)))
		},
		Want: "p%25?é#/* x <nil>",
	},
	{
		Name: "a pool with an unknown driver",
		Do:   func(e *Env) any { return e.createPool(e.name, "floppy", nil) },
		Want: "500 Unknown driver",
		On: map[Kind]string{
			Cluster: "400 on member n1: Unknown driver",
		},
	},
	{
		Name: "a pool with an unknown key",
		Do:   func(e *Env) any { return e.createPool(e.name, "dir", pairs("bogus", "1")) },
		Want: `500 Invalid option "bogus"`,
	},
	{
		Name: "a pool with a bad value",
		Do:   func(e *Env) any { return e.createPool(e.name, "dir", pairs("volume.size", "big")) },
		Want: `500 Invalid value for option "volume.size": Invalid value: big`,
	},
	{
		Name: "a pool with a bad boolean",
		Do:   func(e *Env) any { return e.createPool(e.name, "dir", pairs("rsync.compression", "maybe")) },
		Want: `500 Invalid value for option "rsync.compression": Invalid value for a boolean "maybe"`,
	},
	{
		Name: "what a failed creation leaves",
		Do: func(e *Env) any {
			if e.createPool(e.name, "dir", pairs("rsync.compression", "maybe")) == nil {
				return "it did not fail"
			}
			p, err := e.Pool(e, poolID(e.name))
			if err != nil {
				return err
			}
			e.succeed(e.DeletePool(e, poolID(e.name)))
			return p.Status
		},
		Want: "404 Storage pool not found [not found]",
		On: map[Kind]string{
			Cluster: "Errored",
		},
	},
	{
		Name: "a pool is deleted that holds a volume",
		Do: func(e *Env) any {
			pool := e.pool(nil)
			e.create(e.idIn(pool.Name))
			return e.wait(e.DeletePool(e, pool))
		},
		Want: "400 The storage pool is currently in use [in use]",
	},
	{
		Name: "a pool is deleted that is missing",
		Do:   func(e *Env) any { return e.wait(e.DeletePool(e, poolID("nope"))) },
		Want: "404 Storage pool not found [not found]",
	},
	{
		Name: "resources of a pool",
		Do: func(e *Env) any {
			r, err := e.PoolResources(e, poolID("plain"))
			e.check(err)
			return fmt.Sprint(r.Space.Total > r.Space.Used, r.Space.Used > 0, r.Inodes.Total >= r.Inodes.Used)
		},
		Want: "true true true",
	},
	{
		Name: "resources of a pool that is missing",
		Do:   func(e *Env) any { _, err := e.PoolResources(e, poolID("nope")); return err },
		Want: "500 Storage pool not found [not found]",
	},
}

var poolChangeCases = []Case{
	{
		Name: "a pool is patched: what is not named stays",
		Do: func(e *Env) any {
			id := e.pool(pairs("user.a", "1", "user.b", "2"))
			e.succeed(e.PatchPool(e, id, lxd.Patch{Description: "new", Config: pairs("user.a", "", "user.c", "3")}, nil))
			return e.showPool(id)
		},
		Want: `"new" map[source:… user.b:2 user.c:3]`,
		On: map[Kind]string{
			Cluster: `"new" map[user.b:2 user.c:3]`,
		},
	},
	{
		Name: "a pool is patched with an empty description",
		Do: func(e *Env) any {
			id := e.pool(nil)
			e.succeed(e.PatchPool(e, id, lxd.Patch{Config: pairs("user.a", "1")}, nil))
			return e.showPool(id)
		},
		Want: `"" map[source:… user.a:1]`,
		On: map[Kind]string{
			Cluster: `"" map[user.a:1]`,
		},
	},
	{
		Name: "a pool is patched as it was read",
		Do: func(e *Env) any {
			id := e.pool(nil)
			seen, err := e.Pool(e, id)
			e.check(err)
			e.succeed(e.PatchPool(e, id, lxd.Patch{Description: seen.Description, Config: pairs("user.a", "1")}, seen))
			return e.showPool(id)
		},
		Want: `"pool *" map[source:… user.a:1]`,
		On: map[Kind]string{
			Cluster: `"pool *" map[user.a:1]`,
		},
	},
	{
		Name: "a pool is patched that has changed since it was read",
		Do: func(e *Env) any {
			id := e.pool(nil)
			seen, err := e.Pool(e, id)
			e.check(err)
			e.succeed(e.PatchPool(e, id, lxd.Patch{Description: "x", Config: pairs("user.a", "1")}, nil))
			err = e.wait(e.PatchPool(e, id, lxd.Patch{Description: "y", Config: pairs("user.b", "1")}, seen))
			return fmt.Sprint(showError(err)[:3], " ", e.showPool(id))
		},
		Want: `412 "x" map[source:… user.a:1]`,
		On: map[Kind]string{
			Cluster: `412 "x" map[user.a:1]`,
		},
	},
	{
		Name: "a pool is patched with an unknown key",
		Do: func(e *Env) any {
			return e.wait(e.PatchPool(e, e.pool(nil), lxd.Patch{Config: pairs("bogus", "1")}, nil))
		},
		Want: `400 Invalid option "bogus"`,
	},
	{
		Name: "a pool is patched with a bad value",
		Do: func(e *Env) any {
			return e.wait(e.PatchPool(e, e.pool(nil), lxd.Patch{Config: pairs("volume.size", "big")}, nil))
		},
		Want: `400 Invalid value for option "volume.size": Invalid value: big`,
	},
	{
		Name: "a pool's source is changed",
		Do: func(e *Env) any {
			return e.wait(e.PatchPool(e, e.pool(nil), lxd.Patch{Config: pairs("source", "/elsewhere")}, nil))
		},
		Want: "500 Pool source cannot be changed when not in pending state",
		On: map[Kind]string{
			Cluster: `400 Config key "source" is cluster member specific`,
		},
	},
	{
		Name: "a pool is patched that is missing",
		Do:   func(e *Env) any { return e.wait(e.PatchPool(e, poolID("nope"), lxd.Patch{}, nil)) },
		Want: "404 Storage pool not found [not found]",
	},
	{
		Name: "a pool is put without its source",
		Do: func(e *Env) any {
			return e.wait(e.PutPool(e, e.pool(pairs("user.a", "1")), lxd.Put{Config: pairs("user.b", "1")}, nil))
		},
		Want: "500 Pool source cannot be changed when not in pending state",
		On: map[Kind]string{
			Cluster: "<nil>",
		},
	},
	{
		Name: "a pool is put with all that it had",
		Do: func(e *Env) any {
			id := e.pool(pairs("user.a", "1"))
			seen, err := e.Pool(e, id)
			e.check(err)
			config := seen.Config
			delete(config, "user.a")
			config["user.b"] = "2"
			e.succeed(e.PutPool(e, id, lxd.Put{Description: "put", Config: config}, nil))
			return e.showPool(id)
		},
		Want: `"put" map[source:… user.b:2]`,
		On: map[Kind]string{
			Cluster: `"put" map[user.b:2]`,
		},
	},
	{
		Name: "a pool is saved: its description stays",
		Do: func(e *Env) any {
			id := e.pool(pairs("user.a", "1"))
			p, err := e.Pool(e, id)
			e.check(err)
			p.Config["user.b"] = "2"
			delete(p.Config, "user.a")
			e.succeed(e.SavePool(e, p))
			return e.showPool(id)
		},
		Want: `"pool *" map[source:… user.b:2]`,
		On: map[Kind]string{
			Cluster: `"pool *" map[user.b:2]`,
		},
	},
	{
		Name: "a pool is saved that has changed since it was read",
		Do: func(e *Env) any {
			id := e.pool(nil)
			p, err := e.Pool(e, id)
			e.check(err)
			e.succeed(e.PatchPool(e, id, lxd.Patch{Description: "x", Config: pairs("user.a", "1")}, nil))
			p.Config["user.b"] = "2"
			err = e.wait(e.SavePool(e, p))
			return fmt.Sprint(showError(err)[:3], " ", e.showPool(id))
		},
		Want: `412 "x" map[source:… user.a:1]`,
		On: map[Kind]string{
			Cluster: `412 "x" map[user.a:1]`,
		},
	},
}
