package live

import (
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
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
	if err != nil || state.Volumes.Len() != 1 {
		t.Errorf("%v, %v", state, err)
	}
}

// A pool that somebody else is just creating is Pending for a moment. It would need a repair if that stayed so.
func TestPoolThatIsBeingCreated(t *testing.T) {
	pool := func(status string) string {
		return fmt.Sprintf(`[{"config": {}, "name": "d1", "driver": "dir", "used_by": [], "status": %q, "locations": ["none"]}]`, status)
	}
	for _, c := range []struct {
		first []string
		last  string
		want  string
	}{
		{[]string{pool(lxd.StatusPending), pool(lxd.StatusPending)}, pool(lxd.StatusCreated), lxd.StatusCreated},
		{nil, pool(lxd.StatusPending), lxd.StatusPending},
	} {
		client := answeringInTurn(t, map[string]string{
			"/1.0":               `{"auth": "trusted", "environment": {"server": "lxd", "server_version": "5.0.2"}}`,
			"/1.0/storage-pools": c.last,
		}, map[string][]string{"/1.0/storage-pools": c.first})
		state, err := Read(t.Context(), client, Scope{})
		if err != nil || state.Pools["d1"].Status != c.want {
			t.Errorf("%v, %v", state, err)
		}
	}
}

// answering is a client of a server that gives these answers to addresses, with their project where the answers have that, or with "?names" for a
// list of names.
func answering(t *testing.T, answers map[string]string) *lxd.Client {
	t.Helper()
	return answeringInTurn(t, answers, nil)
}

// answeringInTurn is answering with other answers to an address, one after the other, before its own.
func answeringInTurn(t *testing.T, answers map[string]string, first map[string][]string) *lxd.Client {
	t.Helper()
	var mu sync.Mutex
	listener, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, ok := answers[r.URL.Path+"?project="+r.URL.Query().Get("project")]
		if !ok && r.URL.Query().Get("recursion") == "" {
			answer, ok = answers[r.URL.Path+"?names"]
		}
		if !ok {
			answer, ok = answers[r.URL.Path]
		}
		mu.Lock()
		if turn := first[r.URL.Path]; len(turn) > 0 {
			answer, ok, first[r.URL.Path] = turn[0], true, turn[1:]
		}
		mu.Unlock()
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
