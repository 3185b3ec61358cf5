package lxd_test

import (
	"net"
	"os"
	"path/filepath"
	"testing"

	"tarn/lxd/lxdtest"
	"tarn/lxd/lxdtest/conform"
	"tarn/lxd/sim"
)

// TestConformance runs the table against real servers and against the simulator, which has to give the same answers.
func TestConformance(t *testing.T) {
	t.Parallel()
	for _, k := range []struct {
		kind      conform.Kind
		start     func(testing.TB) *lxdtest.Server
		simulated *sim.State
	}{
		{conform.LXD, lxdtest.New, &sim.State{Drivers: []string{"btrfs", "dir"}}},
		{conform.Cluster, func(t testing.TB) *lxdtest.Server { return lxdtest.NewCluster(t, 2)[0] }, nil},
		{conform.Incus, lxdtest.NewIncus, nil},
	} {
		t.Run(string(k.kind), func(t *testing.T) {
			t.Parallel()
			var simulated, real *conform.Transcript
			if k.simulated != nil {
				t.Run("simulator", func(t *testing.T) {
					simulated = conform.Run(t, conform.Server{Kind: k.kind, Name: "simulated", Socket: simulate(t, k.simulated), Dir: "/var/lib/lxd"})
				})
			}
			t.Run("server", func(t *testing.T) {
				server := k.start(t)
				real = conform.Run(t, conform.Server{Kind: k.kind, Name: "real", Socket: server.Socket(), Dir: server.Dir})
			})
			if simulated != nil && real != nil {
				conform.Compare(t, real, simulated)
			}
		})
	}
}

// simulate serves a simulated server on a socket.
func simulate(t *testing.T, state *sim.State) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "tarn") // t.TempDir may be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	go sim.New(state).Serve(listener)
	t.Cleanup(func() {
		listener.Close()
		os.RemoveAll(dir)
	})
	return listener.Addr().String()
}
