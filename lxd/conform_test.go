package lxd_test

import (
	"net"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"tarn/lxd/lxdtest"
	"tarn/lxd/lxdtest/conform"
	"tarn/lxd/sim"
)

// TestConformance runs the table against real servers and against the simulator, which has to give the same answers.
func TestConformance(t *testing.T) {
	t.Parallel()
	for _, k := range []struct {
		kind      conform.Kind
		start     func(testing.TB) []*lxdtest.Server
		simulated *sim.State
	}{
		{conform.LXD, one(lxdtest.New), &sim.State{Drivers: []string{"btrfs", "dir"}}},
		{conform.Cluster, func(t testing.TB) []*lxdtest.Server { return lxdtest.NewCluster(t, 2) },
			&sim.State{Drivers: []string{"btrfs", "dir"}, Members: map[string]*sim.Member{"n1": {}, "n2": {}}}},
		{conform.Incus, one(lxdtest.NewIncus), &sim.State{Product: "incus", Drivers: []string{"btrfs", "dir"}}},
	} {
		t.Run(string(k.kind), func(t *testing.T) {
			t.Parallel()
			var simulated, real *conform.Transcript
			if k.simulated != nil {
				t.Run("simulator", func(t *testing.T) {
					server := sim.New(k.simulated)
					simulated = conform.Run(t, conform.Server{
						Kind: k.kind, Name: "simulated", Socket: listen(t, server), Dirs: []string{"/var/lib/lxd", "/var/lib/incus"},
						Slow: func(pools string) {
							path := regexp.MustCompile("^/1.0/storage-pools/" + pools)
							server.Inject(&sim.Fault{Method: "POST", Path: path, Lasts: 1500 * time.Millisecond})
						},
					})
				})
			}
			t.Run("server", func(t *testing.T) {
				members := k.start(t)
				server := conform.Server{Kind: k.kind, Name: "real", Socket: members[0].Socket()}
				for _, member := range members {
					server.Dirs = append(server.Dirs, member.Dir)
				}
				real = conform.Run(t, server)
			})
			if simulated != nil && real != nil {
				conform.Compare(t, real, simulated)
			}
		})
	}
}

func one(start func(testing.TB) *lxdtest.Server) func(testing.TB) []*lxdtest.Server {
	return func(t testing.TB) []*lxdtest.Server { return []*lxdtest.Server{start(t)} }
}

// simulate serves a simulated server on a socket.
func simulate(t *testing.T, state *sim.State) string {
	t.Helper()
	return listen(t, sim.New(state))
}

// listen serves a simulator on a socket.
func listen(t *testing.T, server *sim.Server) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "tarn") // t.TempDir may be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(listener)
	t.Cleanup(func() {
		listener.Close()
		os.RemoveAll(dir)
	})
	return listener.Addr().String()
}
