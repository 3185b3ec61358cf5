package sim_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tarn/lxd/lxdtest"
	"tarn/lxd/sim"
)

// listen gives the events that a server tells, each as what does not depend on the time.
func listen(t *testing.T, client *http.Client, query string) (events func(n int) []string, code int) {
	t.Helper()
	conn, resp, err := websocket.Dial(t.Context(), "http://lxd/1.0/events"+query, &websocket.DialOptions{HTTPClient: client})
	if err != nil {
		if resp == nil {
			t.Fatal(err)
		}
		return nil, resp.StatusCode
	}
	t.Cleanup(func() { conn.CloseNow() })
	return func(n int) (seen []string) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		for range n {
			var e struct {
				Type, Location, Project string
				Metadata                struct {
					Description, Status, Class, Err string
				}
			}
			if err := wsjson.Read(ctx, conn, &e); err != nil {
				t.Fatalf("after %q: %v", seen, err)
			}
			seen = append(seen, e.Type+" "+e.Location+" "+e.Project+": "+e.Metadata.Description+" "+e.Metadata.Status+" "+e.Metadata.Err)
		}
		return seen
	}, resp.StatusCode
}

// Who listens for events is told of operations, by the simulator as by LXD.
func TestEvents(t *testing.T) {
	server := lxdtest.New(t)
	w := serverKinds[0]
	real := w.realEndpoint(server)
	real.t = t
	served := httptest.NewServer(sim.New(&sim.State{Drivers: []string{"btrfs", "dir"}}))
	t.Cleanup(served.Close)
	// A client for each listener: its connection stays taken.
	simulatedClient := func() *http.Client {
		return &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", served.Listener.Addr().String())
		}}}
	}
	simulated := &endpoint{t: t, dirs: real.dirs, client: simulatedClient()}
	record := func(p *endpoint, client func() *http.Client) (seen [][]string, codes []int) {
		for _, c := range w.prepare {
			p.request(c)
		}
		p.send(call{"POST", "/1.0/storage-pools/a/volumes/custom?project=own", `{"name":"v"}`})
		all, code := listen(t, client(), "?type=operation&all-projects=true")
		codes = append(codes, code)
		own, code := listen(t, client(), "?type=operation&project=own")
		codes = append(codes, code)
		for _, bad := range []string{"?type=bogus", "?project=nope"} {
			_, code := listen(t, client(), bad)
			codes = append(codes, code)
		}
		p.send(call{"POST", "/1.0/storage-pools/a/volumes/custom/v/snapshots?project=own", `{"name":"s"}`})
		p.send(call{"POST", "/1.0/storage-pools/a/volumes/custom", `{"name":"w","source":{"type":"copy","pool":"b","name":"nope"}}`})
		return [][]string{all(6), own(3)}, codes
	}
	wantEvents, wantCodes := record(real, func() *http.Client { return socketClient(server.Socket()) })
	gotEvents, gotCodes := record(simulated, simulatedClient)
	// LXD sends each event on its own: two that are close together may change places.
	if diff := cmp.Diff(wantEvents, gotEvents, cmpopts.SortSlices(strings.Compare)); diff != "" {
		t.Errorf("LXD - simulator +\n%s", diff)
	}
	inOrder := func(event, status string) bool { return strings.HasSuffix(event, " "+status+" ") }
	if !slices.EqualFunc(gotEvents[1], []string{"Pending", "Running", "Success"}, inOrder) {
		t.Errorf("the simulator tells of an operation as %q", gotEvents[1])
	}
	if diff := cmp.Diff(wantCodes, gotCodes); diff != "" {
		t.Errorf("LXD - simulator +\n%s", diff)
	}
}
