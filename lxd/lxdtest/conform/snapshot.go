package conform

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tarn/lxd"
)

var in2100 = time.Date(2100, 1, 2, 3, 4, 5, 0, time.UTC)

var snapshotCases = []Case{
	{
		Name: "a pattern does not name the snapshots that are asked for",
		Do: func(e *Env) any {
			var outcomes []string
			for i, pattern := range []string{"daily-%d", "a", "x%dy%d", "x y", "x/y", ".."} {
				id := e.id(fmt.Sprint(i))
				e.create(id, "snapshots.pattern", pattern)
				e.succeed(e.CreateSnapshot(e, id, lxd.SnapshotCreate{}))
				outcomes = append(outcomes, fmt.Sprintf("%s %v", pattern, e.snapshotNames(id)))
			}
			return strings.Join(outcomes, ", ")
		},
		Want: "daily-%d [snap0], a [snap0], x%dy%d [snap0], x y [snap0], x/y [snap0], .. [snap0]",
	},
	{
		Name: "snapshots are listed with one request, in order of creation",
		Do: func(e *Env) any {
			id := e.volume()
			e.snapshots(id, "z", "a%20", "m?é")
			before := e.Requests()
			names := e.snapshotNames(id)
			return fmt.Sprint(strings.Join(names, ","), " ", e.Requests()-before)
		},
		Want: "z,a%20,m?é 1",
	},
	{
		Name: "one list names the snapshots of all volumes",
		Do: func(e *Env) any {
			var ids []lxd.VolumeID
			for i, names := range [][]string{{"z", "y"}, nil, {"a%20"}, {"é"}} {
				ids = append(ids, e.id(fmt.Sprint(i)))
				e.create(ids[i])
				e.snapshots(ids[i], names...)
			}
			odd := e.id("%20")
			e.create(odd)
			all, err := e.AllSnapshotNames(e, "plain", "", "")
			e.check(err)
			var outcomes []string
			for _, id := range append(ids, odd) {
				names, listed := all[id.Name]
				slices.Sort(names)
				outcomes = append(outcomes, fmt.Sprint(names, listed))
			}
			return strings.Join(outcomes, ", ")
		},
		Want: "[y z] true, [] true, [] false, [] false, [] false",
	},
	{
		Name: "a snapshot",
		Do: func(e *Env) any {
			id := e.volume("user.a", "1")
			e.snapshots(id, "s")
			s, err := e.Snapshot(e, id, "s")
			e.check(err)
			return fmt.Sprintf("%s %q %v %s %v", s.Name, s.Description, s.Config, s.ContentType, s.ExpiresAt.IsZero())
		},
		Want: `s "volume *" map[user.a:1] filesystem true`,
	},
	{
		Name: "a snapshot exists",
		Do: func(e *Env) any {
			id := e.volume()
			e.snapshots(id, "s")
			yes, err := e.HasSnapshot(e, id, "s")
			e.check(err)
			no, err := e.HasSnapshot(e, id, "t")
			e.check(err)
			return fmt.Sprint(yes, no)
		},
		Want: "true false",
	},
	{
		Name: "snapshots without a name are told how they are called",
		Do: func(e *Env) any {
			id := e.volume("snapshots.pattern", "mine-%d")
			e.snapshots(id, "snap7", "other")
			var names []string
			for range 2 {
				op, err := e.CreateSnapshot(e, id, lxd.SnapshotCreate{})
				e.succeed(op, err)
				names = append(names, op.Snapshot())
			}
			return fmt.Sprint(names, e.snapshotNames(id))
		},
		Want: "[snap8 snap9] [snap7 other snap8 snap9]",
	},
	{
		Name: "a snapshot that expires",
		Do: func(e *Env) any {
			id := e.volume()
			e.succeed(e.CreateSnapshot(e, id, lxd.SnapshotCreate{Name: "s", ExpiresAt: &in2100}))
			s, err := e.Snapshot(e, id, "s")
			e.check(err)
			return s.ExpiresAt.UTC().Format(time.RFC3339)
		},
		Want: "2100-01-02T03:04:05Z",
	},
	{
		Name: "a snapshot of a volume with snapshots.expiry",
		Do: func(e *Env) any {
			id := e.volume("snapshots.expiry", "3d")
			e.snapshots(id, "s")
			s, err := e.Snapshot(e, id, "s")
			e.check(err)
			return s.ExpiresAt.After(time.Now())
		},
		Want: "true",
	},
	{
		Name: "a snapshot is created twice",
		Do: func(e *Env) any {
			id := e.volume()
			e.snapshots(id, "s")
			return e.wait(e.CreateSnapshot(e, id, lxd.SnapshotCreate{Name: "s"}))
		},
		Want: `409 Snapshot "s" already in use [exists already]`,
	},
	{
		Name: "a snapshot with a slash in its name",
		Do: func(e *Env) any {
			return e.wait(e.CreateSnapshot(e, e.volume(), lxd.SnapshotCreate{Name: "a/b"}))
		},
		Want: `400 Storage name cannot contain "/"`,
	},
	{
		Name: "a snapshot with white space in its name",
		Do: func(e *Env) any {
			return e.wait(e.CreateSnapshot(e, e.volume(), lxd.SnapshotCreate{Name: "a b"}))
		},
		Want: "400 Storage name cannot contain white space",
	},
	{
		Name: "a snapshot of a volume that is missing",
		Do:   func(e *Env) any { return e.wait(e.CreateSnapshot(e, e.id(), lxd.SnapshotCreate{Name: "s"})) },
		Want: "404 Storage pool volume not found [not found]",
	},
	{
		Name: "snapshots of a volume that is missing",
		Do: func(e *Env) any {
			snapshots, err := e.Snapshots(e, e.id())
			if err != nil {
				return err
			}
			return len(snapshots)
		},
		Want: "0",
		On: map[Kind]string{
			Incus: "404 Storage pool volume not found [not found]",
		},
	},
	{
		Name: "a snapshot that is missing",
		Do:   func(e *Env) any { _, err := e.Snapshot(e, e.volume(), "s"); return err },
		Want: "404 Storage pool volume not found [not found]",
	},
	{
		Name: "a snapshot is saved: description and expiry",
		Do: func(e *Env) any {
			id := e.volume()
			e.snapshots(id, "s")
			s, err := e.Snapshot(e, id, "s")
			e.check(err)
			s.Description, s.ExpiresAt = "kept", in2100
			e.succeed(e.SaveSnapshot(e, id, s))
			s, err = e.Snapshot(e, id, "s")
			e.check(err)
			s.ExpiresAt = time.Time{}
			e.succeed(e.SaveSnapshot(e, id, s))
			after, err := e.Snapshot(e, id, "s")
			e.check(err)
			return fmt.Sprint(after.Description, " ", after.ExpiresAt.IsZero())
		},
		Want: "kept true",
	},
	{
		Name: "a snapshot is saved that has changed since it was read",
		Do: func(e *Env) any {
			id := e.volume()
			e.snapshots(id, "s")
			s, err := e.Snapshot(e, id, "s")
			e.check(err)
			s.Description = "one"
			e.succeed(e.SaveSnapshot(e, id, s))
			s.Description = "two"
			return showError(e.wait(e.SaveSnapshot(e, id, s)))[:3]
		},
		Want: "412",
	},
	{
		Name: "a snapshot is renamed",
		Do: func(e *Env) any {
			id := e.volume()
			e.snapshots(id, "s", "t")
			op, err := e.RenameSnapshot(e, id, "s", "new name")
			e.succeed(op, err)
			return fmt.Sprint(op.Snapshot(), " ", e.snapshotNames(id))
		},
		Want: "new name [new name t]",
	},
	{
		Name: "a snapshot is renamed to what exists",
		Do: func(e *Env) any {
			id := e.volume()
			e.snapshots(id, "s", "t")
			err := e.wait(e.RenameSnapshot(e, id, "s", "t"))
			return err != nil && strings.HasSuffix(err.Error(), "file exists") // the rest is paths
		},
		Want: "true",
	},
	{
		Name: "a snapshot is restored: description and config stay",
		Do: func(e *Env) any {
			id := e.idIn("loop")
			e.create(id, "user.a", "1")
			e.snapshots(id, "s", "t")
			e.succeed(e.PatchVolume(e, id, lxd.Patch{Description: "later", Config: pairs("user.a", "2")}, nil))
			e.succeed(e.RestoreSnapshot(e, id, "s"))
			return fmt.Sprint(e.showVolume(id), e.snapshotNames(id))
		},
		Want: `"later" map[user.a:2][s t]`,
	},
	{
		Name: "a snapshot is restored that is missing",
		Do:   func(e *Env) any { return e.wait(e.RestoreSnapshot(e, e.volume(), "s")) },
		Want: "500 Snapshot not found [not found]",
	},
	{
		Name: "a snapshot is deleted",
		Do: func(e *Env) any {
			id := e.volume()
			e.snapshots(id, "s", "t")
			e.succeed(e.DeleteSnapshot(e, id, "s"))
			return e.snapshotNames(id)
		},
		Want: "[t]",
	},
	{
		Name: "a snapshot is deleted that is missing",
		Do:   func(e *Env) any { return e.wait(e.DeleteSnapshot(e, e.volume(), "s")) },
		Want: "404 Storage pool volume not found [not found]",
	},
}
