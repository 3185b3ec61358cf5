package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"tarn/lxd"
)

// readUsage reads how full volumes are, and their snapshots and backups, some at a time. What one request tells of all volumes of a
// pool is asked once, and what a driver has said that it cannot tell is not asked again.
func readUsage(ctx context.Context, c *lxd.Client, state *State, ids []lxd.VolumeID) error {
	snapshots, err := readSnapshotNames(ctx, c, state, ids)
	if err != nil {
		return err
	}
	return eachUsage(ctx, state, ids, func(ctx context.Context, id lxd.VolumeID, mute bool) (*lxd.Usage, error) {
		return usageOf(ctx, c, state, id, snapshots, mute)
	})
}

// eachUsage asks for the usage of volumes, some at a time. ask is told when the driver of a volume has said that it cannot tell how full such a
// volume is.
func eachUsage(ctx context.Context, state *State, ids []lxd.VolumeID, ask func(ctx context.Context, id lxd.VolumeID, mute bool) (*lxd.Usage, error)) error {
	var mu sync.Mutex
	mute := map[string]bool{} // pools of the driver dir that cannot tell how full a volume of files is
	one := func(ctx context.Context, id lxd.VolumeID) error {
		pool, volume := state.Pools[id.Pool], state.Volumes.Get(id)
		alike := pool != nil && pool.Driver == "dir" && volume != nil && volume.ContentType == lxd.ContentFilesystem
		mu.Lock()
		known := alike && mute[id.Pool]
		mu.Unlock()
		usage, err := ask(ctx, id, known)
		if errors.Is(err, lxd.ErrNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the usage of volume %s: %w", id, err)
		}
		mu.Lock()
		defer mu.Unlock()
		state.Usage[id] = usage
		if alike && usage.Unsupported {
			mute[id.Pool] = true
		}
		return nil
	}
	// The first one of each pool is asked before the others, whose driver it may speak for.
	var firsts []lxd.VolumeID
	seen := map[string]bool{}
	for _, id := range ids {
		if !seen[id.Pool] {
			firsts, seen[id.Pool] = append(firsts, id), true
		}
	}
	if err := allAtOnce(ctx, firsts, one); err != nil {
		return err
	}
	ids = slices.DeleteFunc(slices.Clone(ids), func(id lxd.VolumeID) bool { return state.Usage[id] != nil })
	return allAtOnce(ctx, ids, one)
}

// usageOf reads the usage of one volume. snapshots are those that a list has told already; mute tells that its driver cannot say how
// full it is. In a cluster only the member that holds a volume can.
func usageOf(ctx context.Context, c *lxd.Client, state *State, id lxd.VolumeID, snapshots map[side]map[string][]string, mute bool) (*lxd.Usage, error) {
	usage := &lxd.Usage{Used: -1, Unsupported: mute}
	var err error
	if !mute && (id.Member == "" || id.Member == state.Server.Name) {
		if usage, err = c.Used(ctx, id); err != nil {
			return nil, err
		}
	}
	var listed bool
	if usage.Snapshots, listed = snapshots[sideOf(id)][id.Name]; !listed {
		if usage.Snapshots, err = c.SnapshotNames(ctx, id); err != nil {
			return nil, err
		}
	}
	usage.Backups, err = c.BackupNames(ctx, id)
	return usage, err
}

// side is a place, in a cluster on one member, "" elsewhere and in a pool that all members share.
type side struct {
	place
	member string
}

func sideOf(id lxd.VolumeID) side { return side{place{id.Pool, id.Project}, id.Member} }

// readSnapshotNames reads the snapshots of places in which many volumes are asked for, with one list for each. What it leaves out is
// asked for by itself.
func readSnapshotNames(ctx context.Context, c *lxd.Client, state *State, ids []lxd.VolumeID) (map[side]map[string][]string, error) {
	const dearer = 20 // a request of its own than a name in a list; seen on LXD 5.0.2: 35
	if !state.Server.ListsSnapshots() {
		return nil, nil
	}
	asked, held := map[side]int{}, state.held()
	for _, id := range ids {
		asked[sideOf(id)]++
	}
	found := map[side]map[string][]string{}
	for at, n := range asked {
		// Of a volume on another member a list is all that tells, so that one for all of them is never dearer.
		elsewhere := at.member != "" && at.member != state.Server.Name
		if n < 3 || !elsewhere && n*dearer < len(held[at.place]) {
			continue
		}
		names, err := c.AllSnapshotNames(ctx, at.pool, at.project, at.member)
		var refused *lxd.Error
		if errors.As(err, &refused) || errors.Is(err, lxd.ErrForbidden) {
			continue // a member that is offline, for one
		}
		if err != nil {
			return nil, fmt.Errorf("read the snapshots in pool %s: %w", at.pool, err)
		}
		found[at] = names
	}
	return found, nil
}
