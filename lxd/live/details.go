package live

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"golang.org/x/sync/errgroup"

	"tarn/lxd"
)

// Details are what a plan turns out to depend on and [Read] does not tell, because each costs a request or more.
// The zero value asks for nothing.
type Details struct {
	// Usage asks how full these volumes are, and for their snapshots and backups.
	Usage []lxd.VolumeID

	// Snapshots asks what config and description these snapshots have.
	Snapshots []SnapshotID

	// Users asks for the instances that run, and for what instances have the profiles that use volumes of the state.
	Users bool

	// MemberPools asks for what single members of a cluster have of these pools.
	MemberPools []lxd.PoolID

	// Resources asks how full these pools are.
	Resources []lxd.PoolID

	// Disk asks how much of their limits of disk space these projects have taken.
	Disk []string

	// Unlisted asks for the volumes of these pools that are not among what uses the pool.
	Unlisted []string

	// Undeclared asks for these volumes, which the scope does not have.
	Undeclared []lxd.VolumeID

	// UsedBy asks what uses these volumes, of whichever project.
	UsedBy []lxd.VolumeID

	// Operations asks for what the server has under way in these projects.
	Operations []string

	// ServerVolumes asks in which volumes these members of a cluster keep something of their own; "" is a server without one.
	ServerVolumes []string
}

// None tells that nothing is asked.
func (q Details) None() bool {
	return len(q.Usage) == 0 && len(q.Snapshots) == 0 && !q.Users && len(q.MemberPools) == 0 && len(q.Resources) == 0 && len(q.Disk) == 0 && len(q.Unlisted) == 0 && len(q.Undeclared) == 0 && len(q.UsedBy) == 0 && len(q.Operations) == 0 &&
		len(q.ServerVolumes) == 0
}

// ReadDetails adds to the state what was asked.
func ReadDetails(ctx context.Context, c *lxd.Client, state *State, details Details) error {
	if err := readUsage(ctx, c, state, details.Usage); err != nil {
		return err
	}
	if err := readSnapshots(ctx, c, state, details.Snapshots); err != nil {
		return err
	}
	if err := readMemberPools(ctx, c, state, details.MemberPools); err != nil {
		return err
	}
	if err := readResources(ctx, c, state, details.Resources); err != nil {
		return err
	}
	if err := readDisk(ctx, c, state, details.Disk); err != nil {
		return err
	}
	if err := readUnlisted(ctx, c, state, details.Unlisted); err != nil {
		return err
	}
	for _, project := range details.Operations {
		operations, err := c.Operations(ctx, project)
		if err != nil && !errors.Is(err, lxd.ErrForbidden) {
			return fmt.Errorf("read the operations: %w", err)
		}
		for _, op := range operations {
			if !op.Done() {
				state.Operations = append(state.Operations, op.Info())
			}
		}
	}
	if err := readServerVolumes(ctx, c, state, details.ServerVolumes); err != nil {
		return err
	}
	if details.Users {
		if err := readUsers(ctx, c, state); err != nil {
			return err
		}
	}
	if err := readUndeclared(ctx, c, state, details.Undeclared); err != nil {
		return err
	}
	return readUsedBy(ctx, c, state, details.UsedBy)
}

func readSnapshots(ctx context.Context, c *lxd.Client, state *State, ids []SnapshotID) error {
	found, err := someAtOnce(ctx, ids, func(ctx context.Context, id SnapshotID) (*lxd.Snapshot, error) {
		snapshot, err := c.Snapshot(ctx, id.Volume, id.Name)
		if errors.Is(err, lxd.ErrNotFound) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read snapshot %s of volume %s: %w", id.Name, id.Volume, err)
		}
		return snapshot, nil
	})
	for i, snapshot := range found {
		if snapshot == nil {
			continue
		}
		if state.Snapshots == nil {
			state.Snapshots = map[SnapshotID]*lxd.Snapshot{}
		}
		state.Snapshots[ids[i]] = snapshot
	}
	return err
}

func readMemberPools(ctx context.Context, c *lxd.Client, state *State, ids []lxd.PoolID) error {
	found, err := someAtOnce(ctx, ids, func(ctx context.Context, id lxd.PoolID) (*lxd.Pool, error) {
		side, err := c.Pool(ctx, id)
		if errors.Is(err, lxd.ErrNotFound) || errors.Is(err, lxd.ErrForbidden) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read pool %s of member %s: %w", id.Name, id.Member, err)
		}
		return side, nil
	})
	for i, side := range found {
		if side != nil {
			state.MemberPools[ids[i]] = side
		}
	}
	return err
}

func readResources(ctx context.Context, c *lxd.Client, state *State, ids []lxd.PoolID) error {
	found, err := someAtOnce(ctx, ids, func(ctx context.Context, id lxd.PoolID) (*lxd.Resources, error) {
		resources, err := c.PoolResources(ctx, id)
		var refused *lxd.Error
		if errors.As(err, &refused) {
			return nil, nil // the pool went away, or this client may not know
		}
		if err != nil {
			return nil, fmt.Errorf("read the resources of pool %s: %w", id.Name, err)
		}
		return resources, nil
	})
	for i, resources := range found {
		if resources == nil {
			continue
		}
		if state.Resources == nil {
			state.Resources = map[lxd.PoolID]*lxd.Resources{}
		}
		state.Resources[ids[i]] = resources
	}
	return err
}

func readUnlisted(ctx context.Context, c *lxd.Client, state *State, pools []string) error {
	type unlisted struct {
		volumes []lxd.VolumeID
		known   bool
	}
	found, err := someAtOnce(ctx, pools, func(ctx context.Context, name string) (unlisted, error) {
		volumes, err := c.UnlistedVolumes(ctx, state.Server, state.Pools[name])
		var refused *lxd.Error
		if errors.As(err, &refused) {
			return unlisted{}, nil // the pool went away or is not complete, or this client may not see all projects
		}
		if err != nil {
			return unlisted{}, fmt.Errorf("read the volumes of pool %s: %w", name, err)
		}
		return unlisted{volumes, true}, nil
	})
	for i, of := range found {
		if !of.known {
			continue
		}
		if state.Unlisted == nil {
			state.Unlisted = map[string][]lxd.VolumeID{}
		}
		state.Unlisted[pools[i]] = of.volumes
	}
	return err
}

func readServerVolumes(ctx context.Context, c *lxd.Client, state *State, members []string) error {
	found, err := someAtOnce(ctx, members, func(ctx context.Context, member string) ([]lxd.ServerVolume, error) {
		volumes, err := c.ServerVolumes(ctx, member)
		var refused *lxd.Error
		if errors.As(err, &refused) || errors.Is(err, lxd.ErrForbidden) {
			return nil, nil // a member that went away or offline, or this client may not know
		}
		if err != nil {
			return nil, fmt.Errorf("read the server's config: %w", err)
		}
		return volumes, nil
	})
	state.ServerVolumes = append(state.ServerVolumes, slices.Concat(found...)...)
	return err
}

// allAtOnce asks for each of some things, a few at a time.
func allAtOnce[What any](ctx context.Context, all []What, ask func(context.Context, What) error) error {
	_, err := someAtOnce(ctx, all, func(ctx context.Context, what What) (struct{}, error) { return struct{}{}, ask(ctx, what) })
	return err
}

// someAtOnce asks for each of some things, a few at a time, and gives the answers in their order. After an error there are none.
func someAtOnce[What, Answer any](ctx context.Context, all []What, ask func(context.Context, What) (Answer, error)) ([]Answer, error) {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	answers := make([]Answer, len(all))
	for i, what := range all {
		group.Go(func() (err error) {
			answers[i], err = ask(ctx, what)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return answers, nil
}

// readUsedBy reads what uses volumes. Of those that this client may not see it learns nothing.
func readUsedBy(ctx context.Context, c *lxd.Client, state *State, ids []lxd.VolumeID) error {
	state.UsedBy = map[lxd.VolumeID][]string{}
	return readNamed(ctx, c, state, ids, func(volume *lxd.Volume) { state.UsedBy[volume.ID()] = volume.UsedBy })
}

// readUndeclared reads volumes that the scope does not have, as far as this client may see them.
func readUndeclared(ctx context.Context, c *lxd.Client, state *State, ids []lxd.VolumeID) error {
	state.Undeclared = map[lxd.VolumeID]*lxd.Volume{}
	return readNamed(ctx, c, state, ids, func(volume *lxd.Volume) { state.Undeclared[volume.ID()] = volume })
}

// readNamed reads volumes, with a request for each pool and project that has some of them. It may find more than these.
func readNamed(ctx context.Context, c *lxd.Client, state *State, ids []lxd.VolumeID, found func(*lxd.Volume)) error {
	names, held, entries := map[place]Names{}, state.held(), state.entries()
	for _, id := range ids {
		at := place{id.Pool, id.Project}
		names[at] = append(names[at], id.Name)
	}
	all, err := someAtOnce(ctx, slices.Collect(maps.Keys(names)), func(ctx context.Context, at place) ([]*lxd.Volume, error) {
		volumes, err := state.readPlace(ctx, c, at, lxd.VolumeList{Names: names[at], Held: held[at], Entries: entries[at], Server: state.Server})
		if errors.Is(err, lxd.ErrForbidden) {
			return nil, nil
		}
		return volumes, err
	})
	for _, volume := range slices.Concat(all...) {
		found(volume)
	}
	return err
}

// readUsers reads the instances of all projects, as far as the client may see them, and the profiles of those projects that
// have one which uses a volume of the state.
func readUsers(ctx context.Context, c *lxd.Client, state *State) error {
	var projects []string // of profiles
	seen := []string{lxd.DefaultProject}
	for _, volume := range state.Volumes.All() {
		for _, use := range state.Uses(volume.UsedBy) {
			if use.Kind == lxd.UsedByProfile && !slices.Contains(projects, use.Project) {
				projects = append(projects, use.Project)
			}
			if !slices.Contains(seen, use.Project) {
				seen = append(seen, use.Project)
			}
		}
	}
	users := &Users{Instances: map[lxd.InstanceID]*lxd.Instance{}, Profiles: map[lxd.ProfileID]*lxd.Profile{}}
	instances, err := c.Instances(ctx, lxd.AllProjects)
	if errors.Is(err, lxd.ErrForbidden) {
		instances, err = nil, nil
		for _, project := range seen {
			var some []*lxd.Instance
			if some, err = c.Instances(ctx, project); err != nil && !errors.Is(err, lxd.ErrForbidden) {
				break
			}
			instances, err = append(instances, some...), nil
		}
	}
	if err != nil {
		return fmt.Errorf("read the instances: %w", err)
	}
	for _, instance := range instances {
		users.Instances[instance.ID()] = instance
	}
	for _, project := range projects {
		profiles, err := c.Profiles(ctx, project)
		if err != nil && !errors.Is(err, lxd.ErrForbidden) {
			return fmt.Errorf("read the profiles of project %s: %w", project, err)
		}
		for _, profile := range profiles {
			users.Profiles[profile.ID()] = profile
		}
	}
	state.Users = users
	return nil
}
