package live

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Where many projects have volumes of a pool, one list tells which of them have marked ones.
func TestUnmarkedProjectsAreSkipped(t *testing.T) {
	const pool = "/1.0/storage-pools/d1/volumes/custom"
	volume := func(project, name string) string {
		return fmt.Sprintf(`{"config": {"user.tarn.owner": "us"}, "name": %q, "type": "custom", "used_by": [], "location": "none", "content_type": "filesystem", "project": %q}`, name, project)
	}
	var users []string
	for _, project := range []string{"default", "p1", "p2", "p3", "p4"} {
		users = append(users, fmt.Sprintf("%q", pool+"/v?project="+project))
	}
	answers := map[string]string{
		"/1.0": `{"auth": "trusted", "environment": {"server": "lxd", "server_version": "5.0.2"},
			"api_extensions": ["storage_volume_api_filtering", "storage_volumes_all_projects"]}`,
		"/1.0/storage-pools":      `[{"config": {}, "name": "d1", "driver": "dir", "used_by": [` + strings.Join(users, ", ") + `], "status": "Created", "locations": ["none"]}]`,
		pool + "?project=":        `[` + volume("p3", "old") + `]`, // of all projects
		pool + "?project=default": `[]`,
		pool + "?project=p3":      `[` + volume("p3", "old") + `]`,
	}
	state, err := Read(t.Context(), answering(t, answers), Scope{Pools: map[string]Names{"d1": {"v"}}, Owner: "us", Prefix: "tarn-"})
	if err != nil {
		t.Fatal(err)
	}
	var read []string
	for id := range state.Volumes.All() {
		read = append(read, id.Project+" "+id.Name)
	}
	if want := []string{"p3 old"}; !slices.Equal(read, want) {
		t.Errorf("read %q, want %q", read, want)
	}
}
