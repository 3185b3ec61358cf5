package sim

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tarn/lxd"
	"tarn/lxd/schema"
)

// State is all that a simulated server holds, in the form of its file; the package's documentation shows it.
type State struct {
	Format     int                 `json:"format"`
	Serial     int64               `json:"serial"`            // of the volume that was created last
	Product    string              `json:"product,omitempty"` // "" is LXD 5.0.2, lxd-6 is LXD 6.8, incus is Incus 6.0.4
	Drivers    []string            `json:"drivers"`
	Extensions []string            `json:"extensions,omitempty"` // of the API; nil for those of the product
	Members    map[string]*Member  `json:"members,omitempty"`    // of a cluster, by name; nil for a server of its own
	Pools      map[string]*Pool    `json:"pools"`
	Projects   map[string]*Project `json:"projects"`
	Profiles   map[Key]*Profile    `json:"profiles"`
	Instances  map[Key]*Instance   `json:"instances"`
}

// Pool is a storage pool.
type Pool struct {
	Driver      string            `json:"driver"`
	Description string            `json:"description"`
	Config      map[string]string `json:"config"`
	Status      string            `json:"status,omitempty"`  // "" is Created
	Members     map[string]*Side  `json:"members,omitempty"` // what each member of a cluster has of it
	Quotas      bool              `json:"quotas,omitempty"`  // btrfs accounts for what its volumes hold
	Volumes     map[Key]*Volume   `json:"volumes"`
}

// Volume is a volume of any type. Its key is project/type/name, and in a cluster, unless all members share the pool,
// project/type/name/member.
type Volume struct {
	Serial      int64             `json:"serial"` // the order of creation
	ContentType string            `json:"content_type"`
	Description string            `json:"description"`
	Config      map[string]string `json:"config"`
	Bytes       int64             `json:"bytes,omitempty"`   // size of a block volume's device
	Used        int64             `json:"used,omitempty"`    // bytes that it holds
	Content     string            `json:"content,omitempty"` // stands for its data: nothing but the state file sets it, and it goes where data go
	Snapshots   []*Snapshot       `json:"snapshots,omitempty"`
	CreatedAt   time.Time         `json:"created_at,omitzero"` // shown by Incus
}

// Snapshot is a volume as it was.
type Snapshot struct {
	Name        string            `json:"name"`
	Description string            `json:"description"`
	Config      map[string]string `json:"config"`
	ExpiresAt   *time.Time        `json:"expires_at"`
	Content     string            `json:"content,omitempty"`   // of the volume when the snapshot was made
	CreatedAt   time.Time         `json:"created_at,omitzero"` // shown by Incus
}

// Project is a namespace.
type Project struct {
	Description string            `json:"description"`
	Config      map[string]string `json:"config"`
}

// Profile is a profile of instances. Its key is project/name.
type Profile struct {
	Description string                       `json:"description"`
	Config      map[string]string            `json:"config"`
	Devices     map[string]map[string]string `json:"devices"`
}

// Instance is an instance, as far as it uses volumes. Its key is project/name.
type Instance struct {
	Running  bool                         `json:"running"`
	Profiles []string                     `json:"profiles,omitempty"`
	Devices  map[string]map[string]string `json:"devices"` // its own
}

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

const format = 1

// allDrivers are what a server has that is not told otherwise.
var allDrivers = []string{"btrfs", "ceph", "cephfs", "dir", "lvm", "zfs"}

// complete fills in what every server has.
func (s *State) complete() {
	s.Format = format
	text := "LXD"
	if s.incus() {
		text = "Incus"
	}
	if s.Drivers == nil {
		s.Drivers = slices.Clone(allDrivers)
	}
	s.Pools = orMake(s.Pools)
	s.Projects = orMake(s.Projects)
	s.Profiles = orMake(s.Profiles)
	s.Instances = orMake(s.Instances)
	if s.Projects[lxd.DefaultProject] == nil {
		p := &Project{Description: "Default " + text + " project", Config: map[string]string{}}
		for _, feature := range s.features() {
			p.Config[feature] = "true"
		}
		p.Config["features.networks"] = "true"
		if s.incus() {
			p.Config["features.networks.zones"] = "true"
		}
		s.Projects[lxd.DefaultProject] = p
	}
	profile := Key{Project: lxd.DefaultProject, Name: "default"}
	if s.Profiles[profile] == nil {
		s.Profiles[profile] = &Profile{Description: "Default " + text + " profile"}
	}
	for name, pool := range s.Pools {
		pool.Config = orMake(pool.Config)
		pool.Volumes = orMake(pool.Volumes)
		s.completePool(name, pool)
		for _, volume := range pool.Volumes {
			volume.Config = orMake(volume.Config)
			if volume.ContentType == "" {
				volume.ContentType = schema.Filesystem
			}
		}
	}
}

// completePool fills in what a pool written by hand may leave out.
func (s *State) completePool(name string, pool *Pool) {
	if !s.clustered() {
		if pool.Config["source"] == "" && pool.Driver == "dir" {
			pool.Config["source"] = s.root() + "/storage-pools/" + name
		}
		return
	}
	if pool.Members == nil {
		pool.Members = map[string]*Side{}
		for _, member := range s.members() {
			config := maps.Clone(pool.Config)
			_ = s.fillPool(name, pool.Driver, config) // what cannot be created is what somebody wanted
			global, own := s.split(config)
			pool.Members[member] = &Side{Config: own}
			maps.Copy(pool.Config, global)
		}
		pool.Config, _ = s.split(pool.Config)
	}
	for _, side := range pool.Members {
		side.Config = orMake(side.Config)
	}
}

func orMake[K comparable, V any](m map[K]V) map[K]V {
	if m == nil {
		m = map[K]V{}
	}
	return m
}

// check finds what a state written by hand may have wrong.
func (s *State) check() error {
	if !slices.Contains([]string{"", newer, incus}, s.Product) {
		return fmt.Errorf("product %q is neither lxd-6 nor incus nor, for LXD 5.0.2, absent", s.Product)
	}
	for name, member := range s.Members {
		if member == nil || name == "" || strings.Contains(name, "/") {
			return fmt.Errorf("member %q is empty or its name cannot be one", name)
		}
	}
	for name, pool := range s.Pools {
		if pool == nil || !slices.Contains(allDrivers, pool.Driver) {
			return fmt.Errorf("pool %q has no driver of %s", name, strings.Join(allDrivers, ", "))
		}
		for key, volume := range pool.Volumes {
			if volume == nil || key.Type == "" {
				return fmt.Errorf("pool %q: volume %q/%q is empty or its key is not project/type/name", name, key.Project, key.Name)
			}
			switch needs := s.memberOf(pool, s.self()) != ""; {
			case needs && s.Members[key.Member] == nil:
				return fmt.Errorf("pool %q: volume %q/%q is on no member of the cluster: its key is not project/type/name/member", name, key.Project, key.Name)
			case !needs && key.Member != "":
				return fmt.Errorf("pool %q: volume %q/%q is on a member, where every member has the same: its key is not project/type/name", name, key.Project, key.Name)
			}
		}
		for member, side := range pool.Members {
			if side == nil || s.Members[member] == nil {
				return fmt.Errorf("pool %q has no side on member %q", name, member)
			}
		}
	}
	for key := range s.Profiles {
		if key.Type != "" {
			return fmt.Errorf("the key of profile %q is not project/name", key.Name)
		}
	}
	for key := range s.Instances {
		if key.Type != "" {
			return fmt.Errorf("the key of instance %q is not project/name", key.Name)
		}
	}
	return nil
}
