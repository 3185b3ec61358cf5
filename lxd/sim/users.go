package sim

import (
	"net/url"
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/lxd/sim/state"
)

// diskUse is a disk device whose source is in a pool: a volume, or a root file system.
type diskUse struct {
	device  map[string]string
	owner   state.Entry // its instance or profile
	url     string      // of that
	project string      // in which its source is looked for
}

// usesVolume tells whether the device is a volume.
func (u diskUse) usesVolume(a address) bool {
	return u.device["pool"] == a.poolName && u.project == a.key.Project && u.device["source"] == a.key.Name
}

// diskUses are the disk devices that match, in order of URL.
func (s *Server) diskUses(match func(diskUse) bool) []diskUse {
	var all []diskUse
	add := func(devices map[string]map[string]string, owner state.Entry) {
		for _, device := range devices {
			if device["type"] != "disk" || device["pool"] == "" {
				continue
			}
			if u := (diskUse{device: device, owner: owner, project: s.effective(owner.Key.Project)}); match(u) {
				all = append(all, u)
			}
		}
	}
	for key, profile := range s.state.Profiles {
		add(profile.Devices, state.ProfileEntry(key))
	}
	for key, instance := range s.state.Instances {
		add(instance.Devices, state.InstanceEntry(key))
	}
	for i, u := range all {
		if u.owner.Kind == state.ProfileKind {
			all[i].url = s.profileURL(u.owner.Key)
		} else {
			all[i].url = instanceURL(u.owner.Key)
		}
	}
	slices.SortFunc(all, func(a, b diskUse) int { return strings.Compare(a.url, b.url) })
	return all
}

func anyUse(diskUse) bool { return true }

// volumeUsers are what uses custom volumes, by their pools, projects and names.
type volumeUsers map[[3]string][]string

// findVolumeUsers finds them by the disk devices that match.
func (s *Server) findVolumeUsers(match func(diskUse) bool) volumeUsers {
	all := volumeUsers{}
	for _, use := range s.diskUses(match) {
		source := [3]string{use.device["pool"], use.project, use.device["source"]}
		if list := all[source]; !slices.Contains(list, use.url) {
			all[source] = append(list, use.url)
		}
	}
	return all
}

// usersOf are what uses a volume, never nil.
func (s *Server) usersOf(a address) []string {
	return s.findVolumeUsers(func(u diskUse) bool { return u.usesVolume(a) }).of(a.poolName, a.key)
}

// of are what uses a volume of any type, never nil.
func (u volumeUsers) of(pool string, key Key) []string {
	switch key.Type {
	case lxd.TypeCustom:
		return append([]string{}, u[[3]string{pool, key.Project, key.Name}]...)
	case "container", "virtual-machine":
		return []string{instanceURL(Key{Project: key.Project, Name: key.Name})}
	}
	return []string{}
}

// poolUsers are what uses a pool, of its volumes those on a member, or for "" all; sorted; nil when nothing does.
func (s *Server) poolUsers(name, member string) []string {
	users := []string{}
	if s.product.PoolUsersAreNull {
		users = nil
	}
	for key, v := range s.state.Pools[name].Volumes {
		if key.Type == lxd.TypeCustom && (member == "" || key.Member == "" || key.Member == member) {
			users = append(users, s.volumeURL(name, key, ""))
			if !s.product.PoolUsersHaveSnapshots {
				continue
			}
			for _, snapshot := range v.Snapshots {
				users = append(users, s.volumeURL(name, key, snapshot.Name))
			}
		}
	}
	// A device that takes a custom volume counts as the volume does, and that of a profile besides.
	for _, use := range s.diskUses(func(u diskUse) bool { return u.device["pool"] == name }) {
		users = append(users, use.url)
	}
	slices.Sort(users)
	return s.shownUsers(slices.Compact(users))
}

// shownUsers are the users that a list shows.
func (s *Server) shownUsers(users []string) []string {
	if !s.product.UsersLackPercent {
		return users
	}
	return slices.DeleteFunc(users, func(user string) bool {
		address, _, _ := strings.Cut(user, "?")
		once, err := url.PathUnescape(address)
		if err != nil {
			return true
		}
		_, err = url.PathUnescape(once)
		return err != nil
	})
}

// usedByRunning tells whether an instance that runs uses a volume.
func (s *Server) usedByRunning(a address) bool {
	for key, instance := range s.state.Instances {
		for _, device := range s.expanded(key) {
			if instance.Running && (diskUse{device: device, project: s.effective(key.Project)}).usesVolume(a) {
				return true
			}
		}
	}
	return false
}
