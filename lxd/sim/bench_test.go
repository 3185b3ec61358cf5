package sim_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/sim"
)

// stateWithVolumes is a state with a lot of volumes, one in ten of which an instance uses.
func stateWithVolumes(volumes int) *sim.State {
	pool := &sim.Pool{Driver: "zfs", Config: map[string]string{"source": "tank"}, Volumes: map[sim.Key]*sim.Volume{}}
	state := &sim.State{Format: 1, Pools: map[string]*sim.Pool{"p": pool}, Instances: map[sim.Key]*sim.Instance{}}
	for i := range volumes {
		name := fmt.Sprintf("volume-%06d", i)
		state.Serial++
		pool.Volumes[sim.Key{Project: "default", Type: lxd.TypeCustom, Name: name}] = &sim.Volume{
			Serial: state.Serial, ContentType: "filesystem", Config: map[string]string{"size": "1GiB", "user.tarn.owner": "bench"},
		}
		if i%10 == 0 {
			state.Instances[sim.Key{Project: "default", Name: fmt.Sprint("i", i)}] = &sim.Instance{
				Running: true, Devices: map[string]map[string]string{"data": {"type": "disk", "pool": "p", "source": name, "path": "/data"}},
			}
		}
	}
	return state
}

const manyVolumes = 100_000

func mustServe(b *testing.B, server *sim.Server, method, path, body string) *httptest.ResponseRecorder {
	recorder := httptest.NewRecorder()
	server.ServeHTTP(recorder, httptest.NewRequest(method, path, strings.NewReader(body)))
	if recorder.Code >= 400 {
		b.Fatalf("%s %s: %s", method, path, recorder.Body)
	}
	return recorder
}

func BenchmarkRequests(b *testing.B) {
	server := sim.New(stateWithVolumes(manyVolumes))
	names := make([]string, 1000)
	for i := range names {
		names[i] = fmt.Sprintf("volume-%06d", i*7)
	}
	filter := url.QueryEscape("name eq (" + strings.Join(names, "|") + ")")
	for _, c := range []struct{ name, path string }{
		{"pools", "/1.0/storage-pools?recursion=1"},
		{"volumes", "/1.0/storage-pools/p/volumes/custom?recursion=1"},
		{"filtered", "/1.0/storage-pools/p/volumes/custom?recursion=1&filter=" + filter},
		{"instances", "/1.0/instances?recursion=1&all-projects=true"},
		{"volume", "/1.0/storage-pools/p/volumes/custom/volume-000001"},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				mustServe(b, server, "GET", c.path, "")
			}
		})
	}
	i := 0
	b.Run("create", func(b *testing.B) {
		for b.Loop() {
			i++
			mustServe(b, server, "POST", "/1.0/storage-pools/p/volumes/custom", fmt.Sprintf(`{"name":"new-%d"}`, i))
		}
	})
	b.Run("rename", func(b *testing.B) {
		for b.Loop() {
			i++
			mustServe(b, server, "POST", "/1.0/storage-pools/p/volumes/custom", fmt.Sprintf(`{"name":"old-%d"}`, i))
			mustServe(b, server, "POST", fmt.Sprint("/1.0/storage-pools/p/volumes/custom/old-", i), fmt.Sprintf(`{"name":"renamed-%d"}`, i))
		}
	})
}

// BenchmarkFile changes, one after the other, a server that keeps many volumes in a file, and opens such a file.
func BenchmarkFile(b *testing.B) {
	file := filepath.Join(b.TempDir(), "state.json")
	data, err := json.Marshal(stateWithVolumes(manyVolumes))
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o600); err != nil {
		b.Fatal(err)
	}
	i := 0
	b.Run("create", func(b *testing.B) {
		server, err := sim.Open(file)
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			i++
			mustServe(b, server, "POST", "/1.0/storage-pools/p/volumes/custom", fmt.Sprintf(`{"name":"new-%d"}`, i))
		}
		if err := server.Close(); err != nil {
			b.Fatal(err)
		}
	})
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			server, err := sim.Open(file)
			if err != nil {
				b.Fatal(err)
			}
			server.Close()
		}
	})
}

// BenchmarkRead is a whole read by tarn, as of a spec that names every volume. "served" is the share of it in which the
// server makes its answers; the rest is theirs and the client's work with JSON and the connection.
func BenchmarkRead(b *testing.B) {
	server := sim.New(stateWithVolumes(manyVolumes))
	var served time.Duration
	timed := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		server.ServeHTTP(w, r)
		served += time.Since(start)
	})
	listener, err := net.Listen("unix", filepath.Join(b.TempDir(), "s"))
	if err != nil {
		b.Fatal(err)
	}
	web := &http.Server{Handler: timed}
	go web.Serve(listener)
	defer web.Close()
	client := lxd.NewDialed("sim", func(ctx context.Context) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", listener.Addr().String())
	}, lxd.Options{})
	defer client.Close()
	for b.Loop() {
		live, err := live.Read(b.Context(), client, live.Scope{Pools: map[string]live.Names{"p": nil}, Projects: []string{"default"}})
		if err != nil || live.Volumes.Len() != manyVolumes {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*manyVolumes), "ns/volume")
	b.ReportMetric(float64(served)/float64(b.Elapsed()), "served")
}
