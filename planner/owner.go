package planner

import (
	"fmt"
	"maps"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/schema"
	"tarn/planner/plan"
	"tarn/spec"
)

// Config keys by which tarn marks objects on the server, besides [live.OwnerKey].
const (
	// preventDeleteKey marks an object that must not be deleted.
	preventDeleteKey = live.PreventDeleteKey

	// markedKey says which volume the other marks were put on, because servers copy config along with a volume.
	markedKey = live.OfKey
)

func isMark(key string) bool {
	return key == live.OwnerKey || key == preventDeleteKey || key == markedKey
}

// marked is the config that the spec asks for with tarn's own marks added. of is the volume that they are put on, nil for a pool, which
// nobody can copy.
func (b *builder) marked(config spec.Config, prevent bool, of *volumePlan) spec.Config {
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
	if of != nil {
		config[markedKey] = spec.Value{Text: of.markText()}
	}
	return config
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
func (b *builder) takesOverVolume(v *volumePlan, live *lxd.Volume) (taken bool, why string) {
	if v.copies(live) || live.ContentType == schema.ISO {
		return false, "" // it gets new marks, or none
	}
	remote := ""
	if live == v.source {
		remote = v.want.RenamedFrom.Remote
	}
	if b.markStateOn(remote, live) == copied {
		return b.takesOver(nil)
	}
	return b.takesOver(live.Config)
}

// ofOthers tells whether a volume of this server carries another owner's mark, and is none of the spec's business then: not in a pool
// that is exclusively the spec's.
func (b *builder) ofOthers(volume *lxd.Volume) bool {
	owner, pool := volume.Config[live.OwnerKey], b.pools[volume.Pool]
	return owner != "" && owner != b.want.Settings.Owner && (pool == nil || !pool.want.Exclusive)
}
