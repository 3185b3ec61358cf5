package planner

import (
	"fmt"
	"slices"

	"tarn/lxd"
)

// offline tells whether a cluster member does not answer. One that was evacuated does.
func (b *builder) offline(member string) bool {
	return slices.ContainsFunc(b.live.Members, func(m *lxd.Member) bool { return m.Name == member && m.Status == lxd.MemberOffline })
}

// guardMembers blocks the steps that need a member which is offline. Lists come from the cluster's database, so that nothing
// is missing from them; but every change of a pool goes to all members, and that of a volume to the one that has it (seen on
// LXD 5.0.2, which leaves a pool Errored when it finds out half way).
func (b *builder) guardMembers() {
	var offline []string
	for _, member := range b.live.Members {
		if b.offline(member.Name) {
			offline = append(offline, member.Name)
		}
	}
	slices.Sort(offline)
	if len(offline) == 0 {
		return
	}
	const hint = "bring it back, or plan without this"
	blocked := map[Object]bool{}
	block := func(object Object, why string) {
		if !blocked[object] {
			blocked[object] = true
			b.block(object, hint, "%s", why)
		}
	}
	for _, step := range b.steps {
		object := step.Action.Object()
		if object.isPool() {
			what := fmt.Sprintf("the cluster member %s is offline", offline[0])
			if len(offline) > 1 {
				what = fmt.Sprintf("the cluster members %s are offline", list(offline))
			}
			block(object, "all members have to take part, and "+what)
			continue
		}
		for _, id := range []lxd.VolumeID{object.Volume, step.result().Volume} {
			if b.offline(id.Member) {
				block(volumeObject(id), fmt.Sprintf("its cluster member %s is offline", id.Member))
			}
		}
	}
}
