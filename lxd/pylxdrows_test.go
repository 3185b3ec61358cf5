package lxd_test

import (
	"context"
	"slices"

	"tarn/lxd"
)

// pylxdProgram runs a Python program for each row and prints a line with what it leaves in got, or what refused it.
const pylxdProgram = `
import sys
from pylxd.exceptions import LXDAPIException
from pylxd.models._model import MISSING
scope = {'client': client, 'pools': client.storage_pools, 'MISSING': MISSING}
for row in json.load(sys.stdin):
    try:
        scope['got'] = None
        exec(row, scope)
        print(json.dumps({'got': scope['got']}))
    except LXDAPIException as e:
        print(json.dumps({'refused': str(e)}))
`

// here is what the rows of this package share: pylxd's variables pool, volume and so on.
type here struct {
	*lxd.Client
	ctx    context.Context
	pool   *lxd.Pool
	volume *lxd.Volume
}

// do carries a change through.
func (h *here) do(op *lxd.Operation, err error) error {
	if err != nil {
		return err
	}
	return op.Wait(h.ctx, nil)
}

// readPool is the description and config of the pool as the server has it.
func (h *here) readPool() (any, error) {
	pool, err := h.Pool(h.ctx, lxd.PoolID{Name: "one"})
	if err != nil {
		return nil, err
	}
	return []any{pool.Description, pool.Config}, nil
}

func (h *here) readVolume() (any, error) {
	volume, err := h.Volume(h.ctx, volumeID("one", "v"))
	if err != nil {
		return nil, err
	}
	return []any{volume.Description, volume.Config}, nil
}

func pairs(pairs ...string) map[string]string {
	config := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		config[pairs[i]] = pairs[i+1]
	}
	return config
}

// pylxdRows are the rows of the table in this package's documentation that are about pools and volumes: the same call in
// both clients, from the creation of a pool to its deletion, and what it gives.
var pylxdRows = []struct {
	call    string // the first column of the table
	python  string
	here    func(*here) (any, error)
	refused bool
}{
	{call: "storage_pools.create()", python: `
pool = pools.create({'name': 'one', 'driver': 'dir', 'description': 'first', 'config': {'user.a': '1'}})
pools.create({'name': 'two', 'driver': 'dir'})
got = pool.name`,
		here: func(h *here) (any, error) {
			id := lxd.PoolID{Name: "one"}
			if err := h.do(h.CreatePool(h.ctx, id, lxd.PoolCreate{Driver: "dir", Description: "first", Config: pairs("user.a", "1")})); err != nil {
				return nil, err
			}
			if err := h.do(h.CreatePool(h.ctx, lxd.PoolID{Name: "two"}, lxd.PoolCreate{Driver: "dir"})); err != nil {
				return nil, err
			}
			var err error
			h.pool, err = h.Pool(h.ctx, id)
			return h.pool.Name, err
		}},
	{call: "storage_pools.create()", python: `pools.create({'name': 'one', 'driver': 'dir'})`, refused: true,
		here: func(h *here) (any, error) {
			return nil, h.do(h.CreatePool(h.ctx, lxd.PoolID{Name: "one"}, lxd.PoolCreate{Driver: "dir"}))
		}},
	{call: "storage_pools.create()", python: `pools.create({'name': 'x', 'driver': 'tape'})`, refused: true,
		here: func(h *here) (any, error) {
			return nil, h.do(h.CreatePool(h.ctx, lxd.PoolID{Name: "x"}, lxd.PoolCreate{Driver: "tape"}))
		}},
	{call: "storage_pools.exists()", python: `got = [pools.exists('one'), pools.exists('none')]`,
		here: func(h *here) (any, error) {
			one, err := h.HasPool(h.ctx, lxd.PoolID{Name: "one"})
			if err != nil {
				return nil, err
			}
			none, err := h.HasPool(h.ctx, lxd.PoolID{Name: "none"})
			return []bool{one, none}, err
		}},
	{call: "storage_pools.all()", python: `got = sorted([p.name, p.driver] for p in pools.all())`,
		here: func(h *here) (any, error) {
			pools, err := h.Pools(h.ctx)
			var got [][]string
			for _, pool := range pools {
				got = append(got, []string{pool.Name, pool.Driver})
			}
			slices.SortFunc(got, slices.Compare)
			return got, err
		}},
	{call: "storage_pools.get()", python: `pool = pools.get('one'); got = [pool.description, pool.config]`,
		here: (*here).readPool},
	{call: "storage_pools.get()", python: `pools.get('none')`, refused: true,
		here: func(h *here) (any, error) { return h.Pool(h.ctx, lxd.PoolID{Name: "none"}) }},
	{call: "pool.name, driver, used_by …", python: `got = [pool.name, pool.driver, pool.used_by, pool.config, pool.description, pool.status, pool.locations]`,
		here: func(h *here) (any, error) {
			p := h.pool
			return []any{p.Name, p.Driver, p.UsedBy, p.Config, p.Description, p.Status, p.Locations}, nil
		}},
	{call: "pool.managed", python: `got = None if pool.managed is MISSING else pool.managed`,
		here: func(h *here) (any, error) { return h.pool.Managed, nil }},
	{call: "pool.save()", python: `
pool.description = 'saved'
pool.config['user.b'] = '2'
pool.save()
read = pools.get('one')
got = [read.description, read.config]`,
		here: func(h *here) (any, error) {
			h.pool.Description = "saved"
			h.pool.Config["user.b"] = "2"
			if err := h.do(h.SavePool(h.ctx, h.pool)); err != nil {
				return nil, err
			}
			return h.readPool()
		}},
	{call: "pool.sync()", python: `
pools.get('one').raw_patch({'description': 'of another', 'config': {'user.c': '3'}})
pool.description = 'edited'
pool.sync(rollback=True)
got = [pool.description, pool.config]`,
		here: func(h *here) (any, error) {
			if err := h.do(h.PatchPool(h.ctx, h.pool.ID(), lxd.Patch{Description: "of another", Config: pairs("user.c", "3")}, nil)); err != nil {
				return nil, err
			}
			h.pool.Description = "edited"
			err := h.SyncPool(h.ctx, h.pool)
			return []any{h.pool.Description, h.pool.Config}, err
		}},
	{call: "pool.patch()", python: `
pool.patch({'description': 'patched', 'config': {'user.d': '4', 'user.a': ''}})
got = [pool.description, pool.config]`,
		here: func(h *here) (any, error) {
			err := h.UpdatePool(h.ctx, h.pool, lxd.Patch{Description: "patched", Config: pairs("user.d", "4", "user.a", "")})
			return []any{h.pool.Description, h.pool.Config}, err
		}},
	{call: "pool.put()", python: `
pool.put({'description': 'put', 'config': {'source': pool.config['source'], 'user.e': '5'}})
got = [pool.description, pool.config]`,
		here: func(h *here) (any, error) {
			err := h.ReplacePool(h.ctx, h.pool, lxd.Put{Description: "put", Config: pairs("source", h.pool.Config["source"], "user.e", "5")})
			return []any{h.pool.Description, h.pool.Config}, err
		}},
	{call: "pool.raw_patch()", python: `
pool.raw_patch({'description': 'patched raw', 'config': {'user.f': '6'}})
read = pools.get('one')
got = [pool.description, read.description, read.config]`,
		here: func(h *here) (any, error) {
			err := h.do(h.PatchPool(h.ctx, h.pool.ID(), lxd.Patch{Description: "patched raw", Config: pairs("user.f", "6")}, nil))
			if err != nil {
				return nil, err
			}
			read, err := h.Pool(h.ctx, h.pool.ID())
			return []any{h.pool.Description, read.Description, read.Config}, err
		}},
	{call: "pool.raw_put()", python: `
pool.raw_put({'description': 'put raw', 'config': {'source': read.config['source'], 'user.g': '7'}})
read = pools.get('one')
got = [pool.description, read.description, read.config]`,
		here: func(h *here) (any, error) {
			put := lxd.Put{Description: "put raw", Config: pairs("source", h.pool.Config["source"], "user.g", "7")}
			if err := h.do(h.PutPool(h.ctx, h.pool.ID(), put, nil)); err != nil {
				return nil, err
			}
			read, err := h.Pool(h.ctx, h.pool.ID())
			return []any{h.pool.Description, read.Description, read.Config}, err
		}},
	{call: "pool.put()", python: `pool.put({'config': {'source': '/elsewhere'}})`, refused: true,
		here: func(h *here) (any, error) {
			if err := h.SyncPool(h.ctx, h.pool); err != nil { // pylxd sends no If-Match
				return nil, err
			}
			return nil, h.ReplacePool(h.ctx, h.pool, lxd.Put{Config: pairs("source", "/elsewhere")})
		}},
	{call: "pool.resources.get()", python: `
r = pool.resources.get()
got = [r.space['total'], r.space['used'] > 0, r.inodes['total'], r.inodes['used'] > 0]`,
		here: func(h *here) (any, error) {
			r, err := h.PoolResources(h.ctx, h.pool.ID())
			if err != nil {
				return nil, err
			}
			return []any{r.Space.Total, r.Space.Used > 0, r.Inodes.Total, r.Inodes.Used > 0}, nil
		}},
	{call: "pool.volumes.create()", python: `
volume = pool.volumes.create({'name': 'v', 'type': 'custom', 'description': 'first', 'config': {'user.x': '1'}})
got = [volume.description, volume.config]`,
		here: func(h *here) (any, error) {
			id := volumeID("one", "v")
			if err := h.do(h.CreateVolume(h.ctx, id, lxd.VolumeCreate{Description: "first", Config: pairs("user.x", "1")})); err != nil {
				return nil, err
			}
			var err error
			h.volume, err = h.Volume(h.ctx, id)
			return []any{h.volume.Description, h.volume.Config}, err
		}},
	{call: "pool.volumes.create()", python: `pool.volumes.create({'name': 'v', 'type': 'custom'})`, refused: true,
		here: func(h *here) (any, error) {
			return nil, h.do(h.CreateVolume(h.ctx, volumeID("one", "v"), lxd.VolumeCreate{}))
		}},
	{call: "pool.volumes.create()", python: `pool.volumes.create({'name': 'bad', 'type': 'custom', 'config': {'nope': '1'}})`, refused: true,
		here: func(h *here) (any, error) {
			return nil, h.do(h.CreateVolume(h.ctx, volumeID("one", "bad"), lxd.VolumeCreate{Config: pairs("nope", "1")}))
		}},
	{call: "the same with a source", python: `
pool.volumes.create({'name': 'copy', 'type': 'custom', 'config': {}, 'source': {'type': 'copy', 'pool': 'one', 'name': 'v'}})
got = pool.volumes.get('custom', 'copy').name`,
		here: func(h *here) (any, error) {
			if err := h.do(h.CopyVolume(h.ctx, h.volume.ID(), volumeID("one", "copy"), lxd.Copy{})); err != nil {
				return nil, err
			}
			volume, err := h.Volume(h.ctx, volumeID("one", "copy"))
			return volume.Name, err
		}},
	{call: "pool.volumes.all()", python: `got = sorted([v.type, v.name] for v in pool.volumes.all())`,
		here: func(h *here) (any, error) {
			volumes, err := h.Volumes(h.ctx, "one", lxd.VolumeList{})
			var got [][]string
			for _, volume := range volumes {
				got = append(got, []string{volume.Type, volume.Name})
			}
			return got, err
		}},
	{call: "pool.volumes.get()", python: `volume = pool.volumes.get('custom', 'v'); got = [volume.description, volume.config]`,
		here: (*here).readVolume},
	{call: "pool.volumes.get()", python: `pool.volumes.get('custom', 'none')`, refused: true,
		here: func(h *here) (any, error) {
			if has, err := h.HasVolume(h.ctx, volumeID("one", "none")); has || err != nil {
				return has, err
			}
			return h.Volume(h.ctx, volumeID("one", "none"))
		}},
	{call: "volume.name, type, used_by …", python: `got = [volume.name, volume.type, volume.description, volume.config, volume.used_by, volume.location]`,
		here: func(h *here) (any, error) {
			v := h.volume
			return []any{v.Name, v.Type, v.Description, v.Config, v.UsedBy, v.Location}, nil
		}},
	// pylxd's save leaves the description out, and the server clears it; so it is not compared.
	{call: "volume.save()", python: `
volume.config['user.y'] = '2'
volume.save()
got = pool.volumes.get('custom', 'v').config`,
		here: func(h *here) (any, error) {
			h.volume.Config["user.y"] = "2"
			if err := h.do(h.SaveVolume(h.ctx, h.volume)); err != nil {
				return nil, err
			}
			read, err := h.Volume(h.ctx, h.volume.ID())
			return read.Config, err
		}},
	{call: "volume.sync()", python: `
pool.volumes.get('custom', 'v').raw_patch({'description': 'of another', 'config': {'user.z': '3'}})
volume.config['user.q'] = 'edited'
volume.sync(rollback=True)
got = [volume.description, volume.config]`,
		here: func(h *here) (any, error) {
			if err := h.do(h.PatchVolume(h.ctx, h.volume.ID(), lxd.Patch{Description: "of another", Config: pairs("user.z", "3")}, nil)); err != nil {
				return nil, err
			}
			h.volume.Config["user.q"] = "edited"
			err := h.SyncVolume(h.ctx, h.volume)
			return []any{h.volume.Description, h.volume.Config}, err
		}},
	{call: "volume.patch()", python: `
volume.patch({'description': 'patched', 'config': {'size': '1GiB', 'user.x': ''}})
got = [volume.description, volume.config]`,
		here: func(h *here) (any, error) {
			err := h.UpdateVolume(h.ctx, h.volume, lxd.Patch{Description: "patched", Config: pairs("size", "1GiB", "user.x", "")})
			return []any{h.volume.Description, h.volume.Config}, err
		}},
	{call: "volume.put()", python: `
volume.put({'description': 'put', 'config': {'user.z': '4'}})
got = [volume.description, volume.config]`,
		here: func(h *here) (any, error) {
			err := h.ReplaceVolume(h.ctx, h.volume, lxd.Put{Description: "put", Config: pairs("user.z", "4")})
			return []any{h.volume.Description, h.volume.Config}, err
		}},
	{call: "volume.put()", python: `volume.put({'config': {'nope': '1'}})`, refused: true,
		here: func(h *here) (any, error) {
			return nil, h.ReplaceVolume(h.ctx, h.volume, lxd.Put{Config: pairs("nope", "1")})
		}},
	{call: "volume.raw_patch()", python: `
volume.raw_patch({'description': 'patched raw', 'config': {'user.f': '6'}})
read = pool.volumes.get('custom', 'v')
got = [volume.description, read.description, read.config]`,
		here: func(h *here) (any, error) {
			err := h.do(h.PatchVolume(h.ctx, h.volume.ID(), lxd.Patch{Description: "patched raw", Config: pairs("user.f", "6")}, nil))
			if err != nil {
				return nil, err
			}
			read, err := h.Volume(h.ctx, h.volume.ID())
			return []any{h.volume.Description, read.Description, read.Config}, err
		}},
	{call: "volume.raw_put()", python: `
volume.raw_put({'description': 'put raw', 'config': {'user.g': '7'}})
read = pool.volumes.get('custom', 'v')
got = [volume.description, read.description, read.config]`,
		here: func(h *here) (any, error) {
			if err := h.do(h.PutVolume(h.ctx, h.volume.ID(), lxd.Put{Description: "put raw", Config: pairs("user.g", "7")}, nil)); err != nil {
				return nil, err
			}
			read, err := h.Volume(h.ctx, h.volume.ID())
			return []any{h.volume.Description, read.Description, read.Config}, err
		}},
	{call: "volume.rename()", python: `
volume.rename({'name': 'renamed', 'pool': 'one'})
got = [volume.name, pool.volumes.get('custom', 'renamed').config]`,
		here: func(h *here) (any, error) {
			op, err := h.RenameVolume(h.ctx, h.volume.ID(), "renamed")
			if err := h.do(op, err); err != nil {
				return nil, err
			}
			volume, err := h.Volume(h.ctx, op.Volume())
			return []any{op.Volume().Name, volume.Config}, err
		}},
	{call: "the same with a pool or project", python: `
volume.rename({'name': 'moved', 'pool': 'two'}, wait=True)
got = [v.name for v in pools.get('two').volumes.all()]`,
		here: func(h *here) (any, error) {
			if err := h.do(h.MoveVolume(h.ctx, volumeID("one", "renamed"), volumeID("two", "moved"))); err != nil {
				return nil, err
			}
			volumes, err := h.Volumes(h.ctx, "two", lxd.VolumeList{})
			return []string{volumes[0].Name}, err
		}},
	{call: "pool.delete()", python: `pool.delete()`, refused: true,
		here: func(h *here) (any, error) { return nil, h.do(h.DeletePool(h.ctx, lxd.PoolID{Name: "one"})) }},
	{call: "volume.delete()", python: `
pools.get('two').volumes.get('custom', 'moved').delete()
pool = pools.get('one')
pool.volumes.get('custom', 'copy').delete()
got = [len(pool.volumes.all()), len(pools.get('two').volumes.all())]`,
		here: func(h *here) (any, error) {
			left := []int{}
			for _, id := range []lxd.VolumeID{volumeID("one", "copy"), volumeID("two", "moved")} {
				if err := h.do(h.DeleteVolume(h.ctx, id)); err != nil {
					return nil, err
				}
				volumes, err := h.Volumes(h.ctx, id.Pool, lxd.VolumeList{})
				if err != nil {
					return nil, err
				}
				left = append(left, len(volumes))
			}
			return left, nil
		}},
	{call: "pool.delete()", python: `
pool.delete()
pools.get('two').delete()
got = [pools.exists('one'), pools.exists('two')]`,
		here: func(h *here) (any, error) {
			left := []bool{}
			for _, name := range []string{"one", "two"} {
				id := lxd.PoolID{Name: name}
				if err := h.do(h.DeletePool(h.ctx, id)); err != nil {
					return nil, err
				}
				has, err := h.HasPool(h.ctx, id)
				if err != nil {
					return nil, err
				}
				left = append(left, has)
			}
			return left, nil
		}},
	// The volumes stay: their operations wait for somebody to connect, as long as the server runs.
	{call: "the same with migration", python: `
volume = pools.get('p').volumes.create({'name': 'sent-by-pylxd', 'type': 'custom'})
got = sorted(volume.rename({'name': 'sent', 'pool': 'p', 'migration': True})['metadata'])`,
		here: func(h *here) (any, error) {
			id := volumeID("p", "sent-from-here")
			if err := h.do(h.CreateVolume(h.ctx, id, lxd.VolumeCreate{})); err != nil {
				return nil, err
			}
			op, err := h.SendVolume(h.ctx, id, nil, false)
			if err != nil {
				return nil, err
			}
			return op.Streams(), nil
		}},
}
