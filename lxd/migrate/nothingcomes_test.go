package migrate_test

import (
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tarn/lxd"
	"tarn/lxd/migrate"
	"tarn/lxd/sim"
)

// A server that says at once that all went well, and does nothing, ends a move: whichever kind of request it is.
func TestNothingComes(t *testing.T) {
	const sync = `{"type":"sync","status":"Success","status_code":200,"metadata":{}}`
	// Where a copy is in the list of operations, and has ended when it is waited for.
	const running = `{"type":"sync","status_code":200,"metadata":{"running":[{"id":"a","description":"Copying storage volume","status_code":103,"resources":{"storage_volumes":["/1.0/storage-pools/two/volumes/custom/v"]}}]}}`
	const nothing = "gave up: the server has answered 300 changes well, and nothing comes of them"
	var looks atomic.Int64
	const ended = `{"type":"sync","status_code":200,"metadata":{"id":"a","status_code":200}}`
	for name, c := range map[string]struct {
		answer func(r *http.Request) string // "" for that of the simulator
		marks  string                       // the mark of a target that is there, "" for none
		says   string
	}{
		"marks": {func(r *http.Request) string {
			if r.Method == http.MethodPatch {
				return sync
			}
			return ""
		}, "", nothing},
		"renames": {func(r *http.Request) string {
			if r.Method == http.MethodPost && strings.Count(r.URL.Path, "/") == 6 {
				return sync
			}
			return ""
		}, "", nothing},
		"deletions": {func(r *http.Request) string {
			if r.Method == http.MethodDelete {
				return sync
			}
			return ""
		}, "", nothing},
		"operations that have ended and go on": {func(r *http.Request) string {
			switch {
			case r.URL.Path == "/1.0/operations":
				return running
			case r.URL.Path == "/1.0/operations/a/wait", r.URL.Path == "/1.0/operations/a":
				return ended
			}
			return ""
		}, "0123456789ab to two/v", nothing},
		"a target that is there and is not": {func(r *http.Request) string {
			if r.URL.Path == "/1.0/storage-pools/two/volumes/custom/v" && looks.Add(1)%2 == 0 {
				return `{"type":"error","error_code":404,"error":"Not Found"}`
			}
			return ""
		}, "0123456789ab to two/v", "it does not stand still"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			state := &sim.State{}
			server := sim.New(state)
			var requests atomic.Int64
			socket := filepath.Join(t.TempDir(), "s")
			listener, err := net.Listen("unix", socket)
			if err != nil {
				t.Fatal(err)
			}
			var fooling atomic.Bool
			serving := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if requests.Add(1) > 20_000 {
					http.Error(w, "enough", http.StatusForbidden)
					return
				}
				if answer := c.answer(r); answer != "" && fooling.Load() {
					_, _ = io.WriteString(w, answer)
					return
				}
				server.ServeHTTP(w, r)
			})}
			go serving.Serve(listener)
			t.Cleanup(func() {
				serving.Close()
				server.Close()
			})
			client := lxd.NewUnix(socket, lxd.Options{})
			t.Cleanup(client.Close)
			for _, pool := range []string{"one", "two"} {
				if _, err := client.CreatePool(t.Context(), lxd.PoolID{Name: pool}, lxd.PoolCreate{Driver: "dir"}); err != nil {
					t.Fatal(err)
				}
			}
			source := lxd.VolumeID{Project: "default", Pool: "one", Type: lxd.TypeCustom, Name: "v"}
			target := source
			target.Pool = "two"
			if _, err := client.CreateVolume(t.Context(), source, lxd.VolumeCreate{}); err != nil {
				t.Fatal(err)
			}
			if c.marks != "" {
				config := map[string]string{migrate.MigratingKey: c.marks}
				if _, err := client.CreateVolume(t.Context(), target, lxd.VolumeCreate{Config: config}); err != nil {
					t.Fatal(err)
				}
			}
			fooling.Store(true)
			err = migrate.Volume(t.Context(), client, source, client, target, migrate.Options{Move: true, Idle: time.Millisecond})
			t.Logf("%d requests: %v", requests.Load(), err)
			if n := requests.Load(); n > 5000 {
				t.Errorf("%d requests", n)
			}
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v", err)
			}
		})
	}
}
