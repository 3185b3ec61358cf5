// Package live is what tarn reads of a server so that a plan can be made: its pools, the volumes that a spec is about, and
// what else the plan turns out to depend on. It reads lists where those are less work than a request for each volume, see place.go, and changes nothing.
package live

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"tarn/lxd"
	"tarn/lxd/schema"
)

// State is what a server held when it was read: all pools, and the custom volumes of the scope.
type State struct {
	Server  *lxd.Server
	Address string
	Pools   map[string]*lxd.Pool
	Volumes lxd.ByVolume[*lxd.Volume]

	// VolumeIDs names every custom volume that the pools say they hold, in the scope or not.
	VolumeIDs lxd.VolumeSet

	// Projects are the projects by name; nil when the scope asked for no other than the default one and the client may see all.
	Projects map[string]*lxd.Project

	// Members are the members of the cluster, nil without one.
	Members []*lxd.Member

	// What follows is there when it was asked for with [ReadDetails].

	Usage       map[lxd.VolumeID]*lxd.Usage
	Snapshots   map[SnapshotID]*lxd.Snapshot
	Users       *Users                   // nil when nobody asked
	MemberPools map[lxd.PoolID]*lxd.Pool // pools as single members have them

	// Resources are how full pools are, or a member's side of them.
	Resources map[lxd.PoolID]*lxd.Resources

	// Disk is how much of their limits of disk space projects have taken, by their names.
	Disk map[string]Disk

	// Unlisted are volumes of pools, by their names, that are not among what uses the pool.
	Unlisted map[string][]lxd.VolumeID

	// Operations are those that the server has under way.
	Operations []lxd.OperationInfo

	// Undeclared are volumes that the scope does not have; nil when nobody asked.
	Undeclared map[lxd.VolumeID]*lxd.Volume

	// ServerVolumes are those in which the server keeps something of its own.
	ServerVolumes []lxd.ServerVolume

	// UsedBy is what uses volumes that need not be in the scope.
	UsedBy map[lxd.VolumeID][]string

	// listedSnapshots are how many snapshots volumes have by the lists that were read, nil where lists do not tell; see [State.SnapshotCounts].
	listedSnapshots map[lxd.VolumeID]int
}

// SnapshotID names a snapshot of a volume.
type SnapshotID struct {
	Volume lxd.VolumeID
	Name   string
}

// Snapshot is a snapshot of a volume, nil when nobody asked for it or it is not there.
func (s *State) Snapshot(volume lxd.VolumeID, name string) *lxd.Snapshot {
	return s.Snapshots[SnapshotID{Volume: volume, Name: name}]
}

// EffectiveProject is the project in which volumes of a project live.
func (s *State) EffectiveProject(project string) string {
	if p := s.Projects[project]; p != nil && !p.OwnVolumes() {
		return lxd.DefaultProject
	}
	if project == "" {
		return lxd.DefaultProject
	}
	return project
}

// Scope says which volumes a read is about. A server spends far more on a volume that it describes than on one that it
// only holds, so a plan for ten volumes asks for ten.
type Scope struct {
	Projects []string         // as the spec has them; empty for the default project
	Pools    map[string]Names // pools whose volumes are read; all of them in every project, else in those of Projects
	// FormerProjects are read as Projects are, and need not be there any more.
	FormerProjects []string

	// Whole is for all volumes of the pools that are in Pools, whatever names these have there, and without any of all pools: in Projects,
	// or without any in every project that the client may see.
	Whole bool

	Owner string // volumes marked as this owner's are read too, in every pool and project

	// Prefix is "" or what names begin with of volumes that are read too, in Projects and those of Pools that have names. Where servers do not say
	// all that pools hold, those with a sign in their names that addresses have escaped may be left out.
	Prefix string
}

// Names are the volumes of one pool that a read is about; nil is all of them.
type Names []string

// OwnerKey is the config key that marks what a spec manages.
const OwnerKey = "user.tarn.owner"

// Read reads the server's pools and the volumes in scope. It takes a list for each pool and project, or two, unless some volumes of one are less
// work one by one.
func Read(ctx context.Context, c *lxd.Client, scope Scope) (*State, error) {
	state, err := readServer(ctx, c)
	if err != nil {
		return nil, err
	}
	if state.Restricted() || scope.everywhere() && state.NamesSomeUsers() || slices.ContainsFunc(slices.Concat(scope.Projects, scope.FormerProjects), func(p string) bool { return p != "" && p != lxd.DefaultProject }) {
		if err := readProjects(ctx, c, state, scope); err != nil {
			return nil, err
		}
	}
	if err := readVolumes(ctx, c, state, scope); err != nil {
		return nil, err
	}
	if err := findMarked(ctx, c, state); err != nil {
		return nil, err
	}
	return state, nil
}

// readServer reads what a server is, its pools and the members of its cluster.
func readServer(ctx context.Context, c *lxd.Client) (*State, error) {
	server, err := c.Server(ctx)
	if err != nil {
		return nil, err
	}
	if !server.Trusted {
		return nil, c.Untrusted()
	}
	state := &State{
		Server:      server,
		Address:     c.Address(),
		Pools:       map[string]*lxd.Pool{},
		Usage:       map[lxd.VolumeID]*lxd.Usage{},
		MemberPools: map[lxd.PoolID]*lxd.Pool{},
	}
	if err := readPools(ctx, c, state); err != nil {
		return nil, fmt.Errorf("read the pools: %w", err)
	}
	if server.Clustered {
		if state.Members, err = c.Members(ctx); err != nil {
			return nil, fmt.Errorf("read the members of the cluster: %w", err)
		}
	}
	return state, nil
}

// awaitPools reads the pools of a server. One that somebody else is just creating is Pending for a moment; in a cluster that may as well
// last until somebody completes it.
func awaitPools(ctx context.Context, c *lxd.Client, clustered bool) ([]*lxd.Pool, error) {
	const looks, first = 5, 100 * time.Millisecond // 1.5 s in all
	for n := 0; ; n++ {
		pools, err := c.Pools(ctx)
		pending := slices.ContainsFunc(pools, func(p *lxd.Pool) bool { return p.Status == lxd.StatusPending })
		if err != nil || clustered || !pending || n == looks-1 {
			return pools, err
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(first << n):
		}
	}
}

func readPools(ctx context.Context, c *lxd.Client, state *State) error {
	pools, err := awaitPools(ctx, c, state.Server.Clustered)
	if err != nil {
		return err
	}
	for _, pool := range pools {
		state.Pools[pool.Name] = pool
		for use := range state.Server.EachUse(pool.UsedBy) {
			if use.Kind == lxd.UsedByVolume && use.Volume.Type == lxd.TypeCustom {
				state.VolumeIDs.Add(use.Volume)
			}
		}
	}
	return nil
}

// Restricted tells that the client's certificate is for some projects only: it is not shown the config of pools, and may not
// change them.
func (s *State) Restricted() bool {
	for _, pool := range s.Pools {
		if pool.Config == nil {
			return true
		}
	}
	return false
}

// NoProjectError says that a server has no project of a name, or none that the client may see.
type NoProjectError struct {
	Project string
	text    string
}

func (e *NoProjectError) Error() string { return e.text }

func readProjects(ctx context.Context, c *lxd.Client, state *State, scope Scope) error {
	if err := readVisibleProjects(ctx, c, state); err != nil {
		return err
	}
	wanted := scope.Projects
	if len(wanted) == 0 && !scope.Whole {
		wanted = []string{lxd.DefaultProject}
	}
	for _, name := range wanted {
		if err := state.hasProject(name); err != nil { // Incus 7.3 gives a client that may not see it an empty list of the project's volumes
			return err
		}
	}
	return nil
}

func readVisibleProjects(ctx context.Context, c *lxd.Client, state *State) error {
	projects, err := c.Projects(ctx)
	if err != nil {
		return fmt.Errorf("read the projects: %w", err)
	}
	state.Projects = map[string]*lxd.Project{}
	for _, project := range projects {
		state.Projects[project.Name] = project
	}
	return nil
}

// hasProject is nil when the client may see a project, "" for the default one.
func (s *State) hasProject(name string) error {
	name = cmp.Or(name, lxd.DefaultProject)
	if s.Projects[name] != nil {
		return nil
	}
	names := slices.Sorted(maps.Keys(s.Projects))
	return &NoProjectError{name, schema.NoSuch(fmt.Sprintf("%s has no project %q that this client may see", s.Address, name), name, names)}
}

// place is a pool's side in one project.
type place struct{ pool, project string }

// readVolumes asks each pool of the scope for its volumes, some pools at a time. Each project is asked for by itself: a list
// of all projects does not say what uses the volumes (seen on LXD 5.0.2).
func readVolumes(ctx context.Context, c *lxd.Client, state *State, scope Scope) error {
	held, entries := state.held(), state.entries()
	lists := scope.lists(state, held)
	if err := scope.skipUnmarked(ctx, c, state, lists); err != nil {
		return err
	}
	var group errgroup.Group
	group.SetLimit(atOnce)
	type answer struct {
		volumes   []*lxd.Volume
		snapshots map[lxd.VolumeID]int // nil when the list does not tell
	}
	found := make(chan answer, len(lists))
	var gone atomic.Bool
	for at, names := range lists {
		list := lxd.VolumeList{Names: inOrder(names), Held: held[at], Entries: entries[at], Prefix: scope.prefix(state, at), Server: state.Server}
		if scope.Owner != "" {
			list.ConfigKey, list.ConfigValue = OwnerKey, scope.Owner
		}
		group.Go(func() error {
			var got answer
			var err error
			if scope.Whole && names == nil {
				got.volumes, got.snapshots, err = state.readWholePlace(ctx, c, at, list)
			} else {
				got.volumes, err = state.readPlace(ctx, c, at, list)
			}
			found <- got
			if lacks(list, got.volumes) {
				gone.Store(true)
			}
			return err
		})
	}
	err := group.Wait()
	close(found)
	for got := range found {
		for _, volume := range got.volumes {
			state.Volumes.Set(volume.ID(), volume)
		}
		if state.listedSnapshots == nil && got.snapshots != nil {
			state.listedSnapshots = map[lxd.VolumeID]int{}
		}
		maps.Copy(state.listedSnapshots, got.snapshots)
	}
	if err == nil && gone.Load() {
		return state.forgetGone(ctx, c)
	}
	return err
}

// forgetGone has the pools forget the volumes that somebody has deleted since the pools were read: they would be in use by what is no
// more. What has come since is left to the next reading, as the volumes of this one are without it too.
func (s *State) forgetGone(ctx context.Context, c *lxd.Client) error {
	pools, err := c.Pools(ctx)
	if err != nil {
		return err
	}
	still := map[lxd.VolumeID]bool{}
	for _, pool := range pools {
		for use := range s.Server.EachUse(pool.UsedBy) {
			still[use.Volume] = true
		}
	}
	for name, pool := range s.Pools {
		left := *pool
		left.UsedBy = slices.DeleteFunc(slices.Clone(pool.UsedBy), func(user string) bool {
			use := s.Uses([]string{user})[0]
			return use.Volume.Type == lxd.TypeCustom && !still[use.Volume]
		})
		s.Pools[name] = &left
	}
	for id := range s.VolumeIDs.All() {
		if !still[id] && s.Volumes.Get(id) == nil {
			s.VolumeIDs.Delete(id)
		}
	}
	return nil
}

// held are the names of the volumes that each place is known to have.
func (s *State) held() map[place]Names {
	held, counts := map[place]Names{}, map[place]int{}
	for id := range s.VolumeIDs.All() {
		counts[place{id.Pool, id.Project}]++
	}
	for at, count := range counts {
		held[at] = make(Names, 0, count)
	}
	for id := range s.VolumeIDs.All() {
		at := place{id.Pool, id.Project}
		held[at] = append(held[at], id.Name)
	}
	for _, names := range held {
		slices.Sort(names) // as they are looked through
	}
	return held
}

// entries are how many volumes and snapshots each place has, where that matters and the pools tell.
func (s *State) entries() map[place]int {
	if s.Server.SelectsFirst() || !s.listsSnapshotUses() {
		return nil
	}
	entries := map[place]int{}
	for _, pool := range s.Pools {
		for _, use := range s.Uses(pool.UsedBy) {
			if use.Volume.Type == lxd.TypeCustom {
				entries[place{use.Volume.Pool, use.Volume.Project}]++
			}
		}
	}
	return entries
}

// atOnce is how many requests of a read are under way at a time.
const atOnce = lxd.AskedAtOnce

// selects tells whether the server can select what a list has.
func selects(state *State) bool { return state.Server.Has("storage_volume_api_filtering") }

// readList asks for a list of volumes in one place. A pool that went away since the pools were read has none.
func readList(ctx context.Context, c *lxd.Client, at place, list lxd.VolumeList) ([]*lxd.Volume, error) {
	list.Project = at.project
	volumes, err := c.Volumes(ctx, at.pool, list)
	if errors.Is(err, lxd.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the volumes of pool %s: %w", at.pool, err)
	}
	return volumes, nil
}

// of are the volumes of a pool that the scope is about, nil for all; ok is false when it is about none.
func (scope Scope) of(pool string) (names Names, ok bool) {
	names, ok = scope.Pools[pool]
	if scope.Whole {
		return nil, ok || len(scope.Pools) == 0
	}
	return names, ok
}

// everywhere tells whether the scope has something in every project.
func (scope Scope) everywhere() bool {
	if scope.Owner != "" || scope.Whole {
		return true
	}
	for _, names := range scope.Pools {
		if names == nil {
			return true
		}
	}
	return false
}

// NamesSomeUsers tells that what uses a pool is no list of all its volumes: a client that may see some projects only is told of
// theirs, and LXD 5.21.7 and 6.9 leave out volumes with a percent sign in their names.
func (s *State) NamesSomeUsers() bool { return s.Restricted() || s.Server.IsLXDSince(5, 0, 3) }

// lists says which volumes are asked for where. held are those that each place is known to have.
func (scope Scope) lists(state *State, held map[place]Names) map[place]Names {
	lists := map[place]Names{}
	named := scope.named(state)
	for pool := range state.Pools {
		names, inScope := scope.of(pool)
		for project := range named {
			if inScope && (names == nil || len(names) > 0) || scope.Owner != "" {
				lists[place{pool, project}] = names
				if !inScope {
					lists[place{pool, project}] = Names{}
				}
			}
		}
	}
	// A mark counts wherever it is, whether the spec still names the project or not, and so does what is in a pool that is read
	// as a whole.
	elsewhere := func(at place) {
		names, inScope := scope.of(at.pool)
		whole := inScope && names == nil && !(scope.Whole && len(scope.Projects) > 0)
		if _, asked := lists[at]; asked || state.Pools[at.pool] == nil || scope.Owner == "" && !whole {
			return
		}
		lists[at] = Names{}
		if whole {
			lists[at] = nil
		}
	}
	restricted := state.Restricted()
	for at := range held {
		if !restricted || state.Projects[at.project] != nil {
			elsewhere(at)
		}
	}
	if state.NamesSomeUsers() {
		for name := range state.Projects {
			for pool := range state.Pools {
				elsewhere(place{pool, state.EffectiveProject(name)})
			}
		}
	}
	return lists
}

// Users are instances and profiles, which may use volumes.
type Users struct {
	Instances map[lxd.InstanceID]*lxd.Instance
	Profiles  map[lxd.ProfileID]*lxd.Profile
}

// Uses reads the entries of a used_by list.
func (s *State) Uses(usedBy []string) []lxd.Use {
	return s.Server.Uses(usedBy)
}
