package lxd_test

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tarn/lxd"
)

// What servers were recorded to say of how full a volume is, and what of it can be believed.
func TestUsageThatIsKnown(t *testing.T) {
	for name, c := range map[string]struct {
		state string
		used  int64
	}{
		"LXD 6.9, dir, a full volume":     {`{"usage": {"used": 0, "total": 0}}`, -1},
		"LXD 5.21.7, dir with a size":     {`{"usage": {"used": 0, "total": 10485760}}`, -1},
		"Incus 7.3, dir":                  {`{"usage": {"total": 0}}`, -1},
		"LXD 6.9, btrfs, an empty volume": {`{"usage": {"used": 16384, "total": 10485760}}`, 16384},
		"LXD 6.9, btrfs, not written out": {`{"usage": {"used": 0, "total": 0}}`, -1},
		"nothing":                         {`{"usage": null}`, -1},
	} {
		t.Run(name, func(t *testing.T) {
			client := answering(t, func(path string) (code int, metadata string) {
				if strings.HasSuffix(path, "/state") {
					return http.StatusOK, c.state
				}
				return http.StatusOK, "[]"
			})
			usage, err := client.Usage(t.Context(), lxd.VolumeID{Pool: "p", Type: lxd.TypeCustom, Name: "v"})
			if err != nil || usage.Used != c.used {
				t.Fatal(usage, err)
			}
		})
	}
}

// An answer that is refused by its status is a refusal, whatever it calls itself.
func TestStatusDecides(t *testing.T) {
	client := answering(t, func(string) (int, string) { return http.StatusNotFound, `{}` })
	_, err := client.DeletePool(t.Context(), lxd.PoolID{Name: "p"})
	if !errors.Is(err, lxd.ErrNotFound) {
		t.Fatal(err)
	}
}

// LXD 5.21.7 does not find the list of pools while it deletes one of them.
func TestPoolsDuringADeletion(t *testing.T) {
	asked := 0
	client := answering(t, func(string) (int, string) {
		if asked++; asked < 4 {
			return http.StatusNotFound, `null`
		}
		return http.StatusOK, `[{"name": "p"}]`
	})
	pools, err := client.Pools(t.Context())
	if err != nil || len(pools) != 1 || asked != 4 {
		t.Fatal(pools, err, asked)
	}
}

// Lists of volumes have no snapshots on Incus 7.3, so that those of a volume on a member are asked for by themselves. The
// answers are recorded; other servers are not asked twice.
func TestSnapshotsOnMember(t *testing.T) {
	const server = `{"auth": "trusted", "environment": {"server": %q, "server_version": %q, "server_name": "n1", "server_clustered": true}}`
	const volume = `{"name": "cw", "type": "custom", "location": "n2", "content_type": "filesystem", "project": "default", "config": {}, "used_by": []}`
	id := lxd.VolumeID{Pool: "d1", Type: lxd.TypeCustom, Name: "cw", Member: "n2"}
	for name, c := range map[string]struct {
		server string
		list   string // of volumes
		want   []string
	}{
		"Incus 7.3":     {fmt.Sprintf(server, "incus", "7.3"), "[" + volume + "]", []string{"s"}},
		"LXD 6.9":       {fmt.Sprintf(server, "lxd", "6.9"), `[{"name": "cw/s", "type": "custom", "location": "n2"}, ` + volume + "]", []string{"s"}},
		"LXD 6.9, none": {fmt.Sprintf(server, "lxd", "6.9"), "[" + volume + "]", nil},
	} {
		t.Run(name, func(t *testing.T) {
			client := answering(t, func(path string) (code int, metadata string) {
				switch strings.TrimSuffix(path, "?target=n2") {
				case "/1.0":
					return http.StatusOK, c.server
				case "/1.0/storage-pools/d1/volumes/custom":
					return http.StatusOK, c.list
				case "/1.0/storage-pools/d1/volumes/custom/cw":
					return http.StatusOK, volume
				case "/1.0/storage-pools/d1/volumes/custom/cw/snapshots":
					if strings.HasSuffix(path, "?target=n2") {
						return http.StatusOK, "[]"
					}
					return http.StatusOK, `[{"description": "x", "expires_at": null, "name": "cw/s", "config": {"user.a": "1"}, "content_type": ""}]`
				case "/1.0/storage-pools/d1/volumes/custom/cw/snapshots/s":
					return http.StatusOK, `{"description": "x", "expires_at": "0001-01-01T00:00:00Z", "name": "s", "config": {}, "content_type": "filesystem"}`
				case "/1.0/storage-pools/d1/volumes/custom/cw/backups":
					return http.StatusOK, "[]"
				}
				t.Errorf("asked for %s", path)
				return http.StatusNotFound, "null"
			})
			usage, err := client.Usage(t.Context(), id)
			if err != nil || !slices.Equal(usage.Snapshots, c.want) {
				t.Errorf("usage: %v, %v", usage, err)
			}
			snapshots, err := client.Snapshots(t.Context(), id)
			if err != nil || len(snapshots) != len(c.want) || len(snapshots) > 0 && snapshots[0].Name != "s" {
				t.Errorf("snapshots: %v, %v", snapshots, err)
			}
		})
	}
}

// What a pool holds is compared with what the server says that uses it: LXD 6.9 leaves out volumes with a percent sign.
// Instances and images are there under other addresses than their volumes.
func TestUnlistedVolumes(t *testing.T) {
	server := &lxd.Server{Product: "LXD", Version: "6.9", Extensions: []string{"storage_volumes_all_projects"}}
	client := answering(t, func(path string) (int, string) {
		return http.StatusOK, `[{"name": "é%", "type": "custom", "project": "own", "location": "none"}, {"name": "v2", "type": "custom", "project": "default", "location": "none"},
			{"name": "v2", "type": "custom", "project": "own", "location": "none"}, {"name": "v2/s", "type": "custom", "project": "own", "location": "none"},
			{"name": "i1", "type": "container", "project": "default", "location": "none"}, {"name": "i2", "type": "virtual-machine", "project": "default", "location": "none"},
			{"name": "0123456789ab", "type": "image", "project": "default", "location": "none"}]`
	})
	pool := &lxd.Pool{Name: "b", UsedBy: []string{"/1.0/instances/i1", "/1.0/storage-pools/b/volumes/custom/v2?project=own", "/1.0/storage-pools/b/volumes/custom/v2"}}
	volumes, err := client.UnlistedVolumes(t.Context(), server, pool)
	want := []lxd.VolumeID{{Project: "own", Pool: "b", Type: "custom", Name: "é%"}, {Project: "default", Pool: "b", Type: "virtual-machine", Name: "i2"}}
	if err != nil || !slices.Equal(volumes, want) {
		t.Errorf("%v, %v", volumes, err)
	}
}

// answering is a client of a server that gives the same answers whatever its state is; where a member is named the path ends so.
func answering(t *testing.T, answer func(path string) (code int, metadata string)) *lxd.Client {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.Path
		if target := r.URL.Query().Get("target"); target != "" {
			path += "?target=" + target
		}
		code, metadata := answer(path)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		fmt.Fprintf(w, `{"type": "sync", "status": "Success", "status_code": %d, "metadata": %s}`, code, metadata)
	})}
	go server.Serve(listener)
	t.Cleanup(func() { _ = server.Close() })
	client := lxd.NewUnix(socket, lxd.Options{})
	t.Cleanup(client.Close)
	return client
}

// What reading an answer would replace is no answer: two names would become one.
func TestAnswersAreText(t *testing.T) {
	for body, is := range map[string]bool{
		`[{"name": "caf\u00e9"}]`: true, `[{"name": "\ud83d\ude00"}]`: true, `[{"name": "\\ud800"}]`: true, `[{"name": "a\\\\\ud83d\uDE00\\ud"}]`: true,
		"[{\"name\": \"\ufffd\"}]": true, // which a server makes of such a name itself
		"[{\"name\": \"a\xff\"}]":  false, `[{"name": "\ud800"}]`: false, `[{"name": "\uDC00\ud800"}]`: false, `[{"name": "\ud83d\u0041"}]`: false, `[{"name": "\\\ud800"}]`: false,
	} {
		client := answering(t, func(string) (int, string) { return http.StatusOK, strings.ReplaceAll(body, "}", `, "type": "custom"}`) })
		_, err := client.Volumes(t.Context(), "p", lxd.VolumeList{})
		if is != (err == nil) || err != nil && !strings.Contains(err.Error(), "its answer has bytes that are not text") {
			t.Errorf("%s: %v", body, err)
		}
	}
}
