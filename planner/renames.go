package planner

import (
	"tarn/lxd"
	"tarn/lxd/migrate"
	"tarn/planner/plan"
)

// resolveRenames decides which declared volumes take over a live volume of another name. In a chain (a from b, b from c)
// each waits for the next, so it is resolved from the end whose name is free; in a closed cycle no name is, and nothing
// is renamed.
func (b *builder) resolveRenames() {
	const undecided, deciding, yes, no = 0, 1, 2, 3
	takers := map[lxd.VolumeID]*volumePlan{}
	var rivals []*volumePlan // that say the same as another one
	for _, v := range b.sortedVolumes() {
		if v.from == (lxd.VolumeID{}) || v.want.Absent {
			continue
		}
		switch other := takers[v.from]; {
		case other == nil:
			takers[v.from] = v
		case other.live != nil && v.live == nil: // the other one is there already
			takers[v.from] = v
			rivals = append(rivals, other)
		default:
			rivals = append(rivals, v)
		}
	}
	state := map[*volumePlan]int{}
	for _, v := range b.volumes.All() {
		if source, _ := b.findVolume(v.from); v.finish && migrate.StateOf(source, v.id()) == migrate.Moving {
			takers[v.from], state[v] = v, yes // it is there under both names, and is to leave the old one
		}
	}
	var takes func(v *volumePlan) bool
	takes = func(v *volumePlan) bool {
		switch state[v] {
		case deciding: // round a cycle
			return false
		case undecided:
			state[v] = deciding
			free := v.live == nil
			if !free {
				next := takers[v.id()]
				free = next != nil && next != v && takes(next)
			}
			state[v] = no
			if source, _ := b.findVolume(v.from); source != nil && free {
				state[v] = yes
			}
		}
		return state[v] == yes
	}
	for _, v := range b.sortedVolumes() {
		if takers[v.from] == v && takes(v) {
			v.renamed = true
			b.leaving[v.from] = v
		}
	}
	// One that is there already needs no source, unless it goes away under another name.
	needs := func(v *volumePlan) bool { return v.live == nil || b.leaving[v.id()] != nil }
	for _, v := range rivals {
		if needs(v) {
			other := takers[v.from]
			b.errorf(v.want.Ranges.Of("renamed_from"), "Two volumes renamed from one",
				"%s and %s both say that they were called %s before. One volume cannot become two.", other.want.Address, v.want.Address, v.from)
		}
	}
	for _, v := range b.sortedVolumes() {
		if !v.ambiguous || !needs(v) {
			continue
		}
		from := plan.VolumeName(withoutMember(v.from))
		if v.want.Target != "" {
			b.guardSeveral(v, v.from, "rename the one that is meant, and write its new name into renamed_from",
				"several cluster members have a volume %s, where it comes from, and %s, where it is to be, is none of them", from, plan.Plain(v.want.Target))
		} else {
			b.guardSeveral(v, v.from, "say which one is meant with target", "several cluster members have a volume %s, where it comes from", from)
		}
	}
}

// place decides what each volume is called after the plan, where that is not what it was matched by.
func (b *builder) place() {
	for _, v := range b.volumes.All() {
		switch {
		case v.want.Absent || v.want.Target != "" || v.finish || v.sourceUnread || v.source != nil:
		case v.renamed:
			// It stays on its member, whichever one had a volume of the new name before, unless it goes to a pool that all
			// members share.
			v.goTo(v.from.Member)
			if v.shared() {
				v.goTo("")
			}
		case b.leaving[v.id()] != nil:
			v.goTo("") // a new one, in place of the one that leaves: where it will be the server decides
		}
	}
}
