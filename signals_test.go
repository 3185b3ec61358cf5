//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"io"
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
	held   atomic.Pointer[regexp.Regexp]
	came   chan struct{} // gets a value when a request is held
	let    chan struct{} // is closed to let the held ones go on
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

func newCommand(t *testing.T) *command {
	t.Helper()
	c := &command{T: t, dir: t.TempDir(), server: sim.New(nil), ended: make(chan error, 1), came: make(chan struct{}, 1), let: make(chan struct{})}
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

// hold lets the server not answer requests that look so: GET /1.0/storage-pools.
func (c *command) hold(request string) { c.held.Store(regexp.MustCompile(request)) }

func (c *command) serve(w http.ResponseWriter, r *http.Request) {
	if held := c.held.Load(); held != nil && held.MatchString(r.Method+" "+r.URL.Path) {
		select {
		case c.came <- struct{}{}:
		default:
		}
		select {
		case <-c.let:
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
	c.cmd = exec.Command("tarn", args...)
	c.cmd.Dir, c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = c.dir, stdin, stdout, &c.stderr
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

func (c *command) signal(s os.Signal) {
	c.Helper()
	if err := c.cmd.Process.Signal(s); err != nil {
		c.Fatal(err)
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

const interrupted = "tarn: interrupted\n"

// waiting are the commands, each brought to where it waits for something that does not come.
var waiting = map[string]struct {
	wait           func(*command)
	code           int
	stdout, stderr string
}{
	"validate, of a pipe": {func(c *command) {
		pipe := filepath.Join(c.dir, "pipe.hcl")
		if err := syscall.Mkfifo(pipe, 0o600); err != nil {
			c.Fatal(err)
		}
		c.start(nil, nil, "validate", "pipe.hcl")
		writer, err := os.OpenFile(pipe, os.O_WRONLY, 0) // until it is opened for reading
		if err != nil {
			c.Fatal(err)
		}
		c.Cleanup(func() { writer.Close() })
	}, 1, "", interrupted},
	"fmt, of standard input": {func(c *command) {
		reader, writer, err := os.Pipe()
		if err != nil {
			c.Fatal(err)
		}
		c.Cleanup(func() { writer.Close() })
		c.start(reader, nil, "fmt", "-")
		reader.Close()
		if _, err := writer.WriteString(strings.Repeat("\n", 1<<20)); err != nil { // more than the pipe holds
			c.Fatal(err)
		}
	}, 1, "", interrupted},
	"schema, to a reader that sleeps": {func(c *command) {
		reader, writer, err := os.Pipe()
		if err != nil {
			c.Fatal(err)
		}
		c.Cleanup(func() { reader.Close() })
		c.start(nil, writer, "schema", "--json")
		writer.Close()
		if _, err := reader.Read(make([]byte, 1)); err != nil {
			c.Fatal(err)
		}
	}, 1, "", interrupted},
	"plan": {func(c *command) {
		c.hold("GET /1.0/storage-pools")
		c.start(nil, nil, "plan", "--remote", "unix:sim.sock", "storage.hcl")
		c.waitForRequest()
	}, 1, "", "tarn: .*interrupted\n"},
	"plan --rehearse": {func(c *command) {
		c.hold("GET /1.0/(resources|profiles|instances|projects)")
		c.start(nil, nil, "plan", "--rehearse", "--remote", "unix:sim.sock", "storage.hcl")
		c.waitForRequest()
	}, 1, "", "tarn: .*interrupted\n"},
	"drift": {func(c *command) {
		c.hold("GET /1.0/storage-pools")
		c.start(nil, nil, "drift", "--remote", "unix:sim.sock", "storage.hcl")
		c.waitForRequest()
	}, 1, "", "tarn: .*interrupted\n"},
	"apply, before its first step": {func(c *command) {
		c.hold("GET /1.0/storage-pools")
		c.start(nil, nil, "apply", "--auto-approve", "--remote", "unix:sim.sock", "storage.hcl")
		c.waitForRequest()
	}, 1, "", "tarn: .*interrupted\n"},
	"sim": {func(c *command) {
		c.start(nil, nil, "sim", "--listen", "unix:other.sock")
		c.waitFor(&c.stdout, "Ctrl-C stops it.\n")
	}, 0, "simulated LXD 5.0.2 at unix:other.sock\n.*Ctrl-C stops it.\n", ""},
}

var signals = map[string]syscall.Signal{"INT": syscall.SIGINT, "TERM": syscall.SIGTERM, "HUP": syscall.SIGHUP}

// Every command ends at once, whatever it waits for.
func TestSignalEnds(t *testing.T) {
	for name, command := range waiting {
		for signal, number := range signals {
			t.Run(name+", "+signal, func(t *testing.T) {
				t.Parallel()
				c := newCommand(t)
				command.wait(c)
				c.signal(number)
				c.exits(command.code, command.stdout, command.stderr)
			})
		}
	}
}

// After five seconds it is said what is waited for, and where nothing is asked of a person that is all.
func TestWaitingIsTold(t *testing.T) {
	t.Parallel()
	c := newCommand(t)
	c.hold("GET /1.0/storage-pools")
	c.start(nil, nil, "plan", "--remote", "unix:sim.sock", "storage.hcl")
	c.waitForRequest()
	c.waitFor(&c.stderr, "Waiting for unix:sim.sock: no answer to GET /1.0/storage-pools for 5 s.\n")
	close(c.let)
	c.exits(0, ".*Plan: 2 to create.*", "Waiting for .*")
}

// An apply finishes the steps that run, says what was not started, and does not read the server again.
func TestSignalFinishesSteps(t *testing.T) {
	for signal, number := range signals {
		t.Run(signal, func(t *testing.T) {
			t.Parallel()
			c := newCommand(t)
			c.hold("POST /1.0/storage-pools")
			c.start(nil, nil, "apply", "--auto-approve", "--remote", "unix:sim.sock", "storage.hcl")
			c.waitForRequest()
			c.signal(number)
			c.waitFor(&c.stdout, "Stopping when the running steps are finished. Ctrl-C again leaves at once.\n")
			close(c.let)
			c.exits(1, ".*create pool main: done\n\nApplied: 1 done, 1 not started.\n", "tarn: not finished; what was done stays, and another apply goes on from there\n")
		})
	}
}

// The second signal does not wait for the steps that run.
func TestSecondSignalBreaksOff(t *testing.T) {
	for signal, number := range signals {
		t.Run(signal, func(t *testing.T) {
			t.Parallel()
			c := newCommand(t)
			c.hold("POST /1.0/storage-pools")
			c.start(nil, nil, "apply", "--auto-approve", "--remote", "unix:sim.sock", "storage.hcl")
			c.waitForRequest()
			c.signal(number)
			c.waitFor(&c.stdout, "Stopping when the running steps are finished.")
			c.signal(number)
			c.exits(1, ".*\n\nApplied: 0 done, 1 failed, 1 skipped.\n",
				"tarn: step 1, create pool main: broken off while it was running, and the server may have finished it: .*interrupted\ntarn: not finished; .*")
		})
	}
}
