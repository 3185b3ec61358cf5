package planner

import (
	"tarn/lxd/live"
	"tarn/planner/plan"
)

// Rejudge judges a saved plan by what the server has now, whatever its file says: what its steps cost and destroy, and what
// must not be deleted. What it finds it writes into the plan. The live state has the usage of [plan.Plan.Destroyed].
func Rejudge(p *plan.Plan, state *live.State) {
	b := &builder{live: state, plan: p}
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
			live := state.Volumes[action.Volume]
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
			live := state.Volumes[action.Object().Volume]
			if live == nil || step.Class == plan.Disruptive && len(step.Evidence.UsedBy) > 0 {
				continue
			}
			if users := outsideUsers(state, live.UsedBy); len(users) > 0 {
				step.Class, step.Evidence = plan.Disruptive, plan.Evidence{UsedBy: users}
			}
		}
	}
}
