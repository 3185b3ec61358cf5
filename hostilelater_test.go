//go:build linux

package main

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"tarn/lxd/lxdtest"
	"tarn/lxd/sim"
)

// later is a simulator at a socket which answers as it should until a request comes at which it turns. From then on it misbehaves.
type later struct {
	simulator *sim.Server
	turns     func(*http.Request) bool
	answer    func(net.Conn)
	hostile   atomic.Bool
	requests  atomic.Int64 // since then
}

func (l *later) serve(t *testing.T, socket string) {
	t.Helper()
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !l.hostile.Load() && !l.turns(r) {
			l.simulator.ServeHTTP(w, r)
			return
		}
		l.hostile.Store(true)
		l.requests.Add(1)
		_, _ = io.Copy(io.Discard, r.Body)
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		l.answer(conn)
	})}
	go server.Serve(listener)
	t.Cleanup(func() {
		server.Close()
		l.simulator.Close()
	})
}

// A server that becomes hostile while steps run ends an apply too: in time, with a sentence, in little memory, with few requests.
func TestHostileLater(t *testing.T) {
	often := map[string]bool{"403 for all": true, "wrong types": true, "hostile error": true}
	for name, server := range misbehaviours() {
		t.Run(name+", a step", func(t *testing.T) {
			if !often[name] {
				lxdtest.Nightly(t)
			}
			t.Parallel()
			end := hostileAt(t, server, func(r *http.Request) bool { return r.Method == http.MethodPost })
			// Where each answer says that all went well, the check is what finds out.
			says := regexp.MustCompile("(?m)^tarn: all steps were done, but the server could not be read again: |^tarn: not finished; what was done stays, and another apply goes on from there$")
			if end.code != 1 && end.code != 5 || !says.MatchString(end.stderr) {
				t.Errorf("exit code %d, stderr %q", end.code, end.stderr)
			}
		})
		t.Run(name+", the check", func(t *testing.T) {
			if !often[name] {
				lxdtest.Nightly(t)
			}
			t.Parallel()
			var changes atomic.Int64
			end := hostileAt(t, server, func(r *http.Request) bool {
				if r.Method != http.MethodGet {
					changes.Add(1)
				}
				return changes.Load() == 2 && r.Method == http.MethodGet
			})
			if end.code != server.code || !strings.Contains(end.stderr, "tarn: all steps were done, but the server could not be read again: ") {
				t.Errorf("exit code %d, stderr %q", end.code, end.stderr)
			}
		})
	}
}

// hostileAt applies a spec of two steps on a server that turns.
func hostileAt(t *testing.T, server misbehaviour, turns func(*http.Request) bool) measured {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "storage.hcl"), []byte(oneVolume), 0o600); err != nil {
		t.Fatal(err)
	}
	l := &later{simulator: sim.New(nil), turns: turns, answer: server.answer}
	l.serve(t, filepath.Join(dir, "s"))
	end := runMeasured(t, dir, "apply", "--auto-approve", "--remote", "unix:s", "--timeout", "2s", "storage.hcl")
	end.check(t)
	if n := l.requests.Load(); n == 0 || n > 100 {
		t.Errorf("%d requests", n)
	}
	return end
}

// measured is how a command ended.
type measured struct {
	code           int
	stdout, stderr string
	memory         int64 // MiB at most
	took           time.Duration
}

// runMeasured runs tarn, and fails when it hangs.
func runMeasured(t *testing.T, dir string, args ...string) measured {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.Command("tarn", args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &stdout, &stderr
	start := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	hangs := time.AfterFunc(2*time.Minute, func() { _ = cmd.Process.Kill() })
	_ = cmd.Wait()
	if !hangs.Stop() {
		t.Fatalf("it hangs\n%s%s", &stdout, &stderr)
	}
	return measured{
		cmd.ProcessState.ExitCode(), stdout.String(), stderr.String(),
		cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss >> 10, time.Since(start),
	}
}

// check is what is true of every end: no characters of the server reach a terminal raw, and little memory was used.
func (m measured) check(t *testing.T) {
	t.Helper()
	if regexp.MustCompile("[^\\P{C}\n]").MatchString(m.stdout + m.stderr) {
		t.Errorf("raw characters of the server: %q %q", m.stdout, m.stderr)
	}
	if m.memory > 300 {
		t.Errorf("%d MiB", m.memory)
	}
	t.Logf("exit code %d, %d MiB, %v: %s", m.code, m.memory, m.took.Round(10*time.Millisecond), m.stderr)
}
