package live

import (
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"testing"

	"tarn/lxd"
)

// What a client may not know is not known, and no reason to make no plan: a certificate for some projects may list pools, and not
// ask single members.
func TestDetailsThatAreHidden(t *testing.T) {
	listener, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/1.0" && r.URL.Query().Get("target") == "" {
			fmt.Fprint(w, `{"type": "sync", "status": "Success", "status_code": 200, "metadata": {"auth": "trusted"}}`)
			return
		}
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"type": "error", "error": "not authorized", "error_code": 403}`)
	})}
	go server.Serve(listener)
	t.Cleanup(func() { _ = server.Close() })
	client := lxd.NewUnix(listener.Addr().String(), lxd.Options{})
	t.Cleanup(client.Close)
	state := &State{Server: &lxd.Server{Product: "LXD", Version: "5.0.2"}, MemberPools: map[lxd.PoolID]*lxd.Pool{}}
	err = ReadDetails(t.Context(), client, state, Details{MemberPools: []lxd.PoolID{{Name: "d1", Member: "n2"}}, ServerVolumes: []string{"n2"}})
	if err != nil || len(state.MemberPools) > 0 || len(state.ServerVolumes) > 0 {
		t.Error(err, state.MemberPools, state.ServerVolumes)
	}
}
