package live

import (
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"tarn/lxd"
)

// A client that may only see one project gets an empty list of the volumes of others from Incus 7.3, where LXD refuses: a plan would
// create what is there. The answers are recorded.
func TestProjectThatIsNotSeen(t *testing.T) {
	client := answering(t, map[string]string{
		"/1.0":                                 `{"auth": "trusted", "environment": {"server": "incus", "server_version": "7.3"}}`,
		"/1.0/storage-pools":                   `[{"config": null, "description": "", "name": "d1", "driver": "dir", "used_by": ["/1.0/storage-pools/d1/volumes/custom/hid", "/1.0/storage-pools/d1/volumes/custom/seen?project=own"], "status": "Created", "locations": ["none"]}]`,
		"/1.0/projects":                        `[{"config": {"features.storage.volumes": "true"}, "description": "", "name": "own"}]`,
		"/1.0/storage-pools/d1/volumes/custom": `[]`,
		"/1.0/storage-pools/d1/volumes/custom?project=own": `[{"config": {}, "description": "", "name": "seen", "type": "custom", "used_by": [], "location": "none", "content_type": "filesystem", "project": "own"}]`,
	})
	names := map[string]Names{"d1": {"hid", "seen"}}
	for _, projects := range [][]string{nil, {""}, {lxd.DefaultProject}, {"own", ""}} {
		_, err := Read(t.Context(), client, Scope{Projects: projects, Pools: names})
		if err == nil || !strings.Contains(err.Error(), `no project "default" that this client may see, only "own"`) {
			t.Errorf("%q: %v", projects, err)
		}
	}
	state, err := Read(t.Context(), client, Scope{Projects: []string{"own"}, Pools: names})
	if err != nil || len(state.Volumes) != 1 {
		t.Errorf("%v, %v", state, err)
	}
}

// answering is a client of a server that gives these answers to addresses, with their project where the answers have that.
func answering(t *testing.T, answers map[string]string) *lxd.Client {
	t.Helper()
	listener, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, ok := answers[r.URL.Path+"?project="+r.URL.Query().Get("project")]
		if !ok {
			answer, ok = answers[r.URL.Path]
		}
		if !ok {
			t.Errorf("asked for %s", r.URL)
			answer = "null"
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"type": "sync", "status": "Success", "status_code": 200, "metadata": %s}`, answer)
	})}
	go server.Serve(listener)
	t.Cleanup(func() { _ = server.Close() })
	client := lxd.NewUnix(listener.Addr().String(), lxd.Options{})
	t.Cleanup(client.Close)
	return client
}
