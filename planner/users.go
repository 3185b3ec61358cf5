package planner

import (
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/planner/plan"
)

// usage is what uses a volume.
type usage struct {
	all []string // instance web1, profile db

	// running are the instances that may write to it now, by themselves or through a profile. It is known only once the
	// plan's question for users has been answered.
	running []string

	// profiles are those that use it and that some instance has, each with such an instance.
	profiles []string
}

// uses tells what uses a live volume. What of it is running decides what the server lets through, so the plan asks.
func (b *builder) uses(live *lxd.Volume) usage {
	uses := b.live.Uses(live.UsedBy)
	u := usage{all: names(uses)}
	for _, use := range uses {
		switch use.Kind {
		case lxd.UsedByInstance, lxd.UsedByProfile:
			b.plan.InQuestion.Users = true
		}
	}
	if b.live.Users == nil {
		return u
	}
	for _, use := range uses {
		switch use.Kind {
		case lxd.UsedByInstance:
			u.instance(use, b.live.Users.Instances[use.Instance()])
		case lxd.UsedByProfile:
			profile := b.live.Users.Profiles[use.Profile()]
			if profile == nil {
				continue
			}
			for _, has := range b.live.Uses(profile.UsedBy) {
				instance := b.live.Users.Instances[has.Instance()]
				if instance != nil && !takes(instance, live.ID()) {
					continue // it has a device of its own in place of the profile's
				}
				u.instance(has, instance)
				u.profiles = append(u.profiles, use.String()+" of "+has.String())
			}
		}
	}
	slices.Sort(u.running)
	u.running = slices.Compact(u.running)
	return u
}

// instance notes an instance that uses the volume; nil is one that the client may not see.
func (u *usage) instance(use lxd.Use, instance *lxd.Instance) {
	switch {
	case instance == nil || instance.Status == lxd.StatusStopped:
	case instance.Status == lxd.StatusError:
		u.running = append(u.running, use.String()+" (nobody knows whether it runs)")
	default:
		u.running = append(u.running, use.String()+" ("+strings.ToLower(instance.Status)+")")
	}
}

func takes(instance *lxd.Instance, id lxd.VolumeID) bool {
	for _, device := range instance.Devices {
		if device.Uses(id) {
			return true
		}
	}
	return false
}

// evidence words the use for a step that the users notice.
func (u usage) evidence() string {
	if len(u.running) > 0 {
		return "used by " + plan.List(u.running)
	}
	return "used by " + plan.List(u.all)
}

const (
	hintStop   = "stop what runs, or detach the volume there, and plan again"
	hintDetach = "detach it there first"
)

// guardRelocation blocks a rename or a move that the server would refuse, or break off half way, because of what uses the
// volume. It tells the class of the step otherwise.
func (b *builder) guardRelocation(object plan.Object, live *lxd.Volume, doing string) (class plan.Class, evidence []string) {
	u := b.uses(live)
	if len(u.all) == 0 {
		return plan.Safe, nil
	}
	if len(u.running) > 0 {
		b.block(object, hintStop, "it is used by %s, and the server does not %s a volume in use", plan.List(u.running), doing)
	}
	// The profile gets the new name first, its instances are then judged by it, and there is no such volume yet: the server
	// gives up and leaves the profile as it is (seen on LXD 5.0.2 and Incus 6.0). The extension came after the repair.
	if len(u.profiles) > 0 && !b.live.Server.Has("storage_and_profile_operations") {
		b.block(object, "take the disk out of the profile, and put it back when this is done",
			"it is used by %s, and %s would give up half way through and leave the profile broken", plan.List(u.profiles), b.live.Server)
	}
	return plan.Disruptive, []string{u.evidence()}
}

// guardShifting blocks a change of security.shifted that the server refuses.
func (b *builder) guardShifting(object plan.Object, live *lxd.Volume, changes []plan.Change) {
	if !touches(changes, "security.shifted") {
		return
	}
	if u := b.uses(live); len(u.running) > 0 {
		b.block(object, hintStop, "it is used by %s, and the server does not change security.shifted in use", plan.List(u.running))
	}
}

// patchClass tells whether the users of a volume notice a change of its config.
func (b *builder) patchClass(live *lxd.Volume, changes []plan.Change, shrinks bool) (plan.Class, []string) {
	if !shrinks && !touches(changes, "security.unmapped") {
		return plan.Safe, nil
	}
	if u := b.uses(live); len(u.running) > 0 {
		return plan.Disruptive, []string{u.evidence()}
	}
	return plan.Safe, nil
}

func touches(changes []plan.Change, key string) bool {
	return slices.ContainsFunc(changes, func(change plan.Change) bool { return change.Attr.IsConfig(key) })
}
