package sim

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/lxd/sim/product"
	"tarn/lxd/sim/state"
)

// checkProjectName says why a project cannot have a name.
func checkProjectName(name string) error {
	switch {
	case name == "":
		return httpError(http.StatusBadRequest, "No name provided")
	case strings.Contains(name, "/"):
		return httpError(http.StatusBadRequest, "Project names may not contain slashes")
	case strings.Contains(name, " "):
		return httpError(http.StatusBadRequest, "Project names may not contain spaces")
	case strings.Contains(name, "_"):
		return httpError(http.StatusBadRequest, "Project names may not contain underscores")
	case strings.ContainsAny(name, `'"`):
		return httpError(http.StatusBadRequest, "Project names may not contain quotes")
	case name == "*":
		return httpError(http.StatusBadRequest, "Reserved project name")
	case name == "." || name == "..":
		return httpError(http.StatusBadRequest, "Invalid project name %q", name)
	}
	return nil
}

func (s *Server) createProject(c call) (reply, error) {
	var body struct {
		Name        string            `json:"name"`
		Description string            `json:"description"`
		Config      map[string]string `json:"config"`
	}
	body.Config = map[string]string{} // what the body does not say stays, except when it says null: LXD 5.0.2 then forgets it
	for _, feature := range s.product.Features {
		body.Config[feature] = "true"
	}
	if err := c.decode("ProjectsPost", &body); err != nil {
		return reply{}, err
	}
	if err := nameError(s.product.Names.PoolFirst, body.Name); err != nil && s.product.Name == "LXD" {
		return reply{}, err
	}
	if err := checkProjectName(body.Name); err != nil {
		return reply{}, err
	}
	config := body.Config
	if err := s.checkProjectConfig(config); err != nil {
		return reply{}, err
	}
	if s.state.Projects[body.Name] != nil {
		return reply{}, httpError(http.StatusConflict, "Failed creating project %q: Failed adding database record: This \"projects\" entry already exists", body.Name)
	}
	s.state.Projects[body.Name] = &Project{Description: body.Description, Config: withoutEmpty(config)}
	if isTrueOr(config["features.profiles"], false) {
		s.addDefaultProfile(body.Name)
	}
	s.markChanged(state.ProjectEntry(body.Name))
	return createdReply("/1.0/projects/" + s.escape(body.Name))
}

func (s *Server) addDefaultProfile(project string) {
	key := Key{Project: project, Name: "default"}
	s.markChanged(state.ProfileEntry(key))
	s.state.Profiles[key] = &Profile{Description: "Default " + s.product.Name + " profile for project " + project}
}

// putProject changes a project. On LXD 5.0.2 PATCH differs from PUT in that it keeps what it does not name at all: it
// replaces the whole config when it has one.
func (s *Server) putProject(c call) (reply, error) {
	name, p, err := s.findProject(c)
	if err != nil {
		return reply{}, err
	}
	if err := c.checkETag(p.Description, nonNil(p.Config)); err != nil {
		return reply{}, err
	}
	var body changeBody
	if c.Method == http.MethodPatch {
		given, err := c.decodePatch("ProjectPut", &body)
		if err != nil {
			return reply{}, err
		}
		if !given["description"] {
			body.Description = p.Description
		}
		if !given["config"] {
			body.Config = p.Config
		} else if s.product.PatchKeepsProject {
			config := maps.Clone(nonNil(p.Config))
			maps.Copy(config, body.Config)
			body.Config = config
		}
	} else if err := c.decode("ProjectPut", &body); err != nil {
		return reply{}, err
	}
	config := withoutEmpty(body.Config)
	changed := s.changedFeatures(p.Config, config)
	if len(changed) > 0 && name == lxd.DefaultProject {
		return reply{}, httpError(http.StatusBadRequest, "You can't change the features of the default project")
	}
	if !s.isEmptyProject(name) {
		for _, feature := range changed {
			switch old := p.Config[feature]; {
			case isTrueOr(old, false):
				return reply{}, httpError(http.StatusBadRequest, "Project feature %q cannot be disabled on non-empty projects", feature)
			case old != "" || isTrueOr(config[feature], false):
				return reply{}, httpError(http.StatusBadRequest, "Project feature %q cannot be enabled on non-empty projects", feature)
			}
		}
	}
	if err := s.checkProjectConfig(nonNil(body.Config)); err != nil {
		return reply{}, err
	}
	if err := s.checkProjectLimits(name, p.Config, config); err != nil {
		if s.product.NamesLimitConflict {
			err = serverError("Conflict detected when updating project %q: %v", name, err)
		}
		return reply{}, err
	}
	if slices.Contains(changed, "features.profiles") {
		profile := Key{Project: name, Name: "default"}
		switch {
		case isTrueOr(config["features.profiles"], false):
			s.addDefaultProfile(name)
		case s.state.Profiles[profile] == nil && s.product.ToleratesNoDefaultProfile:
		case s.state.Profiles[profile] == nil:
			return reply{}, httpError(http.StatusNotFound, "Delete project default profile: Profile not found")
		default:
			delete(s.state.Profiles, profile)
			s.markChanged(state.ProfileEntry(profile))
		}
	}
	p.Description, p.Config = body.Description, config
	s.markChanged(state.ProjectEntry(name))
	return okReply()
}

// changedFeatures are the features that a project would have otherwise than before.
func (s *Server) changedFeatures(old, config map[string]string) []string {
	return slices.DeleteFunc(slices.Concat(s.product.Features, []string{"features.networks", "features.networks.zones"}), func(feature string) bool { return old[feature] == config[feature] })
}

// renameProject gives a project another name, in the background.
func (s *Server) renameProject(c call) (reply, error) {
	var body struct {
		Name string `json:"name"`
	}
	if err := c.decode("ProjectPost", &body); err != nil {
		return reply{}, err
	}
	name := c.path[1]
	if name == lxd.DefaultProject {
		return reply{}, httpError(http.StatusForbidden, "The 'default' project cannot be renamed")
	}
	t := task{
		location: cmp.Or(s.state.Self(), "none"), description: "Renaming project",
		entity: "/1.0/projects/" + s.escape(body.Name), original: "/1.0/projects/" + s.escape(name),
	}
	if s.state.Projects[name] == nil {
		t.missing = t.original
	}
	return s.startOperation(c, t, onePhase(func() error {
		switch p := s.state.Projects[name]; {
		case s.state.Projects[body.Name] != nil:
			return serverError("A project named %q already exists", body.Name)
		case p == nil:
			return httpError(http.StatusNotFound, "Failed loading project %q: Project not found", name)
		case !s.isRemovable(name):
			return serverError("Only empty projects can be renamed")
		}
		if err := checkProjectName(body.Name); err != nil && s.product.LooksUpFirst {
			return serverError("%v", err)
		} else if err != nil {
			return err
		}
		s.state.Projects[body.Name] = s.state.Projects[name]
		delete(s.state.Projects, name)
		s.markChanged(state.ProjectEntry(name), state.ProjectEntry(body.Name))
		moveEntries(s, s.state.Profiles, state.ProfileEntry, name, body.Name)
		for poolName, pool := range s.state.Pools {
			moveEntries(s, pool.Volumes, func(key Key) state.Entry { return state.VolumeEntry(poolName, key) }, name, body.Name)
		}
		return nil
	}))
}

func (s *Server) deleteProject(c call) (reply, error) {
	name := c.path[1]
	switch {
	case name == lxd.DefaultProject:
		return reply{}, httpError(http.StatusForbidden, "The 'default' project cannot be deleted")
	case s.state.Projects[name] == nil:
		return reply{}, httpError(http.StatusNotFound, "Fetch project %q: Project not found", name)
	case !s.isRemovable(name) && !(s.product.ForcesProjects && isTrueOr(c.query.Get("force"), false)):
		return reply{}, serverError("%s", s.product.Text.ProjectNotEmpty)
	}
	t := task{location: cmp.Or(s.state.Self(), "none"), description: "Deleting project", entity: "/1.0/projects/" + s.escape(name)}
	return s.makeChange(c, product.ProjectDeletions, t, func() (reply, error) {
		delete(s.state.Projects, name)
		s.markChanged(state.ProjectEntry(name))
		moveEntries(s, s.state.Profiles, state.ProfileEntry, name, "")
		for poolName, pool := range s.state.Pools {
			moveEntries(s, pool.Volumes, func(key Key) state.Entry { return state.VolumeEntry(poolName, key) }, name, "")
		}
		return okReply()
	})
}

// isEmptyProject tells whether nothing but the profile that every project has is in one.
func (s *Server) isEmptyProject(name string) bool {
	own := s.profileURL(Key{Project: name, Name: "default"})
	return !slices.ContainsFunc(s.projectUsers(name), func(user string) bool { return user != own })
}

// isRemovable tells whether the server deletes or renames a project.
func (s *Server) isRemovable(name string) bool {
	if !isTrueOr(s.state.Projects[name].Config["features.profiles"], false) || s.product.KeepsProjectWithVolumes {
		return s.isEmptyProject(name)
	}
	return !slices.ContainsFunc(s.sortedInstances(), func(key Key) bool { return key.Project == name }) &&
		!slices.ContainsFunc(slices.Collect(maps.Keys(s.state.Profiles)), func(key Key) bool { return key.Project == name && key.Name != "default" })
}

// moveEntries gives what a project has to another one, or to none.
func moveEntries[V any](s *Server, m map[Key]V, entry func(Key) state.Entry, from, to string) {
	for key, v := range maps.Clone(m) {
		if key.Project != from {
			continue
		}
		delete(m, key)
		s.markChanged(entry(key))
		if to != "" {
			key.Project = to
			m[key] = v
			s.markChanged(entry(key))
		}
	}
}
