package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tarn/lxd"
)

// Surroundings is what a server holds besides a [State]: a plan need not know it, but the server looks at it when it takes or
// refuses a change.
type Surroundings struct {
	Projects    []*lxd.Project
	Volumes     map[lxd.VolumeID]*lxd.Volume // of all types and projects, in the pools that were asked for
	Snapshots   map[lxd.VolumeID][]string    // names of their snapshots; on Incus 7 only of the volumes that were asked for
	Instances   []*lxd.Instance              // of all projects
	Profiles    []*lxd.Profile               // of all projects
	MemberPools map[lxd.PoolID]*lxd.Pool     // the pools that were asked for as the members of a cluster have them, where those answer

	ServerVolumes []lxd.ServerVolume // in which the server keeps something of its own, or the members of a cluster that answer

	// Hidden names what this client may not see and is missing here.
	Hidden []string
}

// ReadSurroundings reads what surrounds the volumes of some pools, with one list for each pool and each project, and three requests
// more. In a cluster each pool is asked of each member besides, and each member for its config. volumes are those whose snapshots matter: where lists do not have
// snapshots, each of them is asked for its own.
func ReadSurroundings(ctx context.Context, c *lxd.Client, state *State, pools []string, volumes []lxd.VolumeID) (*Surroundings, error) {
	rest := &Surroundings{Volumes: map[lxd.VolumeID]*lxd.Volume{}, Snapshots: map[lxd.VolumeID][]string{}, MemberPools: map[lxd.PoolID]*lxd.Pool{}}
	var err error
	if rest.Projects, err = c.Projects(ctx); rest.fails("the projects", &err) {
		return nil, err
	}
	if rest.Instances, err = c.Instances(ctx, lxd.AllProjects); rest.fails("the instances", &err) {
		return nil, err
	}
	for _, project := range rest.Projects {
		if !project.OwnProfiles() {
			continue
		}
		profiles, err := c.Profiles(ctx, project.Name)
		if rest.fails("the profiles of project "+project.Name, &err) {
			return nil, err
		}
		rest.Profiles = append(rest.Profiles, profiles...)
	}
	for _, pool := range slices.Sorted(slices.Values(pools)) {
		entries, err := c.VolumesAndSnapshots(ctx, pool, lxd.VolumeList{AnyType: true, AllProjects: true})
		if errors.Is(err, lxd.ErrNotFound) {
			continue // it is yet to be created, or went away
		}
		if rest.fails("the volumes of pool "+pool, &err) {
			return nil, err
		}
		for _, entry := range entries {
			id := entry.ID()
			if name, snapshot, ok := strings.Cut(entry.Name, "/"); ok {
				id.Name = name
				rest.Snapshots[id] = append(rest.Snapshots[id], snapshot)
			} else {
				rest.Volumes[id] = entry
			}
		}
	}
	if err := rest.readLimited(ctx, c, state, pools, volumes); err != nil {
		return nil, err
	}
	if err := rest.readSnapshots(ctx, c, state.Server, volumes); err != nil {
		return nil, err
	}
	if err := rest.readServerVolumes(ctx, c, state); err != nil {
		return nil, err
	}
	for _, name := range pools {
		pool := state.Pools[name]
		if pool == nil || !state.Server.Clustered {
			continue
		}
		for _, member := range pool.Locations {
			id := lxd.PoolID{Name: name, Member: member}
			var refused *lxd.Error
			switch side, err := c.Pool(ctx, id); {
			case errors.As(err, &refused): // it is offline
			case err != nil:
				return nil, fmt.Errorf("read pool %s of member %s: %w", name, member, err)
			default:
				rest.MemberPools[id] = side
			}
		}
	}
	return rest, nil
}

// readLimited reads what projects with a limit of disk space have in other pools, because the sizes of all their volumes count.
func (r *Surroundings) readLimited(ctx context.Context, c *lxd.Client, state *State, pools []string, volumes []lxd.VolumeID) error {
	touched := map[string]bool{}
	for _, id := range volumes {
		touched[id.Project] = true
	}
	for _, project := range r.Projects {
		if !touched[project.Name] || !limitsDisk(project.Config) {
			continue
		}
		for name := range state.Pools {
			if slices.Contains(pools, name) {
				continue
			}
			found, err := c.Volumes(ctx, name, lxd.VolumeList{Project: project.Name})
			if errors.Is(err, lxd.ErrNotFound) {
				continue // the pool went away, or the project may have nothing in it
			}
			if r.fails("the volumes of pool "+name, &err) {
				return err
			}
			for _, volume := range found {
				r.Volumes[volume.ID()] = volume
			}
		}
	}
	return nil
}

// limitsDisk tells whether a project's config limits its disk space, in all pools or in one.
func limitsDisk(config map[string]string) bool {
	for key := range config {
		if key == "limits.disk" || strings.HasPrefix(key, "limits.disk.pool.") {
			return true
		}
	}
	return false
}

// readServerVolumes reads in which volumes the server, or each member of a cluster, keeps something of its own.
func (r *Surroundings) readServerVolumes(ctx context.Context, c *lxd.Client, state *State) error {
	members := []string{""}
	if state.Server.Clustered {
		members = nil
		for _, member := range state.Members {
			if member.Status != lxd.MemberOffline {
				members = append(members, member.Name)
			}
		}
	}
	for _, member := range members {
		found, err := c.ServerVolumes(ctx, member)
		if r.fails("the server's config", &err) {
			return err
		}
		r.ServerVolumes = append(r.ServerVolumes, found...)
	}
	return nil
}

// readSnapshots reads the snapshots of volumes that lists did not tell.
func (r *Surroundings) readSnapshots(ctx context.Context, c *lxd.Client, server *lxd.Server, volumes []lxd.VolumeID) error {
	if server.ListsSnapshots() {
		return nil
	}
	for _, id := range volumes {
		if r.Volumes[id] == nil || len(r.Snapshots[id]) > 0 {
			continue
		}
		snapshots, err := c.Snapshots(ctx, id)
		if errors.Is(err, lxd.ErrNotFound) {
			continue // the volume went away
		}
		if r.fails("the snapshots of volume "+id.String(), &err) {
			return err
		}
		for _, snapshot := range snapshots {
			r.Snapshots[id] = append(r.Snapshots[id], snapshot.Name)
		}
	}
	return nil
}

// fails tells whether reading something ends the whole read. What may not be seen does not.
func (r *Surroundings) fails(what string, err *error) bool {
	switch {
	case *err == nil:
		return false
	case errors.Is(*err, lxd.ErrForbidden):
		r.Hidden = append(r.Hidden, what)
		return false
	}
	*err = fmt.Errorf("read %s: %w", what, *err)
	return true
}
