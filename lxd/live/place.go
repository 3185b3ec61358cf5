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

// byName tells whether some volumes of a list are better asked for one by one: a few of many. A cluster may have several of one name, and
// a name with odd characters in it is none that each server finds in a path, or says that the pool holds (LXD 5.21.7 and a percent sign).
func (s *State) byName(list lxd.VolumeList) bool {
	if list.Names == nil || list.ConfigKey != "" || s.Server.Clustered || s.Restricted() || slices.ContainsFunc(list.Names, odd) {
		return false
	}
	names := wanted(list)
	return !slices.ContainsFunc(names, odd) && list.CheaperEach(names)
}

// odd tells whether a name has other characters than most have.
func odd(name string) bool {
	return strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") != "" || strings.Trim(name, ".") == ""
}

// readPlace reads the volumes that a list asks for, in the way that makes the least work.
func (s *State) readPlace(ctx context.Context, c *lxd.Client, at place, list lxd.VolumeList) ([]*lxd.Volume, error) {
	if s.byName(list) {
		return readEach(ctx, c, at, list)
	}
	volumes, err := readList(ctx, c, at, list)
	if err == nil && list.Server != nil && lacks(list, volumes) {
		list.Server = nil // it has not selected as servers were seen to, or something was deleted just now
		volumes, err = readList(ctx, c, at, list)
	}
	return asked(list, volumes), err
}

// lacks tells whether volumes are missing from an answer that are there and were asked for. A plan would take them for absent.
func lacks(list lxd.VolumeList, volumes []*lxd.Volume) bool {
	there := make(map[string]bool, len(volumes))
	for _, volume := range volumes {
		there[volume.Name] = true
	}
	return slices.ContainsFunc(wanted(list), func(name string) bool { return !there[name] })
}

// wanted are the names that a list asks for and that are held. What else a spec names is yet to be created.
func wanted(list lxd.VolumeList) []string {
	if list.Names == nil {
		return list.Held
	}
	named := setOf(list.Names)
	var names []string
	for _, name := range list.Held {
		if named[name] || list.Prefix != "" && strings.HasPrefix(name, list.Prefix) {
			names = append(names, name)
		}
	}
	return names
}

// asked are those volumes that a list asks for. A server may give more, or all that it has.
func asked(list lxd.VolumeList, volumes []*lxd.Volume) []*lxd.Volume {
	if list.Names == nil {
		return volumes
	}
	named := setOf(list.Names)
	return slices.DeleteFunc(volumes, func(v *lxd.Volume) bool {
		return !named[v.Name] && !(list.Prefix != "" && strings.HasPrefix(v.Name, list.Prefix)) &&
			!(list.ConfigKey != "" && v.Config[list.ConfigKey] == list.ConfigValue)
	})
}

// readEach reads the volumes of a list that are held, some at a time.
func readEach(ctx context.Context, c *lxd.Client, at place, list lxd.VolumeList) ([]*lxd.Volume, error) {
	var group errgroup.Group
	group.SetLimit(atOnce)
	var mu sync.Mutex
	var volumes []*lxd.Volume
	for _, name := range wanted(list) {
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

func setOf(names []string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[name] = true
	}
	return set
}
