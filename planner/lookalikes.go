package planner

import (
	"slices"

	"tarn/lxd"
	"tarn/lxd/migrate"
	"tarn/lxd/schema"
	"tarn/planner/plan"
	"tarn/spec"
)

// Two names that look the same can be two for servers: an accented letter of one character or of two, white space at the end. Who
// writes the one where the other is there means that one, and would get a second volume that is empty.

// look is what people see of a volume's name, where it is.
type look struct{ project, pool, name string }

func lookOf(id lxd.VolumeID) look { return look{id.Project, id.Pool, schema.Look(id.Name)} }

// lookalikes are the undeclared volumes of the server whose names look as that of a volume does and are others, in order.
func (b *builder) lookalikes(id lxd.VolumeID) []lxd.VolumeID {
	if b.byLook == nil {
		b.byLook = map[look][]lxd.VolumeID{}
		add := func(id lxd.VolumeID) {
			if b.volumes.Get(id) == nil && b.leaving[id] == nil && b.kept[id] == nil && !migrate.OfRun(id.Name) {
				b.byLook[lookOf(id)] = append(b.byLook[lookOf(id)], id)
			}
		}
		for id := range b.live.VolumeIDs.All() {
			add(id)
		}
		for id := range b.live.Volumes.All() {
			if !b.live.VolumeIDs.Has(id) {
				add(id)
			}
		}
	}
	found := slices.DeleteFunc(slices.Clone(b.byLook[lookOf(id)]), func(other lxd.VolumeID) bool { return other.Name == id.Name })
	slices.SortFunc(found, lxd.VolumeID.Compare)
	return found
}

// guardLookalikes blocks the creation of a volume that looks like one that is there.
func (b *builder) guardLookalikes(v *volumePlan) {
	const why = ", and this one would be new and empty"
	object := plan.VolumeObject(v.final())
	if from := v.want.RenamedFrom; from != nil && b.opts.local(from.Remote) {
		if found := b.lookalikes(v.from); len(found) > 0 {
			b.block(plan.Lookalike, object, "write that name in renamed_from, with codes as here, or take renamed_from out",
				"there is no volume %s as renamed_from says, but %s, whose name looks the same"+why, schema.Quoted(v.from.Name), schema.Quoted(found[0].Name))
			return
		}
	}
	if found := b.lookalikes(v.final()); len(found) > 0 {
		b.block(plan.Lookalike, object, "write that name, with codes as here, or declare that volume too",
			"an undeclared volume is called %s, which looks the same"+why, schema.Quoted(found[0].Name))
	}
}

// refName is what renamed_from or copy_of says, for a sentence.
func refName(ref *spec.VolumeRef) string {
	if text := ref.String(); !schema.IsNormal(text) {
		return schema.Quoted(text)
	}
	return ref.String()
}

// tellLooksAbsent tells of what is there though something that looks the same is to be absent.
func (b *builder) tellLooksAbsent(v *volumePlan) {
	if found := b.lookalikes(v.final()); len(found) > 0 {
		b.notice(plan.LooksAbsent, plan.VolumeObject(v.final()), "%s is not there, but one whose name looks the same is: %s. It stays.",
			plan.Capital(plan.VolumeObject(v.final()).String()), schema.Quoted(found[0].Name))
	}
}

// guardPoolLookalike blocks the creation of a pool that looks like one that is there.
func (b *builder) guardPoolLookalike(name string) {
	var found []string
	for other := range b.live.Pools {
		if b.pools[other] == nil && other != name && schema.Look(other) == schema.Look(name) {
			found = append(found, schema.Quoted(other))
		}
	}
	if len(found) > 0 {
		b.block(plan.Lookalike, plan.PoolObject(name), "write that name, with codes as here, or declare that pool too",
			"an undeclared pool is called %s, which looks the same, and this one would be new and empty", slices.Min(found))
	}
}
