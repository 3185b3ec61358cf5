package planner

import (
	"slices"

	"tarn/lxd/live"
	"tarn/lxd/migrate"
	"tarn/spec"
)

// Options are what a command can ask for besides what the spec says.
type Options struct {
	Remote     string // the server's name for people
	Project    string // for volumes whose declaration names none; "" is the default project
	MaxDeletes *int   // a plan that deletes more is blocked; nil for no limit
	Prune      bool   // delete orphans
	Adopt      bool   // take over what is marked as another owner's

	ShowUnmanaged bool // list what the spec does not name

	// Only are pools and volumes that the plan is narrowed to, with what their steps need; empty for all. An object is
	// named as plans print it (fast, fast/pgdata), by the address of its block (pool.fast.volume.pgdata), or with others by
	// a pattern (fast/*).
	Only []string

	// Exclude are pools and volumes that are left out of the plan, with the steps that need theirs; named as Only has them.
	Exclude []string

	// OneOfSeveral says that the plan is one of several, for other specs or servers, which have what Only and Exclude name and it lacks.
	OneOfSeveral bool

	// Today is the day for which the plan is made, 2026-11-26: what is acknowledged until an earlier one is no more. "" is before all days.
	Today string

	// Unread says that there is a spec, but it could not be read: which config keys of its own hold secrets is not known.
	Unread bool

	// Remotes are other servers that volumes may come from, by their names, as far as [plan.Plan.MissingRemotes] asked.
	Remotes map[string]*live.State
}

// ScopeOf says what has to be read so that a plan for the spec can be made.
func ScopeOf(want *spec.Spec, opts Options) live.Scope {
	scope := live.Scope{
		Pools: map[string]live.Names{}, Owner: want.Settings.Owner, Prefix: migrate.Prefix, Projects: []string{opts.Project},
	}
	add := func(pool string, names ...string) {
		if have, ok := scope.Pools[pool]; !ok || have != nil {
			scope.Pools[pool] = append(append(live.Names{}, have...), names...)
		}
	}
	for _, pool := range want.Pools {
		if pool.Exclusive {
			scope.Pools[pool.Name] = nil
		}
		names := make([]string, 0, len(pool.Volumes))
		for _, volume := range pool.Volumes {
			names = append(names, volume.Name)
			if volume.Project != "" && !slices.Contains(scope.Projects, volume.Project) {
				scope.Projects = append(scope.Projects, volume.Project)
			}
			for _, from := range []*spec.VolumeRef{volume.RenamedFrom, volume.CopyOf} {
				if from == nil || !opts.local(from.Remote) {
					continue
				}
				if from.Project != "" && !slices.Contains(scope.FormerProjects, from.Project) {
					scope.FormerProjects = append(scope.FormerProjects, from.Project)
				}
				if from.Pool == "" || from.Pool == pool.Name {
					names = append(names, from.Name)
				} else {
					add(from.Pool, from.Name)
				}
			}
		}
		add(pool.Name, names...)
	}
	return scope
}

// local tells whether a remote is the server that the plan is for.
func (o Options) local(remote string) bool { return remote == "" || remote == o.Remote }
