package sim_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tarn/lxd"
	"tarn/lxd/sim"
)

// answered is an answer of the API, as far as it tells servers apart.
type answered struct {
	code      int
	location  string
	etag      string
	Type      string
	Operation string
	Error     string
	ErrorCode int `json:"error_code"`
	Metadata  json.RawMessage
}

// operation is the operation that an answer shows.
func (a answered) operation(t *testing.T) (info lxd.OperationInfo) {
	t.Helper()
	if err := json.Unmarshal(a.Metadata, &info); err != nil {
		t.Errorf("%s: %v", a.Metadata, err)
	}
	return info
}

func ask(t *testing.T, h http.Handler, method, path, body string, header ...string) answered {
	t.Helper()
	request := httptest.NewRequest(method, path, strings.NewReader(body))
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, request)
	a := answered{code: recorder.Code, location: recorder.Header().Get("Location"), etag: recorder.Header().Get("ETag")}
	if err := json.Unmarshal(recorder.Body.Bytes(), &a); err != nil {
		t.Fatalf("%s %s: %q: %v", method, path, recorder.Body, err)
	}
	return a
}

// Each change of LXD 6 is answered with an operation, which says how it went; those of the extensions that a state lists
// decide, not its version.
func TestNewerAnswersWithOperations(t *testing.T) {
	const pools, volumes = "storage_and_network_operations", "storage_and_profile_operations"
	type step struct {
		method, path, body string
		extension          string // from which on it is in the background
		err                string // of the operation
		code               int    // of that, and of the answer without the extension
		newer              string // the error in the words of LXD 6, "" for the same
		newerCode          int
	}
	steps := []step{
		{"POST", "/1.0/storage-pools", `{"name":"p","driver":"dir"}`, pools, "", 201, "", 0},
		{"POST", "/1.0/storage-pools", `{"name":"p","driver":"dir"}`, pools, "The storage pool already exists: The record already exists", 409, `Storage pool "p" already exists`, 409},
		{"PATCH", "/1.0/storage-pools/p", `{"config":{"rsync.bwlimit":"1MiB"}}`, pools, "", 200, "", 0},
		{"PUT", "/1.0/storage-pools/p", `{"config":{"bogus":"1"}}`, pools, `Invalid option "bogus"`, 400, `Invalid storage pool configuration: Invalid option "bogus"`, 400},
		{"POST", "/1.0/storage-pools/p/volumes/custom", `{"name":"v#1"}`, volumes, "", 200, "", 0},
		{"POST", "/1.0/storage-pools/p/volumes/custom", `{"name":"w","config":{"bogus":"1"}}`, volumes, `Invalid option for volume "default_w" option "bogus"`, 500, `Invalid option for volume "w" option "bogus"`, 500},
		{"PATCH", "/1.0/storage-pools/p/volumes/custom/v%231", `{"config":{"size":"1GiB"}}`, volumes, "", 200, "", 0},
		{"POST", "/1.0/storage-pools/p/volumes/custom/v%231", `{"name":"v#2"}`, volumes, "", 201, "", 0},
		{"POST", "/1.0/storage-pools/p/volumes/custom/v%232/snapshots", `{"name":"s"}`, "", "", 202, "", 0},
		{"PUT", "/1.0/storage-pools/p/volumes/custom/v%232/snapshots/s", `{"description":"d"}`, volumes, "", 200, "", 0},
		{"PUT", "/1.0/storage-pools/p/volumes/custom/v%232", `{"restore":"nope"}`, volumes, "Snapshot not found", 500, `Storage volume "v#2/nope" in project "default" of type "custom" does not exist on pool "p": Storage volume not found`, 404},
		{"DELETE", "/1.0/storage-pools/p", "", "nothing", "The storage pool is currently in use", 400, "", 0},
		{"DELETE", "/1.0/storage-pools/p/volumes/custom/v%232", "", volumes, "", 200, "", 0},
		{"DELETE", "/1.0/storage-pools/p", "", pools, "", 200, "", 0},
	}
	for _, c := range []struct {
		name  string
		state sim.State
		has   map[string]bool
	}{
		{"LXD 5.0.2", sim.State{}, nil},
		{"LXD 6.9", sim.State{Product: "lxd-6"}, map[string]bool{pools: true, volumes: true}},
		{"LXD 6.6", sim.State{Product: "lxd-6", Extensions: []string{volumes}}, map[string]bool{volumes: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := sim.New(&c.state)
			for i, step := range steps {
				if c.state.Product != "" && step.newer != "" {
					step.err, step.code = step.newer, step.newerCode
				}
				got := ask(t, server, step.method, step.path, step.body)
				what := fmt.Sprintf("step %d: %s %s: %+v", i, step.method, step.path, got)
				if !c.has[step.extension] {
					if got.code != step.code || got.Error != step.err {
						t.Errorf("%s, want %d %q", what, step.code, step.err)
					}
					continue
				}
				if got.code != http.StatusAccepted || got.Type != "async" || got.location == "" || got.location != got.Operation {
					t.Fatalf("%s is no operation", what)
				}
				announced := got.operation(t)
				if announced.Status != "Running" || announced.Err != "" || announced.ErrCode != 0 {
					t.Errorf("%s announces %+v", what, announced)
				}
				if entity := announced.Metadata["entity_url"]; !announced.MayCancel || !strings.HasPrefix(fmt.Sprint(entity), "/1.0/storage-pools/p") {
					t.Errorf("%s can be cancelled: %v, and is about %v", what, announced.MayCancel, entity)
				}
				// The end of what has failed is told with an error, as what is refused at once is, but for the status.
				wait := ask(t, server, "GET", got.Operation+"/wait", "")
				code := 0
				if step.err != "" {
					code = step.code
				}
				if wait.code != 200 || wait.Error != step.err || wait.ErrorCode != code {
					t.Errorf("%s ended %+v, want %d %q", what, wait, code, step.err)
				}
			}
		})
	}
}

// What LXD 6 refuses before it begins: what it cannot read, and what has changed since the client looked.
func TestNewerRefusesAtOnce(t *testing.T) {
	server := sim.New(&sim.State{Product: "lxd-6"})
	ask(t, server, "POST", "/1.0/storage-pools", `{"name":"p","driver":"dir","description":"one"}`)
	ask(t, server, "POST", "/1.0/storage-pools/p/volumes/custom", `{"name":"v"}`)
	for _, c := range []struct {
		method, path, body string
		code               int
	}{
		{"POST", "/1.0/storage-pools", `{"driver":"dir"}`, 400},
		{"POST", "/1.0/storage-pools", `{"name":"p"}`, 400},
		{"PATCH", "/1.0/storage-pools/p", `{"config":{"size":1}}`, 400},
		{"POST", "/1.0/storage-pools/p/volumes/custom", `{"name":"v"}`, 409},
		{"PATCH", "/1.0/storage-pools/p/volumes/custom/nope", `{}`, 404},
		{"DELETE", "/1.0/storage-pools/nope", "", 404},
	} {
		if got := ask(t, server, c.method, c.path, c.body); got.code != c.code || got.Type != "error" {
			t.Errorf("%s %s: %+v, want %d", c.method, c.path, got, c.code)
		}
	}
	for _, path := range []string{"/1.0/storage-pools/p", "/1.0/storage-pools/p/volumes/custom/v"} {
		etag := ask(t, server, "GET", path, "").etag
		if etag == "" {
			t.Errorf("%s has no ETag", path)
		}
		if got := ask(t, server, "PATCH", path, `{"description":"two","config":{"user.a":"1"}}`, "If-Match", etag); got.code != 202 {
			t.Errorf("%s: %+v", path, got)
		}
		if got := ask(t, server, "PATCH", path, `{"config":{"user.a":"2"}}`, "If-Match", etag); got.code != 412 {
			t.Errorf("%s: %+v, want 412", path, got)
		}
	}
}

// Besides its operations LXD 6 shows when a volume was made, gives it a UUID that stays, and escapes names once.
func TestNewerVolumes(t *testing.T) {
	server := sim.New(&sim.State{Product: "lxd-6"})
	ask(t, server, "POST", "/1.0/storage-pools", `{"name":"p","driver":"zfs"}`)
	ask(t, server, "POST", "/1.0/storage-pools/p/volumes/custom", `{"name":"v#1"}`)
	ask(t, server, "POST", "/1.0/storage-pools/p/volumes/custom", `{"name":"copy","source":{"type":"copy","pool":"p","name":"v#1"}}`)
	uuid := func(name string) string {
		var volume struct {
			Config    map[string]string
			CreatedAt string `json:"created_at"`
		}
		if err := json.Unmarshal(ask(t, server, "GET", "/1.0/storage-pools/p/volumes/custom/"+name, "").Metadata, &volume); err != nil {
			t.Fatal(err)
		}
		if len(volume.Config["volatile.uuid"]) != 36 || strings.HasPrefix(volume.CreatedAt, "0001") {
			t.Errorf("%s: %+v", name, volume)
		}
		return volume.Config["volatile.uuid"]
	}
	first := uuid("v%231")
	if uuid("copy") == first {
		t.Error("a copy has the UUID of its source")
	}
	op := ask(t, server, "PATCH", "/1.0/storage-pools/p/volumes/custom/v%231", `{"config":{"volatile.uuid":""}}`).Operation
	if wait := ask(t, server, "GET", op+"/wait", ""); wait.Error != `Custom volume "volatile.uuid" property cannot be changed` {
		t.Errorf("%+v", wait)
	}
	ask(t, server, "POST", "/1.0/storage-pools/p/volumes/custom/v%231", `{"name":"v#2"}`)
	if uuid("v%232") != first {
		t.Error("a rename changes the UUID")
	}
	if list := ask(t, server, "GET", "/1.0/storage-pools/p/volumes/custom", ""); !strings.Contains(string(list.Metadata), "/v%232\"") {
		t.Errorf("%s", list.Metadata)
	}
	// 5.0.2 loses the volume in such a project.
	ask(t, server, "POST", "/1.0/projects", `{"name":"shared","config":{"features.storage.volumes":"false"}}`)
	if got := ask(t, server, "POST", "/1.0/storage-pools/p/volumes/custom/copy", `{"name":"copy","pool":"p","project":"shared"}`); got.code != 400 {
		t.Errorf("%+v", got)
	}
	if got := server.Simulates(); got != "LXD 6.9" {
		t.Errorf("simulates %s", got)
	}
}

// A rehearsal is on the kind of server that the real one is, as its API extensions tell.
func TestSimulatesByExtension(t *testing.T) {
	for _, c := range []struct {
		server lxd.Server
		want   string
	}{
		{lxd.Server{Product: "LXD", Version: "5.0.3"}, "LXD 5.0.2"},
		{lxd.Server{Product: "LXD", Version: "5.21.4", Extensions: []string{"storage_volatile_uuid"}}, "LXD 5.21.7"},
		{lxd.Server{Product: "LXD", Version: "6.6", Extensions: []string{"storage_and_profile_operations"}}, "LXD 6.9"},
		{lxd.Server{Product: "Incus", Version: "6.0.5"}, "Incus 6.0.4"},
		{lxd.Server{Product: "Incus", Version: "7.2", Extensions: []string{"dependent"}}, "Incus 7.3"},
	} {
		if got := sim.Simulates(&c.server); got != c.want {
			t.Errorf("%s is simulated as %s, want %s", &c.server, got, c.want)
		}
	}
}
