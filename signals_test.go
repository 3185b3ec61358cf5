//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"tarn/lxd/sim"
)

const oneVolume = "pool \"main\" {\n  driver = \"dir\"\n  volume \"vol\" {}\n}\n"

// command is a process of tarn that a test sends signals to.
type command struct {
	*testing.T
	dir    string
	server *sim.Server // at unix:sim.sock
	held   atomic.Pointer[hold]
	came   chan struct{} // gets a value when a request is held
	errors *os.File      // in place of stderr
	cmd    *exec.Cmd
	stdout output
	stderr output
	ended  chan error
}

// output is what a process has written so far.
type output struct {
	mu   sync.Mutex
	buf  bytes.Buffer
	more chan struct{} // gets a value when there is more
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	select {
	case o.more <- struct{}{}:
	default:
	}
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

func (o *output) reset() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.buf.Reset()
}

func newCommand(t *testing.T) *command {
	t.Helper()
	c := &command{T: t, dir: t.TempDir(), server: sim.New(nil), ended: make(chan error, 1), came: make(chan struct{}, 1)}
	c.stdout.more, c.stderr.more = make(chan struct{}, 1), make(chan struct{}, 1)
	c.write("storage.hcl", oneVolume)
	listener, err := net.Listen("unix", filepath.Join(c.dir, "sim.sock"))
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(c.serve)}
	go server.Serve(listener)
	t.Cleanup(func() {
		server.Close()
		c.server.Close()
	})
	return c
}

// hold is what the server does not answer.
type hold struct {
	requests *regexp.Regexp
	let      chan struct{} // is closed to let them go on
}

// hold lets the server not answer requests that look so, until release: GET /1.0/storage-pools. Those that are held already stay so.
func (c *command) hold(requests string) {
	c.held.Store(&hold{regexp.MustCompile(requests), make(chan struct{})})
}

// release lets the requests go on that the last hold has held.
func (c *command) release() { close(c.held.Swap(nil).let) }

func (c *command) serve(w http.ResponseWriter, r *http.Request) {
	if held := c.held.Load(); held != nil && held.requests.MatchString(r.Method+" "+r.URL.Path) {
		select {
		case c.came <- struct{}{}:
		default:
		}
		select {
		case <-held.let:
		case <-r.Context().Done():
			return
		}
	}
	c.server.ServeHTTP(w, r)
}

// waitForRequest waits until a request is held.
func (c *command) waitForRequest() {
	c.Helper()
	select {
	case <-c.came:
	case err := <-c.ended:
		c.Fatalf("it ended (%v) before its request:\n%s%s", err, &c.stdout, &c.stderr)
	}
}

func (c *command) write(name, text string) {
	c.Helper()
	if err := os.WriteFile(filepath.Join(c.dir, name), []byte(text), 0o600); err != nil {
		c.Fatal(err)
	}
}

// start starts tarn. What is not given a standard input or output has none, or one that is read.
func (c *command) start(stdin io.Reader, stdout io.Writer, args ...string) {
	c.Helper()
	if stdout == nil {
		stdout = &c.stdout
	}
	c.run(exec.Command("tarn", args...), stdin, stdout)
}

// startShell starts a line of shell.
func (c *command) startShell(line string) {
	c.Helper()
	c.run(exec.Command("sh", "-c", line), nil, &c.stdout)
}

func (c *command) run(cmd *exec.Cmd, stdin io.Reader, stdout io.Writer) {
	c.Helper()
	c.cmd = cmd
	c.cmd.Dir, c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = c.dir, stdin, stdout, &c.stderr
	if c.errors != nil {
		c.cmd.Stderr = c.errors
	}
	if err := c.cmd.Start(); err != nil {
		c.Fatal(err)
	}
	c.Cleanup(func() { c.cmd.Process.Kill() })
	go func() { c.ended <- c.cmd.Wait() }()
}

// waitFor waits until a stream of the process has a text.
func (c *command) waitFor(o *output, text string) {
	c.Helper()
	for !strings.Contains(o.String(), text) {
		select {
		case <-o.more:
		case err := <-c.ended:
			c.Fatalf("it ended (%v) without %q:\n%s%s", err, text, &c.stdout, &c.stderr)
		case <-c.Context().Done():
			return
		}
	}
}

// writes are the requests so far that change something.
func (c *command) writes() (writes []sim.Request) {
	for _, r := range c.server.Requests() {
		if r.Method != http.MethodGet {
			writes = append(writes, r)
		}
	}
	return writes
}

// connect sends text to a socket, and stays connected.
func (c *command) connect(socket, text string) {
	c.Helper()
	conn, err := net.Dial("unix", filepath.Join(c.dir, socket))
	if err != nil {
		c.Fatal(err)
	}
	c.Cleanup(func() { conn.Close() })
	if _, err := io.WriteString(conn, text); err != nil {
		c.Fatal(err)
	}
}

// signal sends signals, one right after the other. It may have ended by the first.
func (c *command) signal(signals ...syscall.Signal) {
	c.Helper()
	for i, s := range signals {
		if err := c.cmd.Process.Signal(s); err != nil && i == 0 && !errors.Is(err, os.ErrProcessDone) { // what the process left is looked at all the same
			c.Fatal(err)
		}
	}
}

// exits waits for the end of the process, which has to come long before anything that it waits for.
func (c *command) exits(code int, stdout, stderr string) {
	c.Helper()
	ctx, cancel := context.WithTimeout(c.Context(), time.Minute)
	defer cancel()
	var err error
	select {
	case err = <-c.ended:
	case <-ctx.Done():
		c.Fatalf("it goes on:\n%s%s", &c.stdout, &c.stderr)
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		c.Fatal(err)
	}
	if got := c.cmd.ProcessState.ExitCode(); got != code {
		c.Errorf("exit code %d (%v), want %d", got, err, code)
	}
	for _, o := range []struct {
		name, got, want string
	}{{"stdout", c.stdout.String(), stdout}, {"stderr", c.stderr.String(), stderr}} {
		if !regexp.MustCompile("^(?s:" + o.want + ")$").MatchString(o.got) {
			c.Errorf("%s is %q, want %q", o.name, o.got, o.want)
		}
	}
}

// oneSignal and signals are what is sent to a command.
var (
	oneSignal = map[string][]syscall.Signal{
		"INT": {syscall.SIGINT}, "TERM": {syscall.SIGTERM}, "HUP": {syscall.SIGHUP}, "QUIT": {syscall.SIGQUIT},
	}
	signals = with(oneSignal, map[string][]syscall.Signal{
		"INT twice": {syscall.SIGINT, syscall.SIGINT}, "TERM and INT": {syscall.SIGTERM, syscall.SIGINT},
	})
)

func with[K comparable, V any](m, more map[K]V) map[K]V {
	all := maps.Clone(m)
	maps.Copy(all, more)
	return all
}

// After five seconds it is said what is waited for, and where nothing is asked of a person that is all.
func TestWaitingIsTold(t *testing.T) {
	t.Parallel()
	c := newCommand(t)
	c.hold("GET /1.0/storage-pools")
	c.start(nil, nil, "plan", "--remote", "unix:sim.sock", "storage.hcl")
	c.waitForRequest()
	c.waitFor(&c.stderr, "Waiting for unix:sim.sock: no answer to GET /1.0/storage-pools for 5 s.\n")
	c.release()
	c.exits(0, ".*Plan: 2 to create.*", "Waiting for .*")
}

// An apply finishes the steps that run, says what was not started, and does not read the server again.
func TestSignalFinishesSteps(t *testing.T) {
	for signal, sent := range oneSignal {
		t.Run(signal, func(t *testing.T) {
			t.Parallel()
			c := newCommand(t)
			c.hold("POST /1.0/storage-pools")
			c.start(nil, nil, "apply", "--auto-approve", "--remote", "unix:sim.sock", "storage.hcl")
			c.waitForRequest()
			c.signal(sent...)
			c.waitFor(&c.stdout, "Stopping when the running steps are finished. Ctrl-C again leaves at once.\n")
			c.release()
			c.exits(1, ".*create pool main: done\n\nApplied: 1 done, 1 not started.\n", "tarn: not finished; what was done stays, and another apply goes on from there\n")
		})
	}
}

// The second signal does not wait for the steps that run.
func TestSecondSignalBreaksOff(t *testing.T) {
	for signal, sent := range oneSignal {
		t.Run(signal, func(t *testing.T) {
			t.Parallel()
			c := newCommand(t)
			c.hold("POST /1.0/storage-pools")
			c.start(nil, nil, "apply", "--auto-approve", "--remote", "unix:sim.sock", "storage.hcl")
			c.waitForRequest()
			c.signal(sent...)
			c.waitFor(&c.stdout, "Stopping when the running steps are finished.")
			c.signal(sent...)
			c.exits(1, ".*\n\nApplied: 0 done, 1 failed, 1 skipped.\n",
				"tarn: step 1, create pool main: broken off while it was running, and the server may have finished it: .*interrupted\ntarn: not finished; .*")
		})
	}
}

// An apply that was told to stop does not read the server again, also when all of its steps were running and are done.
func TestSignalInTheLastStep(t *testing.T) {
	for signal, sent := range oneSignal {
		t.Run(signal, func(t *testing.T) {
			t.Parallel()
			c := newCommand(t)
			c.write("pool.hcl", "pool \"main\" { driver = \"dir\" }\n")
			c.hold("POST /1.0/storage-pools")
			c.start(nil, nil, "apply", "--auto-approve", "--remote", "unix:sim.sock", "pool.hcl")
			c.waitForRequest()
			c.signal(sent...)
			c.waitFor(&c.stdout, "Stopping when the running steps are finished.")
			c.release()
			c.exits(1, ".*\n\nApplied: 1 done.\n", "tarn: all steps were done, but the server was not read again: interrupted\n")
		})
	}
}

// After the last step the first signal ends the command: nothing is left to be finished.
func TestSignalInTheCheck(t *testing.T) {
	for signal, sent := range signals {
		t.Run(signal, func(t *testing.T) {
			t.Parallel()
			c := newCommand(t)
			c.hold("POST /1.0/storage-pools/main/volumes/custom")
			c.start(nil, nil, "apply", "--auto-approve", "--remote", "unix:sim.sock", "storage.hcl")
			c.waitForRequest()
			step := c.held.Load()
			c.hold("GET /1.0/storage-pools$")
			close(step.let)
			c.waitForRequest()
			c.signal(sent...)
			c.exits(1, ".*\n\nApplied: 2 done.\n?", "tarn: (all steps were done, but the server was not read again: .*)?interrupted.*\n")
		})
	}
}

// A step that waits for its next try is given up by the first signal.
func TestSignalBetweenTries(t *testing.T) {
	for signal, sent := range oneSignal {
		t.Run(signal, func(t *testing.T) {
			t.Parallel()
			c := newCommand(t)
			c.server.Inject(&sim.Fault{Method: http.MethodPost, Code: http.StatusServiceUnavailable, Text: "busy"})
			c.start(nil, nil, "apply", "--auto-approve", "--remote", "unix:sim.sock", "storage.hcl")
			c.waitFor(&c.stdout, "trying again: busy")
			c.signal(sent...)
			c.exits(1, ".*Applied: 0 done, 1 failed, 1 skipped.\n", "tarn: step 1, create pool main: busy; it was not tried again, as the run was stopped\ntarn: not finished; .*")
		})
	}
}

// The second signal leaves at once also when nobody reads what the steps print.
func TestSignalWithoutReader(t *testing.T) {
	t.Parallel()
	c := newCommand(t)
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	c.write("long.hcl", manyVolumes(2000))
	c.start(nil, writer, "apply", "--auto-approve", "--json", "--remote", "sim:", "long.hcl")
	writer.Close()
	for read := bufio.NewReader(reader); ; {
		line, err := read.ReadString('\n')
		if err != nil {
			t.Fatalf("%v: %s", err, &c.stderr)
		}
		if strings.Contains(line, `"done"`) {
			break
		}
	}
	c.signal(syscall.SIGTERM, syscall.SIGINT)
	c.exits(1, "", "(tarn: .*)?interrupted.*\n")
}

// Who starts a command so that a signal is ignored wants that: nohup, and a shell that starts it in the background.
func TestIgnoredSignals(t *testing.T) {
	for name, number := range map[string]syscall.Signal{"INT": syscall.SIGINT, "HUP": syscall.SIGHUP} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCommand(t)
			c.hold("GET /1.0/storage-pools")
			c.startShell("trap '' " + name + "; exec tarn plan --remote unix:sim.sock storage.hcl")
			c.waitForRequest()
			c.signal(number, number)
			c.release()
			c.exits(0, ".*Plan: 2 to create.*", "")
		})
	}
}

// A reader that goes away, as head does, ends a command quietly.
func TestReaderLeaves(t *testing.T) {
	for _, args := range []string{"plan --remote sim: long.hcl", "plan --remote sim: --json long.hcl", "drift --remote sim: long.hcl", "fmt --diff long.hcl", "schema --json", "validate --json wrong.hcl"} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			c := newCommand(t)
			c.write("long.hcl", manyVolumes(2000))
			c.write("wrong.hcl", manyWrong)
			c.startShell("{ tarn " + args + "; echo ended with $? >&2; } | head -c 10 >/dev/null")
			c.exits(0, "", "ended with [012]\n")
		})
	}
}
