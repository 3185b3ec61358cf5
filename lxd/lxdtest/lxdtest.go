// Package lxdtest starts private LXD servers for tests, as net/http/httptest does for HTTP.
//
// What goes in is a test; what comes out is a running daemon with its own LXD_DIR below a temporary
// folder, its socket, and the environment under which lxc talks to it. The programs are those of the
// machine (Debian: lxd, lxd-client, btrfs-progs, iproute2), and a test that needs them is skipped where they are not.
//
// The daemon runs in a mount namespace of its own and is killed by the kernel when the process that
// started it ends, however it ends. So its mounts and loop devices never outlive it, and are not seen from
// outside: [Server.Path] leads into a mounted pool.
//
// It never talks to the user's own server, never touches that server's folders or the user's client
// configuration, and never asks the internet for anything.
package lxdtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// install is how the programs come onto the machine.
const install = "Debian: apt-get install --no-install-recommends lxd lxd-client btrfs-progs iproute2"

// Available returns nil when Start can work here: Linux, root, and the programs lxd, lxc, mkfs.btrfs and ip.
// The error is one line that says what is missing and how to get it, or that TARN_TEST_SERVERS=none wants no servers.
func Available() error {
	if err := privileged(); err != nil {
		return err
	}
	var missing []string
	for _, name := range []string{"lxd", "lxc", "mkfs.btrfs", "ip"} {
		path, err := lookPath(name)
		switch {
		case err != nil:
			missing = append(missing, name)
		case strings.HasPrefix(path, "/snap/"):
			return fmt.Errorf("%s is the snap's, which cannot serve a folder of its own (%s)", path, install)
		}
	}
	if missing != nil {
		return fmt.Errorf("not installed: %s (%s)", strings.Join(missing, ", "), install)
	}
	return nil
}

func privileged() error {
	if os.Getenv("TARN_TEST_SERVERS") == "none" {
		return errors.New("TARN_TEST_SERVERS=none")
	}
	if runtime.GOOS != "linux" {
		return errors.New("LXD runs on Linux only")
	}
	if os.Geteuid() != 0 {
		return errors.New("only root can run LXD")
	}
	return nil
}

// lookPath finds a program also where an unprivileged PATH doesn't look.
func lookPath(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err == nil {
		return path, nil
	}
	for _, dir := range sbin {
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path, nil
		}
	}
	return "", err
}

var sbin = []string{"/usr/local/sbin", "/usr/sbin", "/sbin"}

// New starts a server that is stopped when the test ends. Where none can run the test is skipped, or fails
// when the environment says TARN_TEST_SERVERS=require. When the test fails the daemon's log is shown.
func New(t testing.TB) *Server {
	t.Helper()
	need(t, Available())
	s, err := Start(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	stopAtEnd(t, s)
	return s
}

func need(t testing.TB, err error) {
	t.Helper()
	if err == nil {
		return
	}
	if os.Getenv("TARN_TEST_SERVERS") == "require" {
		t.Fatalf("TARN_TEST_SERVERS=require: %v", err)
	}
	t.Skipf("needs a server: %v", err)
}

// stopAtEnd stops servers side by side: members of a cluster that lose the others one after the other wait
// for them.
func stopAtEnd(t testing.TB, servers ...*Server) {
	t.Cleanup(func() {
		if t.Failed() {
			for _, s := range servers {
				t.Logf("%s: the log ends with\n%s", s.Dir, s.logTail())
			}
		}
		if err := stopAll(servers); err != nil {
			t.Error(err)
		}
	})
}

func stopAll(servers []*Server) error {
	errs := make([]error, len(servers))
	var wg sync.WaitGroup
	for i, s := range servers {
		wg.Go(func() { errs[i] = s.Stop() })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// Run runs lxc (see LXC) and returns what it prints; the test fails at once when lxc does.
func (s *Server) Run(t testing.TB, args ...string) string {
	t.Helper()
	out, err := s.LXC(context.Background(), args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// cleanEnviron is the environment of this process without what would lead a daemon or a client elsewhere.
func cleanEnviron() []string {
	return slices.DeleteFunc(os.Environ(), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		switch name {
		case "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "NOTIFY_SOCKET":
			return true // socket activation is meant for somebody else
		}
		for _, prefix := range []string{"LXD_", "LXC_", "INCUS_"} {
			if strings.HasPrefix(name, prefix) {
				return true
			}
		}
		return false
	})
}

// Full tells whether tests run at length, as those of "make nightly" do (TARN_TESTS=full). Otherwise they are short enough
// for each change.
func Full() bool { return os.Getenv("TARN_TESTS") == "full" }

// Nightly skips a test that runs at length only: what it proves is proved by shorter ones too, and once more by this one.
func Nightly(t testing.TB) {
	t.Helper()
	if !Full() {
		t.Skip(`"make nightly" runs it, or TARN_TESTS=full`)
	}
}
