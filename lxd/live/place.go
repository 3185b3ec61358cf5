package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"tarn/lxd"
)

// What is less work. Tests decide it by lot: each way of reading has to find the same.
var (
	cheaperEach = lxd.VolumeList.CheaperEach
	markedFirst = lxd.VolumeList.MarkedFirst
)

// byName tells whether some volumes of a list are better asked for one by one: a few of many, or of volumes with many snapshots. A cluster may
// have several of one name, and a name with odd characters in it is none that each server finds in a path, or says that the pool holds
// (LXD 5.21.7 and a percent sign).
func (s *State) byName(list lxd.VolumeList) bool {
	if s.Server.Clustered || s.Restricted() || slices.ContainsFunc(list.Names, odd) {
		return false
	}
	if s.Server.SelectsFirst() && everyone(list) {
		return false // no list costs more than to ask for each, and not all are known
	}
	names := mayBeAsked(list)
	if slices.ContainsFunc(names, odd) {
		return false
	}
	untold := s.untold() && list.Entries == 0 && !everyone(list) && 0 < len(names) && len(names) <= lxd.AskedAtOnce
	return untold || cheaperEach(list, names)
}

// untold tells whether lists have entries for snapshots, and nothing tells how many.
func (s *State) untold() bool { return !s.listsSnapshotUses() && s.Server.ListsSnapshots() }

// fewCounted is for how many volumes a server is asked first how many snapshots they have, where nothing else tells.
const fewCounted = 100

// count finds out how many entries a list has, where each takes the server as much as one that is wanted. Where all volumes are asked for that
// are better asked for one by one, it finds their names: those that are known need not be all.
func (s *State) count(ctx context.Context, c *lxd.Client, at place, list *lxd.VolumeList) error {
	if s.Server.SelectsFirst() || s.Server.Clustered || s.Restricted() {
		return nil
	}
	all := everyone(*list)
	switch each := s.byName(*list); {
	case each && all:
	case !each && s.untold() && len(mayBeAsked(*list)) <= fewCounted:
	default:
		return nil
	}
	snapshots, err := readNames(ctx, c, s.Server, at)
	if snapshots != nil {
		list.Held, list.Entries = namesOf(snapshots)
	}
	return err
}

// readNames reads the names of the volumes in a place, with how many snapshots each has. It is nil when the pool went away.
func readNames(ctx context.Context, c *lxd.Client, server *lxd.Server, at place) (map[lxd.VolumeID]int, error) {
	snapshots, err := c.VolumeNames(ctx, server, at.pool, at.project)
	if errors.Is(err, lxd.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the names of the volumes of pool %s: %w", at.pool, err)
	}
	return snapshots, nil
}

// namesOf are the names, and how many entries a list of them has with their snapshots.
func namesOf(snapshots map[lxd.VolumeID]int) (names []string, entries int) {
	entries = len(snapshots)
	for id, n := range snapshots {
		names = append(names, id.Name)
		entries += n
	}
	slices.Sort(names)
	return names, entries
}

// odd tells whether a name has other characters than most have.
func odd(name string) bool {
	only := true // of dots
	for i := range len(name) {
		c := name[i]
		if common := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.'; !common {
			return true
		}
		only = only && c == '.'
	}
	return only
}

// readPlace reads the volumes that a list asks for, in the way that makes the least work.
func (s *State) readPlace(ctx context.Context, c *lxd.Client, at place, list lxd.VolumeList) ([]*lxd.Volume, error) {
	if err := s.count(ctx, c, at, &list); err != nil {
		return nil, err
	}
	return s.readCounted(ctx, c, at, list)
}

// readCounted is readPlace where nothing more is to be found out of how many entries the list has.
func (s *State) readCounted(ctx context.Context, c *lxd.Client, at place, list lxd.VolumeList) ([]*lxd.Volume, error) {
	switch {
	case s.byName(list):
		volumes, err := readEach(ctx, c, at, list)
		return asked(list, volumes), err
	case list.Names != nil && !s.Server.Clustered && markedFirst(list, wanted(list)): // in a cluster one of a name may be marked and another not
		return s.readMarkedFirst(ctx, c, at, list)
	}
	return readSelected(ctx, c, at, list)
}

// readSelected has the server select what a list asks for.
func readSelected(ctx context.Context, c *lxd.Client, at place, list lxd.VolumeList) ([]*lxd.Volume, error) {
	volumes, err := readList(ctx, c, at, list)
	if err == nil && list.Server != nil && lacks(list, volumes) {
		list.Server = nil // it has not selected as servers were seen to, or something was deleted just now
		volumes, err = readList(ctx, c, at, list)
	}
	return asked(list, volumes), err
}

// readMarkedFirst reads the volumes that have a list's config key, and then those of its names that have not. Names that the pool need not
// say that it holds are looked for too.
func (s *State) readMarkedFirst(ctx context.Context, c *lxd.Client, at place, list lxd.VolumeList) ([]*lxd.Volume, error) {
	marked := list
	marked.Names = Names{}
	volumes, err := readSelected(ctx, c, at, marked)
	if err != nil {
		return nil, err
	}
	found := map[string]bool{}
	for _, volume := range volumes {
		found[volume.Name] = true
	}
	rest := lxd.VolumeList{Held: list.Held, Server: list.Server}
	rest.Names = slices.DeleteFunc(slices.Clone(wanted(list)), func(name string) bool { return found[name] })
	if s.NamesSomeUsers() {
		held := newAmong(list.Held)
		for _, name := range list.Names {
			if !found[name] && !held.has(name) && (s.Restricted() || odd(name)) {
				rest.Names = append(rest.Names, name)
			}
		}
	}
	if len(rest.Names) == 0 {
		return volumes, nil
	}
	others, err := s.readPlace(ctx, c, at, rest)
	return append(volumes, others...), err
}

// lacks tells whether volumes are missing from an answer that are there and were asked for. A plan would take them for absent.
func lacks(list lxd.VolumeList, volumes []*lxd.Volume) bool {
	compare := func(a, b *lxd.Volume) int { return strings.Compare(a.Name, b.Name) }
	if !slices.IsSortedFunc(volumes, compare) {
		volumes = slices.SortedFunc(slices.Values(volumes), compare)
	}
	at := 0 // the wanted names come in order too
	return slices.ContainsFunc(inOrder(wanted(list)), func(name string) bool {
		for at < len(volumes) && volumes[at].Name < name {
			at++
		}
		return at == len(volumes) || volumes[at].Name != name
	})
}

// wanted are the names that a list asks for and that are held. What else a spec names is yet to be created. They are not to be changed.
func wanted(list lxd.VolumeList) []string {
	if list.Names == nil {
		return list.Held
	}
	named := newAmong(list.Names)
	is := func(name string) bool {
		return named.has(name) || list.Prefix != "" && strings.HasPrefix(name, list.Prefix)
	}
	first := slices.IndexFunc(list.Held, func(name string) bool { return !is(name) })
	if first < 0 {
		return list.Held
	}
	names := slices.Clone(list.Held[:first])
	for _, name := range list.Held[first+1:] {
		if is(name) {
			names = append(names, name)
		}
	}
	return names
}

// everyone tells whether each volume that there is would have to be asked for, as any may be what a list is about.
func everyone(list lxd.VolumeList) bool { return list.Names == nil || list.ConfigKey != "" }

// mayBeAsked are the names of those volumes that would have to be asked for one by one: what a config key says is not known before.
func mayBeAsked(list lxd.VolumeList) []string {
	if list.ConfigKey != "" {
		return list.Held
	}
	return wanted(list)
}

// asked are those volumes that a list asks for. A server may give more, or all that it has.
func asked(list lxd.VolumeList, volumes []*lxd.Volume) []*lxd.Volume {
	if list.Names == nil {
		return volumes
	}
	named := newAmong(list.Names)
	return slices.DeleteFunc(volumes, func(v *lxd.Volume) bool {
		return !named.has(v.Name) && !(list.Prefix != "" && strings.HasPrefix(v.Name, list.Prefix)) &&
			!(list.ConfigKey != "" && v.Config[list.ConfigKey] == list.ConfigValue)
	})
}

// readEach reads the volumes that a list may ask for and that are held, some at a time.
func readEach(ctx context.Context, c *lxd.Client, at place, list lxd.VolumeList) ([]*lxd.Volume, error) {
	var group errgroup.Group
	group.SetLimit(atOnce)
	var mu sync.Mutex
	var volumes []*lxd.Volume
	for _, name := range mayBeAsked(list) {
		group.Go(func() error {
			id := lxd.VolumeID{Project: at.project, Pool: at.pool, Type: lxd.TypeCustom, Name: name}
			volume, err := c.Volume(ctx, id)
			if errors.Is(err, lxd.ErrNotFound) {
				return nil // it went away since the pools were read
			}
			if err != nil {
				return fmt.Errorf("read volume %s: %w", id, err)
			}
			mu.Lock()
			defer mu.Unlock()
			volumes = append(volumes, volume)
			return nil
		})
	}
	err := group.Wait()
	slices.SortFunc(volumes, func(a, b *lxd.Volume) int { return strings.Compare(a.Name, b.Name) })
	return volumes, err
}
