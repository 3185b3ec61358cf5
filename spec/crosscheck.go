package spec

import (
	"cmp"
	"fmt"
)

// volumeKey is what two volumes of a spec must not have in common.
type volumeKey struct {
	Project, Pool, Target, Name string
}

// crossCheck reports what is wrong between objects: names that are taken twice, and renames that contradict.
func (l *loader) crossCheck() {
	l.checkRenames(l.checkDuplicates())
	l.checkSources()
}

// checkDuplicates reports pools and volumes with the name of another one, and gives the volumes without them.
func (l *loader) checkDuplicates() map[volumeKey]*Volume {
	pools := map[string]*Pool{}
	volumes := map[volumeKey]*Volume{}
	for _, p := range l.spec.Pools {
		if p.Name == "" {
			continue
		}
		if first, ok := pools[p.Name]; ok {
			l.errorf(p.Ranges.Of("name"), "Duplicate pool", "%s and %s are both named %q. The other one is declared at %s.",
				p.Address, first.Address, p.Name, fileLine(first.Ranges.Of("name")))
			continue
		}
		pools[p.Name] = p
		for _, v := range p.Volumes {
			if v.Name == "" || v.Ranges.AnyUnknown("project", "target") {
				continue
			}
			key := volumeKey{v.Project, p.Name, v.Target, v.Name}
			if first, ok := volumes[key]; ok {
				other := fmt.Sprintf("The other one is declared at %s.", fileLine(first.Ranges.Of("name")))
				if at := v.Ranges.Of("name"); at == first.Ranges.Of("name") {
					other = "The name must differ from element to element of for_each: it needs ${each.key} in it, or something else of each."
					if meant := l.referenceAsText(v.Name); meant != "" {
						other = meant
						l.withdraw(at, doubtfulName)
					}
				}
				l.errorOnce(v.Ranges.Of("name"), "Duplicate volume", "%s and %s are both the volume %q of pool %q. %s",
					v.Address, first.Address, v.Name, p.Name, other)
				continue
			}
			volumes[key] = v
		}
	}
	return volumes
}

// checkRenames reports volumes that are renamed from a volume that another one is renamed from, too, or that the spec declares
// besides.
func (l *loader) checkRenames(volumes map[volumeKey]*Volume) {
	type oldName struct {
		remote string
		volumeKey
	}
	renamed := map[oldName]*Volume{}
	for _, p := range l.spec.Pools {
		for _, v := range p.Volumes {
			from := v.RenamedFrom
			if from == nil || p.Name == "" || v.Absent || v.Ranges.AnyUnknown("project", "target", "absent") {
				continue
			}
			key := volumeKey{cmp.Or(from.Project, v.Project), from.Pool, v.Target, from.Name}
			if from.Pool == "" {
				key.Pool = p.Name
			}
			rng := v.Ranges.Of("renamed_from")
			if first, ok := renamed[oldName{from.Remote, key}]; ok {
				l.errorf(rng, "Renamed twice", "%s and %s are both renamed from %q, and only one of them can have its data. "+
					"The other one is declared at %s.", v.Address, first.Address, from, fileLine(first.Ranges.Of("renamed_from")))
				continue
			}
			renamed[oldName{from.Remote, key}] = v
			old, ok := volumes[key]
			switch {
			case from.Remote != "" || !ok || old == v:
			case old.Absent:
				l.errorf(rng, "Contradictory rename", "%s is renamed from %q, which %s at %s declares absent. "+
					"After the rename nothing is left to delete: take that block out.", v.Address, from, old.Address, fileLine(old.Ranges.Block))
			case old.RenamedFrom == nil && !old.Ranges.AnyUnknown("renamed_from", "absent"):
				l.warnf(rng, "Old name is used anew", "%s is renamed from %q, and %s at %s declares a new volume of that name. "+
					"Take out renamed_from when the rename is done: where %q is missing, the new volume would be renamed too.",
					v.Address, from, old.Address, fileLine(old.Ranges.Block), v.Name)
			}
		}
	}
}
