package planner

import (
	"fmt"

	"tarn/lxd"
	"tarn/lxd/schema"
	"tarn/planner/plan"
)

// protected blocks the deletion of an object that carries the mark of prevent_delete, and tells whether it did.
func (b *builder) protected(object plan.Object, live map[string]string) bool {
	if set, err := schema.ParseBool(live[preventDeleteKey]); err != nil || !set {
		return false
	}
	b.block(plan.Protected, object, "declare it without prevent_delete and apply that first", "it is protected by prevent_delete")
	return true
}

// guardDeletes adds to each deletion what it would destroy, and counts them against the limit.
func (b *builder) guardDeletes() {
	deletes := 0
	for _, step := range b.steps {
		switch action := step.Action.(type) {
		case plan.DeleteVolume:
			deletes++
			b.needUsage(action.Volume)
			step.class(plan.DestroysData, b.evidence(action.Volume))
		case plan.DeletePool:
			deletes++
			step.class(plan.DestroysData, plan.Evidence{})
		}
	}
	limit := b.opts.MaxDeletes
	if limit == nil {
		limit = b.want.Settings.MaxDeletes
	}
	if limit != nil && deletes > *limit {
		b.plan.Blockers = append(b.plan.Blockers, plan.Blocker{
			Code: plan.TooManyDeletes,
			Why:  fmt.Sprintf("the plan deletes %d %s, and max_deletes is %d", deletes, plan.Plural(deletes, "object"), *limit),
			Hint: "if that is meant, allow it with --max-deletes",
		})
	}
}

func (b *builder) snapshots(id lxd.VolumeID) []string {
	if usage := b.live.Usage[id]; usage != nil {
		return append([]string{}, usage.Snapshots...)
	}
	return nil
}

// evidence is what would be gone with a volume, as far as it has been read.
func (b *builder) evidence(id lxd.VolumeID) plan.Evidence {
	usage := b.live.Usage[id]
	if usage == nil {
		return plan.Evidence{}
	}
	evidence := plan.Evidence{Snapshots: len(usage.Snapshots), Backups: len(usage.Backups)}
	if usage.Used >= 0 {
		evidence.Used = &usage.Used
	}
	return evidence
}

// needUsage asks for how full a volume is. A member that is offline is not asked: LXD 5.0.2 waits for it 10 seconds, and then
// fails.
func (b *builder) needUsage(id lxd.VolumeID) {
	if !b.offline(id.Member) && !b.usageNeeded[id] {
		b.usageNeeded[id] = true
		b.plan.Missing.Usage = append(b.plan.Missing.Usage, id)
	}
}
