package planner

import (
	"cmp"
	"slices"

	"tarn/lxd/schema"
	"tarn/planner/plan"
)

// guardPeaks blocks volumes that come into a project with the size that they have now, where only the size that they get afterwards keeps
// within a limit. Such volumes come one by one, each with its new size before the next, and before those that keep theirs. counted are
// the steps that the limit counts, and used is what they leave of what was there before.
func (b *builder) guardPeaks(project string, l limit, counted []sizeStep, used int64, taken string) {
	type arrival struct{ comes, settles sizeStep }
	var shrinking []arrival
	for _, s := range counted {
		if s.kind != settles || s.old <= s.new {
			continue
		}
		for _, a := range counted {
			if a.kind == arrives && a.volume == s.volume {
				shrinking = append(shrinking, arrival{a, s})
				used += s.old - s.new // which is not freed before it is taken
			}
		}
	}
	// Whoever gives most back comes first, while there is most room.
	slices.SortStableFunc(shrinking, func(x, y arrival) int {
		return cmp.Compare(y.settles.old-y.settles.new, x.settles.old-x.settles.new)
	})
	for i, a := range shrinking {
		if plus(a.comes.new, used) > l.Total {
			b.block(plan.OverLimit, a.comes.step.Action.Object(), "give it that size where it is now, and apply that first",
				"it comes with its size of %s before it gets %s, and project %s has %s", schema.FormatSize(a.comes.new), schema.FormatSize(a.settles.new),
				plan.Plain(project), taken)
		}
		used = plus(used, a.settles.new)
		for _, next := range shrinking[i+1:] {
			if !a.settles.step.waitsFor(next.comes.step) {
				next.comes.step.needs = append(next.comes.step.needs, a.settles.step)
			}
		}
	}
}
