package lxd_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tarn/lxd"
)

// What a server says about something else than was asked for is no answer: it would be planned with, and changed, under a name that is
// not its own.
func TestAnswersAreAboutWhatWasAsked(t *testing.T) {
	ctx := t.Context()
	id := lxd.VolumeID{Project: "own", Pool: "p", Type: lxd.TypeCustom, Name: "v"}
	onMember := id
	onMember.Member = "n1"
	const volume = `{"name": "v", "type": "custom", "project": "own", "pool": "p", "location": "none"}`
	with := func(field, value string) string {
		return strings.Replace(volume, `"`+field+`": `, `"`+field+`": `+value+`, "was": `, 1)
	}
	reads := map[string]struct {
		read    func(*lxd.Client) error
		honest  []string
		hostile []string // beside null, nothing, and what is no object
	}{
		"volume": {
			func(c *lxd.Client) error { _, err := c.Volume(ctx, id); return err },
			[]string{volume, with("pool", `""`), with("project", `""`), with("project", `"default"`), with("location", `"n2"`), with("location", `""`)},
			[]string{with("name", `""`), with("name", `"w"`), with("name", `"V"`), with("name", `"v/s"`), with("type", `"container"`), with("type", `""`), with("pool", `"q"`), with("project", `"other"`), with("name", `"`+strings.Repeat("x", 1e6)+`"`)},
		},
		"volume on a member": {
			func(c *lxd.Client) error { _, err := c.Volume(ctx, onMember); return err },
			[]string{with("location", `"n1"`), with("location", `""`)},
			[]string{with("location", `"n2"`)},
		},
		"whether there is a volume": {
			func(c *lxd.Client) error { _, err := c.HasVolume(ctx, id); return err },
			[]string{volume}, []string{with("name", `"w"`)},
		},
		"pool": {
			func(c *lxd.Client) error { _, err := c.Pool(ctx, lxd.PoolID{Name: "p"}); return err },
			[]string{`{"name": "p", "driver": "dir"}`},
			[]string{`{"name": "", "driver": "dir"}`, `{"name": "q", "driver": "dir"}`},
		},
		"snapshot": {
			func(c *lxd.Client) error { _, err := c.Snapshot(ctx, id, "s"); return err },
			[]string{`{"name": "s"}`, `{"name": "v/s"}`},
			[]string{`{"name": ""}`, `{"name": "t"}`, `{"name": "w/s"}`, `{"name": "v/s/s"}`},
		},
		"operation": {
			func(c *lxd.Client) error { _, err := c.Operation(ctx, "o"); return err },
			[]string{`{"id": "o", "status_code": 103}`},
			[]string{`{"status_code": 200}`, `{"id": "x", "status_code": 200}`},
		},
		"server": {
			func(c *lxd.Client) error { _, err := c.Server(ctx); return err },
			[]string{`{"auth": "trusted", "environment": {"server": "lxd", "server_version": "5.0.2"}}`, `{"auth": "trusted", "environment": {"server": "incus", "server_version": "7.3"}}`, `{"auth": "untrusted"}`},
			[]string{`{"auth": "trusted"}`, `{"auth": "trusted", "environment": {"server": "lxd"}}`, `{"auth": "trusted", "environment": {"server": "other", "server_version": "1"}}`},
		},
		"resources":            {func(c *lxd.Client) error { _, err := c.PoolResources(ctx, lxd.PoolID{Name: "p"}); return err }, []string{`{"space": {}}`}, nil},
		"project's disk":       {func(c *lxd.Client) error { _, err := c.ProjectDisk(ctx, "own"); return err }, []string{`{"resources": {}}`}, nil},
		"server's own volumes": {func(c *lxd.Client) error { _, err := c.ServerVolumes(ctx, ""); return err }, []string{`{"config": {}}`}, nil},
		"used":                 {func(c *lxd.Client) error { _, err := c.Used(ctx, id); return err }, []string{`{"usage": null}`, `{"usage": {"used": 5}}`}, nil},
	}
	for name, c := range reads {
		for _, answer := range c.honest {
			if err := c.read(answers(t, answer)); err != nil {
				t.Errorf("%s: %s: %v", name, answer, err)
			}
		}
		for _, answer := range append(c.hostile, "null", "[]", `"v"`, "7") {
			isRefused(t, name, answer, c.read(answers(t, answer)))
		}
	}

	lists := map[string]struct {
		read    func(*lxd.Client) error
		honest  []string // lists
		hostile []string // elements beside null, {}, and what is no object
	}{
		"volumes": {
			func(c *lxd.Client) error { _, err := c.Volumes(ctx, "p", lxd.VolumeList{Project: "own"}); return err },
			[]string{volume, volume + "," + with("name", `"w"`), volume + "," + with("name", `"v/s"`), volume + "," + with("location", `"n2"`), with("project", `"default"`)},
			[]string{with("name", `""`), with("type", `"container"`), with("type", `""`), with("pool", `"q"`), with("project", `"other"`), volume + "," + volume},
		},
		"volumes of any type": {
			func(c *lxd.Client) error {
				_, err := c.Volumes(ctx, "p", lxd.VolumeList{AnyType: true, AllProjects: true})
				return err
			},
			[]string{volume + "," + with("type", `"container"`) + "," + with("project", `"other"`)},
			[]string{with("type", `""`), with("pool", `"q"`), volume + "," + with("name", `"w"`) + "," + volume},
		},
		"pools": {
			func(c *lxd.Client) error { _, err := c.Pools(ctx); return err },
			[]string{`{"name": "p"}`, `{"name": "p"}, {"name": "q"}`},
			[]string{`{"name": ""}`, `{"name": "p"}, {"name": "q"}, {"name": "p"}`, `{"name": "` + strings.Repeat("x", 100_000) + `"}`},
		},
		"snapshots": {
			func(c *lxd.Client) error { _, err := c.Snapshots(ctx, id); return err },
			[]string{`{"name": "v/s"}`, `{"name": "s"}`}, []string{`{"name": ""}`, `{"name": "w/s"}`, `{"name": "v/"}`},
		},
		"instances": {func(c *lxd.Client) error { _, err := c.Instances(ctx, lxd.AllProjects); return err }, []string{`{"name": "i"}`}, []string{`{"name": ""}`}},
		"profiles":  {func(c *lxd.Client) error { _, err := c.Profiles(ctx, "own"); return err }, []string{`{"name": "i"}`}, []string{`{"name": ""}`}},
		"projects":  {func(c *lxd.Client) error { _, err := c.Projects(ctx); return err }, []string{`{"name": "i"}`}, []string{`{"name": ""}`}},
		"members":   {func(c *lxd.Client) error { _, err := c.Members(ctx); return err }, []string{`{"server_name": "i"}`}, []string{`{"server_name": ""}`, `{"name": "n1"}`}},
		"names of snapshots": {
			func(c *lxd.Client) error { _, err := c.SnapshotNames(ctx, id); return err },
			[]string{`"/1.0/storage-pools/p/volumes/custom/v/snapshots/s?project=own"`}, []string{`"s"`, `""`, `"/1.0/storage-pools/p/volumes/custom/v"`},
		},
		"names of all snapshots": {
			func(c *lxd.Client) error { _, err := c.AllSnapshotNames(ctx, "p", "own", ""); return err },
			[]string{`"/1.0/storage-pools/p/volumes/custom/v/snapshots/s", "/1.0/storage-pools/p/volumes/custom/v"`}, []string{`"s"`, `""`, `"/1.0/instances/v"`},
		},
		"names of backups": {
			func(c *lxd.Client) error { _, err := c.BackupNames(ctx, id); return err },
			[]string{`"/1.0/storage-pools/p/volumes/custom/v/backups/b"`}, []string{`"b"`},
		},
	}
	for name, c := range lists {
		for _, list := range append(c.honest, "") {
			if err := c.read(answers(t, "["+list+"]")); err != nil {
				t.Errorf("%s: [%s]: %v", name, list, err)
			}
		}
		for _, list := range append(c.hostile, "null", "{}", "7", "[]", c.honest[0]+", null") {
			isRefused(t, name, "["+list+"]", c.read(answers(t, "["+list+"]")))
		}
		isRefused(t, name, "{}", c.read(answers(t, "{}")))
	}
}

// answers is a client of a server that has one answer for all.
func answers(t *testing.T, metadata string) *lxd.Client {
	t.Helper()
	return answering(t, func(string) (int, string) { return http.StatusOK, metadata })
}

// isRefused fails unless err says of a server that its answer cannot be used, in one short line.
func isRefused(t *testing.T, name, answer string, err error) {
	t.Helper()
	var unreachable *lxd.UnreachableError
	if !errors.As(err, &unreachable) || !strings.Contains(err.Error(), "no usable answer from ") || len(err.Error()) > 600 {
		t.Errorf("%s: %.200s: %s", name, answer, fmt.Sprintf("%.700v", err))
	}
}
