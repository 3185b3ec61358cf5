package conform

import (
	"fmt"

	"tarn/lxd"
	"tarn/lxd/migrate"
)

var copyCases = []Case{
	{
		Name: "a volume is copied, with its snapshots",
		Do: func(e *Env) any {
			id := e.volume("user.a", "1")
			e.snapshots(id, "s")
			op, err := e.CopyVolume(e, id, e.idIn("loop", "-copy"), lxd.Copy{})
			e.succeed(op, err)
			return fmt.Sprint(op.Volume(), " ", e.showVolume(op.Volume()), e.snapshotNames(op.Volume()))
		},
		Want: `loop/*-copy "volume *" map[user.a:1][s]`,
	},
	{
		Name: "a volume is copied without its snapshots",
		Do: func(e *Env) any {
			id := e.volume()
			e.snapshots(id, "s")
			op, err := e.CopyVolume(e, id, e.id("-copy"), lxd.Copy{VolumeOnly: true})
			e.succeed(op, err)
			return e.snapshotNames(op.Volume())
		},
		Want: "[]",
	},
	{
		Name: "a volume is copied with another description and config",
		Do: func(e *Env) any {
			op, err := e.CopyVolume(e, e.volume("user.a", "1"), e.id("-copy"), lxd.Copy{Description: "mine", Config: pairs("user.b", "2")})
			e.succeed(op, err)
			return e.showVolume(op.Volume())
		},
		Want: `"mine" map[user.b:2]`,
	},
	{
		Name: "a snapshot is copied",
		Do: func(e *Env) any {
			id := e.volume("user.a", "1")
			e.snapshots(id, "s", "t")
			e.succeed(e.PatchVolume(e, id, lxd.Patch{Config: pairs("user.a", "2")}, nil))
			op, err := e.CopyVolume(e, id, e.id("-copy"), lxd.Copy{Snapshot: "s"})
			e.succeed(op, err)
			return e.showVolume(op.Volume()) + fmt.Sprint(e.snapshotNames(op.Volume()))
		},
		Want: `"volume *" map[user.a:1][]`,
	},
	{
		Name: "a block volume is copied: its content type comes along",
		Do: func(e *Env) any {
			id := e.id()
			e.succeed(e.CreateVolume(e, id, lxd.VolumeCreate{ContentType: lxd.ContentBlock, Config: pairs("size", "8MiB")}))
			op, err := e.CopyVolume(e, id, e.id("-copy"), lxd.Copy{})
			e.succeed(op, err)
			v, err := e.Volume(e, op.Volume())
			e.check(err)
			return v.ContentType
		},
		Want: "block",
	},
	{
		Name: "a volume is copied from another project",
		Do: func(e *Env) any {
			id := e.id()
			id.Project = "own"
			e.create(id)
			op, err := e.CopyVolume(e, id, e.id(), lxd.Copy{})
			e.succeed(op, err)
			return e.showVolume(op.Volume())
		},
		Want: `"volume *" map[]`,
	},
	{
		Name: "a volume is copied that is missing",
		Do:   func(e *Env) any { return e.wait(e.CopyVolume(e, e.id(), e.id("-copy"), lxd.Copy{})) },
		Want: `0 Failed generating volume copy config: Storage volume "*" in project "default" of type "custom" does not exist on pool "plain": Storage volume not found [not found]`,
		On: map[Kind]string{
			Incus: `404 Failed generating volume copy config: Storage volume "*" in project "default" of type "custom" does not exist on pool "plain": Storage volume not found [not found]`,
		},
	},
	{
		Name: "a snapshot is copied that is missing",
		Do: func(e *Env) any {
			return e.wait(e.CopyVolume(e, e.volume(), e.id("-copy"), lxd.Copy{Snapshot: "nope"}))
		},
		Want: `0 Failed generating volume copy config: Storage volume "*/nope" in project "default" of type "custom" does not exist on pool "plain": Storage volume not found [not found]`,
		On: map[Kind]string{
			Incus: `404 Failed generating volume copy config: Storage volume "*/nope" in project "default" of type "custom" does not exist on pool "plain": Storage volume not found [not found]`,
		},
	},
	{
		Name: "a volume is copied from a pool that is missing",
		Do:   func(e *Env) any { return e.wait(e.CopyVolume(e, e.idIn("nope"), e.id("-copy"), lxd.Copy{})) },
		Want: "0 Storage pool not found [not found]",
		On: map[Kind]string{
			Incus: "404 Storage pool not found [not found]",
		},
	},
	{
		Name: "a volume is copied over one that exists",
		Do: func(e *Env) any {
			e.create(e.id("-there"))
			return e.wait(e.CopyVolume(e, e.volume(), e.id("-there"), lxd.Copy{}))
		},
		Want: "409 Volume by that name already exists [exists already]",
	},
	{
		Name: "a copy is brought up to date",
		Do: func(e *Env) any {
			id := e.volume()
			op, err := e.CopyVolume(e, id, e.id("-copy"), lxd.Copy{})
			e.succeed(op, err)
			e.snapshots(id, "s")
			e.succeed(e.CopyVolume(e, id, op.Volume(), lxd.Copy{Refresh: true}))
			return e.snapshotNames(op.Volume())
		},
		Want: "[s]",
	},
	{
		Name:   "a volume is migrated to its own server through the client",
		Racing: true, // how often it looks
		Do: func(e *Env) any {
			id := e.volume("user.a", "1")
			e.snapshots(id, "s")
			to := e.idIn("loop", "-new")
			e.check(migrate.Volume(e, e.Client, id, e.Client, to, migrate.Options{Mode: migrate.Relay, Move: true}))
			old, err := e.HasVolume(e, id)
			e.check(err)
			return fmt.Sprint(e.showVolume(to), e.snapshotNames(to), old)
		},
		Want: `"volume *" map[user.a:1][s] false`,
	},
	{
		Name: "a volume is migrated to where one is",
		Do: func(e *Env) any {
			e.create(e.idIn("loop"))
			return migrate.Volume(e, e.Client, e.volume(), e.Client, e.idIn("loop"), migrate.Options{})
		},
		Want: "409 the target exists already [exists already]",
	},
}
