package lxd_test

import (
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tarn/lxd"
	"tarn/lxd/sim"
)

// python is Debian's, for which python3-pylxd is installed.
const python = "/usr/bin/python3"

// seen is what both clients can tell of a volume. Debian's pylxd (2.2.10) knows no content type.
type seen struct {
	Name, Description string
	Config            map[string]string
	UsedBy            []string
}

// storageProgram makes the storage calls of pylxd and prints what they give.
const storageProgram = `
from pylxd.exceptions import LXDAPIException, NotFound
out = []
def say(*what): out.append(what)
def refused(do):
    try: do()
    except LXDAPIException as e: say(type(e).__name__, str(e))
pools = client.storage_pools
pool = pools.create({'name': 'py', 'driver': 'dir', 'description': 'one', 'config': {'user.a': '1'}})
say(pools.exists('py'), pools.exists('nope'), sorted(p.name for p in pools.all()))
say(pool.name, pool.driver, pool.description, pool.used_by, pool.config['user.a'])
refused(lambda: pools.get('nope'))
refused(lambda: pools.create({'name': 'py', 'driver': 'dir'}))
refused(lambda: pools.create({'name': 'x', 'driver': 'tape'}))
pool.description = 'two'
pool.config['user.b'] = '2'
pool.save()
pool.patch({'description': 'three', 'config': {'user.c': '3'}})
pool = pools.get('py')
say(pool.description, pool.config['user.b'], pool.config['user.c'])
resources = pool.resources.get()
say(resources.space['total'] > 0, resources.inodes['total'] > 0)
volume = pool.volumes.create({'name': 'v', 'type': 'custom', 'config': {'user.x': '1'}})
pool.volumes.create({'name': 'w', 'type': 'custom', 'config': {}})
refused(lambda: pool.volumes.create({'name': 'v', 'type': 'custom'}))
refused(lambda: pool.volumes.create({'name': 'bad', 'type': 'custom', 'config': {'nope': '1'}}))
refused(lambda: pool.volumes.get('custom', 'nope'))
say(sorted((v.type, v.name) for v in pool.volumes.all()))
volume.config['size'] = '1GiB'
volume.save()
volume.patch({'description': 'patched', 'config': {'user.y': '2'}})
volume = pool.volumes.get('custom', 'v')
say(volume.description, sorted(volume.config.items()))
volume.put({'description': 'put', 'config': {'user.z': '3'}})
volume.rename({'name': 'renamed', 'pool': 'py'})
refused(lambda: pool.delete())
volume = pool.volumes.get('custom', 'renamed')
say(volume.name, volume.type, volume.description, sorted(volume.config.items()), volume.used_by, volume.location)
for name in ('renamed', 'w'):
    pool.volumes.get('custom', name).delete()
say(len(pool.volumes.all()))
pool.delete()
say(pools.exists('py'))
print('\n'.join(json.dumps(what) for what in out))
`

// storageResult is what storageProgram prints.
const storageResult = `[true, false, ["p", "py", "q"]]
["py", "dir", "one", null, "1"]
["NotFound", "Storage pool not found"]
["LXDAPIException", "The storage pool already exists: The record already exists"]
["LXDAPIException", "Unknown driver"]
["three", "2", "3"]
[true, true]
["LXDAPIException", "Volume by that name already exists"]
["LXDAPIException", "Invalid option for volume \"default_bad\" option \"nope\""]
["NotFound", "Storage pool volume not found"]
[[["custom", "v"], ["custom", "w"]]]
["patched", [["size", "1GiB"], ["user.x", "1"], ["user.y", "2"]]]
["LXDAPIException", "The storage pool is currently in use"]
["renamed", "custom", "put", [["user.z", "3"]], [], "none"]
[0]
[false]
`

// What one client makes the other reads back equal, on LXD and on the simulator.
func TestPylxd(t *testing.T) {
	t.Parallel()
	if err := exec.Command(python, "-c", "import pylxd").Run(); err != nil {
		if os.Getenv("TARN_TEST_SERVERS") == "require" {
			t.Fatalf("TARN_TEST_SERVERS=require: %s cannot import pylxd (Debian: python3-pylxd)", python)
		}
		t.Skip("needs pylxd (Debian: python3-pylxd)")
	}
	t.Run("LXD", func(t *testing.T) {
		server, client, _ := connect(t)
		testPylxd(t, client, "", server.Environ())
	})
	t.Run("simulator", func(t *testing.T) {
		dir, err := os.MkdirTemp("", "tarn-sim-") // a socket's path must be short
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.RemoveAll(dir) })
		socket := filepath.Join(dir, "unix.socket")
		listener, err := net.Listen("unix", socket)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { listener.Close() })
		go sim.New(nil).Serve(listener)
		client := lxd.NewUnix(socket, lxd.Options{})
		t.Cleanup(client.Close)
		testPylxd(t, client, "", append(os.Environ(), "LXD_DIR="+dir))
	})
	t.Run("simulator over HTTPS", func(t *testing.T) {
		server := sim.New(nil)
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { listener.Close() })
		secure, err := server.Secure(listener)
		if err != nil {
			t.Fatal(err)
		}
		go server.Serve(secure)
		client := lxd.NewDialed("sim:", server.Dial, lxd.Options{})
		t.Cleanup(client.Close)
		// Authorities of the environment would go before what the client is told.
		testPylxd(t, client, "endpoint='https://"+listener.Addr().String()+"', verify=False", append(os.Environ(), "REQUESTS_CA_BUNDLE=", "CURL_CA_BUNDLE="))
	})
}

// testPylxd compares what client and pylxd see; options are what pylxd.Client is called with.
func testPylxd(t *testing.T, client *lxd.Client, options string, environ []string) {
	ctx := t.Context()
	run := func(script string) string {
		t.Helper()
		cmd := exec.CommandContext(ctx, python, "-W", "ignore", "-c", "import json, pylxd\nclient = pylxd.Client("+options+")\n"+script)
		cmd.Env = environ
		var stderr strings.Builder
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("pylxd: %v: %s", err, stderr.String())
		}
		return string(out)
	}
	ours := func(id lxd.VolumeID) seen {
		t.Helper()
		v, err := client.Volume(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		return seen{v.Name, v.Description, v.Config, v.UsedBy}
	}
	theirs := func(name string) (s seen) {
		t.Helper()
		out := run("v = client.storage_pools.get('p').volumes.get('custom', '" + name + "')\n" +
			"print(json.dumps(dict(Name=v.name, Description=v.description, Config=v.config, UsedBy=v.used_by)))")
		if err := json.Unmarshal([]byte(out), &s); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return s
	}

	// Ours, read by pylxd.
	op, err := client.CreatePool(ctx, lxd.PoolID{Name: "p"}, lxd.PoolCreate{Driver: "dir", Description: "ours", Config: map[string]string{"user.a": "é"}})
	done(t, op, err)
	op, err = client.CreateVolume(ctx, volumeID("p", "ours"), lxd.VolumeCreate{Description: "made by tarn", Config: map[string]string{"user.x": "1", "size": "1GiB"}})
	done(t, op, err)
	if diff := cmp.Diff(ours(volumeID("p", "ours")), theirs("ours")); diff != "" {
		t.Error(diff)
	}
	pool, err := client.Pool(ctx, lxd.PoolID{Name: "p"})
	if err != nil {
		t.Fatal(err)
	}
	var read lxd.Pool
	out := run("p = client.storage_pools.get('p')\n" +
		"print(json.dumps(dict(name=p.name, driver=p.driver, description=p.description, config=p.config, used_by=p.used_by, status=p.status, locations=p.locations)))")
	if err := json.Unmarshal([]byte(out), &read); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(*pool, read, cmp.FilterPath(func(p cmp.Path) bool {
		name := p.Last().String()
		return name == ".etag" || name == ".member"
	}, cmp.Ignore()), cmp.AllowUnexported(lxd.Pool{})); diff != "" {
		t.Error(diff)
	}

	// Theirs, read by us.
	run(`client.storage_pools.get('p').volumes.create({'name': 'theirs', 'type': 'custom', 'description': 'made by pylxd', 'config': {'user.y': '2'}})`)
	if diff := cmp.Diff(seen{"theirs", "made by pylxd", map[string]string{"user.y": "2"}, []string{}}, ours(volumeID("p", "theirs"))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(ours(volumeID("p", "theirs")), theirs("theirs")); diff != "" {
		t.Error(diff)
	}
	run(`p = client.storage_pools.create({'name': 'q', 'driver': 'dir', 'config': {'user.b': '1'}})`)
	if pool, err := client.Pool(ctx, lxd.PoolID{Name: "q"}); err != nil || pool.Config["user.b"] != "1" {
		t.Errorf("their pool: %+v, %v", pool, err)
	}

	// The rest of what pylxd can do.
	if diff := cmp.Diff(storageResult, run(storageProgram)); diff != "" {
		t.Error(diff)
	}
}
