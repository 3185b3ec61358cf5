package sim

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// Instances are there for what they use. The state says which run.

// instanceURL is the address of an instance.
func instanceURL(key Key) string {
	return "/1.0/instances/" + url.PathEscape(key.Name) + inProject(key.Project)
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

// running tells whether an instance that runs uses a volume.
func (s *Server) running(a address) bool {
	for key, instance := range s.state.Instances {
		for _, device := range s.expanded(key) {
			if instance.Running && (use{device: device, project: s.effective(key.Project)}).takes(a) {
				return true
			}
		}
	}
	return false
}

// throughProfiles says why a volume cannot get another place when it is a profile that gives it to instances: these are
// judged by the changed profile while the volume is not there yet. What was changed stays.
func (s *Server) throughProfiles(to address) error {
	var failed string
	for _, key := range s.sortedInstances() {
		for _, profile := range s.profilesOf(key) {
			devices := s.state.Profiles[profile].Devices
			for _, name := range slices.Sorted(maps.Keys(devices)) {
				if _, own := s.state.Instances[key].Devices[name]; own || !(use{device: devices[name], project: s.effective(key.Project)}).takes(to) {
					continue
				}
				failed += fmt.Sprintf(" - Project: %s, Instance: %s: Failed add validation for device %q: Failed loading custom volume: Storage volume not found\n",
					key.Project, key.Name, name)
			}
		}
	}
	if failed == "" {
		return nil
	}
	return says("The following instances failed to update (profile change still saved):\n%s", failed)
}

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
		return sync200(all), nil
	}
	return sync200(urls), nil
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

// cloneDevices is for what is written when other calls may change the devices again.
func cloneDevices(devices map[string]map[string]string) map[string]map[string]string {
	clone := make(map[string]map[string]string, len(devices))
	for name, device := range devices {
		clone[name] = maps.Clone(device)
	}
	return clone
}
