package planner

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"tarn/lxd"
	"tarn/lxd/schema"
	"tarn/planner/plan"
	"tarn/spec"
)

// resolve gives the objects that addresses name, which a flag was given. One that names nothing is an error, or where the plan is one of
// several is told in [plan.Plan.Unnamed].
func (b *builder) resolve(flag string, addresses []string) map[plan.Object]bool {
	if len(addresses) == 0 {
		return nil
	}
	names := b.addresses()
	matched := map[plan.Object]bool{}
	for _, address := range addresses {
		found := false
		for name, objects := range names {
			if !spec.AddressMeans(address, name) {
				continue
			}
			found = true
			for _, object := range objects {
				matched[object] = true
			}
		}
		if !found {
			unnamed := plan.Unnamed{Flag: flag, Address: address, Names: slices.Sorted(maps.Keys(names))}
			if b.opts.OneOfSeveral {
				b.plan.Unnamed = append(b.plan.Unnamed, unnamed)
			} else {
				b.diags = append(b.diags, NothingNamed(unnamed, "the spec has no pool and no volume of that name or address"))
			}
		}
	}
	return matched
}

// NothingNamed is the error that an address names nothing, which what says in words.
func NothingNamed(u plan.Unnamed, what string) *hcl.Diagnostic {
	missing := fmt.Sprintf("%s %s: %s", u.Flag, u.Address, what)
	detail := schema.NoSuchSentence(missing, u.Address, u.Names)
	if meant := addressMeant(u.Address, u.Names); len(meant) > 0 {
		detail = fmt.Sprintf("%s. Did you mean %s?", missing, schema.QuotedList(meant, "or"))
	}
	return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Nothing has that name", Detail: detail}
}

// addressMeant are the names among all that an address without a pool most likely means: pg, volume.pg or custom/pg for the volume fast/pg. It
// is empty when it means none or more than a reader wants to choose from.
func addressMeant(address string, all []string) []string {
	name := address
	for _, prefix := range []string{"pool.", "volume.", "custom/"} {
		name = strings.TrimPrefix(name, prefix)
	}
	if strings.ContainsAny(name, "./[*?") {
		return nil
	}
	var volumes []string // by their own names
	of := map[string][]string{}
	for _, full := range all {
		if _, volume, ok := strings.Cut(full, "/"); ok && !strings.HasPrefix(full, spec.BlockAddress) {
			volumes = append(volumes, volume)
			of[volume] = append(of[volume], full)
		} else if !strings.HasPrefix(full, spec.BlockAddress) {
			volumes = append(volumes, full)
			of[full] = append(of[full], full)
		}
	}
	slices.Sort(volumes)
	var meant []string
	for _, near := range schema.Suggest(name, slices.Compact(volumes)) {
		meant = append(meant, of[near]...)
	}
	if len(meant) > 3 {
		return nil
	}
	return meant
}

// addresses are the objects of the spec, and those that it no longer declares, by what people call them: as plans print them,
// by the address of the block, and by that without the keys of for_each, for all that the block stands for.
func (b *builder) addresses() map[string][]plan.Object {
	names := map[string][]plan.Object{}
	add := func(name string, objects ...plan.Object) {
		if name != "" {
			names[name] = append(names[name], objects...)
		}
	}
	block := func(address string, objects ...plan.Object) {
		for _, name := range spec.AddressesOf(address) {
			add(name, objects...)
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
	for id, v := range b.volumes.All() {
		objects := []plan.Object{plan.VolumeObject(id), plan.VolumeObject(v.final())} // the second has the member where it ends up
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
		if object := s.Action.Object(); !object.IsPool() && b.volumes.Get(object.Volume) == nil {
			volume(object.Volume, object) // an orphan that goes
		}
	}
	return names
}
