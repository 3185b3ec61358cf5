//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tarn/lxd/lxdtest"
	"tarn/planner/drift/metrics"
)

// TestDriftWeek runs what a timer runs, again and again, while lxc changes a real server in between, and sometimes a second server hangs. What lxc
// did says what each run must find, and for how long: nothing else, and all of it at once. Somebody reads the metrics all the time, and never sees
// half of them; and no process is left behind.
func TestDriftWeek(t *testing.T) {
	runs := 20
	if lxdtest.Full() {
		runs = 150
	}
	server := lxdtest.New(t)
	dir := t.TempDir()
	random := rand.New(rand.NewPCG(19, uint64(runs)))
	names := []string{"a", "b", "c", "d", "e"}
	spec := "pool \"w\" {\n  driver = \"dir\"\n"
	for _, name := range names {
		spec += fmt.Sprintf("  volume %q {\n    description = \"of %s\"\n    config = { \"user.kept\" = \"yes\" }\n  }\n", name, name)
	}
	if err := os.WriteFile(filepath.Join(dir, "storage.hcl"), []byte(spec+"}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	hangs, err := net.Listen("unix", filepath.Join(dir, "hangs"))
	if err != nil {
		t.Fatal(err)
	}
	defer hangs.Close()
	go func() {
		var held []net.Conn // accepted, and never answered
		for {
			conn, err := hangs.Accept()
			if err != nil {
				for _, conn := range held {
					conn.Close()
				}
				return
			}
			held = append(held, conn)
		}
	}()
	tarn := func(n int, args ...string) (stdout, stderr []byte, code int) {
		t.Helper()
		cmd := exec.Command("tarn", args...)
		cmd.Dir, cmd.Env = dir, append(server.Environ(), "LXD_SOCKET="+server.Socket(), fmt.Sprint("SOURCE_DATE_EPOCH=", 1795669200+n*900))
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		var out, problems bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &problems
		err := cmd.Run()
		var exited *exec.ExitError
		if err != nil && !errors.As(err, &exited) {
			t.Fatal(err)
		}
		if err := syscall.Kill(-cmd.Process.Pid, 0); !errors.Is(err, syscall.ESRCH) {
			t.Errorf("run %d: a process is left: %v", n, err)
		}
		return out.Bytes(), problems.Bytes(), cmd.ProcessState.ExitCode()
	}
	if _, problems, code := tarn(0, "apply", "--auto-approve"); code != 0 {
		t.Fatalf("%s", problems)
	}

	stop, read := make(chan struct{}), make(chan int)
	go func() {
		n := 0
		defer func() { read <- n }()
		for {
			select {
			case <-stop:
				return
			default:
			}
			text, err := os.ReadFile(filepath.Join(dir, "tarn.prom"))
			if errors.Is(err, os.ErrNotExist) {
				continue
			}
			n++
			// The whole of it can be parsed, and has what is written first and last.
			if successes, err := metrics.ReadSuccesses(text); err != nil || len(successes) == 0 || !metrics.IsOurs(text) || !bytes.Contains(text, []byte("tarn_pool_used_bytes{")) || text[len(text)-1] != '\n' {
				t.Errorf("somebody read, with the error %v:\n%s", err, text)
				return
			}
		}
	}()

	missing, differs := map[string]bool{}, map[string]map[string]bool{}
	for _, name := range names {
		differs[name] = map[string]bool{}
	}
	lxc := func(args ...string) { server.Run(t, args...) }
	change := func() {
		name := names[random.IntN(len(names))]
		if missing[name] {
			if random.IntN(2) == 0 { // somebody makes it again, as the spec has it
				lxc("storage", "volume", "create", "w", name, "user.kept=yes")
				lxc("query", "-X", "PATCH", "-d", fmt.Sprintf(`{"description":"of %s"}`, name), "/1.0/storage-pools/w/volumes/custom/"+name)
				missing[name] = false
			}
			return
		}
		switch random.IntN(8) {
		case 0:
			lxc("storage", "volume", "delete", "w", name)
			missing[name], differs[name] = true, map[string]bool{}
		case 1, 2:
			lxc("storage", "volume", "set", "w", name, "user.note", fmt.Sprint(random.IntN(1000)))
			differs[name]["config.user.note"] = true
		case 3:
			lxc("storage", "volume", "unset", "w", name, "user.note")
			delete(differs[name], "config.user.note")
		case 4:
			value := []string{"yes", "no"}[random.IntN(2)]
			lxc("storage", "volume", "set", "w", name, "user.kept", value)
			if delete(differs[name], "config.user.kept"); value == "no" {
				differs[name]["config.user.kept"] = true
			}
		case 5:
			text := []string{"of " + name, "by hand"}[random.IntN(2)]
			lxc("query", "-X", "PATCH", "-d", fmt.Sprintf(`{"description":%q}`, text), "/1.0/storage-pools/w/volumes/custom/"+name)
			if delete(differs[name], "description"); text == "by hand" {
				differs[name]["description"] = true
			}
		case 6: // what the spec does not speak of
			lxc("storage", "volume", "snapshot", "w", name)
		case 7:
			lxc("storage", "volume", "create", "w", fmt.Sprint("other", random.Uint32()))
		}
	}

	standing := map[string]int{} // the runs in which each has been found without a break
	found, hung := 0, 0
	for n := 1; n <= runs; n++ {
		for range random.IntN(3) {
			change()
		}
		if random.IntN(10) == 0 {
			if _, problems, code := tarn(n, "apply", "--auto-approve"); code != 0 {
				t.Fatalf("run %d: %s", n, problems)
			}
			clear(missing)
			for name := range differs {
				differs[name] = map[string]bool{}
			}
		}
		want, now := map[string]int{}, map[string]int{}
		for _, name := range names {
			switch {
			case missing[name]:
				now["create "+name] = standing["create "+name] + 1
				want["create "+name] = now["create "+name]
			case len(differs[name]) > 0:
				var attributes []string
				longest := 0
				for attribute := range differs[name] {
					key := "patch " + name + " " + attribute
					now[key] = standing[key] + 1
					longest = max(longest, now[key])
					attributes = append(attributes, attribute)
				}
				slices.Sort(attributes)
				want["patch "+name+" "+strings.Join(attributes, " ")] = longest
			}
		}
		standing = now
		found += len(want)

		args := []string{"drift", "--json", "--history", "history.jsonl", "--metrics", "tarn.prom", "--junit", "drift.xml", "--html", "drift.html", "--remote", "local"}
		wantCode := 0
		if len(want) > 0 {
			wantCode = 2
		}
		if n%7 == 3 {
			hung++
			args, wantCode = append(args, "--remote", "unix:hangs", "--timeout", "2s"), 5
		}
		out, problems, code := tarn(n, args...)
		if code != wantCode {
			t.Fatalf("run %d: exit code %d, want %d\n%s%s", n, code, wantCode, out, problems)
		}
		if diff := cmp.Diff(want, findingsIn(t, out)); diff != "" {
			t.Fatalf("run %d (-what lxc did +what was found, with the runs that it stands):\n%s", n, diff)
		}
	}
	close(stop)
	if n := <-read; n < runs {
		t.Errorf("the metrics were read %d times", n)
	}
	text, err := os.ReadFile(filepath.Join(dir, "history.jsonl"))
	if err != nil || bytes.Count(text, []byte("\n")) != runs+hung {
		t.Errorf("the history has %d lines after %d checks, %v", bytes.Count(text, []byte("\n")), runs+hung, err)
	}
	if found < runs {
		t.Errorf("only %d findings in %d runs", found, runs)
	}
	entries, err := os.ReadDir(dir)
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), ".") {
			t.Errorf("%s was left", entry.Name())
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

// findingsIn are the findings about the remote local, with the runs that each stands.
func findingsIn(t *testing.T, out []byte) map[string]int {
	t.Helper()
	type result struct {
		Server struct{ Remote string }
		Remote string
		Drift  struct {
			Findings []struct {
				Code    string
				Object  struct{ Name, Volume string }
				Changes []struct{ Attribute, Key string }
				Age     struct{ Runs int }
			}
		}
	}
	var one struct {
		result
		Checks []result
	}
	if err := json.Unmarshal(out, &one); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, check := range one.Checks {
		if check.Remote == "local" {
			one.result = check
		}
	}
	found := map[string]int{}
	for _, f := range one.Drift.Findings {
		key := f.Code + " " + f.Object.Name + f.Object.Volume
		if f.Code == "patch" {
			var attributes []string
			for _, change := range f.Changes {
				attributes = append(attributes, change.Attribute+change.Key)
			}
			slices.Sort(attributes)
			key += " " + strings.Join(attributes, " ")
		}
		found[key] = f.Age.Runs
	}
	return found
}
