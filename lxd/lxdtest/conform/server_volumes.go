package conform

import (
	"fmt"

	"tarn/lxd"
)

// serverVolumeCases are about volumes in which a server keeps something of its own.
var serverVolumeCases = []Case{
	{
		Name: "the server's own volume says what uses it",
		Do: func(e *Env) any {
			id := e.volume()
			defer e.keepsBackups(id)()
			v, err := e.Volume(e, id)
			e.check(err)
			volumes, err := e.Volumes(e, id.Pool, lxd.VolumeList{Names: []string{id.Name}})
			e.check(err)
			for _, listed := range volumes {
				if listed.Name == id.Name {
					return fmt.Sprint(v.UsedBy, listed.UsedBy)
				}
			}
			return "it is not in the list"
		},
		Want: "[/1.0] [/1.0]",
		On:   map[Kind]string{Incus: "[] []"},
	},
	{
		Name: "the server's own volume is renamed",
		Do: func(e *Env) any {
			id := e.volume()
			defer e.keepsBackups(id)()
			return e.wait(e.RenameVolume(e, id, id.Name+"x"))
		},
		Want: "500 Volume is used by LXD itself and cannot be renamed [in use]",
		On:   map[Kind]string{Incus: "500 Volume is used by Incus itself and cannot be renamed [in use]"},
	},
	{
		Name: "the server's own volume is moved",
		Do: func(e *Env) any {
			id := e.volume()
			defer e.keepsImages(id)()
			return e.wait(e.MoveVolume(e, id, e.idIn("loop")))
		},
		Want: "500 Volume is used by LXD itself and cannot be renamed [in use]",
		On:   map[Kind]string{Incus: "500 Volume is used by Incus itself and cannot be renamed [in use]"},
	},
	{
		Name: "the server's own volume is moved to another project",
		Do: func(e *Env) any {
			id := e.volume()
			defer e.keepsImages(id)()
			to := e.idIn("loop")
			to.Project = "own"
			return e.wait(e.MoveVolume(e, id, to))
		},
		Want: "500 Volume is used by LXD itself and cannot be renamed [in use]",
		On:   map[Kind]string{Incus: "500 Volume is used by Incus itself and cannot be renamed [in use]"},
	},
	{
		Name: "the server's own volume is renamed to a name that is taken",
		Do: func(e *Env) any {
			id := e.volume()
			e.create(e.id("x"))
			defer e.keepsImages(id)()
			return e.wait(e.RenameVolume(e, id, id.Name+"x"))
		},
		Want: "409 Volume by that name already exists [exists already]",
	},
	{
		Name: "the server's own volume is deleted",
		Do: func(e *Env) any {
			id := e.volume()
			defer e.keepsBackups(id)()
			return e.wait(e.DeleteVolume(e, id))
		},
		Want: "400 The storage volume is still in use [in use]",
	},
	{
		Name: "the server's own volume gets a snapshot",
		Do: func(e *Env) any {
			id := e.volume()
			defer e.keepsBackups(id)()
			return e.wait(e.CreateSnapshot(e, id, lxd.SnapshotCreate{Name: "s"}))
		},
		Want: "400 Volumes used by LXD itself cannot have snapshots [in use]",
		On:   map[Kind]string{Incus: "400 Volumes used by Incus itself cannot have snapshots [in use]"},
	},
	{
		Name: "the server's own volume is changed and copied",
		Do: func(e *Env) any {
			id := e.volume()
			defer e.keepsBackups(id)()
			e.succeed(e.PatchVolume(e, id, lxd.Patch{Description: "ours", Config: pairs("user.a", "1")}, nil))
			e.succeed(e.CopyVolume(e, id, e.id("copy"), lxd.Copy{}))
			return e.showVolume(id)
		},
		Want: `"ours" map[user.a:1]`,
	},
	{
		Name: "the server has two uses for one volume",
		Do: func(e *Env) any {
			id := e.volume()
			defer e.keepsBackups(id)()
			return e.ownVolume("storage.images_volume", id.String()) != nil
		},
		Want: "true",
	},
	{
		Name: "the server is to keep its backups where it cannot",
		Do: func(e *Env) any {
			id := e.volume()
			e.snapshots(id, "s")
			refused := 0
			for _, value := range []string{id.String(), id.Pool + "/" + id.Name + "x", "nowhere/" + id.Name, id.Name} {
				if e.ownVolume("storage.backups_volume", value) != nil {
					refused++
				}
			}
			return refused
		},
		Want: "4",
	},
	{
		Name: "the pool of the server's own volume is deleted",
		Do: func(e *Env) any {
			pool := e.pool(nil)
			id := e.idIn(pool.Name)
			e.create(id)
			defer e.keepsBackups(id)()
			return e.wait(e.DeletePool(e, pool))
		},
		Want: "400 The storage pool is currently in use [in use]",
	},
	{
		Name: "a volume that was the server's own is deleted",
		Do: func(e *Env) any {
			id := e.volume()
			e.keepsBackups(id)()
			return e.wait(e.DeleteVolume(e, id))
		},
		Want: "<nil>",
	},
}

// ownVolume has the server keep something of its own in a volume, or for "" no longer.
func (e *Env) ownVolume(key, volume string) error {
	return e.request("PATCH", "/1.0", fmt.Sprintf(`{"config":{%q:%q}}`, key, volume))
}

// keepsBackups has the server keep its backups in a volume, and gives the function that ends that.
func (e *Env) keepsBackups(id lxd.VolumeID) func() { return e.keeps("storage.backups_volume", id) }

// keepsImages is keepsBackups for images.
func (e *Env) keepsImages(id lxd.VolumeID) func() { return e.keeps("storage.images_volume", id) }

func (e *Env) keeps(key string, id lxd.VolumeID) func() {
	e.check(e.ownVolume(key, id.Pool+"/"+id.Name))
	return func() { e.check(e.ownVolume(key, "")) }
}
