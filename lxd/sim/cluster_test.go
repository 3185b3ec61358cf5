package sim_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tarn/lxd/sim"
)

// callStep is a call and what its answer has to hold.
type callStep struct {
	call
	want string
}

func runSteps(t *testing.T, server *sim.Server, steps []callStep) {
	t.Helper()
	for _, s := range steps {
		if _, body := send(t, server, s.Method, s.Path, s.Body); !strings.Contains(body, s.want) {
			t.Errorf("%s\n got %s want %s", s.call, body, s.want)
		}
	}
}

// As a cluster of three real members answers, whose last one was killed.
func TestMemberOffline(t *testing.T) {
	server := sim.New(&sim.State{
		Members: map[string]*sim.Member{"n1": {}, "n2": {}, "n3": {Offline: true}},
		Pools: map[string]*sim.Pool{"p": {Driver: "dir", Volumes: map[sim.Key]*sim.Volume{
			{Project: "default", Type: "custom", Name: "v", Member: "n2"}: {},
			{Project: "default", Type: "custom", Name: "v", Member: "n3"}: {},
			{Project: "default", Type: "custom", Name: "w", Member: "n3"}: {},
		}}},
	})
	const p, missing = "/1.0/storage-pools/p", "Missing event connection with target cluster member"
	runSteps(t, server, []callStep{
		{call{"GET", "/1.0/cluster/members?recursion=1", ""}, `"server_name":"n3","url":"https://10.0.0.3:8443","database":true,"status":"Offline"`},
		{call{"GET", p, ""}, `"status":"Created","locations":["n1","n2","n3"]`},
		{call{"GET", p + "?target=n3", ""}, missing},
		{call{"GET", p + "/volumes/custom?recursion=1", ""}, `"name":"w","type":"custom","used_by":[],"location":"n3"`},
		{call{"GET", p + "/volumes/custom/w", ""}, missing},
		{call{"GET", p + "/volumes/custom/v", ""}, `More than one cluster member has a volume named \"v\"`},
		{call{"PATCH", p + "/volumes/custom/v?target=n2", `{"description":"x"}`}, `"status_code":200`},
		{call{"PATCH", p + "/volumes/custom/v?target=n3", `{"description":"x"}`}, missing},
		{call{"POST", p + "/volumes/custom?target=n3", `{"name":"new"}`}, missing},
		{call{"POST", p + "/volumes/custom", `{"name":"new"}`}, `"status_code":200`},
		{call{"PATCH", p, `{"config":{"user.a":"1"}}`}, "peer node 10.0.0.3:8443 is down"},
		{call{"POST", "/1.0/storage-pools?target=n1", `{"name":"q","driver":"dir"}`}, `"status_code":200`},
		{call{"POST", "/1.0/storage-pools?target=n2", `{"name":"q","driver":"dir"}`}, `"status_code":200`},
		{call{"POST", "/1.0/storage-pools?target=n3", `{"name":"q","driver":"dir"}`}, `"status_code":200`},
		{call{"POST", "/1.0/storage-pools", `{"name":"q","driver":"dir"}`}, "peer node 10.0.0.3:8443 is down"},
		{call{"GET", "/1.0/storage-pools/q", ""}, `"status":"Errored"`},
		{call{"DELETE", "/1.0/storage-pools/q", ""}, "peer node 10.0.0.3:8443 is down"},
	})
}

// A member that fails leaves the pool half created, and a second try goes on from there.
func TestMemberRefuses(t *testing.T) {
	second := &sim.Member{Refuses: "no space left"}
	server := sim.New(&sim.State{Members: map[string]*sim.Member{"n1": {}, "n2": second}})
	runSteps(t, server, []callStep{
		{call{"POST", "/1.0/storage-pools?target=n1", `{"name":"q","driver":"zfs","config":{"size":"9GiB"}}`}, `"status_code":200`},
		{call{"POST", "/1.0/storage-pools", `{"name":"q","driver":"zfs"}`}, "Pool not defined on nodes: n2"},
		{call{"POST", "/1.0/storage-pools?target=n2", `{"name":"q","driver":"zfs"}`}, `"status_code":200`},
		{call{"POST", "/1.0/storage-pools", `{"name":"q","driver":"zfs","config":{"user.a":"1"}}`}, "failed to notify peer 10.0.0.2:8443: no space left"},
		{call{"GET", "/1.0/storage-pools/q", ""}, `{"config":{"user.a":"1"},"description":"","name":"q","driver":"zfs","used_by":null,"status":"Errored","locations":["n1","n2"]}`},
		{call{"GET", "/1.0/storage-pools/q?target=n1", ""}, `"status":"Created"`},
		{call{"GET", "/1.0/storage-pools/q?target=n2", ""}, `"status":"Pending"`},
		{call{"POST", "/1.0/storage-pools", `{"name":"q","driver":"zfs","config":{"user.a":"1"}}`}, "Please do not specify any global config"},
	})
	second.Refuses = ""
	runSteps(t, server, []callStep{
		{call{"POST", "/1.0/storage-pools", `{"name":"q","driver":"zfs","description":"d"}`}, `"status_code":200`},
		{call{"GET", "/1.0/storage-pools/q?target=n1", ""}, `"config":{"size":"9GiB","source":"/var/lib/lxd/disks/q.img","user.a":"1","zfs.pool_name":"q"},"description":"d"`},
		{call{"GET", "/1.0/storage-pools/q?target=n2", ""}, `"config":{"size":"30GiB","source":"/var/lib/lxd/disks/q.img","user.a":"1","zfs.pool_name":"q"},"description":"d"`},
		{call{"GET", "/1.0/storage-pools/q?target=n3", ""}, "Cluster member not found"},
	})
}

// Members share what a remote driver holds, and a cluster is the same one when its file is read again.
func TestClusterFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state.json")
	if err := os.WriteFile(file, []byte(`{"format":1,"members":{"n1":{},"n2":{}},"pools":{"shared":{"driver":"ceph"},"own":{"driver":"lvm","config":{"user.a":"1"}}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	server, err := sim.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	runSteps(t, server, []callStep{
		{call{"POST", "/1.0/storage-pools/shared/volumes/custom?target=n2", `{"name":"v"}`}, `"status_code":200`},
		{call{"POST", "/1.0/storage-pools/shared/volumes/custom", `{"name":"v"}`}, "Volume by that name already exists"},
		{call{"POST", "/1.0/storage-pools/own/volumes/custom?target=n2", `{"name":"v"}`}, `"status_code":200`},
		{call{"POST", "/1.0/storage-pools/own/volumes/custom/v", `{"name":"w","pool":"shared"}`}, `"location":"n2"`},
		{call{"POST", "/1.0/storage-pools/own/volumes/custom?target=n2", `{"name":"v"}`}, `"status_code":200`},
	})
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	if server, err = sim.Open(file); err != nil {
		t.Fatal(err)
	}
	runSteps(t, server, []callStep{
		{call{"GET", "/1.0/storage-pools/shared", ""}, `"used_by":["/1.0/storage-pools/shared/volumes/custom/v","/1.0/storage-pools/shared/volumes/custom/w"]`},
		{call{"GET", "/1.0/storage-pools/shared/volumes/custom/v?target=n1", ""}, `"location":""`},
		{call{"GET", "/1.0/storage-pools/own", ""}, `{"config":{"user.a":"1"},"description":"","name":"own","driver":"lvm","used_by":["/1.0/storage-pools/own/volumes/custom/v?target=n2"]`},
		{call{"GET", "/1.0/storage-pools/own?target=n2", ""}, `"lvm.thinpool_name":"LXDThinPool","lvm.vg_name":"own"`},
		{call{"GET", "/1.0/cluster", ""}, `{"entity":"storage-pool","name":"own","key":"lvm.vg_name",`},
	})
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
}
