package lxd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Rest is what a server holds besides a [State]: a plan need not know it, but the server looks at it when it takes or
// refuses a change.
type Rest struct {
	Projects  []*Project
	Volumes   map[VolumeID]*Volume  // of all types and projects, in the pools that were asked for
	Snapshots map[VolumeID][]string // names of their snapshots
	Instances []*Instance           // of all projects
	Profiles  []*Profile            // of all projects
	Sides     map[PoolID]*Pool      // the pools that were asked for as the members of a cluster have them, where those answer

	// Hidden names what this client may not see and is missing here.
	Hidden []string
}

// ReadRest reads what surrounds the volumes of some pools, with one list for each pool and each project, and two more. In a
// cluster each pool is asked of each member besides.
func (c *Client) ReadRest(ctx context.Context, state *State, pools []string) (*Rest, error) {
	rest := &Rest{Volumes: map[VolumeID]*Volume{}, Snapshots: map[VolumeID][]string{}, Sides: map[PoolID]*Pool{}}
	var err error
	if rest.Projects, err = c.Projects(ctx); rest.fails("the projects", &err) {
		return nil, err
	}
	if rest.Instances, err = c.Instances(ctx, AllProjects); rest.fails("the instances", &err) {
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
		entries, err := c.entries(ctx, pool, VolumeList{AnyType: true, AllProjects: true})
		if errors.Is(err, ErrNotFound) {
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
	for _, name := range pools {
		pool := state.Pools[name]
		if pool == nil || !state.Server.Clustered {
			continue
		}
		for _, member := range pool.Locations {
			id := PoolID{Name: name, Member: member}
			var refused *Error
			switch side, err := c.Pool(ctx, id); {
			case errors.As(err, &refused): // it is offline
			case err != nil:
				return nil, fmt.Errorf("read pool %s of member %s: %w", name, member, err)
			default:
				rest.Sides[id] = side
			}
		}
	}
	return rest, nil
}

// fails tells whether reading something ends the whole read. What may not be seen does not.
func (r *Rest) fails(what string, err *error) bool {
	switch {
	case *err == nil:
		return false
	case errors.Is(*err, ErrForbidden):
		r.Hidden = append(r.Hidden, what)
		return false
	}
	*err = fmt.Errorf("read %s: %w", what, *err)
	return true
}
