package planner

import (
	"slices"

	"tarn/lxd"
	"tarn/planner/plan"
)

// sizeStep is what a step does to the sum of sizes of a project.
type sizeStep struct {
	step     *step
	kind     sizeKind
	volume   lxd.VolumeID // as it is called after the step
	from     lxd.VolumeID // where it comes from, for a copy
	old, new int64        // bytes
	unsized  bool         // there is no size to count
}

type sizeKind int

const (
	frees      sizeKind = iota // a deletion, or a move out of the project
	changes                    // another size of a volume that is where it stays
	copies                     // a move within the project: the source goes when the copy is complete, so that both count for a while
	arrives                    // a volume that is new to the project
	settles                    // another size of a volume that has moved
	unsetsSize                 // a size that is taken away
)

// projectDemand is what a plan asks of a project's limits.
type projectDemand struct{ steps []sizeStep }

// takes tells whether a limit can say no.
func (d *projectDemand) takes() bool {
	return slices.ContainsFunc(d.steps, func(s sizeStep) bool {
		return s.kind == copies || s.kind == arrives || s.kind == unsetsSize || s.new > s.old
	})
}

// only tells whether there are just steps of a kind, and deletions.
func (d *projectDemand) only(kind sizeKind) bool {
	return !slices.ContainsFunc(d.steps, func(s sizeStep) bool { return s.kind != kind && s.kind != frees })
}

// projectDemands are the steps that change the sums of sizes, by project.
func (b *builder) projectDemands() map[string]*projectDemand {
	demands := map[string]*projectDemand{}
	add := func(project string, s sizeStep) {
		if demands[project] == nil {
			demands[project] = &projectDemand{}
		}
		demands[project].steps = append(demands[project].steps, s)
	}
	moved := map[lxd.VolumeID]bool{}
	for _, step := range b.steps {
		switch action := step.Action.(type) {
		case plan.MoveVolume:
			moved[action.To] = true
		case plan.MigrateVolume:
			moved[action.To] = true
		case plan.CopyVolume:
			moved[action.To] = true
		}
	}
	for _, step := range b.steps {
		switch action := step.Action.(type) {
		case plan.CreateVolume:
			size, unsized := configSize(action.Config)
			add(action.Volume.Project, sizeStep{step, arrives, action.Volume, lxd.VolumeID{}, 0, size, unsized})
		case plan.MoveVolume:
			source := b.live.Volumes.Get(action.Volume)
			if source == nil || action.Finish || len(source.UsedBy) > 0 && action.Volume.Project == action.To.Project {
				continue // what is used the server moves by itself, and does not count
			}
			size, unsized := configSize(source.Config)
			kind := copies
			if action.Volume.Project != action.To.Project {
				kind = arrives
				add(action.Volume.Project, sizeStep{step, frees, action.Volume, lxd.VolumeID{}, size, 0, unsized})
			}
			add(action.To.Project, sizeStep{step, kind, action.To, action.Volume, 0, size, unsized})
		case plan.MigrateVolume:
			source := b.opts.Remotes[action.Remote].Volumes.Get(action.Volume)
			if source == nil || action.Finish {
				continue
			}
			size, unsized := configSize(source.Config)
			add(action.To.Project, sizeStep{step, arrives, action.To, lxd.VolumeID{}, 0, size, unsized})
		case plan.CopyVolume:
			id, _ := b.liveID(action.Volume)
			if source := b.stateOf(action.Remote).Volumes.Get(id); source != nil {
				size, unsized := configSize(source.Config)
				add(action.To.Project, sizeStep{step, arrives, action.To, lxd.VolumeID{}, 0, size, unsized})
			}
		case plan.DeleteVolume:
			size, unsized := configSize(b.live.Volumes.Get(action.Volume).Config)
			add(action.Volume.Project, sizeStep{step, frees, action.Volume, lxd.VolumeID{}, size, 0, unsized})
		case plan.PatchVolume:
			change, ok := sizeChange(action.Changes)
			if !ok {
				continue
			}
			s := sizeStep{step: step, kind: changes, volume: action.Volume}
			s.old, _ = sizeOf(change.From)
			s.new, _ = sizeOf(change.To)
			switch {
			case change.To == nil:
				s.kind = unsetsSize
			case moved[action.Volume]:
				s.kind = settles
			}
			add(action.Volume.Project, s)
		}
	}
	return demands
}

// configSize is the size in a config.
func configSize(config map[string]string) (size int64, unset bool) {
	text := config["size"]
	size, _ = sizeOf(&text)
	return size, text == ""
}
