package planner

import (
	"fmt"
	"strings"

	"tarn/lxd"
	"tarn/lxd/schema"
)

// protected blocks the deletion of an object that carries the mark of prevent_delete, and tells whether it did.
func (b *builder) protected(object Object, live map[string]string) bool {
	if set, err := schema.ParseBool(live[preventDeleteKey]); err != nil || !set {
		return false
	}
	b.block(object, "declare it without prevent_delete and apply that first", "it is protected by prevent_delete")
	return true
}

// guardDeletes adds to each deletion what it would destroy, and counts them against the limit.
func (b *builder) guardDeletes() {
	deletes := 0
	for _, step := range b.steps {
		switch action := step.Action.(type) {
		case DeleteVolume:
			deletes++
			b.plan.InQuestion = append(b.plan.InQuestion, action.Volume)
			step.class(DestroysData, b.evidence(action.Volume))
		case DeletePool:
			deletes++
			step.class(DestroysData, nil)
		}
	}
	limit := b.opts.MaxDeletes
	if limit == nil {
		limit = b.want.Settings.MaxDeletes
	}
	if limit != nil && deletes > *limit {
		b.plan.Blockers = append(b.plan.Blockers, Blocker{
			Why:  fmt.Sprintf("the plan deletes %d %s, and max_deletes is %d", deletes, plural(deletes, "object"), *limit),
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

func (b *builder) evidence(id lxd.VolumeID) []string {
	usage := b.live.Usage[id]
	if usage == nil {
		return nil
	}
	var evidence []string
	if usage.Used >= 0 {
		evidence = append(evidence, schema.FormatSize(usage.Used)+" used")
	}
	if n := len(usage.Snapshots); n > 0 {
		evidence = append(evidence, fmt.Sprintf("%d %s", n, plural(n, "snapshot")))
	}
	return evidence
}

// guardShrink blocks a size below what a volume holds. Servers do not look: on btrfs the volume is wedged afterwards, and
// can neither be written to nor grown (seen on LXD 5.0.2).
func (b *builder) guardShrink(object Object, live *lxd.Volume, changes []Change) {
	size, ok := shrunk(changes)
	if !ok {
		return
	}
	id := live.ID()
	b.plan.InQuestion = append(b.plan.InQuestion, id)
	if usage := b.live.Usage[id]; usage != nil && live.ContentType == lxd.ContentFilesystem && usage.Used > size {
		b.block(object, "delete data in it first, or give it a larger size", "it holds %s, more than the new size of %s",
			schema.FormatSize(usage.Used), schema.FormatSize(size))
	}
}

// shrunk is the size in bytes that the changes would shrink a volume to; ok is false when they do not.
func shrunk(changes []Change) (size int64, ok bool) {
	for _, change := range changes {
		if change.Attr != "config.size" || change.To == nil {
			continue
		}
		to, err := schema.ParseSize(*change.To)
		if err != nil {
			return 0, false
		}
		if change.From == nil { // from no limit to one
			return to, true
		}
		from, err := schema.ParseSize(*change.From)
		return to, err == nil && to < from
	}
	return 0, false
}

// list words some things for a sentence, the first ten of them.
func list(things []string) string {
	const most = 10
	if n := len(things) - most; n > 0 {
		return strings.Join(things[:most], ", ") + fmt.Sprintf(" and %d more", n)
	}
	return strings.Join(things, ", ")
}
