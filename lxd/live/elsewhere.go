package live

import (
	"context"
	"errors"

	"tarn/lxd"
)

// A scope with an owner is about marked volumes in every pool and project, of which most have none.

// named are the projects that the scope names, as volumes live in them.
func (scope Scope) named(state *State) map[string]bool {
	named := map[string]bool{}
	if scope.Whole && len(scope.Projects) == 0 {
		for project := range state.Projects {
			named[state.EffectiveProject(project)] = true
		}
	}
	for _, project := range scope.Projects {
		named[state.EffectiveProject(project)] = true
	}
	if len(named) == 0 {
		named[lxd.DefaultProject] = true
	}
	for _, project := range scope.FormerProjects {
		if state.Projects[project] != nil {
			named[state.EffectiveProject(project)] = true
		}
	}
	return named
}

// prefix is the beginning of names that is asked for in a place, "" where the scope does not name both pool and project: what others
// have there is none of its business, unless it is marked.
func (scope Scope) prefix(state *State, at place) string {
	if _, inScope := scope.of(at.pool); !inScope || !scope.named(state)[at.project] {
		return ""
	}
	return scope.Prefix
}

// skipUnmarked takes out of the lists those places that were asked for their marked volumes alone and have none. A pool with many
// such places is asked once for all projects.
func (scope Scope) skipUnmarked(ctx context.Context, c *lxd.Client, state *State, lists map[place]Names) error {
	const few = 3 // for which one more request saves nothing
	if scope.Owner == "" || state.Restricted() || !selects(state) || !state.Server.Has("storage_volumes_all_projects") {
		return nil
	}
	places := map[string][]place{} // by pool
	for at, names := range lists {
		if names != nil && len(names) == 0 && scope.prefix(state, at) == "" {
			places[at.pool] = append(places[at.pool], at)
		}
	}
	for pool, places := range places {
		if len(places) <= few {
			continue
		}
		volumes, err := readList(ctx, c, place{pool: pool}, lxd.VolumeList{
			AllProjects: true, Names: []string{}, ConfigKey: OwnerKey, ConfigValue: scope.Owner, Server: state.Server,
		})
		if errors.Is(err, lxd.ErrForbidden) {
			continue
		}
		if err != nil {
			return err
		}
		marked := map[string]bool{}
		for _, volume := range volumes {
			if volume.Config[OwnerKey] == scope.Owner {
				marked[volume.ID().Project] = true
			}
		}
		for _, at := range places {
			if !marked[at.project] {
				delete(lists, at)
			}
		}
	}
	return nil
}
