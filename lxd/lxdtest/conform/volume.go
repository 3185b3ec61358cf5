package conform

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"tarn/lxd"
)

var volumeCases = []Case{
	{
		Name: "a volume is created and read",
		Do: func(e *Env) any {
			v, err := e.Volume(e, e.volume("user.x", "1"))
			e.check(err)
			return fmt.Sprintf("%s %s %s %q %v %s %s %d", v.ID(), v.Type, v.ContentType, v.Description, v.Config, v.Project, v.Location, len(v.UsedBy))
		},
		Want: `plain/* custom filesystem "volume *" map[user.x:1] default none 0`,
		On: map[Kind]string{
			Cluster: `plain/* custom filesystem "volume *" map[user.x:1] default n1 0`,
		},
	},
	{
		Name: "the new volume's identity",
		Do: func(e *Env) any {
			op, err := e.CreateVolume(e, e.id(), lxd.VolumeCreate{})
			e.succeed(op, err)
			return op.Volume() == e.id()
		},
		Want: "true",
	},
	{
		Name: "a block volume keeps the size as it was written",
		Do: func(e *Env) any {
			id := e.id()
			e.succeed(e.CreateVolume(e, id, lxd.VolumeCreate{ContentType: lxd.ContentBlock, Config: pairs("size", "9000kB")}))
			v, err := e.Volume(e, id)
			e.check(err)
			return v.ContentType + " " + v.Config["size"]
		},
		Want: "block 9000kB",
	},
	{
		Name: "a volume is created twice",
		Do:   func(e *Env) any { return e.wait(e.CreateVolume(e, e.volume(), lxd.VolumeCreate{})) },
		Want: "409 Volume by that name already exists [exists already]",
	},
	{
		Name: "one name is created by sixteen callers at once",
		Do: func(e *Env) any {
			var group sync.WaitGroup
			var mu sync.Mutex
			made, exist, other := 0, 0, []string{}
			for range 16 {
				client := e.newClient() // one client lets its writes wait for each other
				group.Go(func() {
					defer client.Close()
					op, err := client.CreateVolume(e, e.id(), lxd.VolumeCreate{})
					err = e.wait(op, err)
					mu.Lock()
					defer mu.Unlock()
					switch text := ""; {
					case err == nil:
						made++
					default:
						if text = showError(err); strings.Contains(text, "["+lxd.ErrConflict.Error()+"]") {
							exist++
						} else {
							other = append(other, text)
						}
					}
				})
			}
			group.Wait()
			return fmt.Sprint(made, exist, other)
		},
		Want:   "1 15 []",
		Racing: true,
	},
	{
		Name: "a volume in a pool that is missing",
		Do:   func(e *Env) any { return e.wait(e.CreateVolume(e, e.idIn("nope"), lxd.VolumeCreate{})) },
		Want: "404 Storage pool not found [not found]",
	},
	{
		Name: "a volume without a name",
		Do: func(e *Env) any {
			id := e.id()
			id.Name = ""
			return e.wait(e.CreateVolume(e, id, lxd.VolumeCreate{}))
		},
		Want: "400 No name provided",
	},
	{
		Name: "a volume with a slash in its name",
		Do:   func(e *Env) any { return e.wait(e.CreateVolume(e, e.id("/x"), lxd.VolumeCreate{})) },
		Want: "400 Storage volume names may not contain slashes",
	},
	{
		Name: "volumes whose names have to be escaped",
		Do: func(e *Env) any {
			var errs []string
			for _, suffix := range []string{" b", "%20", "é", "?#&+", ".."} {
				id := e.id(suffix)
				if err := e.wait(e.CreateVolume(e, id, lxd.VolumeCreate{})); err != nil {
					errs = append(errs, showError(err))
					continue
				}
				v, err := e.Volume(e, id)
				e.check(err)
				if v.ID().Name != id.Name {
					errs = append(errs, v.Name)
				}
				e.succeed(e.RenameVolume(e, id, id.Name+" new"))
				e.succeed(e.DeleteVolume(e, e.id(suffix+" new")))
			}
			return errs
		},
		Want: "[]",
	},
	{
		Name: "a volume with an unknown key",
		Do: func(e *Env) any {
			return e.wait(e.CreateVolume(e, e.id(), lxd.VolumeCreate{Config: pairs("bogus", "1")}))
		},
		Want: `500 Invalid option for volume "default_*" option "bogus"`,
		On: map[Kind]string{
			Incus: `500 Invalid option for volume "*" option "bogus"`,
		},
	},
	{
		Name: "a volume with another driver's key",
		Do: func(e *Env) any {
			return e.wait(e.CreateVolume(e, e.id(), lxd.VolumeCreate{Config: pairs("zfs.blocksize", "4KiB")}))
		},
		Want: `500 Invalid option for volume "default_*" option "zfs.blocksize"`,
		On: map[Kind]string{
			Incus: `500 Invalid option for volume "*" option "zfs.blocksize"`,
		},
	},
	{
		Name: "a volume with a bad value",
		Do: func(e *Env) any {
			return e.wait(e.CreateVolume(e, e.id(), lxd.VolumeCreate{Config: pairs("size", "1.5GB")}))
		},
		Want: `500 Invalid value for volume "default_*" option "size": Invalid value: 1.5GB`,
		On: map[Kind]string{
			Incus: `500 Invalid value for volume "*" option "size": Invalid value: 1.5GB`,
		},
	},
	{
		Name: "a volume of a strange content type",
		Do: func(e *Env) any {
			return e.wait(e.CreateVolume(e, e.id(), lxd.VolumeCreate{ContentType: "tape"}))
		},
		Want: "400 Invalid volume content type name",
	},
	{
		Name: "security.shifted on a block volume",
		Do: func(e *Env) any {
			return e.wait(e.CreateVolume(e, e.id(), lxd.VolumeCreate{ContentType: lxd.ContentBlock, Config: pairs("security.shifted", "true")}))
		},
		Want: `500 Invalid option for volume "default_*" option "security.shifted"`,
		On: map[Kind]string{
			Incus: `500 Invalid option for volume "*" option "security.shifted"`,
		},
	},
	{
		Name: "a container's volume is created",
		Do: func(e *Env) any {
			id := e.id()
			id.Type = "container"
			return e.wait(e.CreateVolume(e, id, lxd.VolumeCreate{}))
		},
		Want: `400 Currently not allowed to create storage volumes of type "container"`,
	},
	{
		Name: "a new volume takes the pool's defaults, an older one does not",
		Do: func(e *Env) any {
			pool := e.pool(nil)
			older, newer := e.idIn(pool.Name, "-older"), e.idIn(pool.Name, "-newer")
			e.create(older)
			e.succeed(e.PatchPool(e, pool, lxd.Patch{Config: pairs("volume.snapshots.expiry", "3d", "volume.size", "1GiB")}, nil))
			e.create(newer, "size", "2GiB")
			return e.showVolume(older) + ", " + e.showVolume(newer)
		},
		Want: `"volume *-older" map[], "volume *-newer" map[size:2GiB snapshots.expiry:3d]`,
	},
	{
		Name: "a volume that is missing",
		Do:   func(e *Env) any { _, err := e.Volume(e, e.id()); return err },
		Want: "404 Storage pool volume not found [not found]",
	},
	{
		Name: "a volume exists",
		Do: func(e *Env) any {
			yes, err := e.HasVolume(e, e.volume())
			e.check(err)
			no, err := e.HasVolume(e, e.id("-nope"))
			e.check(err)
			return fmt.Sprint(yes, no)
		},
		Want: "true false",
	},
	{
		Name: "volumes are listed with one request, without snapshots",
		Do: func(e *Env) any {
			pool := e.pool(nil)
			for _, suffix := range []string{"-b", "-a"} {
				e.create(e.idIn(pool.Name, suffix), "user.x", suffix)
			}
			e.snapshots(e.idIn(pool.Name, "-a"), "s")
			before := e.Requests()
			volumes, err := e.Volumes(e, pool.Name, lxd.VolumeList{})
			e.check(err)
			var seen []string
			for _, v := range volumes {
				seen = append(seen, v.Name+v.Config["user.x"])
			}
			return fmt.Sprint(seen, e.Requests()-before)
		},
		Want: "[*-a-a *-b-b] 1",
	},
	{
		Name: "volumes of every type",
		Do: func(e *Env) any {
			pool := e.pool(nil)
			e.create(e.idIn(pool.Name))
			volumes, err := e.Volumes(e, pool.Name, lxd.VolumeList{AnyType: true})
			e.check(err)
			return fmt.Sprint(len(volumes), volumes[0].ID() == func() lxd.VolumeID { id := volumes[0].ID(); id.Name = e.name; return id }())
		},
		Want: "1 true",
	},
	{
		Name: "volumes by name and by a key's value",
		Do: func(e *Env) any {
			pool := e.pool(nil)
			for _, suffix := range []string{"-a", "-b", "-c", "-(d|e)"} {
				if suffix == "-(d|e)" && e.server.Kind == Incus {
					suffix = "-d.e" // it does not take the other
				}
				e.create(e.idIn(pool.Name, suffix), "user.x", suffix)
			}
			volumes, err := e.Volumes(e, pool.Name, lxd.VolumeList{
				Server: selecting, Names: []string{e.name + "-a", e.name + "-(d|e)", e.name + "-d.e"}, ConfigKey: "user.x", ConfigValue: "-c",
			})
			e.check(err)
			return len(volumes)
		},
		Want: "3",
	},
	{
		Name: "a list of nothing in particular",
		Do: func(e *Env) any {
			volumes, err := e.Volumes(e, "plain", lxd.VolumeList{Server: selecting, Names: []string{}})
			e.check(err)
			return len(volumes)
		},
		Want: "0",
	},
	{
		Name: "a volume takes more than the limit of its project",
		Do: func(e *Env) any {
			e.check(e.request("POST", "/1.0/projects", fmt.Sprintf(`{"name":%q,"config":{"features.images":"false","limits.disk":"10MiB"}}`, e.name)))
			id := e.id()
			id.Project = e.name
			e.create(id, "size", "6MiB")
			second := id
			second.Name += "-2"
			return e.wait(e.CreateVolume(e, second, lxd.VolumeCreate{Config: pairs("size", "6MiB")}))
		},
		Want: `500 Failed checking if volume creation allowed: Reached maximum aggregate value "10MiB" for "limits.disk" in project "*"`,
	},
	{
		Name: "a project of its own profiles is deleted with its volumes",
		Do: func(e *Env) any {
			e.check(e.request("POST", "/1.0/projects", fmt.Sprintf(`{"name":%q,"config":{"features.images":"false"}}`, e.name)))
			id := e.id()
			id.Project = e.name
			e.create(id)
			return e.request("DELETE", "/1.0/projects/"+e.name, "") == nil
		},
		Want: "true",
		On:   map[Kind]string{Incus: "false"},
	},
	{
		Name: "volumes of a pool that is missing",
		Do:   func(e *Env) any { _, err := e.Volumes(e, "nope", lxd.VolumeList{}); return err },
		Want: "404 Storage pool not found [not found]",
	},
	{
		Name: "volumes of a project that is missing",
		Do:   func(e *Env) any { _, err := e.Volumes(e, "plain", lxd.VolumeList{Project: "nope"}); return err },
		Want: "404 Project not found [not found]",
	},
	{
		Name: "one name in two projects",
		Do: func(e *Env) any {
			id, other := e.volume(), e.id()
			other.Project = "own"
			e.create(other)
			volumes, err := e.Volumes(e, "plain", lxd.VolumeList{AllProjects: true})
			e.check(err)
			var projects []string
			for _, v := range volumes {
				if v.Name == id.Name {
					projects = append(projects, v.ID().Project)
				}
			}
			slices.Sort(projects)
			return projects
		},
		Want: "[default own]",
	},
	{
		Name: "a project without volumes of its own uses the default project's",
		Do: func(e *Env) any {
			id := e.volume()
			id.Project = "shared"
			v, err := e.Volume(e, id)
			e.check(err)
			return v.ID().Project
		},
		Want: "default",
	},
	{
		Name: "how full a volume is",
		Do: func(e *Env) any {
			id := e.idIn("loop")
			e.create(id, "size", "64MiB")
			e.snapshots(id, "s")
			u, err := e.Usage(e, id)
			e.check(err)
			return fmt.Sprint(u.Used > 0, u.Total, u.Snapshots)
		},
		Want: "true 67108864 [s]",
		On: map[Kind]string{
			Incus: "true 0 [s]",
		},
	},
	{
		Name: "how full a volume is whose driver cannot tell",
		Do: func(e *Env) any {
			u, err := e.Usage(e, e.volume())
			e.check(err)
			return u.Used
		},
		Want: "-1",
	},
	{
		Name: "how full a volume is that is missing",
		Do: func(e *Env) any {
			_, err := e.Usage(e, e.id())
			return strings.HasSuffix(showError(err), "[not found]")
		},
		Want: "true",
	},
}

// selecting is a server that can select what a list has, as all in this table can.
var selecting = &lxd.Server{Extensions: []string{"storage_volume_api_filtering"}}
