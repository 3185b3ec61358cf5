package lxd_test

import (
	"encoding/json"
	"errors"
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
		t.Parallel()
		server, client, _ := connect(t)
		testPylxd(t, client, "", server.Environ())
	})
	t.Run("simulator", func(t *testing.T) {
		t.Parallel()
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
		t.Parallel()
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
	run := func(script string, stdin ...string) string {
		t.Helper()
		cmd := exec.CommandContext(ctx, python, "-W", "ignore", "-c", "import json, pylxd\nclient = pylxd.Client("+options+")\n"+script)
		cmd.Env = environ
		cmd.Stdin = strings.NewReader(strings.Join(stdin, ""))
		var stderr strings.Builder
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("pylxd: %v: %s", err, stderr.String())
		}
		return string(out)
	}
	asRead := func(id lxd.VolumeID) seen {
		t.Helper()
		v, err := client.Volume(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		return seen{v.Name, v.Description, v.Config, v.UsedBy}
	}
	asPylxdReads := func(name string) (s seen) {
		t.Helper()
		out := run("v = client.storage_pools.get('p').volumes.get('custom', '" + name + "')\n" +
			"print(json.dumps(dict(Name=v.name, Description=v.description, Config=v.config, UsedBy=v.used_by)))")
		if err := json.Unmarshal([]byte(out), &s); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return s
	}

	// What this package makes, read by pylxd.
	op, err := client.CreatePool(ctx, lxd.PoolID{Name: "p"}, lxd.PoolCreate{Driver: "dir", Description: "here", Config: map[string]string{"user.a": "é"}})
	done(t, op, err)
	op, err = client.CreateVolume(ctx, volumeID("p", "here"), lxd.VolumeCreate{Description: "made by tarn", Config: map[string]string{"user.x": "1", "size": "1GiB"}})
	done(t, op, err)
	if diff := cmp.Diff(asRead(volumeID("p", "here")), asPylxdReads("here")); diff != "" {
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

	// What pylxd makes, read by this package.
	run(`client.storage_pools.get('p').volumes.create({'name': 'there', 'type': 'custom', 'description': 'made by pylxd', 'config': {'user.y': '2'}})`)
	if diff := cmp.Diff(seen{"there", "made by pylxd", map[string]string{"user.y": "2"}, []string{}}, asRead(volumeID("p", "there"))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(asRead(volumeID("p", "there")), asPylxdReads("there")); diff != "" {
		t.Error(diff)
	}
	run(`p = client.storage_pools.create({'name': 'q', 'driver': 'dir', 'config': {'user.b': '1'}})`)
	if pool, err := client.Pool(ctx, lxd.PoolID{Name: "q"}); err != nil || pool.Config["user.b"] != "1" {
		t.Errorf("the pool of pylxd: %+v, %v", pool, err)
	}

	// Call by call, once with each on the same names.
	var programs []string
	for _, row := range pylxdRows {
		programs = append(programs, row.python)
	}
	rows, err := json.Marshal(programs)
	if err != nil {
		t.Fatal(err)
	}
	pylxdSays := strings.Split(strings.TrimSpace(run(pylxdProgram, string(rows))), "\n")
	if len(pylxdSays) != len(pylxdRows) {
		t.Fatalf("pylxd has %d results for %d rows: %q", len(pylxdSays), len(pylxdRows), pylxdSays)
	}
	h := &here{Client: client, ctx: ctx}
	for i, row := range pylxdRows {
		got := map[string]any{}
		if value, err := row.here(h); err != nil {
			got["refused"] = err.Error()
		} else {
			got["got"] = value
		}
		data, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		var we, they any
		if err := errors.Join(json.Unmarshal(data, &we), json.Unmarshal([]byte(pylxdSays[i]), &they)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(they, we); diff != "" {
			t.Errorf("%s: pylxd is -, this package is +\n%s", row.call, diff)
		}
		if _, refused := got["refused"]; refused != row.refused {
			t.Errorf("%s: %s", row.call, data)
		}
	}
}
