package lxdtest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	startLimit = time.Minute      // for a daemon to become ready; seen: 0.2 s
	stopLimit  = 20 * time.Second // for a daemon to shut down before it is killed; seen: 0.1 s
	dropLimit  = 3 * time.Second  // the same when all that it holds is thrown away: a cluster without its others waits
	pollEvery  = 5 * time.Millisecond
)

// A Server is a private daemon and its folder. Its methods may be called from several goroutines.
type Server struct {
	Dir  string // LXD_DIR (INCUS_DIR for Incus)
	Name string // as a cluster member, otherwise ""

	kind   kind
	folder *folder

	mu     sync.Mutex
	daemon *process // nil while it doesn't run
}

// A kind is what differs between LXD and Incus in starting a daemon and talking to it.
type kind struct {
	daemon, client string   // programs: names or paths
	daemonEnv      []string // beyond what names the folder
	prefix         string   // of environment variables
	trustAdd       []string // the client's arguments for a trust token, less the name
}

var lxdKind = kind{
	daemon:   "lxd",
	client:   "lxc",
	prefix:   "LXD",
	trustAdd: []string{"config", "trust", "add", "--name"},
}

// Start starts an LXD server with a folder of its own below parent ("" is the system's temporary folder) and
// returns when it is ready. It also removes folders below parent that killed processes have left behind.
// Socket paths are limited to 107 bytes, so parent must be short: t.TempDir() often is not.
// A daemon that dies while it starts is an error that holds the end of its log.
func Start(ctx context.Context, parent string) (*Server, error) {
	return start(ctx, parent, lxdKind)
}

func start(ctx context.Context, parent string, k kind) (*Server, error) {
	f, err := newFolder(parent)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", k.client, err)
	}
	s := &Server{Dir: f.path("d"), kind: k, folder: f}
	err = s.prepare()
	if err == nil {
		err = s.Restart(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, f.remove())
	}
	return s, nil
}

func (s *Server) prepare() error {
	// A client that finds no configuration greets the newcomer.
	if err := os.Mkdir(s.confDir(), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(s.confDir(), "config.yml"), []byte("remotes: {}\n"), 0o600); err != nil {
		return err
	}
	return os.Mkdir(s.Dir, 0o711)
}

func (s *Server) confDir() string { return s.folder.path("conf") }
func (s *Server) logFile() string { return s.folder.path("log") }

// Socket is the path of the unix socket that answers the API.
func (s *Server) Socket() string { return filepath.Join(s.Dir, "unix.socket") }

// Path leads to a file below Dir as the daemon sees it, mounted pools included. It is good until the daemon
// stops; while it doesn't run the path is the plain one, where nothing is mounted.
func (s *Server) Path(elem ...string) string {
	path := filepath.Join(append([]string{s.Dir}, elem...)...)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.daemon == nil {
		return path
	}
	return fmt.Sprintf("/proc/%d/root%s", s.daemon.pid(), path)
}

// Env is what a client needs in its environment to reach this server and no other: the folder, the socket and
// an empty configuration of its own.
func (s *Server) Env() []string {
	p := s.kind.prefix
	return []string{
		p + "_DIR=" + s.Dir,
		p + "_SOCKET=" + s.Socket(),
		p + "_CONF=" + s.confDir(),
		p + "_GLOBAL_CONF=" + s.confDir(),
	}
}

// Environ is the whole environment for a client: that of this process, cleared of everything that leads to
// another server, and Env.
func (s *Server) Environ() []string { return append(cleanEnviron(), s.Env()...) }

// LXC runs lxc (incus on an Incus server) and returns what it prints. The error holds what it wrote to stderr.
func (s *Server) LXC(ctx context.Context, args ...string) (string, error) {
	return s.run(ctx, nil, nil, s.kind.client, args...)
}

// run runs a client program; env is what its environment has beyond Environ.
func (s *Server) run(ctx context.Context, env []string, stdin io.Reader, program string, args ...string) (string, error) {
	program, err := lookPath(program)
	if err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = append(s.Environ(), env...)
	cmd.Stdin = stdin
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return stdout.String(), fmt.Errorf("%s %s: %w: %s", filepath.Base(program), strings.Join(args, " "),
			err, strings.TrimSpace(stderr.String()))
	}
	return stdout.String(), nil
}

// Restart starts the daemon again on the same folder, after a clean shutdown if it still runs, and returns
// when it is ready.
func (s *Server) Restart(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.folder.owner == nil {
		return errors.New("restart a server that was stopped")
	}
	if err := s.shutdown(stopLimit); err != nil {
		return err
	}
	program, err := lookPath(s.kind.daemon)
	if err != nil {
		return err
	}
	log, err := os.OpenFile(s.logFile(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	env := append(cleanEnviron(), s.kind.prefix+"_DIR="+s.Dir)
	env = append(env, s.kind.daemonEnv...)
	env = append(env,
		"PATH="+strings.Join(append([]string{os.Getenv("PATH")}, sbin...), ":"), // mkfs, losetup
		// A daemon fetches lists of instance types when it starts. Nobody answers at this proxy.
		"HTTP_PROXY=http://127.0.0.1:9", "HTTPS_PROXY=http://127.0.0.1:9", "NO_PROXY=127.0.0.1,0.0.0.0",
		"http_proxy=", "https_proxy=", "no_proxy=")
	// The group that may use the socket; the default, lxd, need not exist.
	daemon, err := startProcess(program, []string{"--group", "root"}, env, log, s.folder.owner)
	if err != nil {
		return fmt.Errorf("start %s: %w", program, err)
	}
	if err := waitReady(ctx, daemon, s.Socket()); err != nil {
		return errors.Join(fmt.Errorf("start %s: %w; its log ends with\n%s", program, err, s.logTail()),
			daemon.end(syscall.SIGKILL, stopLimit))
	}
	s.daemon = daemon
	return nil
}

// waitReady returns when the daemon has brought up everything, which is later than its first answer to
// GET /1.0. "lxd waitready" asks the same question, but only every half a second.
func waitReady(ctx context.Context, daemon *process, socket string) error {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		err := ready(socket)
		if err == nil {
			return nil
		}
		select {
		case <-daemon.done:
			return fmt.Errorf("the daemon ended while starting: %v", daemon.err)
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ctx.Err(), err)
		case <-tick.C:
		}
	}
}

// ready asks once, on a connection that lives for one request: LXD 5.0.2 answers nobody while some client is
// connected and silent, and Go's http.Transport keeps and even dials such connections.
func ready(socket string) error {
	conn, err := net.Dial("unix", socket)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return err
	}
	if _, err := io.WriteString(conn, "GET /internal/ready HTTP/1.1\r\nHost: lxd\r\nConnection: close\r\n\r\n"); err != nil {
		return err
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: %s", resp.Status)
	}
	return nil
}

// logTail is the end of the daemon's log, for messages.
func (s *Server) logTail() string {
	const lines = 15
	data, err := os.ReadFile(s.logFile())
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimSpace(string(data)), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

// Kill ends the daemon as a crash would, and everything that it has started. Its files stay for Restart.
func (s *Server) Kill() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.endDaemon(syscall.SIGKILL, stopLimit)
}

// shutdown ends the daemon if it runs. It is asked by a signal, because a request could wait behind some
// client that is connected and silent.
func (s *Server) shutdown(limit time.Duration) error { return s.endDaemon(shutdownSignal, limit) }

func (s *Server) endDaemon(sig syscall.Signal, limit time.Duration) error {
	if s.daemon == nil {
		return nil
	}
	daemon := s.daemon
	s.daemon = nil
	if err := daemon.end(sig, limit); err != nil {
		return fmt.Errorf("end the daemon of %s: %w", s.Dir, err)
	}
	// The kernel gives loop devices back a moment after their last mount has gone.
	return loopsGone(s.Dir)
}

func loopsGone(dir string) error {
	for deadline := time.Now().Add(stopLimit); ; time.Sleep(pollEvery) {
		loops, err := loopsBelow(dir)
		if err != nil || len(loops) == 0 {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("loop devices still attached: %s", strings.Join(loops, ", "))
		}
	}
}

// Stop shuts the daemon down (and kills it when that takes too long), removes the folder, and leaves no
// process, mount or loop device behind. A second call does nothing.
func (s *Server) Stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Join(s.shutdown(dropLimit), s.folder.remove())
}
