package live

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tarn/lxd"
)

// What is asked of several objects is asked of some at a time: a server that answers only when two have been asked for would wait for ever
// otherwise.
func TestDetailsAreAskedForSideBySide(t *testing.T) {
	const volume = `{"config": {}, "name": %q, "type": "custom", "used_by": [], "location": "none", "content_type": "filesystem", "project": "default"}`
	volumes := []lxd.VolumeID{
		{Project: "default", Pool: "p1", Type: "custom", Name: "v"}, {Project: "default", Pool: "p2", Type: "custom", Name: "v"},
	}
	list := "[" + fmt.Sprintf(volume, "v") + "]"
	for name, c := range map[string]struct {
		ask     Details
		answers map[string]string // by the end of the path
	}{
		"snapshots": {Details{Snapshots: []SnapshotID{{volumes[0], "s1"}, {volumes[0], "s2"}}}, map[string]string{
			"/s1": `{"name": "v/s1", "config": {}}`, "/s2": `{"name": "v/s2", "config": {}}`}},
		"usage": {Details{Usage: volumes}, map[string]string{"/state": `{"usage": {"used": 1}}`, "/snapshots": "[]", "/backups": "[]"}},
		"pools of members": {Details{MemberPools: []lxd.PoolID{{Name: "p1", Member: "n1"}, {Name: "p1", Member: "n2"}}}, map[string]string{
			"/p1": `{"name": "p1", "config": {}}`}},
		"resources":        {Details{Resources: []lxd.PoolID{{Name: "p1"}, {Name: "p2"}}}, map[string]string{"/resources": "{}"}},
		"unlisted volumes": {Details{Unlisted: []string{"p1", "p2"}}, map[string]string{"/volumes": "[]"}},
		"server's volumes": {Details{ServerVolumes: []string{"n1", "n2"}}, map[string]string{"/1.0": `{"config": {}}`}},
		"undeclared":       {Details{Undeclared: volumes}, map[string]string{"/custom": list}},
		"what uses them":   {Details{UsedBy: volumes}, map[string]string{"/custom": list}},
		"disk of a project": {Details{Disk: []string{"default"}}, map[string]string{
			"/projects/default/state": `{"resources": {"disk": {"limit": 10, "usage": 1}}}`, "/custom": list}},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // for a client that waits for the first answer before it asks again
			defer cancel()
			server := &pairs{answers: c.answers, waits: map[string]chan struct{}{}}
			listener, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
			if err != nil {
				t.Fatal(err)
			}
			httpServer := &http.Server{Handler: server}
			go httpServer.Serve(listener)
			t.Cleanup(func() { _ = httpServer.Close() })
			client := lxd.NewUnix(listener.Addr().String(), lxd.Options{})
			t.Cleanup(client.Close)
			state := &State{
				Server: &lxd.Server{Product: "LXD", Version: "5.0.2", Extensions: []string{"storage_volumes_all_projects"}},
				Pools:  map[string]*lxd.Pool{"p1": {Name: "p1"}, "p2": {Name: "p2"}}, MemberPools: map[lxd.PoolID]*lxd.Pool{}, Usage: map[lxd.VolumeID]*lxd.Usage{},
			}
			for _, id := range volumes {
				state.VolumeIDs.Add(id)
			}
			if err := ReadDetails(ctx, client, state, c.ask); err != nil {
				t.Error(err)
			}
			if len(server.waits) == 0 {
				t.Error("nothing was asked for")
			}
		})
	}
}

// pairs is a server that answers a request when another one of its kind is there too, but for those of which there is only one.
type pairs struct {
	answers map[string]string

	mu    sync.Mutex
	waits map[string]chan struct{} // closed when the second one of a kind is there
}

func (s *pairs) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for end, answer := range s.answers {
		if !strings.HasSuffix(r.URL.Path, end) {
			continue
		}
		kind := strings.TrimRight(end, "12") // p1 and p2, s1 and s2
		if end != "/projects/default/state" {
			select {
			case <-s.second(kind):
			case <-r.Context().Done():
				return
			}
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"type": "sync", "status": "Success", "status_code": 200, "metadata": %s}`, answer)
		return
	}
	http.NotFound(w, r)
}

// second is closed once two have asked for something of a kind.
func (s *pairs) second(kind string) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	wait := s.waits[kind]
	if wait == nil {
		wait = make(chan struct{})
		s.waits[kind] = wait
		return wait
	}
	select {
	case <-wait:
	default:
		close(wait)
	}
	return wait
}
