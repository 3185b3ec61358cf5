package live

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"tarn/lxd"
	"tarn/lxd/schema"
)

// What is read for those who look at a server. None of it is needed for a plan.

// ReadVolumes adds volumes to the state, with a request for each pool and project that has some of them.
func ReadVolumes(ctx context.Context, c *lxd.Client, state *State, ids []lxd.VolumeID) error {
	return readNamed(ctx, c, state, ids, func(volume *lxd.Volume) { state.Volumes.Set(volume.ID(), volume) })
}

// AllVolumes are the custom volumes that the server is known to hold, whether they were read or not.
func (s *State) AllVolumes() map[lxd.VolumeID]bool {
	all := make(map[lxd.VolumeID]bool, s.Volumes.Len())
	for id := range s.VolumeIDs.All() {
		all[id] = true
	}
	for id := range s.Volumes.All() {
		all[id] = true
	}
	return all
}

// Sides are the sides of a pool that may be filled by themselves: the members of a cluster that answer, of a pool that they do not share, and
// else the pool as a whole.
func (s *State) Sides(pool *lxd.Pool) []lxd.PoolID {
	driver, known := schema.Lookup(pool.Driver)
	if !s.Server.Clustered || known && driver.Remote {
		return []lxd.PoolID{{Name: pool.Name}}
	}
	there := map[string]bool{}
	for _, member := range pool.Locations {
		there[member] = true
	}
	var sides []lxd.PoolID
	for _, member := range s.Members {
		if there[member.Name] && member.Status != lxd.MemberOffline {
			sides = append(sides, lxd.PoolID{Name: pool.Name, Member: member.Name})
		}
	}
	return sides
}

// ReadUsed adds to the state how full volumes are, as far as the server can tell, and nothing else of their usage: a request for each. In a cluster
// a volume of one member's is known by that member alone, and only if it is the one that is asked. Where the pools do not tell of snapshots, each
// volume is asked for those too.
func ReadUsed(ctx context.Context, c *lxd.Client, state *State, ids []lxd.VolumeID) error {
	return eachUsage(ctx, state, ids, func(ctx context.Context, id lxd.VolumeID, mute bool) (usage *lxd.Usage, err error) {
		if mute || id.Member != "" && id.Member != state.Server.Name {
			usage = &lxd.Usage{Used: -1, Unsupported: mute}
		} else if usage, err = c.UsedHere(ctx, id); err != nil {
			return nil, err
		}
		if _, listed := state.listedSnapshots[id]; !listed && !state.listsSnapshotUses() {
			names, err := c.SnapshotNames(ctx, id)
			if err != nil {
				return nil, err
			}
			usage.Snapshots = append([]string{}, names...) // not nil: it was asked for
		}
		return usage, nil
	})
}

// listsSnapshotUses tells whether a pool names snapshots among what uses it. LXD does; Incus 6.0.4 and 7.3 do not.
func (s *State) listsSnapshotUses() bool { return s.Server.Product == "LXD" }

// ReadSnapshots reads the snapshots of a volume with all that is known of them, nil when the volume is gone.
func ReadSnapshots(ctx context.Context, c *lxd.Client, id lxd.VolumeID) ([]*lxd.Snapshot, error) {
	snapshots, err := c.Snapshots(ctx, id)
	if errors.Is(err, lxd.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the snapshots of volume %s: %w", id, err)
	}
	return snapshots, nil
}

// SnapshotCounts are the numbers of snapshots that what was read tells of: the lists of what uses the pools, the lists of volumes, or the
// volumes that [ReadUsed] has asked. A volume of which nothing is known is missing.
func (s *State) SnapshotCounts() map[lxd.VolumeID]int {
	counts := map[lxd.VolumeID]int{}
	if !s.listsSnapshotUses() {
		maps.Copy(counts, s.listedSnapshots)
		for id, usage := range s.Usage {
			if usage.Snapshots != nil {
				counts[id] = len(usage.Snapshots)
			}
		}
		return counts
	}
	for id := range s.VolumeIDs.All() {
		counts[id] = 0
	}
	for _, pool := range s.Pools {
		for _, use := range s.Uses(pool.UsedBy) {
			if _, listed := counts[use.Volume]; listed && use.Kind == lxd.UsedBySnapshot {
				counts[use.Volume]++
			}
		}
	}
	return counts
}
