package state

import (
	"fmt"
	"slices"
	"strings"

	"tarn/lxd/schema"
	"tarn/lxd/sim/product"
)

// Format is the format of state files that this version reads and writes.
const Format = 1

// Drivers are the drivers that are simulated, sorted.
var Drivers = []string{"btrfs", "ceph", "cephfs", "dir", "lvm", "zfs"}

// Complete sets what a state written by hand may leave out and no server decides: afterwards none of its own maps, nor those
// of its pools and of their volumes, is nil.
func (s *State) Complete() {
	s.Format = Format
	if s.Drivers == nil {
		s.Drivers = slices.Clone(Drivers)
	}
	s.completeMaps()
	for _, pool := range s.Pools {
		pool.Config = nonNil(pool.Config)
		pool.Volumes = nonNil(pool.Volumes)
		for _, member := range pool.Members {
			member.Config = nonNil(member.Config)
		}
		for _, volume := range pool.Volumes {
			volume.Config = nonNil(volume.Config)
			if volume.ContentType == "" {
				volume.ContentType = schema.Filesystem
			}
		}
	}
}

// completeMaps makes the state's own maps where there are none.
func (s *State) completeMaps() {
	s.Pools = nonNil(s.Pools)
	s.Projects = nonNil(s.Projects)
	s.Profiles = nonNil(s.Profiles)
	s.Instances = nonNil(s.Instances)
}

// nonNil is a map, or an empty one in place of nil.
func nonNil[K comparable, V any](m map[K]V) map[K]V {
	if m == nil {
		m = map[K]V{}
	}
	return m
}

// Check finds what a state written by hand may have wrong. Every state that a server has fulfils it.
func (s *State) Check() error {
	if _, ok := product.Find(s.Product); !ok {
		return fmt.Errorf("product %q is none of %s", s.Product, strings.Join(product.IDs(), ", "))
	}
	for name, member := range s.Members {
		if member == nil || name == "" || strings.Contains(name, "/") {
			return fmt.Errorf("member %q is empty or its name cannot be one", name)
		}
	}
	for name, pool := range s.Pools {
		if err := s.checkPool(name, pool); err != nil {
			return err
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

func (s *State) checkPool(name string, pool *Pool) error {
	if pool == nil || !slices.Contains(Drivers, pool.Driver) {
		return fmt.Errorf("pool %q has no driver of %s", name, strings.Join(Drivers, ", "))
	}
	for key, volume := range pool.Volumes {
		if volume == nil || key.Type == "" {
			return fmt.Errorf("pool %q: volume %q/%q is empty or its key is not project/type/name", name, key.Project, key.Name)
		}
		switch needs := pool.KeyMember(s.Self()) != ""; {
		case needs && s.Members[key.Member] == nil:
			return fmt.Errorf("pool %q: volume %q/%q is on no member of the cluster: its key is not project/type/name/member", name, key.Project, key.Name)
		case !needs && key.Member != "":
			return fmt.Errorf("pool %q: volume %q/%q is on a member, where every member has the same: its key is not project/type/name", name, key.Project, key.Name)
		}
	}
	for member, own := range pool.Members {
		if own == nil || s.Members[member] == nil {
			return fmt.Errorf("pool %q has no side on member %q", name, member)
		}
	}
	return nil
}
