package lxd_test

import (
	"errors"
	"io"
	"net/http"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tarn/lxd"
)

// What cannot be changed or read again leaves the object as it was, and the error tells which of the two it was.
func TestUpdateThatFails(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	refusals := map[string]string{} // by method
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if text := refusals[r.Method]; text != "" {
			w.WriteHeader(http.StatusPreconditionFailed)
			_, _ = io.WriteString(w, `{"type":"error","error_code":412,"error":"`+text+`"}`)
			return
		}
		w.Header().Set("ETag", `"tag"`)
		_, _ = io.WriteString(w, `{"type":"sync","metadata":{"name":"`+path.Base(r.URL.Path)+`","type":"custom","description":"of the server","config":{"a":"1"}}}`)
	})
	pool := &lxd.Pool{Name: "p", Description: "mine", Config: map[string]string{"b": "2"}}
	volume := &lxd.Volume{Name: "v", Pool: "p", Type: lxd.TypeCustom, Description: "mine", Config: map[string]string{"b": "2"}}
	check := func(call string, err error, text, description string) {
		t.Helper()
		var refused *lxd.Error
		if (text != "") != (err != nil) || text != "" && (!errors.As(err, &refused) || !strings.HasSuffix(err.Error(), text)) {
			t.Errorf("%s: %v, want %q", call, err, text)
		}
		if pool.Description != description || volume.Description != description {
			t.Errorf("%s: the pool is %q and the volume %q, want %q", call, pool.Description, volume.Description, description)
		}
	}
	both := func(onPool, onVolume func() error) error {
		first, second := onPool(), onVolume()
		if (first == nil) != (second == nil) || first != nil && first.Error() != second.Error() {
			t.Errorf("the pool gives %v, the volume %v", first, second)
		}
		return first
	}
	update := func() error {
		return both(func() error { return client.UpdatePool(ctx, pool, lxd.Patch{}) }, func() error { return client.UpdateVolume(ctx, volume, lxd.Patch{}) })
	}
	replace := func() error {
		return both(func() error { return client.ReplacePool(ctx, pool, lxd.Put{}) }, func() error { return client.ReplaceVolume(ctx, volume, lxd.Put{}) })
	}
	sync := func() error {
		return both(func() error { return client.SyncPool(ctx, pool) }, func() error { return client.SyncVolume(ctx, volume) })
	}

	refusals[http.MethodPatch], refusals[http.MethodPut] = "changed", "changed"
	check("update", update(), "changed", "mine")
	check("replace", replace(), "changed", "mine")
	clear(refusals)
	refusals[http.MethodGet] = "not now"
	check("update", update(), "the change is made, but the object cannot be read again: not now", "mine")
	check("replace", replace(), "the change is made, but the object cannot be read again: not now", "mine")
	check("sync", sync(), "not now", "mine")
	clear(refusals)
	check("sync", sync(), "", "of the server")
	pool.Description, volume.Description = "edited", "edited"
	check("update", update(), "", "of the server")
	pool.Description, volume.Description = "edited", "edited"
	check("replace", replace(), "", "of the server")
}

// LXD says of networks whether it manages them, and of pools it does not.
func TestManaged(t *testing.T) {
	t.Parallel()
	server, _, _ := connect(t)
	server.Run(t, "storage", "create", "p", "dir")
	for path, says := range map[string]bool{"/1.0/storage-pools/p": false, "/1.0/storage-pools?recursion=1": false, "/1.0/networks?recursion=1": true} {
		if answer := server.Run(t, "query", path); strings.Contains(answer, `"managed"`) != says {
			t.Errorf("%s says whether something is managed: %v, want %v: %s", path, !says, says, answer)
		}
	}

	yes, no := true, false
	for said, managed := range map[string]*bool{`,"managed":true`: &yes, `,"managed":false`: &no, ``: nil} {
		client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"type":"sync","metadata":{"name":"p"`+said+`}}`)
		})
		pool, err := client.Pool(t.Context(), lxd.PoolID{Name: "p"})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(managed, pool.Managed); diff != "" {
			t.Errorf("a server that says %q: %s", said, diff)
		}
	}
}
