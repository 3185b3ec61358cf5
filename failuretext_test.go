//go:build linux

package main

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tarn/lxd/sim"
	"tarn/lxd/sim/fault"
)

// Why a step failed is told once where both streams come out: on a terminal and in one log. Where they go apart, each has it.
func TestFailuresAreToldOnce(t *testing.T) {
	const why = "no space left for it"
	for _, c := range []struct {
		name, command string
		shown, log    int
	}{
		{"terminal", "tarn apply --auto-approve storage.hcl", 1, 0},
		{"one log", "tarn apply --auto-approve storage.hcl >log 2>&1", 0, 1},
		{"output in a log", "tarn apply --auto-approve storage.hcl >log", 1, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "storage.hcl"), []byte(oneVolume), 0o600); err != nil {
				t.Fatal(err)
			}
			server := sim.New(nil)
			refuses, err := fault.Parse(`POST /1.0/storage-pools status=400 text="` + why + `"`)
			if err != nil {
				t.Fatal(err)
			}
			server.Inject(refuses)
			listener, err := net.Listen("unix", filepath.Join(dir, "sock"))
			if err != nil {
				t.Fatal(err)
			}
			go server.Serve(listener)
			defer server.Close()
			term := screen{dir: dir, columns: 120, env: []string{"LXD_SOCKET=sock", "NO_COLOR=1"}}
			text, code := term.runCommand(t, exec.Command("sh", "-c", c.command))
			log, _ := os.ReadFile(filepath.Join(dir, "log"))
			if code != 1 || strings.Count(text, why) != c.shown || bytes.Count(log, []byte(why)) != c.log {
				t.Errorf("exit code %d, on the terminal:\n%s\nin the log:\n%s", code, text, log)
			}
		})
	}
}
