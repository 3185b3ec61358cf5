package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"tarn/lxd"
)

// manySnapshots is for how many volumes the snapshots are asked for one by one, where no list has them.
const manySnapshots = 100

// ReadWhole reads what a scope has as a whole, see [Scope.Whole], with all that a spec of it has to say: what members of a cluster have of the
// pools for themselves, the volumes in which the server keeps something of its own, the projects when all are asked for, and how many
// snapshots volumes have as far as that takes no request for each of many.
func ReadWhole(ctx context.Context, c *lxd.Client, scope Scope) (*State, error) {
	scope.Whole = true
	state, err := Read(ctx, c, scope)
	if err != nil {
		return nil, err
	}
	if len(scope.Projects) == 0 && state.Projects == nil {
		if err := readVisibleProjects(ctx, c, state); err != nil {
			return nil, err
		}
	}
	if err := ReadDetails(ctx, c, state, state.sidesOf(scope)); err != nil {
		return nil, err
	}
	if known := state.SnapshotCounts(); len(known) == 0 && state.Volumes.Len() <= manySnapshots {
		return state, askSnapshotCounts(ctx, c, state)
	}
	return state, nil
}

// readWholePlace reads all volumes in a place. Lists of Incus up to 6.0 have the snapshots too: these are counted by their names.
func (s *State) readWholePlace(ctx context.Context, c *lxd.Client, at place, list lxd.VolumeList) (volumes []*lxd.Volume, snapshots map[lxd.VolumeID]int, err error) {
	if s.listsSnapshotUses() || !s.Server.ListsSnapshots() {
		volumes, err = s.readPlace(ctx, c, at, list)
		return volumes, nil, err
	}
	counts, err := readNames(ctx, c, s.Server, at)
	if counts == nil || err != nil {
		return nil, nil, err
	}
	list.Held, list.Entries = namesOf(counts)
	volumes, err = s.readCounted(ctx, c, at, list)
	snapshots = make(map[lxd.VolumeID]int, len(volumes))
	for _, volume := range volumes {
		if n, counted := counts[volume.ID()]; counted {
			snapshots[volume.ID()] = n
		}
	}
	return volumes, snapshots, err
}

// askSnapshotCounts asks each volume how many snapshots it has.
func askSnapshotCounts(ctx context.Context, c *lxd.Client, state *State) error {
	var group errgroup.Group
	group.SetLimit(atOnce)
	var mu sync.Mutex
	state.listedSnapshots = map[lxd.VolumeID]int{}
	for id := range state.Volumes.All() {
		group.Go(func() error {
			names, err := c.SnapshotNames(ctx, id)
			var refused *lxd.Error
			switch {
			case errors.As(err, &refused): // the volume went away, or is on a member that is offline
				return nil
			case err != nil:
				return fmt.Errorf("read the snapshots of volume %s: %w", id, err)
			}
			mu.Lock()
			defer mu.Unlock()
			state.listedSnapshots[id] = len(names)
			return nil
		})
	}
	return group.Wait()
}

// sidesOf asks for what members have of the pools in a scope by themselves, and for the volumes of the server's own.
func (s *State) sidesOf(scope Scope) Details {
	if !s.Server.Clustered {
		return Details{ServerVolumes: []string{""}}
	}
	var details Details
	for _, member := range s.Members {
		if member.Status == lxd.MemberOffline {
			continue
		}
		details.ServerVolumes = append(details.ServerVolumes, member.Name)
		for name, pool := range s.Pools {
			_, asked := scope.of(name)
			if asked && pool.Status == lxd.StatusCreated && pool.Config != nil && (len(pool.Locations) == 0 || slices.Contains(pool.Locations, member.Name)) {
				details.MemberPools = append(details.MemberPools, lxd.PoolID{Name: name, Member: member.Name})
			}
		}
	}
	return details
}
