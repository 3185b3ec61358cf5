package planner

import (
	"tarn/lxd"
	"tarn/lxd/migrate"
	"tarn/spec"
)

// volumePlan is one declared volume on its way into the plan. A plan may have 100,000 of them, so it holds what all have, and what only
// few have is in an [origin].
type volumePlan struct {
	want *spec.Volume
	pool *poolPlan
	live *lxd.Volume // as it is on the server under its id, nil when it is not, or not completely

	// at is where it is when it is matched, and to where it is after the plan, which differ in nothing but the member. Neither has a name.
	// Volumes in one place share them, and nobody changes what they point to.
	at, to *lxd.VolumeID

	*origin // never nil

	// finish tells that a move to it has been begun, and not ended. moveState is what the marks of what is there under its
	// name say of that, and leftover what the move has under another name.
	leftover  *lxd.Volume
	moveState migrate.State
	finish    bool

	// renamed is decided by resolveRenames: origin.from becomes this one.
	renamed bool

	// ambiguous tells that several members have a volume that renamed_from may mean.
	ambiguous bool

	// unclear tells that nobody can say which live volume it is or comes from. It is blocked, and nothing is planned for it.
	unclear bool

	sourceUnread  bool // nobody has looked yet whether another server has what it comes from
	shiftReported bool // that it would have IDs both shifted and unmapped
}

// origin is where a volume comes from that has renamed_from or copy_of.
type origin struct {
	// from is the volume of this server that renamed_from names, zero for none.
	from lxd.VolumeID

	// source is the volume of another server that renamed_from names, nil when it is not there. sourceID is what it is called
	// there all the same.
	source   *lxd.Volume
	sourceID lxd.VolumeID

	copied         *copySource // what it is created as a copy of, nil before it is planned
	incompleteCopy *lxd.Volume // what is there under its name, when that is not complete
}

// noOrigin is that of all other volumes. Nobody changes it.
var noOrigin origin

// newVolumePlan is a volume that is matched by an id, and keeps it. live is what the server has under that, nil for nothing.
func (b *builder) newVolumePlan(want *spec.Volume, pool *poolPlan, id lxd.VolumeID, live *lxd.Volume) *volumePlan {
	if id.Name = ""; b.lastPlace == nil || *b.lastPlace != id {
		place := id
		b.lastPlace = &place
	}
	v := &volumePlan{want: want, pool: pool, live: live, at: b.lastPlace, to: b.lastPlace, origin: &noOrigin}
	if want.RenamedFrom != nil || want.CopyOf != nil {
		v.origin = new(origin)
	}
	return v
}

// id is what the volume is matched by: as the spec has it, on the member where it is.
func (v *volumePlan) id() lxd.VolumeID {
	id := *v.at
	id.Name = v.want.Name
	return id
}

// final is what the volume is called after the plan. It is id but for the member, which the phase place may decide.
func (v *volumePlan) final() lxd.VolumeID {
	id := *v.to
	id.Name = v.want.Name
	return id
}

// goTo has the volume be on a member after the plan, "" for one that the server decides.
func (v *volumePlan) goTo(member string) {
	to := *v.to
	to.Member = member
	v.to = &to
}
