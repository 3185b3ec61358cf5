package planner

import (
	"fmt"
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/migrate"
	"tarn/lxd/schema"
	"tarn/planner/plan"
)

// guardRelocation blocks a rename or a move that the server would refuse, or break off half way, because of what uses the
// volume. It tells the class of the step otherwise.
func (b *builder) guardRelocation(live *lxd.Volume, to lxd.VolumeID) (plan.Class, plan.Evidence) {
	u := b.usesToLeave(live)
	if len(u.all) == 0 {
		return plan.Safe, plan.Evidence{}
	}
	from, object := live.ID(), plan.VolumeObject(live.ID())
	doing := "move"
	if from.Pool == to.Pool && from.Project == to.Project && from.Member == to.Member {
		doing = "rename"
	}
	b.guardServer(object, "", live, doing)
	if others := u.others(); (from.Member != to.Member || from.Project != to.Project) && len(others.all) > 0 {
		where := "cluster member"
		if from.Project != to.Project {
			where = "project"
		}
		b.blockUsed(plan.InUse, object, others.affected(), hintDetach, "it moves to another %s and is used by %s", where, plan.ListUsers(others.affected()))
	} else if len(u.running) > 0 {
		b.blockUsed(plan.InUse, object, u.running, hintStop,
			"it is used by %s, and the server does not %s a volume in use", plan.ListUsers(u.running), doing)
	}
	if profiles := u.of(lxd.UsedByProfile); len(profiles) > 0 && from.Pool != to.Pool && b.live.Server.IsLXDSince(5, 21) {
		// It judges the profile by the new place before there is a volume, whether an instance has the profile or not (seen on
		// LXD 5.21.7 and 6.9; 5.0.2 and Incus 7.3 move it).
		b.blockUsed(plan.InUse, object, profiles, hintProfile,
			"it is used by %s, and %s does not move a volume that a profile has to another pool", plan.ListUsers(profiles), b.live.Server)
	} else if len(u.profiles) > 0 && !b.live.Server.Has("storage_and_profile_operations") {
		// The profile gets the new name first, its instances are then judged by it, and there is no such volume yet: the server
		// gives up and leaves the profile as it is (seen on LXD 5.0.2 and Incus 6.0). The extension came after the repair.
		b.blockUsed(plan.ProfileInUse, object, u.profiles, hintProfile,
			"it is used by %s, and %s would give up half way through and leave the profile broken", plan.ListUsers(u.profiles), b.live.Server)
	}
	return plan.Disruptive, plan.Evidence{UsedBy: u.affected()}
}

// guardMove blocks a move that would break off, or lose something that belongs to the volume, from wherever it comes. object names the
// volume for people, and where says on which server it is, "" for this one.
func (b *builder) guardMove(v *volumePlan, object plan.Object, source *lxd.Volume, where string) {
	usage := b.usageOf(v, source)
	if usage != nil && len(usage.Backups) > 0 {
		n := len(usage.Backups)
		b.block(plan.HasBackups, object, "export what you want to keep and delete them first", "%sit has %d %s, which the server deletes when it moves the volume", where, n, plan.Plural(n, "backup"))
	}
	b.guardSizeOnArrival(v, object, source, where)
}

// guardSizeOnArrival blocks what comes into a pool and holds more than the size that it gets there.
func (b *builder) guardSizeOnArrival(v *volumePlan, object plan.Object, source *lxd.Volume, where string) {
	b.guardDeviceOnArrival(v, object, source, where)
	usage := b.usageOf(v, source)
	// The copy gets the size that the volume has or, without one, the default of its new pool. The config that the spec wants
	// comes afterwards.
	size, what := source.Config["size"], "its size of %s, which its new pool may enforce"
	if size == "" {
		size, what = v.pool.config["volume.size"], "the %s that volume.size of its new pool gives it"
	}
	if limit, err := sizeOf(&size); err == nil && limit > 0 {
		b.guardFull(object, source, usage, limit, where, "give it a size that holds it where it is, and move it then", what)
	}
}

// guardPlace blocks a volume of another server in a pool, or on a member of the cluster, that does not work.
func (b *builder) guardPlace(object plan.Object, remote string, source *lxd.Volume) {
	there := b.stateOf(remote)
	side := b.side(remote, lxd.PoolID{Name: source.Pool, Member: source.ID().Member})
	if pool := there.Pools[source.Pool]; broken(pool) {
		b.block(plan.NeedsRepair, object, "repair it by hand and plan again", "%sthe status of pool %s is %s, so it needs repair",
			on(remote), plan.Plain(pool.Name), plan.Plain(pool.Status))
	} else if broken(side) {
		b.block(plan.NeedsRepair, object, "repair it there by hand and plan again", "%sthe status of pool %s on the cluster member %s is %s, so it needs repair",
			on(remote), plan.Plain(source.Pool), plan.Plain(source.Location), plan.Plain(side.Status))
	}
	if offline(there, source.Location) {
		b.block(plan.MemberOffline, object, "bring it back first", "%sthe member %s, which has it, is offline", on(remote), plan.Plain(source.Location))
	}
}

// guardProtection blocks a migration that would take the protection off a volume: the server that has it would have it no longer, and
// the one that gets it would not protect it. Within a server the data stays there, and the patch that follows says what it takes off.
func (b *builder) guardProtection(v *volumePlan, object plan.Object, remote string, source *lxd.Volume) {
	set, err := schema.ParseBool(source.Config[preventDeleteKey])
	if err != nil || !set || v.want.PreventDelete || b.markStateOn(remote, source) == copied {
		return
	}
	b.block(plan.Protected, object, "declare it with prevent_delete, or lift the protection where it is and apply that first",
		"%sit is protected by prevent_delete, and what it becomes would not be", on(remote))
}

// guardName blocks the transfer of a volume whose name LXD up to 5.0.2, and from 5.1 to 5.13, gives to a shell: it runs what the name says, or
// never ends (seen on 5.0.2; the code of the others is the same).
func (b *builder) guardName(object plan.Object, id lxd.VolumeID, server *lxd.Server, where string) {
	if !server.GivesNamesToShell() || !strings.ContainsFunc(id.Project+id.Name, func(r rune) bool {
		return r < 0x80 && !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("._:@%+=,/-", r))
	}) {
		return
	}
	b.block(plan.UnsafeName, object, "rename it in its pool first, and move it then",
		"%s%s gives the name to a shell when it moves the volume to another pool or server", where, server)
}

// guardSource blocks the end of a move whose source has lived on: it would be deleted. where names it for people.
func (b *builder) guardSource(v *volumePlan, source *lxd.Volume, there *live.State, where string) {
	if migrate.StateOf(source, v.id()) != migrate.Moving || v.moveState != migrate.Arrived {
		return
	}
	object := plan.VolumeObject(v.final())
	if !migrate.Pair(source, v.live) {
		b.block(plan.SourceChanged, object, fmt.Sprintf("compare the two, delete the one that is not wanted, and take %s off the other", migrate.MovingKey),
			"it has arrived, but %s, where it comes from, is not the volume that it was compared with", where)
		return
	}
	users, remote := plan.UsersOf(there.Uses(source.UsedBy)), ""
	if there != b.live {
		remote = v.want.RenamedFrom.Remote
	}
	if len(b.serverKeys(remote, source)) > 0 {
		users = plan.SortUsers(append(users, plan.User{Kind: lxd.UsedByServer}))
	}
	if len(users) > 0 {
		b.blockUsed(plan.SourceChanged, object, users, hintDetach,
			"it has arrived, and %s, where it comes from, is used by %s", where, plan.ListUsers(users))
	}
	old, arrived := b.usageOf(v, source), b.usageOf(v, v.live)
	for i := 0; old != nil && arrived != nil && i < len(old.Snapshots); i++ {
		if !slices.Contains(arrived.Snapshots, old.Snapshots[i]) {
			b.block(plan.SourceChanged, object, "compare the two, and delete the one that is not wanted, or that snapshot",
				"it has arrived, but %s, where it comes from, has got snapshot %s since", where, plan.Plain(old.Snapshots[i]))
		}
	}
	if what := migrate.Differs(source, v.live, false); what != "" {
		b.block(plan.SourceChanged, object, fmt.Sprintf("compare the two, delete the one that is not wanted, and take %s off the new one", migrate.ArrivedKey),
			"it has arrived, but the %s of %s, where it comes from, has changed since", what, where)
	}
}
