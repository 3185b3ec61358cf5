//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"tarn/lxd/lxdtest"
)

// fleetRun runs tarn and gives what it wrote and its exit code.
func fleetRun(t *testing.T, dir string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command("tarn", args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

const fleetSpec = "pool \"main\" {\n  driver = \"dir\"\n  volume \"vol\" { description = \"kept\" }\n}\n"

// silentSocket is a server that takes connections and says nothing.
func silentSocket(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			if _, err := listener.Accept(); err != nil {
				return
			}
		}
	}()
	return path
}

// One command looks at an LXD, a cluster and an Incus, of which one differs, beside one that is down and one that says nothing.
func TestDriftFleet(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "storage.hcl"), []byte(fleetSpec), 0o600); err != nil {
		t.Fatal(err)
	}
	lxd, incus, member := lxdtest.New(t), lxdtest.NewIncus(t), lxdtest.NewCluster(t, 2)[0]
	remotes := []string{"unix:" + lxd.Socket(), "unix:" + member.Socket(), "unix:" + incus.Socket()}
	spec := fleetSpec
	for i, remote := range remotes {
		if i == 1 { // a volume of a cluster is on one of its members
			spec = strings.Replace(spec, "{ description", "{\n    target      = \"n1\"\n    description", 1)
			spec = strings.Replace(spec, "\"kept\" }", "\"kept\"\n  }", 1)
			if err := os.WriteFile(filepath.Join(dir, "cluster.hcl"), []byte(spec), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		file := "storage.hcl"
		if i == 1 {
			file = "cluster.hcl"
		}
		if out, errs, code := fleetRun(t, dir, "--remote", remote, "apply", "--auto-approve", file); code != 0 {
			t.Fatalf("%s: %d\n%s%s", remote, code, out, errs)
		}
	}
	all := []string{"drift", "--timeout", "2s"}
	for _, remote := range append(remotes, "unix:"+silentSocket(t), "unix:"+filepath.Join(dir, "nobody")) {
		all = append(all, "--remote", remote)
	}
	incus.Run(t, "storage", "volume", "set", "main", "vol", "user.hand=1")
	out, errs, code := fleetRun(t, dir, append(all, "storage.hcl")...)
	lines := strings.Split(out, "\n")
	for i, want := range []string{"^no drift ", "^no drift ", "^drift .*1 to patch", "^not reached .*no answer", "^not reached .*does not exist"} {
		if i >= len(lines) || !regexp.MustCompile(want).MatchString(lines[i]) {
			t.Fatalf("line %d is not %q:\n%s%s", i, want, out, errs)
		}
	}
	if code != 5 || !strings.Contains(out, `config.user.hand  "1" → (unset)`) || !strings.Contains(out, "\n5 checks: 2 not reached, 1 with drift, 2 without.\n") {
		t.Errorf("%d\n%s%s", code, out, errs)
	}
	out, errs, code = fleetRun(t, dir, append(all, "storage.hcl", "--json")...)
	var run struct {
		Status  string
		Summary map[string]int
		Checks  []struct {
			Remote string
			Server struct{ Version string }
			Error  *struct{ Code string }
			Drift  struct {
				Status   string
				Findings []any
			}
		}
	}
	if err := json.Unmarshal([]byte(out), &run); err != nil || code != 5 || run.Status != "unreachable" || run.Summary["drift"] != 1 || len(run.Checks) != 5 {
		t.Fatalf("%v, %d\n%s%s", err, code, out, errs)
	}
	for i, status := range []string{"clean", "clean", "drift", "unreachable", "unreachable"} {
		c := run.Checks[i]
		if c.Drift.Status != status || (len(c.Drift.Findings) == 1) != (status == "drift") || (c.Error != nil) != (status == "unreachable") {
			t.Errorf("check %d: %+v", i, c)
		}
	}
	if !strings.HasPrefix(run.Checks[2].Server.Version, "Incus") {
		t.Errorf("the third is %q", run.Checks[2].Server.Version)
	}

	// An LXD that ends between two runs is one that is not reached, and what is acknowledged does not count.
	if err := lxd.Kill(); err != nil {
		t.Fatal(err)
	}
	known := "acknowledge \"main/vol\" {\n  keys   = [\"user.*\"]\n  reason = \"tried\"\n}\n"
	if err := os.WriteFile(filepath.Join(dir, "known.hcl"), []byte(known), 0o600); err != nil {
		t.Fatal(err)
	}
	out, errs, code = fleetRun(t, dir, "drift", "--remote", remotes[0], "--remote", remotes[2], "storage.hcl", "known.hcl")
	if code != 5 || !strings.Contains(out, "1 unchanged, 1 acknowledged.") || !strings.Contains(out, "\n2 checks: 1 not reached, 1 without.\n") {
		t.Errorf("%d\n%s%s", code, out, errs)
	}
}

// A person who ends a run that waits for one server sees what the others said.
func TestDriftFleetInterrupted(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "storage.hcl"), []byte(fleetSpec), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	cmd := exec.Command("tarn", "drift", "--debug", "--remote", "sim:", "--remote", "unix:"+silentSocket(t), "storage.hcl")
	cmd.Dir, cmd.Stdout = dir, &out
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = writer
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	writer.Close()
	// The simulator is done when it has answered the last request; only the other one lets the command wait then, and it says so after 5 s.
	reader.SetReadDeadline(time.Now().Add(time.Minute))
	sent := false
	buffer := make([]byte, 4096)
	for {
		n, err := reader.Read(buffer)
		errs.Write(buffer[:n])
		if err != nil {
			break
		}
		if !sent && strings.Contains(errs.String(), "Waiting for ") {
			sent = true
			cmd.Process.Signal(syscall.SIGTERM)
		}
	}
	cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 1 || !sent {
		t.Errorf("exit code %d", code)
	}
	if text := out.String(); !regexp.MustCompile(`(?m)^drift +storage\.hcl on sim:`).MatchString(text) || !regexp.MustCompile(`(?m)^failed .*interrupted`).MatchString(text) {
		t.Errorf("shown is\n%s%s", text, &errs)
	}
	if !strings.HasSuffix(errs.String(), "tarn: interrupted\n") || !strings.Contains(errs.String(), "debug: sim:: GET /1.0 ") {
		t.Errorf("said is\n%s", &errs)
	}
}
