package planner

import (
	"fmt"
	"maps"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/planner/plan"
	"tarn/spec"
)

// Config keys by which tarn marks objects on the server, besides [live.OwnerKey].
const (
	// preventDeleteKey marks an object that must not be deleted, so that the protection outlives its block in the spec.
	preventDeleteKey = "user.tarn.prevent_delete"

	// markedKey says which volume the other marks were put on, because servers copy config along with a volume.
	markedKey = live.OfKey
)

func isMark(key string) bool {
	return key == live.OwnerKey || key == preventDeleteKey || key == markedKey
}

// marked is the config that the spec asks for with tarn's own marks added. of is what they are put on, "" for a pool, which
// nobody can copy.
func (b *builder) marked(config spec.Config, prevent bool, of string) spec.Config {
	owner := b.want.Settings.Owner
	if owner == "" && !prevent {
		return config
	}
	config = maps.Clone(config)
	if config == nil {
		config = spec.Config{}
	}
	if owner != "" {
		config[live.OwnerKey] = spec.Value{Text: owner, Range: b.want.Settings.Ranges.Of("owner")}
	}
	if prevent {
		config[preventDeleteKey] = spec.Value{Text: "true"}
	}
	if of != "" {
		config[markedKey] = spec.Value{Text: of}
	}
	return config
}

// markText is how a mark names the volume that it was put on. The member is not in it: a volume that goes to another one stays
// the same.
func markText(id lxd.VolumeID) string {
	text := id.Pool + "/" + id.Name
	if id.Project != "" && id.Project != lxd.DefaultProject {
		text = id.Project + ":" + text
	}
	return text
}

// markState is what a volume's marks are worth.
type markState int

const (
	own     markState = iota // put on this volume, or by a tarn that did not say on which
	copied                   // put on another volume, which is still there: this one is a copy, and belongs to nobody
	renamed                  // put on a volume that is gone: this is that one, and somebody has renamed it
)

// markState tells whether the marks of a live volume are its own.
func (b *builder) markState(volume *lxd.Volume) markState { return b.markStateOn("", volume) }

// markStateOn is markState for a volume of another server; remote is "" for this one.
func (b *builder) markStateOn(remote string, volume *lxd.Volume) markState {
	of := volume.Config[markedKey]
	switch {
	case of == "" || of == markText(volume.ID()):
		return own
	case b.markable(remote)[of]:
		return copied
	}
	return renamed
}

// markable are all volumes of a server as marks name them.
func (b *builder) markable(remote string) map[string]bool {
	if b.byMark[remote] == nil {
		state := b.stateOf(remote)
		names := make(map[string]bool, len(state.VolumeIDs))
		for id := range state.VolumeIDs {
			names[markText(id)] = true
		}
		for id := range state.Volumes { // some servers do not name all of them among what uses a pool
			names[markText(id)] = true
		}
		if b.byMark == nil {
			b.byMark = map[string]map[string]bool{}
		}
		b.byMark[remote] = names
	}
	return b.byMark[remote]
}

// volumeOfOther is ownedByOther for a volume. A copy belongs to nobody, whatever it has been copied with.
func (b *builder) volumeOfOther(object plan.Object, live *lxd.Volume) bool {
	return b.markState(live) != copied && b.ownedByOther(object, live.Config)
}

// sourceOfOther is volumeOfOther for a volume of another server, which object is to become.
func (b *builder) sourceOfOther(object plan.Object, remote string, source *lxd.Volume) bool {
	return b.markStateOn(remote, source) != copied && b.ownedByOtherOn(object, remote, source.Config)
}

// protectedVolume is protected for a volume. A copy is not protected by what protects its original.
func (b *builder) protectedVolume(object plan.Object, live *lxd.Volume) bool {
	return b.markState(live) != copied && b.protected(object, live.Config)
}

// ownedByOther blocks an object that is marked as somebody else's, and tells whether it did.
func (b *builder) ownedByOther(object plan.Object, config map[string]string) bool {
	return b.ownedByOtherOn(object, "", config)
}

// ownedByOtherOn is ownedByOther for what is on another server; remote is "" for this one.
func (b *builder) ownedByOtherOn(object plan.Object, remote string, config map[string]string) bool {
	owner := config[live.OwnerKey]
	if owner == "" || owner == b.want.Settings.Owner || b.opts.Adopt {
		return false
	}
	if b.want.Settings.Owner == "" {
		b.block(plan.OtherOwner, object, "set owner in the tarn block, or take it over with --adopt", "%sit belongs to the owner %q, and this spec names none", on(remote), owner)
	} else {
		b.block(plan.OtherOwner, object, "take it over with --adopt", "%sit belongs to the owner %q", on(remote), owner)
	}
	return true
}

// takesOver tells whether an object that the spec declares was not its owner's so far, and says so for the reason of its patch.
func (b *builder) takesOver(config map[string]string) (taken bool, why string) {
	owner, before := b.want.Settings.Owner, config[live.OwnerKey]
	switch {
	case owner == "" || owner == before:
		return false, ""
	case before != "":
		return true, fmt.Sprintf("taken over from %q, ", before)
	}
	return true, "taken over, "
}

// takesOverVolume is takesOver for a volume. A copy belongs to nobody, whatever it has been copied with.
func (b *builder) takesOverVolume(live *lxd.Volume) (taken bool, why string) {
	if b.markState(live) == copied {
		return b.takesOver(nil)
	}
	return b.takesOver(live.Config)
}
