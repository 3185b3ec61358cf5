package sim

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/lxd/schema"
)

// project is the one in which the volumes of a call live.
func (s *Server) project(c call) (string, error) {
	name := c.query.Get("project")
	if name == "" {
		return lxd.DefaultProject, nil
	}
	if len(c.path) > 4 && c.path[3] != lxd.TypeCustom {
		if s.product.ChecksProjectOfType && c.path[3] != "image" {
			_, err := s.volumeProject(name)
			return name, err
		}
		return name, nil
	}
	return s.volumeProject(name)
}

// volumeProject is where the custom volumes of a project live that has to exist.
func (s *Server) volumeProject(name string) (string, error) {
	if s.state.Projects[name] == nil {
		return "", httpError(http.StatusNotFound, "Failed to load project %q: Project not found", name)
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

func (s *Server) listProjects(c call) (reply, error) {
	all, urls := []any{}, []string{}
	for _, name := range slices.Sorted(maps.Keys(s.state.Projects)) {
		all, urls = append(all, s.showProject(name)), append(urls, "/1.0/projects/"+s.escape(name))
	}
	if c.recursive() {
		return syncReply(all), nil
	}
	return syncReply(urls), nil
}

func (s *Server) findProject(c call) (string, *Project, error) {
	p := s.state.Projects[c.path[1]]
	if p == nil {
		return "", nil, httpError(http.StatusNotFound, "Project not found")
	}
	return c.path[1], p, nil
}

func (s *Server) getProject(c call) (reply, error) {
	name, p, err := s.findProject(c)
	if err != nil {
		return reply{}, err
	}
	answer := syncReply(s.showProject(name))
	answer.etag = projectTag(p)
	return answer, nil
}

func (s *Server) showProject(name string) any {
	p := s.state.Projects[name]
	shown := map[string]any{"name": name, "description": p.Description, "config": maps.Clone(nonNil(p.Config)), "used_by": s.projectUsers(name)}
	if s.product.ShowsReplicaMode {
		shown["replica_mode"] = ""
	}
	return shown
}

// projectTag is the ETag of a project.
func projectTag(p *Project) string { return etagOf(p.Description, nonNil(p.Config)) }

// projectUsers are what is in a project.
func (s *Server) projectUsers(name string) []string {
	users := []string{}
	var profiles []Key
	for key := range s.state.Profiles {
		if key.Project == name {
			profiles = append(profiles, key)
		}
	}
	slices.SortFunc(profiles, func(a, b Key) int { return strings.Compare(a.Name, b.Name) })
	for _, instance := range s.sortedInstances() {
		if instance.Project == name {
			users = append(users, instanceURL(instance))
		}
	}
	for _, key := range profiles {
		users = append(users, s.profileURL(key))
	}
	var volumes []countedVolume
	for poolName, pool := range s.state.Pools {
		for key, v := range pool.Volumes {
			if key.Project == name && key.Type == lxd.TypeCustom {
				volumes = append(volumes, countedVolume{key: key, pool: poolName, serial: v.Serial})
			}
		}
	}
	slices.SortFunc(volumes, func(a, b countedVolume) int {
		if s.product.ProjectUsersByAge {
			return cmp.Compare(a.serial, b.serial)
		}
		return cmp.Or(strings.Compare(a.pool, b.pool), strings.Compare(a.key.Member, b.key.Member), strings.Compare(a.key.Name, b.key.Name)) // before they are escaped
	})
	for _, v := range volumes {
		users = append(users, s.volumeURL(v.pool, v.key, ""))
	}
	return s.shownUsers(users)
}

func (s *Server) getProjectState(c call) (reply, error) {
	name := c.path[1]
	p := s.state.Projects[name]
	if p == nil {
		return reply{}, httpError(http.StatusNotFound, "Fetch project database object: Project not found")
	}
	type resource struct{ Limit, Usage int64 }
	resources := map[string]resource{}
	for _, kind := range append(projectNumbers, projectSizes...) {
		limit := int64(-1)
		if text := p.Config[kind]; text != "" {
			limit, _ = schema.ParseSize(text)
		}
		resources[strings.TrimPrefix(kind, "limits.")] = resource{limit, 0}
	}
	used := func(pool string) (total int64) {
		for _, v := range s.counted(name) {
			if bytes, err := schema.ParseSize(v.size); err == nil && (pool == "" || pool == v.pool) {
				total += bytes
			}
		}
		return total
	}
	resources["disk"] = resource{resources["disk"].Limit, used("")}
	for pool, text := range diskLimits(p.Config) {
		if pool != "" {
			limit, _ := schema.ParseSize(text)
			resources["disk."+pool] = resource{limit, used(pool)}
		}
	}
	for _, instance := range s.sortedInstances() {
		if instance.Project == name {
			for _, kind := range []string{"containers", "instances"} {
				resources[kind] = resource{resources[kind].Limit, resources[kind].Usage + 1}
			}
		}
	}
	return syncReply(map[string]any{"resources": resources}), nil
}
