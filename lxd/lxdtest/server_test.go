package lxdtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// withPools gives s a btrfs pool on a loop device and a dir pool, with a volume each.
func withPools(t *testing.T, s *Server) {
	t.Helper()
	s.Run(t, "storage", "create", "loop", "btrfs", "size=200MiB")
	s.Run(t, "storage", "create", "plain", "dir")
	s.Run(t, "storage", "volume", "create", "loop", "v")
	s.Run(t, "storage", "volume", "create", "plain", "v")
}

func loops(t *testing.T, dir string) []string {
	t.Helper()
	l, err := loopsBelow(dir)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// assertNothingLeft checks the machine, not our own bookkeeping.
func assertNothingLeft(t *testing.T, s *Server) {
	t.Helper()
	if _, err := os.Stat(s.folder.dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s: %v, want it gone", s.folder.dir, err)
	}
	for _, name := range []string{"self", "1"} { // our namespace and the machine's
		info, err := os.ReadFile("/proc/" + name + "/mountinfo")
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(info), s.folder.dir) {
			t.Errorf("/proc/%s/mountinfo still has mounts below %s", name, s.folder.dir)
		}
	}
	if l := loops(t, s.folder.dir); l != nil {
		t.Errorf("loop devices left: %v", l)
	}
	if pids := processesOf(t, s.folder.dir); pids != nil {
		t.Errorf("processes left: %v", pids)
	}
}

// processesOf lists the processes that have dir in their environment or command line.
func processesOf(t *testing.T, dir string) []string {
	t.Helper()
	procs, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	var pids []string
	for _, proc := range procs {
		for _, file := range []string{"environ", "cmdline"} {
			data, err := os.ReadFile(filepath.Join(proc, file))
			if err == nil && strings.Contains(string(data), dir) {
				pids = append(pids, filepath.Base(proc))
				break
			}
		}
	}
	return pids
}

func TestStopLeavesNothing(t *testing.T) {
	t.Parallel()
	s := New(t)
	withPools(t, s)
	if got := loops(t, s.Dir); len(got) != 1 {
		t.Fatalf("loop devices of a server with one loop pool: %v", got)
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	assertNothingLeft(t, s)
	if err := s.Stop(); err != nil {
		t.Errorf("second Stop: %v", err)
	}
}

func TestPathSeesMountedPools(t *testing.T) {
	t.Parallel()
	s := New(t)
	withPools(t, s)
	for _, pool := range []string{"loop", "plain"} {
		if _, err := os.Stat(s.Path("storage-pools", pool, "custom", "default_v")); err != nil {
			t.Error(err)
		}
	}
}

func TestKillAndRestart(t *testing.T) {
	t.Parallel()
	s := New(t)
	withPools(t, s)
	if err := s.Kill(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.LXC(t.Context(), "query", "/1.0"); err == nil {
		t.Error("a killed server answers")
	}
	if l := loops(t, s.Dir); l != nil {
		t.Errorf("loop devices left by a killed daemon: %v", l)
	}
	for range 2 { // once after the crash, once while it runs
		if err := s.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, pool := range []string{"loop", "plain"} {
			s.Run(t, "storage", "volume", "show", pool, "v")
			s.Run(t, "storage", "volume", "create", pool, "w")
			s.Run(t, "storage", "volume", "delete", pool, "w")
		}
	}
}

func TestServersSideBySide(t *testing.T) {
	t.Parallel()
	for i := range 4 {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			t.Parallel()
			s := New(t)
			s.Run(t, "storage", "create", "p"+strconv.Itoa(i), "dir")
			got := strings.TrimSpace(s.Run(t, "query", "/1.0/storage-pools"))
			if want := fmt.Sprintf("[\n\t%q\n]", "/1.0/storage-pools/p"+strconv.Itoa(i)); got != want {
				t.Errorf("pools %s, want %s", got, want)
			}
		})
	}
}

// A daemon that cannot start is reported with its own words, and leaves nothing.
func TestStartReportsLog(t *testing.T) {
	t.Parallel()
	s := New(t)
	if err := s.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.Dir, "database", "local.db"), []byte("not a database"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := s.Restart(t.Context())
	if err == nil {
		t.Fatal("started with a broken database")
	}
	if !strings.Contains(err.Error(), "database") || !strings.Contains(err.Error(), "log ends with") {
		t.Errorf("error without the log: %v", err)
	}
	if err := s.Stop(); err != nil {
		t.Error(err)
	}
	assertNothingLeft(t, s)
}

func TestStartCancelled(t *testing.T) {
	t.Parallel()
	need(t, Available())
	parent := shortDir(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Start(ctx, parent); !errors.Is(err, context.Canceled) {
		t.Errorf("Start with a cancelled context: %v", err)
	}
	left, err := os.ReadDir(parent)
	if err != nil {
		t.Fatal(err)
	}
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestStartRefusesLongPath(t *testing.T) {
	t.Parallel()
	parent := filepath.Join(t.TempDir(), strings.Repeat("long", 20))
	if _, err := Start(t.Context(), parent); err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("Start below a long path: %v", err)
	}
}

// A test process that is killed takes its daemon along; the next Start removes the folder.
func TestKilledOwner(t *testing.T) {
	need(t, Available())
	if parent := os.Getenv("LXDTEST_OWNER"); parent != "" {
		ownUntilKilled(t, parent)
	}
	t.Parallel()
	parent := shortDir(t)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	owner := exec.Command(exe, "-test.run=^TestKilledOwner$")
	owner.Env = append(os.Environ(), "LXDTEST_OWNER="+parent)
	if _, err := owner.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	stdout, err := owner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := owner.Start(); err != nil {
		t.Fatal(err)
	}
	var dir string
	if _, err := fmt.Fscanln(stdout, &dir); err != nil {
		t.Fatal(err)
	}
	if len(loops(t, dir)) != 1 {
		t.Errorf("the other process's server has loop devices %v, want one", loops(t, dir))
	}
	other, err := Start(t.Context(), parent)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Stop()
	if _, err := os.Stat(dir); err != nil {
		t.Errorf("the folder of a living owner was swept: %v", err)
	}

	if err := owner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = owner.Wait() // it says "signal: killed"
	for deadline := time.Now().Add(stopLimit); processesOf(t, dir) != nil || loops(t, dir) != nil; time.Sleep(pollEvery) {
		if time.Now().After(deadline) {
			t.Fatalf("the owner is dead; left are processes %v and loop devices %v", processesOf(t, dir), loops(t, dir))
		}
	}
	next, err := Start(t.Context(), parent)
	if err != nil {
		t.Fatal(err)
	}
	defer next.Stop()
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder of a dead owner is still there: %v", err)
	}
}

func ownUntilKilled(t *testing.T, parent string) {
	s, err := Start(t.Context(), parent)
	if err != nil {
		t.Fatal(err)
	}
	withPools(t, s)
	fmt.Println(s.Dir)
	_, _ = io.Copy(io.Discard, os.Stdin) // ends when the test that started us does
	os.Exit(1)
}

// shortDir is a temporary folder whose path leaves room for a socket's.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "tarn")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func BenchmarkStartStop(b *testing.B) {
	need(b, Available())
	for b.Loop() {
		s, err := Start(b.Context(), "")
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := s.Stop(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}
