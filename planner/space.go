package planner

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/lxd/schema"
	"tarn/planner/plan"
)

// demand is what the spec asks of the space in a pool; in bytes.
type demand struct {
	pool    *poolPlan
	more    int64 // what the plan adds to the sizes of volumes
	reserve int64 // the part of it that the driver takes at once
	sizes   int64 // of all declared volumes, after the plan
}

// checkSpace tells where the plan asks for more space than there is. It blocks nothing: sizes are limits on most drivers, and
// space may come. The question for what there is comes up only where the plan asks for more.
func (b *builder) checkSpace() {
	changes := map[plan.Object]bool{}
	for _, step := range b.steps {
		changes[step.result()] = true
	}
	demands := map[lxd.PoolID]*demand{} // of pools of which more is asked
	for _, v := range b.sortedVolumes() {
		if len(changes) == 0 || !changes[plan.VolumeObject(v.final())] {
			continue
		}
		id, known := b.takesIn(v)
		if before, after, reserves := b.sizes(v); known && after > before {
			d := demands[id]
			if d == nil {
				d = &demand{pool: v.pool}
				demands[id] = d
			}
			d.more = plus(d.more, after-before)
			if reserves {
				d.reserve = plus(d.reserve, after-before)
			}
		}
	}
	for _, v := range b.sortedVolumes() {
		if len(demands) == 0 {
			break
		}
		if id, known := b.takesIn(v); known && demands[id] != nil {
			_, after, _ := b.sizes(v)
			demands[id].sizes = plus(demands[id].sizes, after)
		}
	}
	ids := make([]lxd.PoolID, 0, len(demands))
	for id := range demands {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, comparePoolIDs)
	for _, id := range ids {
		b.comparePoolSpace(id, demands[id])
	}
	b.compareLoopFiles()
}

// takesIn is where a volume takes space after the plan; known is false when it is gone, or nobody knows where it will be.
func (b *builder) takesIn(v *volumePlan) (side lxd.PoolID, known bool) {
	side = lxd.PoolID{Name: v.final().Pool, Member: v.final().Member}
	return side, !v.want.Absent && (!b.live.Server.Clustered || v.shared() || side.Member != "")
}

// sizes are those of a volume in its pool before the plan and after it, 0 for none or no limit. reserves tells whether the
// driver takes the space at once.
func (b *builder) sizes(v *volumePlan) (before, after int64, reserves bool) {
	live, config := v.live, map[string]string{}
	switch {
	case b.leaving[v.id()] != nil:
		live = nil // that one goes away under another name
		fallthrough
	case live == nil:
		live = cmp.Or(v.source, b.live.Volumes.Get(v.from))
		if live == nil || !v.renamed && v.source == nil {
			live = &lxd.Volume{Pool: v.final().Pool, ContentType: cmp.Or(v.want.ContentType, lxd.ContentFilesystem)}
		}
	}
	for key, value := range v.want.Config {
		config[key] = value.Text
	}
	config = v.inheriting(live.ContentType, config)
	if _, unset := v.want.Unset["size"]; unset {
		delete(config, "size")
	}
	if live.Config != nil && v.want.Config["size"].Text == "" && (config["size"] != "" || b.device(v, live)) {
		config["size"] = live.Config["size"] // a default is copied at creation, and not followed later; a device keeps its size
	}
	size := func(config map[string]string) int64 {
		text := config["size"]
		bytes, err := sizeOf(&text)
		if sized := *live; err == nil && bytes == 0 {
			if sized.Config = config; b.device(v, &sized) {
				return schema.DeviceDefault
			}
		}
		return bytes
	}
	if live.Config != nil && live.Pool == v.final().Pool && v.source == nil {
		before = size(live.Config)
	}
	return before, size(config), v.reserves(config)
}

// shared tells whether all members of a cluster have the same pool.
func (v *volumePlan) shared() bool {
	driver, known := schema.Lookup(v.pool.driver)
	return known && driver.Remote
}

// reserves tells whether the driver takes a volume's size from the pool when it is created.
func (v *volumePlan) reserves(config map[string]string) bool {
	set := func(text string, unset bool) bool {
		value, err := schema.ParseBool(text)
		if text == "" || err != nil {
			return unset
		}
		return value
	}
	switch v.pool.driver {
	case "lvm":
		return !set(v.pool.config["lvm.use_thinpool"], true)
	case "lvmcluster":
		return true
	case "zfs":
		return set(config["zfs.reserve_space"], false)
	}
	return false
}

// comparePoolSpace compares what is asked of a pool, or of a member's side of it, with what it has.
func (b *builder) comparePoolSpace(id lxd.PoolID, d *demand) {
	var space lxd.Space
	if d.pool.live == nil {
		size := d.pool.config["size"]
		for _, member := range d.pool.members {
			if member.Name == id.Member {
				size = member.Config["size"].Text
			}
		}
		total, err := sizeOf(&size)
		if err != nil || total == 0 {
			return // the server decides, or it is a device
		}
		space.Total = total
	} else if resources := b.resources(id); resources == nil {
		return
	} else {
		space = resources.Space
	}
	where := plan.Capital(poolSide(id))
	free := space.Total - space.Used
	switch {
	case d.reserve > free:
		b.notice(plan.LittleSpace, plan.PoolObject(id.Name), "%s has %s free, and the plan asks for %s, which %s takes at once: that will not fit.",
			where, schema.FormatSize(max(0, free)), schema.FormatSize(d.reserve), d.pool.driver)
	case d.sizes > space.Total:
		b.notice(plan.LittleSpace, plan.PoolObject(id.Name), "%s has %s (%s free), and its declared volumes may grow to %s together.",
			where, schema.FormatSize(space.Total), schema.FormatSize(max(0, free)), schema.FormatSize(d.sizes))
	}
}

// resources are those of a pool, nil when they are not known. The plan asks for them.
func (b *builder) resources(id lxd.PoolID) *lxd.Resources {
	live := b.live.Pools[id.Name]
	if live.Status != "" && live.Status != lxd.StatusCreated || b.offline(id.Member) {
		return nil
	}
	if !slices.Contains(b.plan.Missing.Resources, id) {
		b.plan.Missing.Resources = append(b.plan.Missing.Resources, id)
	}
	return b.live.Resources[id]
}

// compareLoopFiles compares the files of new pools with the file system that they will be in. How full that is shows a pool of the
// driver dir beside them, if there is one.
func (b *builder) compareLoopFiles() {
	if b.live.Server.Clustered {
		return
	}
	for _, step := range b.steps {
		action, ok := step.Action.(plan.CreatePool)
		if !ok || action.Config["source"] != "" {
			continue
		}
		text := action.Config["size"]
		size, err := sizeOf(&text)
		if err != nil || size == 0 {
			continue
		}
		name, resources := b.besideLoops()
		if resources == nil {
			continue
		}
		if free := resources.Space.Total - resources.Space.Used; size > free {
			b.notice(plan.LittleSpace, plan.PoolObject(action.Pool), "The file of pool %s may grow to %s, and the file system that it will be in has %s free (as pool %s has).",
				plan.Plain(action.Pool), schema.FormatSize(size), schema.FormatSize(max(0, free)), plan.Plain(name))
		}
	}
}

// besideLoops gives a pool in the server's own directory, where it has the files of others too.
func (b *builder) besideLoops() (name string, resources *lxd.Resources) {
	for _, name := range slices.Sorted(maps.Keys(b.live.Pools)) {
		if live := b.live.Pools[name]; live.Driver == "dir" && strings.HasSuffix(live.Config["source"], "/storage-pools/"+name) {
			return name, b.resources(lxd.PoolID{Name: name})
		}
	}
	return "", nil
}
