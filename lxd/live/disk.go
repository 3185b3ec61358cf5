package live

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"tarn/lxd"
)

// Disk is how much of its limits of disk space a project has taken.
type Disk struct {
	lxd.ProjectDisk

	// Unsized are volumes of the project that have no size, so that no server can add up what the project takes. They are
	// looked for only under limits.disk.
	Unsized []lxd.VolumeID
}

// readDisk asks for what projects have taken of their limits. Of the volumes that the scope has not read it asks one list for
// each pool that has some.
func readDisk(ctx context.Context, c *lxd.Client, state *State, projects []string) error {
	for _, project := range projects {
		disk, err := c.ProjectDisk(ctx, project)
		var refused *lxd.Error
		if errors.As(err, &refused) {
			continue // the project went away, or this client or this server does not know
		}
		if err != nil {
			return fmt.Errorf("read the state of project %s: %w", project, err)
		}
		found := Disk{ProjectDisk: *disk}
		if disk.Total >= 0 {
			if found.Unsized, err = readUnsized(ctx, c, state, project); err != nil {
				return err
			}
		}
		if state.Disk == nil {
			state.Disk = map[string]Disk{}
		}
		state.Disk[project] = found
	}
	return nil
}

// readUnsized finds the volumes of a project that have no size.
func readUnsized(ctx context.Context, c *lxd.Client, state *State, project string) ([]lxd.VolumeID, error) {
	var unsized []lxd.VolumeID
	pools := map[string]bool{}
	for id := range state.VolumeIDs.All() {
		if id.Project != project {
			continue
		}
		if live := state.Volumes.Get(id); live == nil {
			pools[id.Pool] = true
		} else if live.Config["size"] == "" {
			unsized = append(unsized, id)
		}
	}
	found, err := someAtOnce(ctx, slices.Collect(maps.Keys(pools)), func(ctx context.Context, pool string) ([]*lxd.Volume, error) {
		volumes, err := c.Volumes(ctx, pool, lxd.VolumeList{Project: project})
		var refused *lxd.Error
		if errors.As(err, &refused) {
			return nil, nil // the pool went away, or this client may not know
		}
		if err != nil {
			return nil, fmt.Errorf("read the volumes of pool %s: %w", pool, err)
		}
		return volumes, nil
	})
	for _, live := range slices.Concat(found...) {
		if id := live.ID(); live.Config["size"] == "" && id.Project == project && state.Volumes.Get(id) == nil {
			unsized = append(unsized, id)
		}
	}
	return unsized, err
}
