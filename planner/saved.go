package planner

import (
	"tarn/lxd/live"
	"tarn/planner/plan"
)

// SavedDetails are what [Rejudge] has to know of the server besides: what steps destroy, and whether pools work where the steps are.
func SavedDetails(p *plan.Plan, state *live.State) live.Details {
	details := live.Details{Usage: p.Destroyed()}
	for _, side := range sidesOf(unordered(p)) {
		if state.Server.Clustered && !offline(state, side.Member) {
			details.MemberPools = append(details.MemberPools, side)
		}
	}
	return details
}

// unordered are the steps of a plan as a builder has them.
func unordered(p *plan.Plan) []*step {
	steps := make([]*step, len(p.Steps))
	for i := range p.Steps {
		steps[i] = &step{Step: p.Steps[i]}
	}
	return steps
}

// Rejudge judges a saved plan by what the server has now, whatever its file says: what its steps cost and destroy, what must not be
// deleted, and whether pools work on the members of a cluster. What it finds it writes into the plan. The live state has
// [SavedDetails].
func Rejudge(p *plan.Plan, state *live.State) {
	b := &builder{live: state, plan: p, steps: unordered(p)}
	b.guardSides()
	for i := range p.Steps {
		step := &p.Steps[i]
		switch action := step.Action.(type) {
		case plan.DeletePool:
			step.Class = plan.DestroysData
			if pool := state.Pools[action.Pool]; pool != nil {
				b.protected(plan.PoolObject(action.Pool), pool.Config)
			}
		case plan.DeleteVolume:
			step.Class, step.Evidence = plan.DestroysData, b.evidence(action.Volume)
			live := state.Volumes.Get(action.Volume)
			if live == nil {
				continue
			}
			if snapshots := b.snapshots(action.Volume); action.Seen.Snapshots == nil && snapshots != nil {
				action.Seen.Snapshots = snapshots
				step.Action = action
			}
			object := plan.VolumeObject(action.Volume)
			b.protectedVolume(object, live)
			if users := outsideUsers(state, live.UsedBy); len(users) > 0 {
				b.blockUsed(plan.InUse, object, users, hintDetach, "it is used by %s", plan.ListUsers(users))
			}
		case plan.RenameVolume, plan.MoveVolume:
			live := state.Volumes.Get(action.Object().Volume)
			if live == nil || step.Class == plan.Disruptive && len(step.Evidence.UsedBy) > 0 {
				continue
			}
			if users := outsideUsers(state, live.UsedBy); len(users) > 0 {
				step.Class, step.Evidence = plan.Disruptive, plan.Evidence{UsedBy: users}
			}
		}
	}
}
