package sim

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"

	"tarn/lxd"
)

func (s *Server) listInstances(c call) (reply, error) {
	all, urls := []any{}, []string{}
	project := cmp.Or(c.query.Get("project"), "default")
	for _, key := range s.sortedInstances() {
		if key.Project != project && !isTrueOr(c.query.Get("all-projects"), false) {
			continue
		}
		all = append(all, s.showInstance(key))
		urls = append(urls, instanceURL(key))
	}
	if c.recursive() {
		return syncReply(all), nil
	}
	return syncReply(urls), nil
}

func (s *Server) getInstance(c call) (reply, error) {
	key, _, err := s.instance(c)
	if err != nil {
		return reply{}, err
	}
	return syncReply(s.showInstance(key)), nil
}

func (s *Server) showInstance(key Key) any {
	instance := s.state.Instances[key]
	status, code := "Stopped", 102
	if instance.Running {
		status, code = "Running", 103
	}
	return map[string]any{
		"name": key.Name, "project": key.Project, "type": "container", "status": status, "status_code": code, "location": "none",
		"profiles": append([]string{}, instance.Profiles...), "devices": cloneDevices(instance.Devices), "expanded_devices": cloneDevices(s.expanded(key)),
	}
}

// instance finds the instance that a call names.
func (s *Server) instance(c call) (Key, *Instance, error) {
	key := s.instanceKey(c)
	if i := s.state.Instances[key]; i != nil {
		return key, i, nil
	}
	return key, nil, httpError(http.StatusNotFound, "Instance not found")
}

// Instances can be created empty, changed in their profiles and devices, and deleted, as LXD 5.0.2 was seen to do. They
// never run: only the state file can have one that does.

// instanceKey is the instance that a call names.
func (s *Server) instanceKey(c call) Key {
	return Key{Project: cmp.Or(c.query.Get("project"), lxd.DefaultProject), Name: c.path[1]}
}

// sortedInstances are the keys of all instances, by project and name.
func (s *Server) sortedInstances() []Key {
	return slices.SortedFunc(maps.Keys(s.state.Instances), func(a, b Key) int {
		return cmp.Or(strings.Compare(a.Project, b.Project), strings.Compare(a.Name, b.Name))
	})
}

// profilesOf are the profiles that an instance has, in their order. What it names and nobody has made is left out.
func (s *Server) profilesOf(key Key) []Key {
	var profiles []Key
	for _, name := range s.state.Instances[key].Profiles {
		profile := Key{Project: s.profileProject(key.Project), Name: name}
		if s.state.Profiles[profile] != nil {
			profiles = append(profiles, profile)
		}
	}
	return profiles
}

// expanded are the devices of an instance with those of its profiles, which its own go before.
func (s *Server) expanded(key Key) map[string]map[string]string {
	devices := map[string]map[string]string{}
	for _, profile := range s.profilesOf(key) {
		maps.Copy(devices, s.state.Profiles[profile].Devices)
	}
	maps.Copy(devices, s.state.Instances[key].Devices)
	return devices
}

// cloneDevices is for what is written when other calls may change the devices again.
func cloneDevices(devices map[string]map[string]string) map[string]map[string]string {
	clone := make(map[string]map[string]string, len(devices))
	for name, device := range devices {
		clone[name] = maps.Clone(device)
	}
	return clone
}
