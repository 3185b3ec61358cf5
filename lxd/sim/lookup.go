package sim

import (
	"net/http"
	"strings"

	"tarn/lxd"
)

// lookUpFirst looks up what the address of a volume names, in the order in which newer LXD does for every request: the
// type, the pool, the project, the member, and then the volume itself unless a member is named. What it does not find it
// refuses; the handlers look again.
func (s *Server) lookUpFirst(c call) error {
	p := c.path
	if !s.product.LooksUpFirst || len(p) < 5 || p[0] != "storage-pools" || p[2] != "volumes" {
		return nil
	}
	if checkType(p[3]) != nil {
		return httpError(http.StatusBadRequest, "Failed to get storage volume type: Invalid storage volume type")
	}
	pool := s.state.Pools[p[1]]
	if pool == nil {
		return httpError(http.StatusNotFound, "Storage pool not found")
	}
	project := c.query.Get("project")
	if project != "" && s.state.Projects[project] == nil {
		return httpError(http.StatusNotFound, "Failed to get effective project name: Failed loading project %q: Project not found", project)
	}
	moves := len(p) == 5 && c.Method == http.MethodPost // its target is where the volume goes
	_, targeted, err := s.target(c)
	switch {
	case moves && targeted:
		return nil
	case err != nil || targeted:
		return err
	case len(p) == 6 && p[5] == "state" || !s.findsVolume():
		return nil
	}
	if project, err = s.project(c); err != nil {
		return err
	}
	found := 0
	for key := range pool.Volumes {
		if key.Project == project && key.Type == p[3] && key.Name == p[4] {
			found++
		}
	}
	switch found {
	case 0:
		return httpError(http.StatusNotFound, "Storage volume not found")
	case 1:
		return nil
	}
	return serverError("More than one cluster member has a volume named %q. Please target a specific member", p[4])
}

// findsVolume tells whether a volume is looked for before a request for it is carried out.
func (s *Server) findsVolume() bool {
	return !s.product.LooksUpInClusters || s.state.Clustered()
}

// entityURL is how an operation names the volume that it is about: in the project of the call, not in the one where its
// volumes are.
func (s *Server) entityURL(c call, pool string, key Key, snapshot string) string {
	if project := c.query.Get("project"); project != "" {
		key.Project = project
	} else {
		key.Project = lxd.DefaultProject
	}
	return s.volumeURL(pool, key, snapshot)
}

// withProject is an address that names its project also when that is the default one.
func withProject(url, project string) string {
	if strings.Contains(url, "project=") {
		return url
	}
	if strings.Contains(url, "?") {
		return strings.Replace(url, "?", "?project="+project+"&", 1)
	}
	return url + "?project=" + project
}
