package state

import (
	"fmt"
	"maps"
)

// Entry names something of a state that is kept as a whole: a pool without its volumes, a volume with its snapshots, a
// project, a profile or an instance. A server notes the entries that a request has changed, made or removed, and has them
// saved before it answers.
type Entry struct {
	Kind Kind
	Pool string // of a pool and of a volume
	Key  Key    // of all others; a project's has only the name
}

// Kind is a kind of entry.
type Kind int

// Kinds of entry.
const (
	PoolKind Kind = iota
	VolumeKind
	ProjectKind
	ProfileKind
	InstanceKind
	ServerKind
)

// PoolEntry names a pool.
func PoolEntry(name string) Entry { return Entry{Kind: PoolKind, Pool: name} }

// VolumeEntry names a volume.
func VolumeEntry(pool string, key Key) Entry { return Entry{Kind: VolumeKind, Pool: pool, Key: key} }

// ProjectEntry names a project.
func ProjectEntry(name string) Entry { return Entry{Kind: ProjectKind, Key: Key{Name: name}} }

// ProfileEntry names a profile.
func ProfileEntry(key Key) Entry { return Entry{Kind: ProfileKind, Key: key} }

// InstanceEntry names an instance.
func InstanceEntry(key Key) Entry { return Entry{Kind: InstanceKind, Key: key} }

// ServerEntry names the config of the server, or of all members of a cluster.
func ServerEntry() Entry { return Entry{Kind: ServerKind} }

// record is what is there now under the names of entries, nil for nothing. It is a line of a journal.
type record struct {
	Serial    int64                      `json:"serial,omitempty"`
	Pools     map[string]*Pool           `json:"pools,omitempty"` // without their volumes
	Volumes   map[string]map[Key]*Volume `json:"volumes,omitempty"`
	Projects  map[string]*Project        `json:"projects,omitempty"`
	Profiles  map[Key]*Profile           `json:"profiles,omitempty"`
	Instances map[Key]*Instance          `json:"instances,omitempty"`

	Servers map[string]map[string]string `json:"servers,omitempty"` // the config of each member, "" for a server of its own

	Merged string `json:"merged,omitempty"` // digest of the state file that holds all that is before this line
}

// record gives what entries are now.
func (s *State) record(entries map[Entry]bool) record {
	r := record{Serial: s.Serial}
	for e := range entries {
		switch e.Kind {
		case PoolKind:
			r.Pools = nonNil(r.Pools)
			r.Pools[e.Pool] = nil
			if pool := s.Pools[e.Pool]; pool != nil {
				bare := *pool
				bare.Volumes = nil
				r.Pools[e.Pool] = &bare
			}
		case VolumeKind:
			if pool := s.Pools[e.Pool]; pool != nil { // otherwise its volumes are gone with it
				r.Volumes = nonNil(r.Volumes)
				r.Volumes[e.Pool] = nonNil(r.Volumes[e.Pool])
				r.Volumes[e.Pool][e.Key] = pool.Volumes[e.Key]
			}
		case ProjectKind:
			r.Projects = nonNil(r.Projects)
			r.Projects[e.Key.Name] = s.Projects[e.Key.Name]
		case ProfileKind:
			r.Profiles = nonNil(r.Profiles)
			r.Profiles[e.Key] = s.Profiles[e.Key]
		case InstanceKind:
			r.Instances = nonNil(r.Instances)
			r.Instances[e.Key] = s.Instances[e.Key]
		case ServerKind:
			r.Servers = map[string]map[string]string{}
			for name, member := range s.Members {
				r.Servers[name] = member.Config
			}
			if len(s.Members) == 0 {
				r.Servers[""] = s.Config
			}
		}
	}
	return r
}

// apply makes the changes of a record.
func (s *State) apply(r record) error {
	s.completeMaps()
	s.Serial = max(s.Serial, r.Serial)
	for name, pool := range r.Pools {
		if pool == nil {
			delete(s.Pools, name)
			continue
		}
		pool.Volumes = map[Key]*Volume{}
		if before := s.Pools[name]; before != nil {
			pool.Volumes = nonNil(before.Volumes)
		}
		s.Pools[name] = pool
	}
	for name, volumes := range r.Volumes {
		pool := s.Pools[name]
		if pool == nil {
			return fmt.Errorf("it has volumes of a pool %q that there is not", name)
		}
		pool.Volumes = nonNil(pool.Volumes)
		replaceEntries(pool.Volumes, volumes)
	}
	for member, config := range r.Servers {
		s.SetConfigOf(member, config)
	}
	replaceEntries(s.Projects, r.Projects)
	replaceEntries(s.Profiles, r.Profiles)
	replaceEntries(s.Instances, r.Instances)
	return nil
}

// replaceEntries puts changed into all, and removes from it what is nil in changed.
func replaceEntries[K comparable, V any](all, changed map[K]*V) {
	maps.Copy(all, changed)
	for key, value := range changed {
		if value == nil {
			delete(all, key)
		}
	}
}
