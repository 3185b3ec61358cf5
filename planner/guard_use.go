package planner

import (
	"slices"

	"tarn/lxd"
	"tarn/planner/plan"
)

// volumeUse is what uses a volume.
type volumeUse struct {
	all []plan.User

	// running are the instances that may write to it now, by themselves or through a profile, with their status. It is known
	// only once the users have been read.
	running []plan.User

	// profiles are those that use it and that some instance has, each with such an instance.
	profiles []plan.User
}

// uses tells what uses a live volume. What of it is running decides what the server lets through, so the plan asks.
func (b *builder) uses(live *lxd.Volume) volumeUse {
	if b.live.Volumes.Get(live.ID()) != live {
		return volumeUse{} // it is on another server, where whatever uses it blocks the migration
	}
	uses := b.live.Uses(live.UsedBy)
	u := volumeUse{all: plan.UsersOf(uses)}
	for _, use := range uses {
		switch use.Kind {
		case lxd.UsedByInstance, lxd.UsedByProfile:
			b.plan.Missing.Users = true
		}
	}
	if b.live.Users == nil {
		return u
	}
	for _, use := range uses {
		switch use.Kind {
		case lxd.UsedByInstance:
			u.addInstance(use, b.live.Users.Instances[use.Instance()])
		case lxd.UsedByProfile:
			profile := b.live.Users.Profiles[use.Profile()]
			if profile == nil {
				continue
			}
			for _, has := range b.live.Uses(profile.UsedBy) {
				instance := b.live.Users.Instances[has.Instance()]
				if instance != nil && !hasDevice(instance, live.ID()) {
					continue // it has a device of its own in place of the profile's
				}
				u.addInstance(has, instance)
				user := plan.UserOf(use)
				user.Of = has.Instance()
				u.profiles = append(u.profiles, user)
			}
		}
	}
	u.running, u.profiles = plan.SortUsers(u.running), plan.SortUsers(u.profiles)
	return u
}

// addInstance notes an instance that uses the volume; nil is one that the client may not see.
func (u *volumeUse) addInstance(use lxd.Use, instance *lxd.Instance) {
	if instance == nil || instance.Status == lxd.StatusStopped {
		return
	}
	user := plan.UserOf(use)
	user.Status = instance.Status
	u.running = append(u.running, user)
}

func hasDevice(instance *lxd.Instance, id lxd.VolumeID) bool {
	for _, device := range instance.Devices {
		if device.Uses(id) {
			return true
		}
	}
	return false
}

// of are the users of a kind.
func (u volumeUse) of(kind string) []plan.User {
	return slices.DeleteFunc(slices.Clone(u.all), func(user plan.User) bool { return user.Kind != kind })
}

// others are the users without the server itself, which is told apart.
func (u volumeUse) others() volumeUse {
	u.all = slices.DeleteFunc(slices.Clone(u.all), func(user plan.User) bool { return user.Kind == lxd.UsedByServer })
	return u
}

// affected are those that notice a step: what runs, as far as that is known.
func (u volumeUse) affected() []plan.User {
	if len(u.running) > 0 {
		return u.running
	}
	return u.all
}

const (
	hintStop    = "stop what runs, or detach the volume there, and plan again"
	hintDetach  = "detach it there first"
	hintProfile = "take the disk out of the profile, and put it back when this is done"
)

// guardShifting blocks a change of security.shifted that the server refuses.
func (b *builder) guardShifting(object plan.Object, live *lxd.Volume, changes []plan.Change) {
	if !touches(changes, "security.shifted") {
		return
	}
	if u := b.uses(live); len(u.running) > 0 {
		b.blockUsed(plan.InUse, object, u.running, hintStop,
			"it is used by %s, and the server does not change security.shifted in use", plan.ListUsers(u.running))
	}
}

// patchClass tells whether the users of a volume notice a change of its config.
func (b *builder) patchClass(live *lxd.Volume, changes []plan.Change, shrinks bool) (plan.Class, plan.Evidence) {
	if !shrinks && !touches(changes, "security.unmapped") {
		return plan.Safe, plan.Evidence{}
	}
	if u := b.uses(live); len(u.running) > 0 {
		return plan.Disruptive, plan.Evidence{UsedBy: u.affected()}
	}
	return plan.Safe, plan.Evidence{}
}

func touches(changes []plan.Change, key string) bool {
	return slices.ContainsFunc(changes, func(change plan.Change) bool { return change.Attr.IsConfig(key) })
}
