//go:build linux

package main

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"tarn/lxd/sim"
)

const exampleSpec = `pool "fast" {
  driver="btrfs"
  config={ size = "512MiB" }
  volume "pgdata" { config = { size = "64MiB" } }
}
`

// The examples in the help of each command work as they are, in a directory with a spec, a saved plan and a server that has nothing yet.
func TestExamplesInHelp(t *testing.T) {
	commands := [][]string{{}, {"accept"}, {"apply"}, {"drift"}, {"fmt"}, {"help"}, {"import"}, {"plan"}, {"schema"}, {"show"}, {"sim"}, {"validate"}, {"version"}}
	listed, err := exec.Command("tarn", "--help").Output()
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(listed), "Available Commands:\n")
	list, _, _ = strings.Cut(list, "\n\n")
	if n := strings.Count(list, "\n") + 1; n != len(commands) { // completion has cobra's own help
		t.Errorf("there are %d commands:\n%s", n, list)
	}
	for _, command := range commands {
		out, err := exec.Command("tarn", append(command, "--help")...).Output()
		if err != nil {
			t.Fatal(err)
		}
		_, examples, found := strings.Cut(string(out), "\nExamples:\n")
		examples, _, _ = strings.Cut(examples, "\n\n")
		if !found {
			t.Errorf("tarn %v has no examples", command)
		}
		for _, line := range strings.Split(examples, "\n") {
			t.Run(strings.TrimSpace(line), func(t *testing.T) { runExample(t, strings.TrimSpace(line)) })
		}
	}
}

func runExample(t *testing.T, line string) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "storage.hcl"), []byte(exampleSpec), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"infra", "teams/storage", "lxc"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	remote := "{addr: \"unix://" + filepath.Join(dir, "sock") + "\"}"
	for name, text := range map[string]string{
		"teams/storage/storage.hcl": exampleSpec,
		"lxc/config.yml":            "remotes:\n  prod: " + remote + "\n  lab: " + remote + "\n",
		"infra/main.tf":             "resource \"lxd_storage_pool\" \"fast\" {\n  name   = \"fast\"\n  driver = \"btrfs\"\n}\n",
		"preseed.yaml":              "storage_pools:\n- name: fast\n  driver: btrfs\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	server := sim.New(nil)
	listener, err := net.Listen("unix", filepath.Join(dir, "sock"))
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(listener)
	defer server.Close()
	env := []string{"LXD_SOCKET=sock", "LXD_CONF=lxc"}
	save := exec.Command("tarn", "plan", "--out", "plan.json")
	save.Dir, save.Env = dir, append(os.Environ(), env...)
	if out, err := save.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if strings.HasPrefix(line, "tarn accept ") || strings.HasPrefix(line, "tarn import ") || strings.HasPrefix(line, "tarn show ") { // of a server that has something
		fill := exec.Command("tarn", "apply", "--auto-approve")
		fill.Dir, fill.Env = dir, append(os.Environ(), env...)
		if out, err := fill.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	if strings.HasPrefix(line, "tarn sim ") {
		runServing(t, dir, strings.ReplaceAll(line, "127.0.0.1:8443", "127.0.0.1:0"))
		return
	}
	text, code := screen{dir: dir, columns: 120, env: env, answers: []string{"yes", "yes"}}.runCommand(t, exec.Command("sh", "-c", line))
	want := 0
	if strings.Contains(line, " drift ") || strings.Contains(line, "--check") {
		want = 2 // the server has nothing, and the spec is not in its layout
	}
	if code != want {
		t.Errorf("exit code %d, want %d:\n%s", code, want, text)
	}
}

// runServing runs what serves until it is told to end.
func runServing(t *testing.T, dir, line string) {
	cmd := exec.Command("sh", "-c", "exec "+line)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Errorf("it says nothing: %v", err)
	}
	_ = cmd.Process.Signal(syscall.SIGTERM)
	_ = cmd.Wait()
}
