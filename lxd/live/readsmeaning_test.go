package live_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tarn/lxd/live"
)

// heldVolume is a volume as a server says it when it is asked for all of a pool and project.
type heldVolume struct {
	Name, Description, Location string
	Config                      map[string]string
	UsedBy                      []string `json:"used_by"`
	Project                     string   `json:"-"`
	Pool                        string   `json:"-"`
}

func (v heldVolume) key() string {
	return fmt.Sprintf("%+q of %+q in %+q on %s", v.Name, v.Pool, v.Project, v.Location)
}

// holding is all that a client may see of a server, read by requests that select nothing.
type holding struct {
	pools    []string
	projects map[string]bool // whether they have volumes of their own
	volumes  map[string]heldVolume
}

// plain sends requests without tarn's client.
type plain struct {
	http *http.Client
	base string // of addresses
}

// send gives the error that the server answers with. Operations are waited for.
func (p plain) send(method, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequest(method, p.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := p.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	var answer struct {
		Operation, Error string
		Metadata         json.RawMessage
	}
	if err = errors.Join(err, json.Unmarshal(data, &answer)); err != nil {
		return fmt.Errorf("%s %s: %w: %q", method, path, err, data)
	}
	if resp.StatusCode == http.StatusAccepted {
		var operation struct{ Err string }
		if err := p.send("GET", answer.Operation+"/wait", nil, &operation); err != nil || operation.Err == "" {
			return err
		}
		return errors.New(operation.Err)
	}
	if resp.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s %s: %s", method, path, answer.Error)
	}
	if out != nil {
		return json.Unmarshal(answer.Metadata, out)
	}
	return nil
}

// segment is a name in a path.
func segment(name string) string { return strings.ReplaceAll(url.PathEscape(name), ".", "%2E") }

func customPath(pool string) string { return "/1.0/storage-pools/" + segment(pool) + "/volumes/custom" }

func inProject(project string) string { return "?project=" + url.QueryEscape(project) }

func (p plain) readAll() (holding, error) {
	h := holding{projects: map[string]bool{}, volumes: map[string]heldVolume{}}
	var pools, projects []struct {
		Name   string
		Config map[string]string
	}
	if err := errors.Join(p.send("GET", "/1.0/storage-pools?recursion=1", nil, &pools), p.send("GET", "/1.0/projects?recursion=1", nil, &projects)); err != nil {
		return h, err
	}
	for _, pool := range pools {
		h.pools = append(h.pools, pool.Name)
	}
	slices.Sort(h.pools)
	for _, project := range projects {
		h.projects[project.Name] = project.Name == "default" || project.Config["features.storage.volumes"] == "true"
	}
	for project, own := range h.projects {
		for _, pool := range h.pools {
			if !own {
				continue // it shows those of the default project, and says only what uses them in it
			}
			var list []heldVolume
			if err := p.send("GET", customPath(pool)+inProject(project)+"&recursion=1", nil, &list); err != nil {
				return h, err
			}
			for _, v := range list {
				v.Pool, v.Project = pool, project
				if !strings.Contains(v.Name, "/") { // no snapshot
					h.volumes[v.key()] = v
				}
			}
		}
	}
	return h, nil
}

// meant tells whether a scope is about a volume, by what its documentation says. It is not sure of odd names that begin with the prefix, on
// servers that do not tell of them.
func (h holding) meant(scope live.Scope, v heldVolume) (is, sure bool) {
	if scope.Owner != "" && v.Config["user.tarn.owner"] == scope.Owner {
		return true, true
	}
	livesIn := func(project string) string {
		if project == "" || !h.projects[project] {
			return "default"
		}
		return project
	}
	named := len(scope.Projects) == 0 && (scope.Whole || v.Project == "default")
	for _, project := range scope.Projects {
		named = named || livesIn(project) == v.Project
	}
	for _, project := range scope.FormerProjects {
		if _, there := h.projects[project]; there {
			named = named || livesIn(project) == v.Project
		}
	}
	names, inPools := scope.Pools[v.Pool]
	switch {
	case scope.Whole:
		return named && (inPools || len(scope.Pools) == 0), true
	case !inPools:
		return false, true
	case names == nil:
		return true, true
	case slices.Contains(names, v.Name):
		return named, true
	}
	return named && scope.Prefix != "" && strings.HasPrefix(v.Name, scope.Prefix), !strings.ContainsFunc(v.Name, special)
}
