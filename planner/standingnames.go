package planner

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/schema"
	"tarn/planner/plan"
	"tarn/spec"
)

// Find gives the objects of a server that an address means, in order: as [Options.Only] has addresses, but of what the server holds. A
// volume need not have been read. project narrows them to those of one project, "" for all. The error says that there is none, and what
// may have been meant.
func Find(want *spec.Spec, state *live.State, opts Options, address, project string) ([]plan.Object, error) {
	names, declared := namesOn(want, state, opts, project)
	found := map[plan.Object]bool{}
	for name, objects := range names {
		if spec.AddressMeans(address, name) {
			for _, object := range objects {
				found[object] = true
			}
		}
	}
	if len(found) == 0 {
		missing := fmt.Sprintf("%s has no pool and no volume %s", state.Server, schema.Quoted(address))
		if project != "" {
			missing += " in project " + plan.Plain(project)
		}
		for _, name := range declared {
			if spec.AddressMeans(address, name) {
				return nil, fmt.Errorf("%s: the spec declares it, and a plan would show what becomes of it", missing)
			}
		}
		return nil, fmt.Errorf("%s", schema.NoSuch(missing, address, slices.Sorted(maps.Keys(names))))
	}
	return slices.SortedFunc(maps.Keys(found), plan.CompareObjects), nil
}

// IsPattern tells whether an address has a star or a question mark, which stand for any text and for a character.
func IsPattern(address string) bool { return spec.IsAddressPattern(address) }

// namesOn are the pools and volumes of a server by what people call them, and what the spec declares and the server does not have.
func namesOn(want *spec.Spec, state *live.State, opts Options, project string) (names map[string][]plan.Object, declared []string) {
	names = map[string][]plan.Object{}
	add := func(name string, objects ...plan.Object) {
		if name != "" && len(objects) > 0 {
			names[name] = append(names[name], objects...)
		}
	}
	byName := map[lxd.VolumeID][]plan.Object{}
	for id := range state.AllVolumes() {
		if project != "" && id.Project != state.EffectiveProject(project) {
			continue
		}
		object := plan.VolumeObject(id)
		add(id.String(), object)
		if printed := plan.VolumeName(id); printed != id.String() {
			add(printed, object)
		}
		byName[withoutMember(id)] = append(byName[withoutMember(id)], object)
	}
	for name := range state.Pools {
		add(name, plan.PoolObject(name))
	}
	if want == nil {
		return names, nil
	}
	block := func(address string, objects []plan.Object) {
		for _, name := range spec.AddressesOf(address) {
			if len(objects) == 0 {
				declared = append(declared, name)
			}
			add(name, objects...)
		}
	}
	for _, pool := range want.Pools {
		var there []plan.Object
		if state.Pools[pool.Name] != nil {
			there = []plan.Object{plan.PoolObject(pool.Name)}
		} else {
			declared = append(declared, pool.Name)
		}
		block(pool.Address, there)
		for _, volume := range pool.Volumes {
			id := lxd.VolumeID{Project: state.EffectiveProject(cmp.Or(volume.Project, opts.Project)), Pool: pool.Name, Type: lxd.TypeCustom, Name: volume.Name}
			there := byName[id]
			if volume.Target != "" && len(there) > 1 {
				there = slices.DeleteFunc(slices.Clone(there), func(o plan.Object) bool { return o.Volume.Member != volume.Target })
			}
			if len(there) == 0 {
				declared = append(declared, id.String())
			}
			block(volume.Address, there)
		}
	}
	return names, declared
}

// Related are the volumes that have to be read so that it is known what a spec makes of some: these, and those that the spec brings
// together with them by renamed_from. want may be nil.
func Related(want *spec.Spec, state *live.State, volumes []lxd.VolumeID) []lxd.VolumeID {
	type name struct{ pool, name string }
	related := map[name]bool{}
	for _, id := range volumes {
		related[name{id.Pool, id.Name}] = true
	}
	if want != nil {
		for grown := true; grown; {
			grown = false
			for _, pool := range want.Pools {
				for _, volume := range pool.Volumes {
					from := volume.RenamedFrom
					if from == nil || from.Remote != "" {
						continue
					}
					is, was := name{pool.Name, volume.Name}, name{cmp.Or(from.Pool, pool.Name), from.Name}
					if related[is] != related[was] {
						related[is], related[was], grown = true, true, true
					}
				}
			}
		}
	}
	var ids []lxd.VolumeID
	for id := range state.AllVolumes() {
		if related[name{id.Pool, id.Name}] {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, lxd.VolumeID.Compare)
	return ids
}
