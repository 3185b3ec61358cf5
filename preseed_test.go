//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tarn/lxd/lxdtest"
)

// What servers print as their own preseed is imported, with all pools that they have, and on them the plan is empty.
func TestDumpsAreImported(t *testing.T) {
	single := [][]string{
		{"storage", "create", "data", "btrfs", "size=200MiB", "volume.size=32MiB", "user.team=a: b"},
		{"storage", "create", "files", "dir"},
		{"storage", "set", "files", "rsync.bwlimit", "100"},
		{"storage", "volume", "create", "data", "plain", "size=16MiB", "user.x=- y"},
		{"storage", "volume", "create", "files", "disk"},
		{"project", "create", "shop", "-c", "features.storage.volumes=true"},
		{"storage", "volume", "create", "files", "cart", "--project", "shop"},
	}
	for _, c := range []struct {
		name  string
		start func(testing.TB) *lxdtest.Server
		make  [][]string
		dump  func(*testing.T, *lxdtest.Server) string
		pools []string
	}{
		{"LXD", lxdtest.New, single, lxdDump, []string{"data", "files"}},
		{"Incus", lxdtest.NewIncus, single, incusDump, []string{"data", "files"}},
		{"cluster", func(t testing.TB) *lxdtest.Server { return lxdtest.NewCluster(t, 2)[0] }, [][]string{
			{"storage", "create", "data", "btrfs", "size=200MiB", "--target", "n1"},
			{"storage", "create", "data", "btrfs", "size=300MiB", "--target", "n2"},
			{"storage", "create", "data", "btrfs", "volume.size=16MiB"},
			{"storage", "volume", "create", "data", "v", "--target", "n2"},
		}, lxdDump, []string{"data"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.name != "LXD" {
				lxdtest.Nightly(t)
			}
			server := c.start(t)
			for _, args := range c.make {
				server.Run(t, args...)
			}
			dir := t.TempDir()
			run := func(stdin string, args ...string) (string, string) {
				cmd := exec.Command("tarn", args...)
				cmd.Dir, cmd.Env, cmd.Stdin = dir, append(os.Environ(), server.Env()...), strings.NewReader(stdin)
				var out, errs bytes.Buffer
				cmd.Stdout, cmd.Stderr = &out, &errs
				if err := cmd.Run(); err != nil {
					t.Fatalf("tarn %v: %v: %s%s", args, err, &out, &errs)
				}
				return out.String(), errs.String()
			}
			dump := c.dump(t, server)
			text, _ := run(dump, "import", "--preseed", "-")
			for _, pool := range c.pools {
				if !strings.Contains(text, "pool \""+pool+"\" {\n  driver = ") {
					t.Errorf("the pool %s is not declared:\n%s\nof\n%s", pool, text, dump)
				}
			}
			if strings.Contains(text, "source") || strings.Contains(text, "volatile") {
				t.Errorf("what the server has filled in is written:\n%s", text)
			}
			if err := os.WriteFile(filepath.Join(dir, "storage.hcl"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			out, _ := run("", "plan", "--json", "storage.hcl")
			var plan struct{ Steps, Blockers []json.RawMessage }
			if err := json.Unmarshal([]byte(out), &plan); err != nil || len(plan.Steps)+len(plan.Blockers) > 0 {
				t.Errorf("%v: there is something to do:\n%s\n%s", err, out, text)
			}
		})
	}
}

func lxdDump(t *testing.T, server *lxdtest.Server) string {
	cmd := exec.Command("lxd", "init", "--dump")
	cmd.Env = server.Environ()
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func incusDump(t *testing.T, server *lxdtest.Server) string {
	out, err := server.LXC(context.Background(), "admin", "init", "--dump")
	if err != nil {
		t.Fatal(err)
	}
	return out
}
