package live_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tarn/lxd/sim"
)

// serveAsVersion answers for a server as if it were of another version.
func serveAsVersion(server *sim.Server, version string, w http.ResponseWriter, r *http.Request) {
	answer := httptest.NewRecorder()
	server.ServeHTTP(answer, r)
	var body map[string]any
	if err := json.Unmarshal(answer.Body.Bytes(), &body); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	body["metadata"].(map[string]any)["environment"].(map[string]any)["server_version"] = version
	maps.Copy(w.Header(), answer.Header())
	w.Header().Del("Content-Length")
	_ = json.NewEncoder(w).Encode(body)
}

// realServer lets a real server hold something else for each case.
func realServer(t testing.TB, socket string) *agreeing {
	a := newAgreeing(t, socket)
	a.scopes = 40 // a server takes longer to fill than to read
	n := 0
	a.refill = func(t *rapid.T) {
		a.clear(t)
		n++
		a.fill(n)
	}
	return a
}

// fill makes pools, projects and volumes. What the server refuses it does not get.
func (a *agreeing) fill(n int) {
	try := func(path string, in any) bool {
		err := a.send("POST", path, in, nil)
		if err != nil {
			a.count("refused")
		}
		return err == nil
	}
	projects := []string{"default"}
	for range 5 + a.rand.IntN(3) {
		project, own := a.project(), a.chance(75)
		if try("/1.0/projects", map[string]any{"name": project, "config": map[string]string{
			"features.storage.volumes": fmt.Sprint(own), "features.images": "false", "features.profiles": "false",
		}}) && own {
			projects = append(projects, project)
		}
	}
	most := oneOf(a, 5, 20, 40)
	for i := range 1 + a.rand.IntN(2) {
		make := func(pool string) bool {
			body := map[string]any{"name": pool, "driver": "dir"}
			for _, member := range a.members {
				if !try("/1.0/storage-pools?target="+member, body) {
					return false
				}
			}
			return try("/1.0/storage-pools", body)
		}
		pool := fmt.Sprintf("d%d-%d", n, i) + oneOf(a, append(pieces, "")...)
		if !make(pool) {
			pool = fmt.Sprintf("d%d-%d", n, i)
			make(pool)
		}
		for range 3 + a.rand.IntN(most) {
			name, project := a.name(), oneOf(a, projects...)
			query := inProject(project)
			if len(a.members) > 0 {
				first := a.rand.IntN(len(a.members))
				query += "&target=" + a.members[first]
				if a.chance(30) { // one of the same name on another member
					try(customPath(pool)+inProject(project)+"&target="+a.members[(first+1)%len(a.members)], map[string]any{"name": name, "config": a.config()})
				}
			}
			if !try(customPath(pool)+query, map[string]any{"name": name, "config": a.config()}) {
				continue
			}
			for _, snapshot := range a.snapshots(3) {
				try(customPath(pool)+"/"+segment(name)+"/snapshots"+query, map[string]any{"name": snapshot})
			}
			if project == "default" && a.chance(10) {
				try("/1.0/profiles", map[string]any{"name": fmt.Sprintf("u%d-%d", n, a.rand.IntN(1000)), "devices": map[string]map[string]string{
					"d": {"type": "disk", "pool": pool, "source": name, "path": "/d"},
				}})
			}
		}
	}
}

// clear takes away what a case has left.
func (a *agreeing) clear(t *rapid.T) {
	var profiles []string
	if err := a.send("GET", "/1.0/profiles", nil, &profiles); err != nil {
		t.Fatal(err)
	}
	for _, profile := range profiles {
		if path, _, _ := strings.Cut(profile, "?"); !strings.HasSuffix(path, "/default") {
			a.remove(t, profile)
		}
	}
	held, err := a.readAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range held.volumes {
		query := inProject(v.Project)
		if len(a.members) > 0 {
			query += "&target=" + v.Location
		}
		a.remove(t, customPath(v.Pool)+"/"+segment(v.Name)+query)
	}
	for _, pool := range held.pools {
		a.remove(t, "/1.0/storage-pools/"+segment(pool))
	}
	for _, project := range slices.Sorted(maps.Keys(held.projects)) {
		if project != "default" {
			a.remove(t, "/1.0/projects/"+segment(project))
		}
	}
}

func (a *agreeing) remove(t *rapid.T, path string) {
	t.Helper()
	if err := a.send("DELETE", path, nil, nil); err != nil {
		t.Fatalf("%v", err)
	}
}
