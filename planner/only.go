package planner

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"tarn/lxd"
	"tarn/lxd/schema"
	"tarn/planner/plan"
)

// narrow leaves out the steps that are neither about the objects that Options.Only names nor needed by such a step, and
// what else there is to say of other objects. It comes before the steps are counted against a limit.
func (b *builder) narrow() {
	if len(b.opts.Only) == 0 {
		return
	}
	b.plan.Only = b.opts.Only
	b.only = b.resolve(b.opts.Only)
	kept := map[*step]bool{}
	var keep func(*step)
	keep = func(s *step) {
		if kept[s] {
			return
		}
		kept[s] = true
		for _, before := range s.needs {
			keep(before)
		}
	}
	concerns := map[plan.Object]bool{}
	for object := range b.only {
		concerns[object] = true
	}
	for _, s := range b.steps {
		if b.only[s.Action.Object()] || b.only[s.result()] {
			keep(s)
		}
	}
	for s := range kept {
		concerns[s.Action.Object()], concerns[s.result()] = true, true
	}
	for object := range concerns {
		concerns[plan.PoolObject(object.Pool)] = true // a volume cannot be better off than its pool
	}
	b.plan.LeftOut = len(b.steps) - len(kept)
	b.steps = slices.DeleteFunc(b.steps, func(s *step) bool { return !kept[s] })
	b.plan.Blockers = slices.DeleteFunc(b.plan.Blockers, func(blocker plan.Blocker) bool { return !concerns[blocker.Object] })
	b.plan.Orphans = slices.DeleteFunc(b.plan.Orphans, func(object plan.Object) bool { return !b.only[object] })
	b.plan.Strangers = slices.DeleteFunc(b.plan.Strangers, func(object plan.Object) bool { return !b.only[object] })
	b.plan.Missing.Usage = slices.DeleteFunc(b.plan.Missing.Usage, func(id lxd.VolumeID) bool { return !concerns[plan.VolumeObject(id)] })
	b.plan.Missing.Unlisted = slices.DeleteFunc(b.plan.Missing.Unlisted, func(name string) bool { return !concerns[plan.PoolObject(name)] })
	b.plan.Notices = slices.DeleteFunc(b.plan.Notices, func(n plan.Notice) bool { return !concerns[n.Object] })
}

// resolve gives the objects that addresses name. One that names nothing is an error.
func (b *builder) resolve(addresses []string) map[plan.Object]bool {
	names := b.addresses()
	matched := map[plan.Object]bool{}
	for _, address := range addresses {
		found := false
		for name, objects := range names {
			if name != address && !glob(address, name) {
				continue
			}
			found = true
			for _, object := range objects {
				matched[object] = true
			}
		}
		if !found {
			all := make([]string, 0, len(names))
			for name := range names {
				all = append(all, name)
			}
			slices.Sort(all)
			b.diags = append(b.diags, &hcl.Diagnostic{
				Severity: hcl.DiagError,
				Summary:  "Nothing has that name",
				Detail: schema.NoSuchSentence(
					fmt.Sprintf("--only %s: the spec has no pool and no volume of that name or address", address), address, all),
			})
		}
	}
	return matched
}

// glob tells whether a pattern such as fast/* means a name. Only a star and a question mark make a pattern: brackets belong
// to addresses.
func glob(pattern, name string) bool {
	if !strings.ContainsAny(pattern, "*?") || strings.HasPrefix(name, "pool.") {
		return false
	}
	matched, _ := path.Match(strings.NewReplacer(`\`, `\\`, "[", `\[`).Replace(pattern), name)
	return matched
}

// addresses are the objects of the spec, and those that it no longer declares, by what people call them: as plans print them,
// by the address of the block, and by that of a block with for_each as a whole.
func (b *builder) addresses() map[string][]plan.Object {
	names := map[string][]plan.Object{}
	add := func(name string, objects ...plan.Object) {
		if name != "" {
			names[name] = append(names[name], objects...)
		}
	}
	block := func(address string, objects ...plan.Object) {
		add(address, objects...)
		if whole, _, ok := strings.Cut(address, "["); ok {
			add(whole, objects...)
		}
	}
	volume := func(id lxd.VolumeID, objects ...plan.Object) {
		add(id.String(), objects...)
		if printed := plan.VolumeName(id); printed != id.String() {
			add(printed, objects...)
		}
	}
	for name, pool := range b.pools {
		add(name, plan.PoolObject(name))
		block(pool.want.Address, plan.PoolObject(name))
	}
	for id, v := range b.volumes {
		objects := []plan.Object{plan.VolumeObject(id), plan.VolumeObject(v.final)} // the second has the member where it ends up
		if v.renamed {
			objects = append(objects, plan.VolumeObject(v.from))
			volume(v.from, objects...)
		}
		volume(id, objects...)
		block(v.want.Address, objects...)
	}
	for _, orphan := range b.plan.Orphans {
		if orphan.IsPool() {
			add(orphan.Pool, orphan)
		} else {
			volume(orphan.Volume, orphan)
		}
	}
	for _, stranger := range b.plan.Strangers {
		volume(stranger.Volume, stranger)
	}
	for _, s := range b.steps {
		if object := s.Action.Object(); !object.IsPool() && b.volumes[object.Volume] == nil {
			volume(object.Volume, object) // an orphan that goes
		}
	}
	return names
}
