package planner

import (
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/planner/plan"
)

// Volumes in which a server keeps its own backups and images. It renames, moves and deletes none of them, and what uses a volume
// does not always say so: LXD 5.0.2 tells it only of the member of a cluster that is asked, and Incus 6.0.4 never.

// usesToLeave is what uses a volume of this server that is to be renamed, moved or deleted, the server itself included.
func (b *builder) usesToLeave(volume *lxd.Volume) volumeUse {
	u := b.uses(volume)
	if len(b.serverKeys("", volume)) > 0 {
		u.all = plan.SortUsers(append(u.all, plan.User{Kind: lxd.UsedByServer}))
	}
	return u
}

// guardServer blocks a volume that its server uses itself, and tells whether it did. remote is the server that it comes from, ""
// for this one; doing is what the server does not do with it.
func (b *builder) guardServer(object plan.Object, remote string, volume *lxd.Volume, doing string) bool {
	user := plan.User{Kind: lxd.UsedByServer}
	keys := b.serverKeys(remote, volume)
	named := slices.Contains(plan.UsersOf(b.stateOf(remote).Uses(volume.UsedBy)), user)
	if len(keys) == 0 && !named {
		return false
	}
	which := "storage.backups_volume or storage.images_volume"
	if len(keys) > 0 {
		which = strings.Join(keys, " and ")
	}
	b.blockUsed(plan.InUse, object, []plan.User{user}, "set that to another volume or unset it, and plan again",
		"%sit is used by the server itself (%s), which then does not %s it", on(remote), which, doing)
	return true
}

// serverKeys are the config keys by which a server uses a volume itself. The plan asks for them.
func (b *builder) serverKeys(remote string, volume *lxd.Volume) []string {
	state := b.stateOf(remote)
	members := []string{""}
	if state.Server.Clustered {
		members = nil
		for _, member := range state.Members {
			id := volume.ID().Member
			if (id == "" || id == member.Name) && !offline(state, member.Name) { // what all members share any of them may use
				members = append(members, member.Name)
			}
		}
	}
	b.askOf(remote, func(missing *live.Details) {
		for _, member := range members {
			if !slices.Contains(missing.ServerVolumes, member) {
				missing.ServerVolumes = append(missing.ServerVolumes, member)
			}
		}
	})
	var keys []string
	for _, own := range state.ServerVolumes {
		if slices.Contains(members, own.Volume.Member) && withoutMember(own.Volume) == withoutMember(volume.ID()) && !slices.Contains(keys, own.Key) {
			keys = append(keys, own.Key)
		}
	}
	return keys
}

// stateOf is what has been read of another server, or of this one for "".
func (b *builder) stateOf(remote string) *live.State {
	if remote == "" {
		return b.live
	}
	return b.opts.Remotes[remote]
}

// askOf notes what is to be read of another server, or of this one for "", before the plan is made anew.
func (b *builder) askOf(remote string, note func(missing *live.Details)) {
	if remote == "" {
		note(&b.plan.Missing)
		return
	}
	if b.plan.MissingOf == nil {
		b.plan.MissingOf = map[string]live.Details{}
	}
	details := b.plan.MissingOf[remote]
	note(&details)
	b.plan.MissingOf[remote] = details
}

// on is "on NAME " for another server, "" for this one.
func on(remote string) string {
	if remote == "" {
		return ""
	}
	return "on " + plan.Plain(remote) + " "
}
