package planner

import (
	"fmt"
	"slices"

	"tarn/lxd/live"
	"tarn/planner/plan"
)

// Stale tells what is no longer as it was when the plan was made, of all that its steps rest on. remotes are the
// other servers that volumes come from, by their names. Whatever else has changed on the servers is not looked at.
func Stale(p *plan.Plan, live *live.State, remotes map[string]*live.State) []plan.Finding {
	var findings []plan.Finding
	report := func(remote string, object plan.Object, what ...string) {
		if len(what) > 0 {
			findings = append(findings, plan.Finding{Remote: remote, Object: object, What: what})
		}
	}
	touched := p.Touched()
	was := map[plan.Object]bool{}
	for _, seen := range p.Seen {
		state := live
		if seen.Remote != "" {
			state = remotes[seen.Remote]
		} else {
			was[seen.Object] = true
		}
		now, there := currentState(state, seen.Object)
		if !there {
			report(seen.Remote, seen.Object, "it was there and is gone")
			continue
		}
		report(seen.Remote, seen.Object, seen.Differs(now)...)
	}
	for _, step := range p.Steps {
		if from, ok := plan.SourceOf(step.Action); ok && from.Remote != "" && !from.Begun {
			if there := remotes[from.Remote].Server; !there.SendsVolumesTo(live.Server) {
				report(from.Remote, plan.VolumeObject(from.Volume), fmt.Sprintf("its server is %s and the target's is %s now, which send each other no volumes", there, live.Server))
			}
		}
	}
	created := map[plan.Object]bool{} // since then, on whichever member
	for id := range live.Volumes.All() {
		if !was[plan.VolumeObject(id)] {
			created[plan.VolumeObject(id)], created[plan.VolumeObject(withoutMember(id))] = true, true
		}
	}
	for name := range live.Pools {
		created[plan.PoolObject(name)] = !was[plan.PoolObject(name)]
	}
	for object := range touched {
		if created[object] {
			report("", object, "it was not there, and has been created since")
		}
	}
	slices.SortFunc(findings, func(x, y plan.Finding) int {
		return plan.CompareSeen(plan.Seen{Remote: x.Remote, Object: x.Object}, plan.Seen{Remote: y.Remote, Object: y.Object})
	})
	return findings
}

// currentState gives an object as it is on a server.
func currentState(live *live.State, object plan.Object) (plan.Seen, bool) {
	pool := live.Pools[object.Pool]
	if pool == nil {
		return plan.Seen{}, false
	}
	if object.IsPool() {
		return sawPool(live, pool, nil), true
	}
	volume, _ := volumeOf(live, object.Volume)
	if volume == nil {
		return plan.Seen{}, false
	}
	seen := sawVolume(live, volume, nil)
	if usage := live.Usage[volume.ID()]; usage != nil {
		seen.Snapshots = append([]string{}, usage.Snapshots...)
	}
	return seen, true
}
