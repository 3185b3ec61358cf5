package sim

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"

	"tarn/lxd"
)

// project is the one in which the volumes of a call live.
func (s *Server) project(c call) (string, error) {
	name := c.query.Get("project")
	if name == "" {
		return lxd.DefaultProject, nil
	}
	if len(c.path) > 4 && c.path[3] != lxd.TypeCustom { // LXD 5.0.2 does not look
		return name, nil
	}
	if s.state.Projects[name] == nil {
		return "", code(http.StatusNotFound, "Failed to load project %q: Project not found", name)
	}
	return s.effective(name), nil
}

// effective is where the custom volumes of a project live.
func (s *Server) effective(project string) string {
	p := s.state.Projects[project]
	if p == nil || isTrueOr(p.Config["features.storage.volumes"], false) {
		return project
	}
	return lxd.DefaultProject
}

func (s *Server) showProject(name string) any {
	p := s.state.Projects[name]
	users := []string{}
	for key := range s.state.Profiles {
		if key.Project == name {
			users = append(users, "/1.0/profiles/"+key.Name+inProject(name))
		}
	}
	slices.Sort(users)
	for _, poolName := range slices.Sorted(maps.Keys(s.state.Pools)) {
		var keys []Key
		for key := range s.state.Pools[poolName].Volumes {
			if key.Project == name && key.Type == lxd.TypeCustom {
				keys = append(keys, key)
			}
		}
		slices.SortFunc(keys, func(a, b Key) int { // before they are escaped
			return cmp.Or(strings.Compare(a.Member, b.Member), strings.Compare(a.Name, b.Name))
		})
		for _, key := range keys {
			users = append(users, s.state.volumeURL(poolName, key, ""))
		}
	}
	return map[string]any{"name": name, "description": p.Description, "config": maps.Clone(orMake(p.Config)), "used_by": users}
}

func (s *Server) listProjects(c call) (reply, error) {
	all, urls := []any{}, []string{}
	for _, name := range slices.Sorted(maps.Keys(s.state.Projects)) {
		all, urls = append(all, s.showProject(name)), append(urls, "/1.0/projects/"+name)
	}
	if c.recursive() {
		return sync200(all), nil
	}
	return sync200(urls), nil
}

func (s *Server) findProject(c call) (string, *Project, error) {
	p := s.state.Projects[c.path[1]]
	if p == nil {
		return "", nil, code(http.StatusNotFound, "Project not found")
	}
	return c.path[1], p, nil
}

func (s *Server) getProject(c call) (reply, error) {
	name, _, err := s.findProject(c)
	if err != nil {
		return reply{}, err
	}
	return sync200(s.showProject(name)), nil
}

func (s *Server) createProject(c call) (reply, error) {
	var body poolBody
	if err := c.decode("ProjectsPost", &body); err != nil {
		return reply{}, err
	}
	switch {
	case body.Name == "":
		return reply{}, code(http.StatusBadRequest, "No name provided")
	case strings.Contains(body.Name, "/"):
		return reply{}, code(http.StatusBadRequest, "Project names may not contain slashes")
	case s.state.Projects[body.Name] != nil:
		return reply{}, code(http.StatusConflict, "Failed creating project %q: Failed adding database record: This \"projects\" entry already exists", body.Name)
	}
	config := orMake(maps.Clone(body.Config))
	for _, feature := range s.state.features() {
		if _, ok := config[feature]; !ok {
			config[feature] = "true"
		}
	}
	s.state.Projects[body.Name] = &Project{Description: body.Description, Config: config}
	if isTrueOr(config["features.profiles"], false) {
		s.state.Profiles[Key{Project: body.Name, Name: "default"}] = &Profile{Description: "Default LXD profile for project " + body.Name}
	}
	s.touch(projectPart(body.Name), profilePart(Key{Project: body.Name, Name: "default"}))
	return created("/1.0/projects/" + body.Name)
}

func (s *Server) putProject(c call) (reply, error) {
	name, p, err := s.findProject(c)
	if err != nil {
		return reply{}, err
	}
	var body poolBody
	if err := c.decode("ProjectPut", &body); err != nil {
		return reply{}, err
	}
	if c.Method == http.MethodPatch {
		merged := maps.Clone(orMake(p.Config))
		maps.Copy(merged, body.Config)
		body.Config = merged
	}
	p.Description, p.Config = body.Description, stored(body.Config)
	s.touch(projectPart(name))
	return done()
}

func (s *Server) deleteProject(c call) (reply, error) {
	name, _, err := s.findProject(c)
	if err != nil {
		return reply{}, err
	}
	if name == lxd.DefaultProject {
		return reply{}, code(http.StatusForbidden, "The 'default' project cannot be deleted")
	}
	for _, pool := range s.state.Pools {
		for key := range pool.Volumes {
			if key.Project == name {
				return reply{}, code(http.StatusBadRequest, "Only empty projects can be removed")
			}
		}
	}
	delete(s.state.Projects, name)
	s.touch(projectPart(name))
	for key := range s.state.Profiles {
		if key.Project == name {
			delete(s.state.Profiles, key)
			s.touch(profilePart(key))
		}
	}
	return done()
}

// Profiles are there for what they use.

func (s *Server) profileKey(c call, name string) Key {
	return Key{Project: s.profileProject(c.query.Get("project")), Name: name}
}

// profileProject is the project in which the profiles of a project are.
func (s *Server) profileProject(project string) string {
	if p := s.state.Projects[project]; p == nil || !isTrueOr(p.Config["features.profiles"], false) {
		return lxd.DefaultProject
	}
	return project
}

func (s *Server) showProfile(key Key, p *Profile) any {
	users := []string{}
	for _, instance := range s.sortedInstances() {
		if slices.Contains(s.profilesOf(instance), key) {
			users = append(users, instance.instanceURL())
		}
	}
	shown := map[string]any{"name": key.Name, "description": p.Description, "config": orMake(p.Config), "devices": cloneDevices(p.Devices), "used_by": users}
	if s.state.incus() {
		shown["project"] = key.Project
	}
	return shown
}

func (s *Server) listProfiles(c call) (reply, error) {
	project := s.profileKey(c, "").Project
	all, urls := []any{}, []string{}
	keys := slices.Collect(maps.Keys(s.state.Profiles))
	slices.SortFunc(keys, func(a, b Key) int { return strings.Compare(a.Name, b.Name) })
	for _, key := range keys {
		if key.Project == project {
			all, urls = append(all, s.showProfile(key, s.state.Profiles[key])), append(urls, "/1.0/profiles/"+key.Name+inProject(project))
		}
	}
	if c.recursive() {
		return sync200(all), nil
	}
	return sync200(urls), nil
}

type profileBody struct {
	Name        string                       `json:"name"`
	Description string                       `json:"description"`
	Config      map[string]string            `json:"config"`
	Devices     map[string]map[string]string `json:"devices"`
}

func (s *Server) createProfile(c call) (reply, error) {
	var body profileBody
	if err := c.decode("ProfilesPost", &body); err != nil {
		return reply{}, err
	}
	key := s.profileKey(c, body.Name)
	if body.Name == "" {
		return reply{}, code(http.StatusBadRequest, "No name provided")
	}
	if s.state.Profiles[key] != nil {
		return reply{}, code(http.StatusBadRequest, "The profile already exists")
	}
	if err := s.checkDevices(body.Devices); err != nil {
		return reply{}, err
	}
	s.state.Profiles[key] = &Profile{Description: body.Description, Config: body.Config, Devices: body.Devices}
	s.touch(profilePart(key))
	return created("/1.0/profiles/" + body.Name)
}

func (s *Server) checkDevices(devices map[string]map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(devices)) {
		device := devices[name]
		if device["type"] == "disk" && device["pool"] != "" && s.state.Pools[device["pool"]] == nil {
			return code(http.StatusBadRequest, "Device validation failed for %q: Failed to get storage pool %q: Storage pool not found", name, device["pool"])
		}
	}
	return nil
}

func (s *Server) findProfile(c call) (Key, *Profile, error) {
	key := s.profileKey(c, c.path[1])
	if p := s.state.Profiles[key]; p != nil {
		return key, p, nil
	}
	return key, nil, code(http.StatusNotFound, "Profile not found")
}

func (s *Server) getProfile(c call) (reply, error) {
	key, p, err := s.findProfile(c)
	if err != nil {
		return reply{}, err
	}
	return sync200(s.showProfile(key, p)), nil
}

func (s *Server) putProfile(c call) (reply, error) {
	key, p, err := s.findProfile(c)
	if err != nil {
		return reply{}, err
	}
	var body profileBody
	if err := c.decode("ProfilePut", &body); err != nil {
		return reply{}, err
	}
	if err := s.checkDevices(body.Devices); err != nil {
		return reply{}, err
	}
	p.Description, p.Config, p.Devices = body.Description, body.Config, body.Devices
	s.touch(profilePart(key))
	return done()
}

func (s *Server) deleteProfile(c call) (reply, error) {
	key, _, err := s.findProfile(c)
	if err != nil {
		return reply{}, err
	}
	if key.Name == "default" {
		return reply{}, code(http.StatusForbidden, "The \"default\" profile cannot be deleted")
	}
	delete(s.state.Profiles, key)
	s.touch(profilePart(key))
	return done()
}
