package lxd_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tarn/lxd"
)

// python is Debian's, for which python3-pylxd is installed.
const python = "/usr/bin/python3"

// seen is what both clients can tell of a volume. Debian's pylxd (2.2.10) knows no content type.
type seen struct {
	Name, Description string
	Config            map[string]string
	UsedBy            []string
}

// What one client makes the other reads back equal.
func TestPylxd(t *testing.T) {
	t.Parallel()
	if err := exec.Command(python, "-c", "import pylxd").Run(); err != nil {
		if os.Getenv("TARN_TEST_SERVERS") == "require" {
			t.Fatalf("TARN_TEST_SERVERS=require: %s cannot import pylxd (Debian: python3-pylxd)", python)
		}
		t.Skip("needs pylxd (Debian: python3-pylxd)")
	}
	ctx := t.Context()
	server, client, _ := connect(t)
	run := func(script string) string {
		t.Helper()
		cmd := exec.CommandContext(ctx, python, "-W", "ignore", "-c", "import json, pylxd\nclient = pylxd.Client()\n"+script)
		cmd.Env = server.Environ()
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
}
