package sim

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"tarn/lxd"
)

// Profiles are there for what they use: their disks are judged as the server does, of other devices the types, of the
// config the names of keys.

// profileProject is the project in which the profiles of a project are.
func (s *Server) profileProject(project string) string {
	if p := s.state.Projects[project]; p == nil || !isTrueOr(p.Config["features.profiles"], false) {
		return lxd.DefaultProject
	}
	return project
}

// profilesIn is the project in which the profiles of a call are.
func (s *Server) profilesIn(c call) (string, error) {
	project := c.query.Get("project")
	if project != "" && s.state.Projects[project] == nil {
		return "", httpError(http.StatusNotFound, "Failed loading project %q: Project not found", project)
	}
	return s.profileProject(project), nil
}

// profile finds the profile that a call names; nil when there is none.
func (s *Server) profile(c call) (Key, *Profile, error) {
	project, err := s.profilesIn(c)
	key := Key{Project: project, Name: c.path[1]}
	return key, s.state.Profiles[key], err
}

func (s *Server) listProfiles(c call) (reply, error) {
	project, err := s.profilesIn(c)
	if err != nil {
		return reply{}, err
	}
	all, urls := []any{}, []string{}
	keys := slices.Collect(maps.Keys(s.state.Profiles))
	slices.SortFunc(keys, func(a, b Key) int { return strings.Compare(a.Name, b.Name) })
	for _, key := range keys {
		if key.Project == project {
			all, urls = append(all, s.showProfile(key, s.state.Profiles[key])), append(urls, s.calledProfileURL(c, key))
		}
	}
	if c.recursive() {
		return syncReply(all), nil
	}
	return syncReply(urls), nil
}

func (s *Server) getProfile(c call) (reply, error) {
	key, p, err := s.profile(c)
	if err != nil {
		return reply{}, err
	}
	if p == nil {
		return reply{}, httpError(http.StatusNotFound, "Fetch profile: Profile not found")
	}
	answer := syncReply(s.showProfile(key, p))
	answer.etag = etagOf(profileTag(p)...)
	return answer, nil
}

func (s *Server) showProfile(key Key, p *Profile) any {
	users := []string{}
	for _, instance := range s.sortedInstances() {
		if slices.Contains(s.profilesOf(instance), key) {
			users = append(users, instanceURL(instance))
		}
	}
	shown := map[string]any{"name": key.Name, "description": p.Description, "config": nonNil(p.Config), "devices": cloneDevices(p.Devices), "used_by": users}
	if s.product.ShowsProjectOfProfile {
		shown["project"] = key.Project
	}
	return shown
}

// profileTag is what the ETag of a profile is made of.
func profileTag(p *Profile) []any {
	return []any{nonNil(p.Config), p.Description, cloneDevices(p.Devices)}
}
