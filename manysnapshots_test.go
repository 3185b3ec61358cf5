package main

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"tarn/cli"
	"tarn/lxd/sim"
)

// countingServer counts what is asked of a simulator, and the bytes of its answers.
type countingServer struct {
	simulator *sim.Server

	mu       sync.Mutex
	requests int
	bytes    int
}

type countingWriter struct {
	http.ResponseWriter
	server *countingServer
}

func (w countingWriter) Write(p []byte) (int, error) {
	w.server.mu.Lock()
	w.server.bytes += len(p)
	w.server.mu.Unlock()
	return w.ResponseWriter.Write(p)
}

func (s *countingServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.requests++
	s.mu.Unlock()
	s.simulator.ServeHTTP(countingWriter{w, s}, r)
}

// 48,000 snapshots of 15 volumes cost a command nothing but their names, and these only where the server gives them without being asked, or
// where they tell what a list would cost: described, they have 12 MB.
func TestManySnapshots(t *testing.T) {
	const volumes, each, mb = 15, 3200, 1_000_000.0
	dir := t.TempDir()
	t.Chdir(dir)
	var names []string
	for i := range volumes {
		names = append(names, fmt.Sprintf("%q", fmt.Sprintf("v%02d", i)))
	}
	spec := fmt.Sprintf("pool \"p\" {\n  existing = true\n  volume \"v\" {\n    for_each = toset([%s])\n    name     = each.key\n    config   = { \"user.kind\" = \"data\" }\n  }\n}\n",
		strings.Join(names, ", "))
	if err := os.WriteFile("storage.hcl", []byte(spec), 0o600); err != nil {
		t.Fatal(err)
	}
	type cost struct {
		requests int
		mb       float64 // of answers, at most
	}
	for _, c := range []struct {
		product                    string
		plan, drift, all, imported cost
	}{
		// The pool names its snapshots in used_by, and the list can leave them out.
		{"", cost{3, 3}, cost{3, 3}, cost{5, 3}, cost{4, 3}},
		// It does so, and the list describes them whether asked or not: the names tell that, and the volumes are asked for one by one.
		{"lxd-5.21", cost{17, 3}, cost{17, 3}, cost{35, 6}, cost{20, 6}},
		{"lxd-6", cost{17, 3}, cost{17, 3}, cost{35, 6}, cost{20, 6}},
		{"incus-6", cost{18, 3}, cost{18, 3}, cost{34, 3}, cost{19, 3}},
		// Neither has them: how many there are, which show and import tell, is asked of each of a few volumes.
		{"incus-7", cost{3, 0.1}, cost{3, 0.1}, cost{34, 3}, cost{19, 3}},
	} {
		t.Run("on "+c.product, func(t *testing.T) {
			server := &countingServer{simulator: sim.New(snapshotted(c.product, volumes, each))}
			defer server.simulator.Close()
			socket := filepath.Join(t.TempDir(), "s")
			listener, err := net.Listen("unix", socket)
			if err != nil {
				t.Fatal(err)
			}
			serving := &http.Server{Handler: server}
			go serving.Serve(listener)
			defer serving.Close()
			for _, command := range []struct {
				args string
				most cost
			}{{"plan", c.plan}, {"drift", c.drift}, {"show", c.all}, {"import", c.imported}} {
				server.requests, server.bytes = 0, 0
				var out bytes.Buffer
				code := cli.Run(cli.Process{Args: []string{"--remote", "unix:" + socket, command.args}, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out})
				if code != 0 {
					t.Errorf("%s: exit code %d\n%.2000s", command.args, code, out.String())
				}
				if got := float64(server.bytes) / mb; server.requests > command.most.requests || got > command.most.mb {
					t.Errorf("%s: %d requests and %.2f MB of answers, want at most %d and %.2f", command.args, server.requests, got, command.most.requests, command.most.mb)
				}
			}
		})
	}
}

// snapshotted is a server with volumes that have so many snapshots each.
func snapshotted(product string, volumes, each int) *sim.State {
	pool := &sim.Pool{Driver: "dir", Config: map[string]string{}, Volumes: map[sim.Key]*sim.Volume{}}
	for i := range volumes {
		config := map[string]string{"user.kind": "data"}
		volume := &sim.Volume{Serial: int64(i + 1), ContentType: "filesystem", Config: config}
		for n := range each {
			volume.Snapshots = append(volume.Snapshots, &sim.Snapshot{Name: fmt.Sprintf("snap%d", n), Config: config})
		}
		pool.Volumes[sim.Key{Project: "default", Type: "custom", Name: fmt.Sprintf("v%02d", i)}] = volume
	}
	return &sim.State{Format: 1, Product: product, Serial: int64(volumes), Pools: map[string]*sim.Pool{"p": pool}}
}
