package promises

import (
	"maps"
	"slices"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/schema"
)

// document is a spec before it is written down.
type document struct {
	owner      string
	project    string // of volumes that name none
	ignore     []string
	maxDeletes *int
	without    string // a project that no block names, "" for none
	pools      []*poolBlock
}

type poolBlock struct {
	name, driver                         string
	description                          *string
	config                               map[string]string
	members                              map[string]map[string]string
	existing, absent, prevent, exclusive bool
	ignore                               []string
	volumes                              []*volumeBlock
}

type volumeBlock struct {
	id              lxd.VolumeID // where it lives
	project         string       // as it is written, "" for the document's
	target          string       // as it is written, "" for none
	content         string
	description     *string
	config          map[string]string
	from            *lxd.VolumeID
	fromProject     string // as it is written, "" for none
	absent, prevent bool
	ignore          []string
}

// document draws a spec for a server that holds live.
func (d draw) document(w world, live *live.State) *document {
	doc := &document{}
	if d.chance(50, "owner") {
		doc.owner = "us"
	}
	if d.chance(15, "ignore_config") {
		doc.ignore = []string{one(d, "glob", "user.*", "snapshots.*", "*.b")}
	}
	if d.chance(10, "max_deletes") {
		n := one(d, "max_deletes", 0, 1, 3)
		doc.maxDeletes = &n
	}
	if len(w.projects) > 1 && d.chance(30, "project") {
		doc.project = w.projects[1]
	}
	if d.chance(30, "a project is left out") {
		doc.without = one(d, "left out", w.projects...)
	}
	for _, name := range w.pools() {
		if block := d.poolBlock(w, name, live.Pools[name]); block != nil {
			doc.pools = append(doc.pools, block)
		}
	}
	d.volumeBlocks(w, doc, live)
	return doc
}

// declared are the volumes that have to be there when the document is applied.
func (doc *document) declared() map[lxd.VolumeID]bool {
	ids := map[lxd.VolumeID]bool{}
	for _, pool := range doc.pools {
		for _, v := range pool.volumes {
			if !v.absent {
				ids[v.id] = true
			}
		}
	}
	return ids
}

func (d draw) poolBlock(w world, name string, live *lxd.Pool) *poolBlock {
	block := &poolBlock{name: name, driver: w.drivers[name]}
	var now map[string]string
	switch {
	case live == nil && d.chance(50, "no "+name):
		return nil
	case live == nil && d.chance(5, name+" absent, and not there"):
		block.absent = true
	case live == nil:
		block.config = map[string]string{}
		block.give(w, w.given[name])
	case d.chance(10, name+" is not declared"):
		return nil
	case d.chance(12, name+" existing"):
		block.existing = true
		if d.chance(50, "without its driver") {
			block.driver = ""
		}
	case d.chance(10, name+" absent"):
		block.absent = true
	default:
		now = live.Config
		block.config = map[string]string{}
		said := map[string]string{}
		for _, key := range slices.Sorted(maps.Keys(w.given[name])) {
			if d.chance(60, "say "+key) {
				known, _ := schema.PoolKey(block.driver, key)
				said[key] = d.spelled(known, w.given[name][key])
			}
		}
		block.give(w, said)
	}
	block.exclusive = !block.absent && d.chance(15, name+" exclusive")
	if block.absent || block.existing {
		return block
	}
	maps.Copy(block.config, d.config(w.poolKeys(block.driver), now))
	block.prevent = d.chance(8, name+" prevent_delete")
	block.description = d.description(live != nil, func() string { return live.Description })
	if d.chance(10, name+" ignore_config") {
		block.ignore = []string{"volume.*"}
	}
	return block
}

// give puts config where a spec has to have it: in a cluster the members' own keys in blocks of theirs.
func (p *poolBlock) give(w world, config map[string]string) {
	p.members = map[string]map[string]string{}
	for name, value := range config {
		if key, _ := schema.PoolKey(p.driver, name); !key.Member || len(w.members) == 0 {
			p.config[name] = value
			continue
		}
		for _, member := range w.members {
			if p.members[member] == nil {
				p.members[member] = map[string]string{}
			}
			p.members[member][name] = value
		}
	}
}

// description draws one, or that the spec is silent.
func (d draw) description(there bool, now func() string) *string {
	text := one(d, "description", "", "", "", "one", "two <&> \"q\"", "same")
	switch {
	case text == "":
		return nil
	case text == "same" && there:
		text = now()
	}
	return &text
}

// volumeBlocks draws the volumes of all pools: first what happens to each that there is or could be, then which ones the
// renamed ones come from.
func (d draw) volumeBlocks(w world, doc *document, live *live.State) {
	gone := map[lxd.VolumeID]bool{} // declared absent
	var renamed []*volumeBlock
	for _, pool := range doc.pools {
		for _, project := range w.projects {
			if project == doc.without {
				continue
			}
			for _, name := range w.names {
				for _, id := range w.ids(project, pool.name, name) {
					there := live.Volumes.Get(id)
					v := &volumeBlock{id: id, project: d.projectName(w, doc, project)}
					if !d.target(w, pool, v, live) {
						continue
					}
					switch {
					case there == nil && !d.chance(18/len(w.places(pool.name)), "declare "+name):
						continue
					case there != nil && d.chance(20, "leave out "+name):
						continue
					case pool.absent, d.chance(11, name+" absent"):
						v.absent = true
						gone[id] = true
					case there == nil && d.chance(60, name+" renamed"), d.chance(7, name+" renamed although it is there"):
						renamed = append(renamed, v)
					}
					pool.volumes = append(pool.volumes, v)
				}
			}
		}
	}
	sources := slices.SortedFunc(live.Volumes.IDs(), lxd.VolumeID.Compare)
	for _, v := range renamed {
		anywhere := d.chance(30, "from any project")
		free := slices.DeleteFunc(slices.Clone(sources), func(id lxd.VolumeID) bool {
			return gone[id] || id == v.id || id.Project != v.id.Project && !anywhere
		})
		if len(free) == 0 {
			continue
		}
		near := slices.DeleteFunc(slices.Clone(free), func(id lxd.VolumeID) bool { return id.Pool != v.id.Pool })
		if len(near) > 0 && d.chance(50, "from the same pool") {
			free = near
		}
		namesakes := slices.DeleteFunc(slices.Clone(free), func(id lxd.VolumeID) bool { return on(id, "") != on(v.id, "") })
		from := w.meant(one(d, "renamed from", free...), v, live)
		if len(namesakes) == 1 && v.target != "" && live.Volumes.Get(v.id) == nil && d.chance(70, "from another member") {
			from = namesakes[0]
		}
		switch {
		case d.chance(3, "renamed from nothing"):
			from.Name = "nowhere"
		case !slices.Contains(sources, from):
			continue
		default:
			sources = slices.DeleteFunc(sources, func(id lxd.VolumeID) bool { return id == from })
		}
		v.from = &from
		if from.Project != v.id.Project || d.chance(10, "the old project is written") {
			v.fromProject = from.Project
			if from.Project == lxd.DefaultProject && len(w.shared) > 0 && d.chance(30, "by another project") {
				v.fromProject = one(d, "shared", w.shared...)
			}
		}
		if v.target == "" && v.id.Member != "" && live.Volumes.Get(v.id) == nil && live.Volumes.Get(from) != nil {
			v.id.Member = w.lands(from)
		}
	}
	for _, pool := range doc.pools {
		for _, v := range pool.volumes {
			if !v.absent {
				d.volumeBody(w, pool, v, live)
			}
		}
	}
}

// ids are the volumes of a name that a pool can have.
func (w world) ids(project, pool, name string) []lxd.VolumeID {
	var ids []lxd.VolumeID
	for _, member := range w.places(pool) {
		ids = append(ids, lxd.VolumeID{Project: project, Pool: pool, Type: lxd.TypeCustom, Name: name, Member: member})
	}
	return ids
}

// target draws whether the member is written. Without it the volume is the only one of its name, or a new one where the
// client is; ok is false when another one is declared so.
func (d draw) target(w world, pool *poolBlock, v *volumeBlock, live *live.State) (ok bool) {
	if v.id.Member == "" {
		return true
	}
	alone := true
	for _, other := range pool.volumes {
		if other.id.Project == v.id.Project && other.id.Name == v.id.Name {
			if other.target == "" {
				return false
			}
			alone = false
		}
	}
	for _, id := range w.ids(v.id.Project, v.id.Pool, v.id.Name) {
		alone = alone && (live.Volumes.Get(id) == nil || id == v.id)
	}
	silent := alone && (live.Volumes.Get(v.id) != nil || v.id.Member == w.members[0])
	if !silent || d.chance(50, "target") {
		v.target = v.id.Member
	}
	return true
}

// meant is the volume that renamed_from speaks of when it names from: of several on different members that on the target.
func (w world) meant(from lxd.VolumeID, v *volumeBlock, live *live.State) lxd.VolumeID {
	near := from
	near.Member = v.target
	if from.Member != "" && live.Volumes.Get(near) != nil {
		return near
	}
	return from
}

// lands is the member on which a volume arrives that moves to a local pool without a target.
func (w world) lands(from lxd.VolumeID) string {
	if from.Member != "" {
		return from.Member
	}
	return w.members[0]
}

// projectName is how a volume of a project is declared.
func (d draw) projectName(w world, doc *document, project string) string {
	if project == lxd.DefaultProject && len(w.shared) > 0 && d.chance(30, "by another project") {
		return one(d, "shared", w.shared...)
	}
	silent := doc.project
	if silent == "" {
		silent = lxd.DefaultProject
	}
	if project == silent && d.chance(80, "project is not written") {
		return ""
	}
	return project
}

func (d draw) volumeBody(w world, pool *poolBlock, v *volumeBlock, live *live.State) {
	there := live.Volumes.Get(v.id)
	if v.from != nil && there == nil {
		there = live.Volumes.Get(*v.from)
	}
	driver := w.drivers[v.id.Pool]
	content := lxd.ContentFilesystem
	var now map[string]string
	if there != nil {
		content, now = there.ContentType, there.Config
	} else if driver != "cephfs" && d.chance(20, "block volume") {
		content = lxd.ContentBlock
	}
	if content == lxd.ContentBlock || d.chance(15, "content_type is written") {
		v.content = content
	}
	v.config = d.config(w.volumeKeys(driver, content), now)
	if content == lxd.ContentFilesystem && (driver == "lvm" || driver == "ceph") {
		if has := now["block.filesystem"]; has != "" && d.chance(30, "block.filesystem") {
			v.config["block.filesystem"] = has
		} else if there == nil && d.chance(20, "block.filesystem") {
			v.config["block.filesystem"] = one(d, "block.filesystem", "ext4", "xfs", "btrfs")
		}
	}
	if yes, _ := schema.ParseBool(pool.config["volume.security.shifted"]); yes && v.config["security.shifted"] == "" && d.chance(95, "exclude") {
		delete(v.config, "security.unmapped")
	}
	if yes, _ := schema.ParseBool(pool.config["volume.security.unmapped"]); yes && v.config["security.unmapped"] == "" && d.chance(95, "exclude") {
		delete(v.config, "security.shifted")
	}
	if there == nil {
		d.sized(content, v.config)
	}
	v.prevent = d.chance(5, "prevent_delete")
	v.description = d.description(there != nil, func() string { return there.Description })
	if d.chance(5, "ignore_config") {
		v.ignore = []string{one(d, "glob", "user.a", "s*")}
	}
}
