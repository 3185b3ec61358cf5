package planner

import (
	"tarn/lxd"
	"tarn/lxd/live"
)

// Servers copy config along with a volume, so that a mark alone does not tell whose a volume is: it says besides which one it was
// put on.

// markText is how a mark names a volume, without its member: one that goes to another member stays the same.
func markText(id lxd.VolumeID) string {
	text := id.Pool + "/" + id.Name
	if id.Project != "" && id.Project != lxd.DefaultProject {
		text = id.Project + ":" + text
	}
	return text
}

// markTextOn is how a mark names a volume whose declaration names its member. Others of its name may be on other members.
func markTextOn(id lxd.VolumeID) string {
	if id.Member == "" {
		return markText(id)
	}
	return markText(id) + " on " + id.Member
}

// markText is what the mark of a declared volume says.
func (v *volumePlan) markText() string {
	if v.want.Target != "" {
		return markTextOn(v.final())
	}
	return markText(v.final())
}

// markState is what a volume's marks are worth.
type markState int

const (
	own     markState = iota // put on this volume, or by a tarn that did not say on which
	copied                   // put on another volume, which is still there: this one is a copy, and belongs to nobody
	renamed                  // put on a volume that is gone: this is that one, and somebody has renamed or moved it
)

// markState tells whether the marks of a live volume are its own.
func (b *builder) markState(volume *lxd.Volume) markState { return b.markStateOn("", volume) }

// markStateOn is markState for a volume of another server; remote is "" for this one.
func (b *builder) markStateOn(remote string, volume *lxd.Volume) markState {
	of, id := volume.Config[markedKey], volume.ID()
	switch {
	case of == "" || of == markTextOn(id):
		return own
	case of == markText(id):
		if remote == "" {
			return b.amongNamesakes(volume, of)
		}
		return own
	}
	if _, there := b.markable(remote)[of]; there {
		return copied
	}
	return renamed
}

// amongNamesakes is what a mark without a member is worth. It was put on when no other member had a volume of the name; of
// several with one owner's mark, those that the spec does not declare are copies, or nobody can tell which one is none. Where the
// spec declares another one of the name, a mark that is not this spec's stays a copied one when that one has lost it.
func (b *builder) amongNamesakes(volume *lxd.Volume, of string) markState {
	id := volume.ID()
	owner := volume.Config[live.OwnerKey]
	if b.volumes.Get(id) != nil || b.leaving[id] != nil || owner == "" && volume.Config[preventDeleteKey] == "" {
		return own // or it has no mark but this one, which says nothing
	}
	for _, other := range b.namesakes(id) {
		its := other.Config[markedKey]
		if v := b.volumes.Get(other.ID()); v != nil && !v.want.Absent && b.leaving[other.ID()] == nil && (owner == "" || owner != b.want.Settings.Owner) {
			return copied
		}
		if other.ID() != id && other.Config[live.OwnerKey] == owner && (its == of || its == markTextOn(other.ID())) {
			return copied
		}
	}
	return own
}

// markable are all volumes of a server as marks name them.
func (b *builder) markable(remote string) map[string]lxd.VolumeID {
	if known := b.byMark[remote]; known != nil {
		return known
	}
	state := b.stateOf(remote)
	volumes := make(map[string]lxd.VolumeID, state.VolumeIDs.Len())
	add := func(id lxd.VolumeID) {
		volumes[markTextOn(id)] = id
		if other, known := volumes[markText(id)]; !known || id.Compare(other) < 0 {
			volumes[markText(id)] = id
		}
	}
	for id := range state.VolumeIDs.All() {
		add(id)
	}
	for id := range state.Volumes.All() { // some servers do not name all of them among what uses a pool
		add(id)
	}
	if b.byMark == nil {
		b.byMark = map[string]map[string]lxd.VolumeID{}
	}
	b.byMark[remote] = volumes
	return volumes
}

// copiedFrom is the volume that a live one is a copy of by its mark, zero for none.
func (b *builder) copiedFrom(id lxd.VolumeID) lxd.VolumeID {
	live := b.live.Volumes.Get(id)
	if live == nil || b.markState(live) != copied {
		return lxd.VolumeID{}
	}
	return b.markable("")[live.Config[markedKey]]
}
