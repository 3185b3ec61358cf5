package planner

import (
	"maps"
	"slices"

	"tarn/lxd"
	"tarn/lxd/schema"
	"tarn/planner/plan"
)

// arrival is a volume that a step makes in a project, new or as the copy that a move begins with, and its size.
type arrival struct {
	object plan.Object
	size   int64
	copied bool // the source goes when the copy is complete, so that both count for a while
}

// guardLimits blocks volumes that the server would refuse because of the limit of disk space that their project has. It counts
// sizes, not what is in volumes.
func (b *builder) guardLimits() {
	arrivals, freed := map[string][]arrival{}, map[string]int64{}
	add := func(to lxd.VolumeID, object plan.Object, config map[string]string, copied bool) {
		arrivals[to.Project] = append(arrivals[to.Project], arrival{object, configSize(config), copied})
	}
	for _, step := range b.steps {
		switch action := step.Action.(type) {
		case plan.CreateVolume:
			add(action.Volume, step.Action.Object(), action.Config, false)
		case plan.MoveVolume:
			if live := b.live.Volumes[action.Volume]; live != nil && !action.Finish && len(live.UsedBy) == 0 { // otherwise the server moves it, and does not count
				add(action.To, step.Action.Object(), live.Config, true)
			}
		case plan.MigrateVolume:
			if live := b.opts.Remotes[action.Remote].Volumes[action.Volume]; live != nil && !action.Finish {
				add(action.To, step.Action.Object(), live.Config, false)
			}
		case plan.DeleteVolume:
			freed[action.Volume.Project] += configSize(b.live.Volumes[action.Volume].Config)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(arrivals)) {
		project := b.live.Projects[name]
		if project == nil || project.Config["limits.disk"] == "" {
			continue
		}
		if unsized := b.unsized(name); unsized != nil {
			b.block(plan.OverLimit, plan.VolumeObject(unsized.ID()), "give it a size and apply that first",
				"it has no size, so that the server cannot count what project %s has taken of its limits.disk and takes no more volumes there", plan.Plain(name))
			continue
		}
		b.plan.Missing.Disk = append(b.plan.Missing.Disk, name)
		if disk, known := b.live.Disk[name]; known && disk.Total >= 0 {
			b.guardLimit(name, disk, arrivals[name], freed[name])
		}
	}
}

// guardLimit blocks what goes beyond the limit of a project. Which of its volumes come first nobody knows, and what is deleted may
// go before: a plan that can succeed is not blocked.
func (b *builder) guardLimit(project string, disk lxd.Space, arrivals []arrival, freed int64) {
	const hint = "raise the limit, or free space in the project and apply that first"
	used, more := disk.Used-freed, int64(0)
	for _, a := range arrivals {
		if !a.copied {
			more = plus(more, a.size)
		} else if plus(used, a.size) > disk.Total {
			b.block(plan.OverLimit, a.object, hint, "its copy of %s counts besides it until the move is done, and project %s has taken %s of its limits.disk of %s",
				schema.FormatSize(a.size), plan.Plain(project), schema.FormatSize(disk.Used), schema.FormatSize(disk.Total))
		}
	}
	if more > 0 && plus(used, more) > disk.Total {
		last := arrivals[len(arrivals)-1]
		for _, a := range arrivals {
			if !a.copied {
				last = a
			}
		}
		b.block(plan.OverLimit, last.object, hint, "new volumes of %s are too much for project %s, which has taken %s of its limits.disk of %s",
			schema.FormatSize(more), plan.Plain(project), schema.FormatSize(disk.Used), schema.FormatSize(disk.Total))
	}
}

// unsized is a volume of a project that has no size and stays, nil when there is none.
func (b *builder) unsized(project string) *lxd.Volume {
	var found *lxd.Volume
	for id, live := range b.live.Volumes {
		if id.Project == project && live.Config["size"] == "" && !b.deleted[id] && (found == nil || id.Compare(found.ID()) < 0) {
			found = live
		}
	}
	return found
}

func configSize(config map[string]string) int64 {
	text := config["size"]
	size, _ := sizeOf(&text)
	return size
}
