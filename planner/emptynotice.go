package planner

import (
	"fmt"
	"maps"
	"slices"

	"tarn/lxd"
	"tarn/lxd/schema"
	"tarn/planner/plan"
)

// noticeEmpty tells of a volume that is created empty though the spec says where its data is: there is nothing. A project that is gone may
// still be named, and a misspelt one looks the same, so that the notice says so.
func (b *builder) noticeEmpty(v *volumePlan) {
	from := v.want.RenamedFrom
	if b.opts.local(from.Remote) && len(b.lookalikes(v.from)) > 0 {
		return // told by guardLookalikes
	}
	what := fmt.Sprintf("%s says that it was called %s before, and there is no volume of either name", plan.Capital(plan.VolumeObject(v.final()).String()), refName(from))
	if project := from.Project; project != "" && project != lxd.DefaultProject && b.opts.local(from.Remote) && b.live.Projects[project] == nil {
		b.notice(plan.CreatedEmpty, plan.VolumeObject(v.final()), "%s It is created empty.",
			schema.NoSuchSentence(fmt.Sprintf("%s, nor a project %q", what, project), project, slices.Sorted(maps.Keys(b.live.Projects))))
		return
	}
	b.notice(plan.CreatedEmpty, plan.VolumeObject(v.final()), "%s: it is created empty.", what)
}
