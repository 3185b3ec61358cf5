package sim

import (
	"net/url"
	"slices"
	"strings"

	"tarn/lxd"
)

// volumeURL is a volume's address, or a snapshot's, as the server hands it out.
func (s *State) volumeURL(pool string, key Key, snapshot string) string {
	text := "/1.0/storage-pools/" + s.escape(pool) + "/volumes/" + key.Type + "/" + s.escape(key.Name)
	if snapshot != "" {
		text += "/snapshots/" + s.escape(snapshot)
	}
	return text + where(key)
}

// where is the query of an address: the project and the member.
func where(key Key) string {
	query := inProject(key.Project)
	if key.Member != "" {
		join := "?"
		if query != "" {
			join = "&"
		}
		query += join + "target=" + url.QueryEscape(key.Member)
	}
	return query
}

// escape makes a name part of an address; LXD 5.0.2 escapes twice.
func (s *State) escape(text string) string {
	text = url.PathEscape(text)
	if s.first() {
		text = url.PathEscape(text)
	}
	return text
}

func inProject(project string) string {
	if project == lxd.DefaultProject {
		return ""
	}
	return "?project=" + url.QueryEscape(project)
}

// use is a disk device that takes something from a pool.
type use struct {
	device  map[string]string
	url     string // of its instance or profile
	project string // in which its source is looked for
}

// uses are all disk devices, in order of URL.
type uses struct {
	all     []use
	volumes map[[3]string][]string // pool, project and name of custom volumes: their users
}

func (s *Server) devices() uses {
	u := uses{volumes: map[[3]string][]string{}}
	add := func(devices map[string]map[string]string, address, project string) {
		for _, device := range devices {
			if device["type"] == "disk" && device["pool"] != "" {
				u.all = append(u.all, use{device, address, s.effective(project)})
			}
		}
	}
	for key, profile := range s.state.Profiles {
		add(profile.Devices, "/1.0/profiles/"+url.PathEscape(key.Name)+inProject(key.Project), key.Project)
	}
	for key, instance := range s.state.Instances {
		add(instance.Devices, key.instanceURL(), key.Project)
	}
	slices.SortFunc(u.all, func(a, b use) int { return strings.Compare(a.url, b.url) })
	for _, use := range u.all {
		source := [3]string{use.device["pool"], use.project, use.device["source"]}
		if list := u.volumes[source]; !slices.Contains(list, use.url) {
			u.volumes[source] = append(list, use.url)
		}
	}
	return u
}

// users are what uses a volume, never nil.
func (u uses) users(pool string, key Key) []string {
	switch key.Type {
	case lxd.TypeCustom:
		return append([]string{}, u.volumes[[3]string{pool, key.Project, key.Name}]...)
	case "container", "virtual-machine":
		return []string{Key{Project: key.Project, Name: key.Name}.instanceURL()}
	}
	return []string{}
}

func (u use) takes(a address) bool {
	return u.device["pool"] == a.poolName && u.project == a.key.Project && u.device["source"] == a.key.Name
}

// follow changes the devices that use a volume when it gets another place. The volume itself must not be there yet.
func (s *Server) follow(from, to address) error {
	for _, use := range s.devices().all {
		if use.takes(from) {
			use.device["pool"], use.device["source"] = to.poolName, to.key.Name
		}
	}
	if s.state.has(volumeOperations) {
		return nil // what is wrong with it was mended before LXD got this extension
	}
	return s.throughProfiles(to)
}

// poolUsers are what uses a pool, sorted; nil when nothing does.
func (s *Server) poolUsers(name string) []string {
	var users []string
	if s.state.incus() {
		users = []string{}
	}
	for key, v := range s.state.Pools[name].Volumes {
		if key.Type == lxd.TypeCustom {
			users = append(users, s.state.volumeURL(name, key, ""))
			for _, snapshot := range v.Snapshots {
				if s.state.incus() {
					break // it leaves them out
				}
				users = append(users, s.state.volumeURL(name, key, snapshot.Name))
			}
		}
	}
	for _, use := range s.devices().all {
		// A device that takes a custom volume counts as the volume does, and that of a profile besides.
		if use.device["pool"] == name && !slices.Contains(users, use.url) {
			users = append(users, use.url)
		}
	}
	slices.Sort(users)
	return users
}
