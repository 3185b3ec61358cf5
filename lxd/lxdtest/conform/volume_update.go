package conform

import (
	"fmt"

	"tarn/lxd"
)

var volumeChangeCases = []Case{
	{
		Name: "a volume is patched: what is not named stays",
		Do: func(e *Env) any {
			id := e.volume("user.a", "1", "user.b", "2")
			e.succeed(e.PatchVolume(e, id, lxd.Patch{Description: "new", Config: pairs("user.a", "", "user.c", "3")}, nil))
			return e.showVolume(id)
		},
		Want: `"new" map[user.b:2 user.c:3]`,
	},
	{
		Name: "a volume is patched with an empty description",
		Do: func(e *Env) any {
			id := e.volume()
			e.succeed(e.PatchVolume(e, id, lxd.Patch{Config: pairs("user.a", "1")}, nil))
			return e.showVolume(id)
		},
		Want: `"" map[user.a:1]`,
	},
	{
		Name: "a volume is patched that has changed since it was read",
		Do: func(e *Env) any {
			id := e.volume()
			seen, err := e.Volume(e, id)
			e.check(err)
			e.succeed(e.PatchVolume(e, id, lxd.Patch{Description: "x", Config: pairs("user.a", "1")}, seen))
			err = e.wait(e.PatchVolume(e, id, lxd.Patch{Description: "y", Config: pairs("user.b", "1")}, seen))
			return fmt.Sprint(showError(err)[:3], " ", e.showVolume(id))
		},
		Want: `412 "x" map[user.a:1]`,
	},
	{
		Name: "a volume's description has changed since it was read",
		Do: func(e *Env) any {
			id := e.volume()
			seen, err := e.Volume(e, id)
			e.check(err)
			e.succeed(e.PatchVolume(e, id, lxd.Patch{Description: "x"}, nil))
			e.succeed(e.PatchVolume(e, id, lxd.Patch{Description: "y"}, seen))
			return e.showVolume(id)
		},
		Want: `"y" map[]`,
	},
	{
		Name: "a volume is patched with an unknown key",
		Do: func(e *Env) any {
			return e.wait(e.PatchVolume(e, e.volume(), lxd.Patch{Config: pairs("bogus", "1")}, nil))
		},
		Want: `500 Invalid option for volume "default_*" option "bogus"`,
	},
	{
		Name: "a volume is patched to what excludes each other",
		Do: func(e *Env) any {
			return e.wait(e.PatchVolume(e, e.volume(), lxd.Patch{Config: pairs("security.shifted", "true", "security.unmapped", "true")}, nil))
		},
		Want: "500 security.unmapped and security.shifted are mutually exclusive",
	},
	{
		Name: "a volume is patched that is missing",
		Do:   func(e *Env) any { return e.wait(e.PatchVolume(e, e.id(), lxd.Patch{}, nil)) },
		Want: "404 Storage pool volume not found [not found]",
	},
	{
		Name: "a volume is put: what is not named is gone",
		Do: func(e *Env) any {
			id := e.volume("user.a", "1")
			e.succeed(e.PutVolume(e, id, lxd.Put{Description: "put", Config: pairs("user.b", "2")}, nil))
			return e.showVolume(id)
		},
		Want: `"put" map[user.b:2]`,
	},
	{
		Name: "a volume is put with nothing",
		Do: func(e *Env) any {
			id := e.volume("user.a", "1")
			e.succeed(e.PutVolume(e, id, lxd.Put{}, nil))
			return e.showVolume(id)
		},
		Want: `"" map[]`,
	},
	{
		Name: "a volume is saved: its description stays",
		Do: func(e *Env) any {
			id := e.volume("user.a", "1")
			v, err := e.Volume(e, id)
			e.check(err)
			v.Config["user.b"] = "2"
			delete(v.Config, "user.a")
			e.succeed(e.SaveVolume(e, v))
			return e.showVolume(id)
		},
		Want: `"volume *" map[user.b:2]`,
	},
	{
		Name: "a volume is saved that has changed since it was read",
		Do: func(e *Env) any {
			id := e.volume()
			v, err := e.Volume(e, id)
			e.check(err)
			e.succeed(e.PatchVolume(e, id, lxd.Patch{Description: "x", Config: pairs("user.a", "1")}, nil))
			v.Config["user.b"] = "2"
			return fmt.Sprint(showError(e.wait(e.SaveVolume(e, v)))[:3], " ", e.showVolume(id))
		},
		Want: `412 "x" map[user.a:1]`,
	},
	{
		Name: "a block volume grows and does not shrink",
		Do: func(e *Env) any {
			id := e.id()
			e.succeed(e.CreateVolume(e, id, lxd.VolumeCreate{ContentType: lxd.ContentBlock, Config: pairs("size", "8MiB")}))
			e.succeed(e.PatchVolume(e, id, lxd.Patch{Config: pairs("size", "16MiB")}, nil))
			return e.wait(e.PatchVolume(e, id, lxd.Patch{Config: pairs("size", "8MiB")}, nil))
		},
		Want: "500 Block volumes cannot be shrunk: Cannot be shrunk",
	},
	{
		Name: "a filesystem volume of btrfs shrinks and loses its limit",
		Do: func(e *Env) any {
			id := e.idIn("loop")
			e.create(id, "size", "64MiB")
			e.succeed(e.PatchVolume(e, id, lxd.Patch{Config: pairs("size", "32MiB")}, nil))
			u, err := e.Usage(e, id)
			e.check(err)
			e.succeed(e.PatchVolume(e, id, lxd.Patch{Config: pairs("size", "")}, nil))
			after, err := e.Usage(e, id)
			e.check(err)
			return fmt.Sprint(u.Total, after.Total)
		},
		Want: "33554432 0",
		On: map[Kind]string{
			Incus: "0 0",
		},
	},
	{
		Name: "a volume is renamed: its snapshots come along",
		Do: func(e *Env) any {
			id := e.volume("user.a", "1")
			e.snapshots(id, "s")
			op, err := e.RenameVolume(e, id, e.name+"-new")
			e.succeed(op, err)
			old, err := e.HasVolume(e, id)
			e.check(err)
			return fmt.Sprint(op.Volume(), " ", e.showVolume(op.Volume()), e.snapshotNames(op.Volume()), old)
		},
		Want: `plain/*-new "volume *" map[user.a:1][s] false`,
	},
	{
		Name: "a volume is renamed to what exists",
		Do: func(e *Env) any {
			e.create(e.id("-there"))
			return e.wait(e.RenameVolume(e, e.volume(), e.name+"-there"))
		},
		Want: "409 Volume by that name already exists [exists already]",
	},
	{
		Name: "a volume is renamed to itself",
		Do:   func(e *Env) any { return e.wait(e.RenameVolume(e, e.volume(), e.name)) },
		Want: "409 Volume by that name already exists [exists already]",
	},
	{
		Name: "a volume is renamed that is missing",
		Do:   func(e *Env) any { return e.wait(e.RenameVolume(e, e.id(), "x")) },
		Want: "404 Storage pool volume not found [not found]",
	},
	{
		Name: "a volume that a profile uses is renamed: the profile follows",
		Do: func(e *Env) any {
			id := e.volume()
			defer e.attach(id)()
			op, err := e.RenameVolume(e, id, e.name+"-new")
			e.succeed(op, err)
			v, err := e.Volume(e, op.Volume())
			e.check(err)
			return v.UsedBy
		},
		Want: "[/1.0/profiles/*]",
	},
	{
		Name: "a volume is moved to another pool",
		Do: func(e *Env) any {
			id := e.volume("user.a", "1")
			e.snapshots(id, "s")
			op, err := e.MoveVolume(e, id, e.idIn("loop", "-moved"))
			e.succeed(op, err)
			old, err := e.HasVolume(e, id)
			e.check(err)
			return fmt.Sprint(op.Volume(), " ", e.showVolume(op.Volume()), e.snapshotNames(op.Volume()), old)
		},
		Want: `loop/*-moved "volume *" map[user.a:1][s] false`,
	},
	{
		Name: "a volume is moved to a pool that has one of its name",
		Do: func(e *Env) any {
			e.create(e.idIn("loop"))
			return e.wait(e.MoveVolume(e, e.volume(), e.idIn("loop")))
		},
		Want: "409 Volume by that name already exists [exists already]",
	},
	{
		Name: "a volume is moved to a pool that is missing",
		Do:   func(e *Env) any { return e.wait(e.MoveVolume(e, e.volume(), e.idIn("nope"))) },
		Want: "404 Storage pool not found [not found]",
	},
	{
		Name: "a volume is moved to another project",
		Do: func(e *Env) any {
			id := e.volume("user.a", "1")
			to := id
			to.Project = "own"
			op, err := e.MoveVolume(e, id, to)
			e.succeed(op, err)
			return fmt.Sprint(op.Volume() == to, " ", e.showVolume(op.Volume()))
		},
		Want: `true "volume *" map[user.a:1]`,
	},
	{
		Name: "a volume is deleted, with its snapshots",
		Do: func(e *Env) any {
			id := e.volume()
			e.snapshots(id, "s")
			e.succeed(e.DeleteVolume(e, id))
			has, err := e.HasVolume(e, id)
			e.check(err)
			return has
		},
		Want: "false",
	},
	{
		Name: "a volume is deleted that is missing",
		Do:   func(e *Env) any { return e.wait(e.DeleteVolume(e, e.id())) },
		Want: "404 Storage pool volume not found [not found]",
	},
	{
		Name: "a volume is deleted that a profile uses",
		Do: func(e *Env) any {
			id := e.volume()
			defer e.attach(id)()
			return e.wait(e.DeleteVolume(e, id))
		},
		Want: "400 The storage volume is still in use [in use]",
	},
	{
		Name: "a pool is deleted that only a profile uses",
		Do: func(e *Env) any {
			pool := e.pool(nil)
			body := fmt.Sprintf(`{"name":%q,"devices":{"root":{"type":"disk","pool":%q,"path":"/"}}}`, e.name, pool.Name)
			e.check(e.request("POST", "/1.0/profiles", body))
			defer func() { e.check(e.request("DELETE", "/1.0/profiles/"+e.name, "")) }()
			return e.wait(e.DeletePool(e, pool))
		},
		Want: "400 The storage pool is currently in use [in use]",
	},
}
