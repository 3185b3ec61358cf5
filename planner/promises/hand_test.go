package promises

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"pgregory.net/rapid"

	"tarn/lxd"
	"tarn/lxd/live"
)

// hand is somebody who works on the server without tarn.
type hand struct {
	draw
	w      world
	client *lxd.Client
	said   []string // what was done, for the report of a failure
}

// do carries a change through, which the server may refuse.
func (h *hand) do(op *lxd.Operation, err error, what string, args ...any) {
	if err == nil {
		err = op.Wait(context.Background(), nil)
	}
	var refusal *lxd.Error
	what = fmt.Sprintf(what, args...)
	switch {
	case errors.As(err, &refusal):
		what += ": refused, " + refusal.Message
	case err != nil:
		h.Fatalf("%s: %v", what, err)
	}
	h.said = append(h.said, what)
}

// build makes pools and volumes.
func (h *hand) build() {
	for _, name := range h.w.pools() {
		if !h.chance(75, "build "+name) {
			continue
		}
		h.createPool(name)
		for _, project := range h.w.projects {
			for _, volume := range h.w.names {
				for _, id := range h.w.ids(project, name, volume) {
					if h.chance(35/len(h.w.places(name)), "build "+volume) {
						h.createVolume(id)
					}
				}
			}
		}
	}
}

func (h *hand) createPool(name string) {
	driver := h.w.drivers[name]
	block := &poolBlock{driver: driver, config: h.config(h.w.poolKeys(driver), nil)}
	block.give(h.w, h.w.given[name])
	config := block.config
	h.marks(config, lxd.VolumeID{})
	create := lxd.PoolCreate{Name: name, Driver: driver, Description: h.prose(), Config: config}
	if len(h.w.members) > 0 {
		err := h.client.CreateClusterPool(context.Background(), create, block.members)
		h.do(new(lxd.Operation), err, "create pool %s: %s %q", name, driver, config)
		return
	}
	op, err := h.client.CreatePool(context.Background(), lxd.PoolID{Name: name}, create)
	h.do(op, err, "create pool %s: %s %q", name, driver, config)
}

func (h *hand) createVolume(id lxd.VolumeID) {
	content := lxd.ContentFilesystem
	if h.w.drivers[id.Pool] != "cephfs" && h.chance(20, "block") {
		content = lxd.ContentBlock
	}
	config := h.config(h.w.volumeKeys(h.w.drivers[id.Pool], content), nil)
	h.sized(content, config)
	h.marks(config, id)
	create := lxd.VolumeCreate{ContentType: content, Description: h.prose(), Config: config}
	op, err := h.client.CreateVolume(context.Background(), id, create)
	h.do(op, err, "create volume %+v: %s %q", id, content, config)
}

// marks sometimes puts on tarn's own marks. id is zero for a pool.
func (h *hand) marks(config map[string]string, id lxd.VolumeID) {
	if h.chance(30, "owned") {
		config[ownerMark] = one(h.draw, "owner", "us", "us", "us", "us", "them")
	}
	if h.chance(12, "protected") {
		config[protectMark] = "true"
	}
	if len(config) == 0 || id.Name == "" || !h.chance(60, "the mark says of what") {
		return
	}
	of := id
	if h.chance(25, "of another one") {
		of.Name = one(h.draw, "of", h.w.names...)
		of.Pool = one(h.draw, "of", h.w.pools()...)
		of.Project = one(h.draw, "of", h.w.projects...)
	}
	config[ofMark] = nameOnMark(of)
}

func (h *hand) prose() string { return one(h.draw, "prose", "", "", "one", "by hand") }

// drift changes some things of what is there.
func (h *hand) drift(live *live.State) {
	ids := slices.SortedFunc(live.Volumes.IDs(), lxd.VolumeID.Compare)
	ctx := context.Background()
	for range rapid.IntRange(0, 9).Draw(h.T, "changes by hand") {
		name := one(h.draw, "pool", h.w.pools()...)
		if len(ids) == 0 {
			h.createPool(name)
			return
		}
		id := one(h.draw, "volume", ids...)
		other := id
		other.Name = one(h.draw, "name", h.w.names...)
		volume := live.Volumes.Get(id)
		switch one(h.draw, "change", "create", "patch", "patch", "patch pool", "rename", "rename", "move", "copy", "copy", "copy", "delete", "snapshot", "snapshot") {
		case "create":
			h.createVolume(one(h.draw, "place", h.w.ids(id.Project, name, other.Name)...))
		case "patch":
			config := h.changes(volume.Config, h.config(h.w.volumeKeys(h.w.drivers[id.Pool], volume.ContentType), volume.Config))
			op, err := h.client.PatchVolume(ctx, id, lxd.Patch{Description: h.prose(), Config: config}, nil)
			h.do(op, err, "patch %+v: %q", id, config)
		case "patch pool":
			if pool := live.Pools[name]; pool != nil {
				config := h.changes(pool.Config, h.config(h.w.poolKeys(pool.Driver), pool.Config))
				if size, there := config["size"]; there && size == "" && h.w.server.Product == "Incus" {
					delete(config, "size") // Incus 7.3 refuses that with an error, and has emptied the file of the pool by then
				}
				op, err := h.client.PatchPool(ctx, lxd.PoolID{Name: name}, lxd.Patch{Description: h.prose(), Config: config}, nil)
				h.do(op, err, "patch pool %s: %q", name, config)
			}
		case "rename":
			op, err := h.client.RenameVolume(ctx, id, other.Name)
			h.do(op, err, "rename %+v to %q", id, other.Name)
		case "move":
			if live.Pools[name] != nil && name != id.Pool {
				other.Pool = name
				op, err := h.client.MoveVolume(ctx, id, other)
				h.do(op, err, "move %+v to %+v", id, other)
			}
		case "copy":
			other.Project = one(h.draw, "project", h.w.projects...)
			if live.Pools[name] != nil && slices.Equal(h.w.places(name), h.w.places(id.Pool)) {
				other.Pool = name
			}
			op, err := h.client.CopyVolume(ctx, id, other, lxd.Copy{})
			h.do(op, err, "copy %+v to %+v", id, other)
		case "delete":
			op, err := h.client.DeleteVolume(ctx, id)
			h.do(op, err, "delete %+v", id)
		case "snapshot":
			if id.Member != "" && !h.w.server.ListsSnapshots() {
				continue // which of two members' snapshots of a name Incus 7 shows nobody has seen; a move then fails, and keeps the source
			}
			op, err := h.client.CreateSnapshot(ctx, id, lxd.SnapshotCreate{Name: "s" + fmt.Sprint(len(h.said))})
			h.do(op, err, "snapshot %+v", id)
		}
	}
}

// changes is the patch from one config to another, as far as it is about keys that people set.
func (h *hand) changes(now, then map[string]string) map[string]string {
	patch := maps.Clone(then)
	for key := range now {
		if key == "user.a" || key == "user.b" || key == "size" || key == "snapshots.expiry" {
			if _, keep := then[key]; !keep {
				patch[key] = ""
			}
		}
	}
	return patch
}
