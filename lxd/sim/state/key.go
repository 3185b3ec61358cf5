package state

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"tarn/lxd/schema"
)

// Key names something of a project: its type, where there are several, its name, and the member that has it, where each
// member has things of its own.
type Key struct{ Project, Type, Name, Member string }

// MarshalText writes project/name, project/type/name or project/type/name/member.
func (k Key) MarshalText() ([]byte, error) {
	text := k.Project + "/" + k.Name
	if k.Type != "" {
		text = k.Project + "/" + k.Type + "/" + k.Name
	}
	if k.Member != "" {
		text += "/" + k.Member
	}
	return []byte(text), nil
}

// UnmarshalText reads what MarshalText writes.
func (k *Key) UnmarshalText(text []byte) error {
	parts := strings.Split(string(text), "/")
	switch len(parts) {
	case 2:
		*k = Key{Project: parts[0], Name: parts[1]}
	case 3:
		*k = Key{Project: parts[0], Type: parts[1], Name: parts[2]}
	case 4:
		*k = Key{Project: parts[0], Type: parts[1], Name: parts[2], Member: parts[3]}
	default:
		return fmt.Errorf("%q is neither project/name nor project/type/name nor project/type/name/member", text)
	}
	return nil
}

// Clustered tells whether the server is one of a cluster.
func (s *State) Clustered() bool { return len(s.Members) > 0 }

// MemberNames are the names of all members, sorted; nil without a cluster.
func (s *State) MemberNames() []string { return slices.Sorted(maps.Keys(s.Members)) }

// Self is the member that answers: the first one that is online, or, when none is, the first one; "" without a cluster.
func (s *State) Self() string {
	names := s.MemberNames()
	for _, name := range names {
		if !s.Members[name].Offline {
			return name
		}
	}
	if len(names) == 0 {
		return ""
	}
	return names[0]
}

// KeyMember is the Member of the keys of those volumes of a pool that a member has: "" when all members share the pool.
func (p *Pool) KeyMember(member string) string {
	if d, ok := schema.Lookup(p.Driver); ok && d.Remote {
		return ""
	}
	return member
}

// SnapshotIndex is where among the snapshots of a volume the one of a name is, -1 for nowhere.
func (v *Volume) SnapshotIndex(name string) int {
	return slices.IndexFunc(v.Snapshots, func(s *Snapshot) bool { return s.Name == name })
}
