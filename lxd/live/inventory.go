package live

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"tarn/lxd"
)

// Inventory is all that a server holds of pools and custom volumes, as far as it was asked for.
type Inventory struct {
	*State

	// SnapshotCounts are how many snapshots volumes have; those without any are left out, and so are those of which nobody knows.
	SnapshotCounts map[lxd.VolumeID]int
}

// What of a server is read as a whole.
type What struct {
	Pools       []string // nil for all
	Project     string   // "" for the default one
	AllProjects bool     // that the client may see
}

// manySnapshots is for how many volumes the snapshots are asked for one by one, where no list has them.
const manySnapshots = 100

// ReadInventory reads pools with all volumes that they have in a project, or in all: a list for each pool and project, and in a cluster
// each member's side of each pool. The volumes in which the server keeps something of its own are read too.
func ReadInventory(ctx context.Context, c *lxd.Client, what What) (*Inventory, error) {
	state, err := readServer(ctx, c)
	if err != nil {
		return nil, err
	}
	wanted := []string{what.Project}
	if what.AllProjects || state.Restricted() || cmp.Or(what.Project, lxd.DefaultProject) != lxd.DefaultProject {
		if err := readVisibleProjects(ctx, c, state); err != nil {
			return nil, err
		}
		if what.AllProjects {
			wanted = slices.Collect(maps.Keys(state.Projects))
		} else if err := state.hasProject(what.Project); err != nil {
			return nil, err
		}
	}
	inventory := &Inventory{State: state, SnapshotCounts: map[lxd.VolumeID]int{}}
	places := map[place]bool{}
	for pool := range state.Pools {
		if what.Pools != nil && !slices.Contains(what.Pools, pool) {
			continue
		}
		for _, project := range wanted {
			places[place{pool, state.EffectiveProject(project)}] = true
		}
	}
	if err := inventory.readPlaces(ctx, c, places); err != nil {
		return nil, err
	}
	if err := findMarked(ctx, c, state); err != nil {
		return nil, err
	}
	return inventory, ReadDetails(ctx, c, state, inventory.sides(what.Pools))
}

// readPlaces reads the volumes in some places, and counts their snapshots.
func (i *Inventory) readPlaces(ctx context.Context, c *lxd.Client, places map[place]bool) error {
	var group errgroup.Group
	group.SetLimit(atOnce)
	var mu sync.Mutex
	for at := range places {
		group.Go(func() error {
			entries, err := readEntries(ctx, c, at)
			mu.Lock()
			defer mu.Unlock()
			for _, entry := range entries {
				id := entry.ID()
				if name, _, ok := strings.Cut(entry.Name, "/"); ok { // no volume's name has a slash
					id.Name = name
					i.SnapshotCounts[id]++
				} else {
					i.Volumes[id] = entry
				}
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	if i.Server.ListsSnapshots() || len(i.Volumes) > manySnapshots {
		return nil
	}
	for id := range i.Volumes {
		snapshots, err := c.Snapshots(ctx, id)
		var refused *lxd.Error
		switch {
		case errors.As(err, &refused): // the volume went away, or is on a member that is offline
		case err != nil:
			return fmt.Errorf("read the snapshots of volume %s: %w", id, err)
		case len(snapshots) > 0:
			i.SnapshotCounts[id] = len(snapshots)
		}
	}
	return nil
}

// readEntries reads the volumes and snapshots in one place. A pool that went away, or is not complete, has none.
func readEntries(ctx context.Context, c *lxd.Client, at place) ([]*lxd.Volume, error) {
	entries, err := c.VolumesAndSnapshots(ctx, at.pool, lxd.VolumeList{Project: at.project})
	if errors.Is(err, lxd.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the volumes of pool %s: %w", at.pool, err)
	}
	return entries, nil
}

// sides asks for what members have of pools by themselves, and for the volumes of the server's own.
func (i *Inventory) sides(pools []string) Details {
	if !i.Server.Clustered {
		return Details{ServerVolumes: []string{""}}
	}
	var details Details
	for _, member := range i.Members {
		if member.Status == lxd.MemberOffline {
			continue
		}
		details.ServerVolumes = append(details.ServerVolumes, member.Name)
		for name, pool := range i.Pools {
			asked := pools == nil || slices.Contains(pools, name)
			if asked && pool.Status == lxd.StatusCreated && pool.Config != nil && (len(pool.Locations) == 0 || slices.Contains(pool.Locations, member.Name)) {
				details.MemberPools = append(details.MemberPools, lxd.PoolID{Name: name, Member: member.Name})
			}
		}
	}
	return details
}
