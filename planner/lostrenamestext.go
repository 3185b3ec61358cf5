package planner

import (
	"fmt"
	"strings"

	"tarn/lxd"
	"tarn/planner/plan"
)

// tellLostRename tells of some new volumes that the same live ones may be.
func (b *builder) tellLostRename(lost *lostRename) {
	first := lost.created[0]
	object := plan.VolumeObject(first.final())
	text, which := plan.Capital(object.String())+" would be created empty", "it"
	if n := len(lost.created); n > 1 {
		names := make([]string, n)
		for i, v := range lost.created {
			names[i] = plan.VolumeName(v.final())
		}
		text = fmt.Sprintf("%d volumes would be created empty (%s)", n, plan.List(names))
		which = "one of them"
	}
	if len(lost.candidates) == 0 {
		b.notice(plan.MaybeRenamed, object, "%s, and pool %s has %d volumes that the spec does not declare: too many to look whether one of those is %s "+
			"under another name. If so, renamed_from keeps the data.", text, plan.Plain(first.final().Pool), lost.unread, which)
		return
	}
	text += ", and the spec does not declare " + b.alike(lost) + ". "
	switch {
	case len(lost.created) > 1:
		text += fmt.Sprintf("If these are the same volumes under other names, renamed_from keeps their data, for %s perhaps ", plan.VolumeName(first.final()))
	case len(lost.candidates) > 1:
		text += "If one of these is the same volume under another name, its data is kept by "
	default:
		text += "If that is the same volume under another name, its data is kept by "
	}
	b.notice(plan.MaybeRenamed, object, "%s%s.", text, b.remedy(first, lost.candidates))
}

// alike names candidates, each with why it is one.
func (b *builder) alike(lost *lostRename) string {
	var reasons []string
	names := map[string][]string{}
	for _, c := range lost.candidates {
		what, why := plan.VolumeName(c.live.ID()), c.like.String()
		if len(lost.created) > 1 && c.like == sameName { // each has its own
			what, why = "the volumes in pool "+plan.Plain(c.live.Pool), "same names"
			if project := c.live.ID().Project; project != lost.created[0].final().Project {
				what += " in project " + plan.Plain(project)
			}
		}
		if b.deleted[c.live.ID()] {
			why += "; this plan deletes it"
		}
		if names[why] == nil {
			reasons = append(reasons, why)
		}
		names[why] = append(names[why], what)
	}
	parts := make([]string, len(reasons))
	for i, why := range reasons {
		parts[i] = fmt.Sprintf("%s (%s)", plan.List(names[why]), why)
	}
	return strings.Join(parts, ", ")
}

// tellMoreLostRenames sums up what there would be too many notices of.
func (b *builder) tellMoreLostRenames(rest []*lostRename) {
	var names []string
	for _, lost := range rest {
		for _, v := range lost.created {
			names = append(names, plan.VolumeName(v.final()))
		}
	}
	b.notice(plan.MaybeRenamed, plan.VolumeObject(rest[0].created[0].final()), "%d more volumes would be created empty, and may be undeclared ones under other names (%s). "+
		"To see which, narrow the plan to them with --only.", len(names), plan.List(names))
}

// remedy is what to write into the block of a declared volume so that it takes over one of the candidates.
func (b *builder) remedy(v *volumePlan, candidates []candidate) string {
	var values []string
	for _, c := range candidates {
		id := c.live.ID()
		value := referenceFrom(v, id).Source()
		if c.live.Location != "" && !v.shared() && b.onSeveralMembers(id) {
			value += fmt.Sprintf(" with target = %q", c.live.Location)
		}
		values = append(values, value)
	}
	return "renamed_from = " + either(values)
}

// either is one of some things, of which the first ten are named.
func either(things []string) string {
	const most = 10
	n := len(things)
	switch {
	case n > most:
		return strings.Join(things[:most], ", ") + " …"
	case n > 1:
		return strings.Join(things[:n-1], ", ") + " or " + things[n-1]
	}
	return things[0]
}

// onSeveralMembers tells whether more than one member of a cluster has a volume of this name, read or not.
func (b *builder) onSeveralMembers(id lxd.VolumeID) bool {
	has := func(other lxd.VolumeID) bool {
		return other.Member != id.Member && withoutMember(other) == withoutMember(id)
	}
	for other := range b.live.VolumeIDs.All() {
		if has(other) {
			return true
		}
	}
	for other := range b.live.Undeclared {
		if has(other) {
			return true
		}
	}
	return false
}
