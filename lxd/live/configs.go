package live

import "iter"

// Configs gives the config of all pools, of their sides on the members of a cluster, and of all volumes that were read.
func (s *State) Configs() iter.Seq[map[string]string] {
	return func(yield func(map[string]string) bool) {
		for _, pool := range s.Pools {
			if !yield(pool.Config) {
				return
			}
		}
		for _, pool := range s.MemberPools {
			if !yield(pool.Config) {
				return
			}
		}
		for _, volume := range s.Volumes.All() {
			if !yield(volume.Config) {
				return
			}
		}
	}
}
