package promises

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"tarn/lxd"
	"tarn/lxd/schema"
	"tarn/planner"
)

// promise is what a server has to hold after a document was applied, worked out from the document and what was there
// before, without the planner.
type promise struct {
	doc    *document
	opts   planner.Options
	world  world
	before picture

	volumes map[lxd.VolumeID]*volumeBlock
	pools   map[string]*poolBlock
	takes   map[lxd.VolumeID]lxd.VolumeID // where a volume that is there goes
}

func newPromise(doc *document, opts planner.Options, w world, before picture) *promise {
	p := &promise{doc: doc, opts: opts, world: w, before: before,
		volumes: map[lxd.VolumeID]*volumeBlock{}, pools: map[string]*poolBlock{}, takes: map[lxd.VolumeID]lxd.VolumeID{}}
	for _, pool := range doc.pools {
		p.pools[pool.name] = pool
		for _, v := range pool.volumes {
			p.volumes[v.id] = v
		}
	}
	// A volume takes over its source when its own name is free or becomes free. What goes round in a circle never begins.
	for again := true; again; {
		again = false
		for id, v := range p.volumes {
			if v.from == nil || v.absent || p.takes[*v.from] != (lxd.VolumeID{}) {
				continue
			}
			_, source := before.Volumes[*v.from]
			_, taken := before.Volumes[id]
			if source && (!taken || p.takes[id] != (lxd.VolumeID{})) {
				p.takes[*v.from] = id
				again = true
			}
		}
	}
	// Without a target a volume stays on its member, also where one of its new name was on another.
	for id, v := range maps.Clone(p.volumes) {
		if id.Member == "" || v.target != "" || v.from == nil || p.takes[*v.from] != id {
			continue
		}
		delete(p.volumes, id)
		id.Member = w.lands(*v.from)
		p.volumes[id], p.takes[*v.from] = v, id
	}
	// A new volume without a target goes where the client is, also when one of its name goes away elsewhere.
	for id, v := range maps.Clone(p.volumes) {
		if _, left := p.takes[id]; left && id.Member != "" && v.target == "" && !v.absent && !p.arrives(id) {
			delete(p.volumes, id)
			p.volumes[on(id, w.members[0])] = v
		}
	}
	return p
}

// arrives tells whether a volume that was there before gets this name.
func (p *promise) arrives(id lxd.VolumeID) bool {
	for _, to := range p.takes {
		if to == id {
			return true
		}
	}
	return false
}

// fate is where a volume is afterwards, ok is false for nowhere.
func (p *promise) fate(id lxd.VolumeID) (to lxd.VolumeID, ok bool) {
	if to, ok := p.takes[id]; ok {
		return to, true
	}
	if v := p.volumes[id]; v != nil {
		return id, !v.absent
	}
	return id, !p.pruned(id)
}

// pruned tells whether an undeclared volume is deleted because the command asked for it.
func (p *promise) pruned(id lxd.VolumeID) bool {
	if _, goes := p.takes[id]; goes || p.volumes[id] != nil || !p.opts.Prune {
		return false
	}
	is := p.standing(id)
	return is == orphan || is == stranger
}

// deletes tells whether the document or the command asks for the end of anything.
func (p *promise) deletes() bool {
	if p.opts.Prune {
		return true
	}
	for _, pool := range p.pools {
		if pool.absent {
			return true
		}
	}
	for _, v := range p.volumes {
		if v.absent {
			return true
		}
	}
	return false
}

// broken lists what is not as promised.
func (p *promise) broken(after picture) []string {
	var wrong []string
	wrongf := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	expected := map[lxd.VolumeID]bool{}
	for id, was := range p.before.Volumes {
		to, stays := p.fate(id)
		is, there := after.Volumes[to]
		switch {
		case !stays && there && is.Holds == was.Holds:
			wrongf("%v is still there", id)
		case !stays:
		case !there:
			expected[to] = true
			wrongf("%v is lost, it should be %v", id, to)
		default:
			expected[to] = true
			if is.Holds != was.Holds || is.Snapshots != was.Snapshots || is.Kind != was.Kind {
				wrongf("%v should have become %v, with its data and snapshots:\n  %+v\n  %+v", id, to, was, is)
			}
			if p.volumes[to] == nil && id == to {
				if diff := cmp.Diff(was, is); diff != "" {
					wrongf("%v is none of the spec's and changed:\n%s", id, diff)
				}
			}
		}
	}
	for id, v := range p.volumes {
		if v.absent {
			continue
		}
		expected[id] = true
		is, there := after.Volumes[id]
		if !there {
			wrongf("%v is not there", id)
			continue
		}
		was := p.before.Volumes[id]
		if _, left := p.takes[id]; left {
			was = thing{}
		}
		for from, to := range p.takes {
			if to == id {
				was = p.before.Volumes[from]
			}
		}
		pool := p.pools[id.Pool]
		key := func(name string) (schema.Key, bool) { return schema.VolumeKey(p.world.drivers[id.Pool], is.Kind, name) }
		ignore := slices.Concat(p.doc.ignore, pool.ignore, v.ignore)
		for _, text := range p.differs(is, was, v.description, v.config, p.marks(v.prevent, v.nameOnMark(id)), ignore, key, func(name string) bool {
			driver, _ := schema.Lookup(p.world.drivers[id.Pool])
			if name == "size" && driver.Device(is.Kind, is.Config["block.filesystem"]) {
				return true // a device has one, whether the spec says so or not
			}
			poolKey, ok := driver.Inherited(is.Kind, name)
			return ok && after.Pools[id.Pool].Config[poolKey] != ""
		}) {
			wrongf("%v: %s", id, text)
		}
	}
	for id := range after.Volumes {
		if !expected[id] {
			if to, stays := p.fate(id); stays || to != id {
				wrongf("%v has come from nowhere", id)
			}
		}
	}
	wrong = append(wrong, p.brokenPools(after)...)
	wrong = append(wrong, p.brokenUsers(after)...)
	slices.Sort(wrong)
	return wrong
}

func (p *promise) brokenPools(after picture) []string {
	var wrong []string
	wrongf := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	for name, was := range p.before.Pools {
		block, is := p.pools[name], after.Pools[name]
		if block == nil || block.existing {
			if diff := cmp.Diff(was, is); diff != "" {
				wrongf("pool %s is none of the spec's and changed:\n%s", name, diff)
			}
		}
	}
	for name, block := range p.pools {
		is, there := after.Pools[name]
		switch {
		case there == block.absent:
			wrongf("pool %s: there %v, absent %v", name, there, block.absent)
		case block.absent || block.existing:
		default:
			driver := p.world.drivers[name]
			key := func(name string) (schema.Key, bool) { return schema.PoolKey(driver, name) }
			config := maps.Clone(block.config)
			if given, ok := is.Config["volatile.initial_source"]; ok && given == config["source"] {
				delete(config, "source")
				delete(config, "size")
			}
			ignore := slices.Concat(p.doc.ignore, block.ignore)
			for _, text := range p.differs(is, p.before.Pools[name], block.description, config, p.marks(block.prevent, ""), ignore, key, func(string) bool { return false }) {
				wrongf("pool %s: %s", name, text)
			}
		}
	}
	return wrong
}

// marks are those that a declared object carries. of is how they name it, "" for a pool.
func (p *promise) marks(prevent bool, of string) map[string]string {
	marks := map[string]string{}
	if p.doc.owner != "" {
		marks[ownerMark] = p.doc.owner
	}
	if prevent {
		marks[protectMark] = "true"
	}
	if len(marks) > 0 && of != "" {
		marks[ofMark] = of
	}
	return marks
}

// differs compares a declared object with what is there.
func (p *promise) differs(is, was thing, description *string, config, marks map[string]string, ignore []string,
	key func(string) (schema.Key, bool), explained func(string) bool) []string {
	var wrong []string
	wrongf := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	text := was.Description
	if description != nil {
		text = *description
	}
	if is.Description != text {
		wrongf("description %q, want %q", is.Description, text)
	}
	want := maps.Clone(config)
	if want == nil {
		want = map[string]string{}
	}
	maps.Copy(want, marks)
	ignored := func(name string) bool {
		return !strings.HasPrefix(name, "user.tarn.") && slices.ContainsFunc(ignore, func(glob string) bool {
			matched, _ := path.Match(glob, name)
			return matched
		})
	}
	for name, value := range want {
		known, _ := key(name)
		if name == "size" && is.Kind == schema.Block && device(value) == device(is.Config[name]) {
			continue // a move to another pool writes down what the device has
		}
		if !ignored(name) && !known.Equal(value, is.Config[name]) && !(known.Immutable && is.Config[name] == "" && value == known.Default) {
			wrongf("%s is %q, want %q", name, is.Config[name], value)
		}
	}
	for name, value := range was.Config {
		// A move to another pool may write down what the device has.
		if _, known := key(name); known && ignored(name) && is.Config[name] != value && name != "size" {
			wrongf("%s is ignored, and no longer %q but %q", name, value, is.Config[name])
		}
	}
	for name, value := range is.Config {
		known, ok := key(name)
		if _, said := want[name]; said || ignored(name) || !ok || known.ServerOnly || known.Filled || known.Immutable || known.CreateOnly || explained(name) {
			continue
		}
		wrongf("%s is %q, want it unset", name, value)
	}
	return wrong
}

// device is how large the device is made for a size, -1 for what is none.
func device(size string) int64 {
	bytes, err := schema.ParseSize(size)
	if err != nil {
		return -1
	}
	return schema.DeviceBytes(bytes)
}

// brokenUsers checks that devices point to what they pointed to before. They name no member: where several members have a
// volume of the name it cannot be said which one is meant.
func (p *promise) brokenUsers(after picture) []string {
	want, got := copied(p.before.Users), copied(after.Users)
	for user, devices := range want {
		_, rest, _ := strings.Cut(user, " ")
		project, _, _ := strings.Cut(rest, "/")
		for name, device := range devices {
			id := lxd.VolumeID{Project: project, Pool: device["pool"], Type: lxd.TypeCustom, Name: device["source"]}
			var meant []lxd.VolumeID
			for other := range p.before.Volumes {
				if on(other, "") == id {
					meant = append(meant, other)
				}
			}
			if len(meant) > 1 {
				delete(devices, name)
				delete(got[user], name)
			} else if len(meant) == 1 {
				if to, ok := p.takes[meant[0]]; ok {
					device["pool"], device["source"] = to.Pool, to.Name
				}
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		return []string{"devices:\n" + diff}
	}
	return nil
}

// on is the volume on another member.
func on(id lxd.VolumeID, member string) lxd.VolumeID {
	id.Member = member
	return id
}
