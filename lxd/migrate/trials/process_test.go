package trials

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// longest is how long a tarn may take that has at most some volumes of 50 MB to move. One that takes longer has hung: it is
// killed, and the trial fails.
const longest = 3 * time.Minute

// A process is a tarn that was started.
type process struct {
	cmd   *exec.Cmd
	begun time.Time
	done  chan struct{} // closed when it has ended

	// To be read after done.
	code int // -1 when it was killed
	took time.Duration
	hung atomic.Bool

	mu  sync.Mutex
	out bytes.Buffer // all that it has written up to now, to both streams
}

func (p *process) Write(data []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.Write(data)
}

func (p *process) output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.String()
}

// start starts tarn with its output piped.
func start(t *testing.T, env []string, args ...string) *process {
	t.Helper()
	p := newProcess(t, env, args)
	p.cmd.Stdout, p.cmd.Stderr = p, p
	p.run(t, nil)
	return p
}

// startOnTerminal starts tarn as somebody who sits at a terminal does.
func startOnTerminal(t *testing.T, env []string, args ...string) *process {
	t.Helper()
	ours, its, err := openTerminal()
	if err != nil {
		t.Fatal(err)
	}
	p := newProcess(t, append(slices.Clone(env), "TERM=xterm"), args)
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = its, its, its
	read := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = io.Copy(p, ours) // it ends with an error when nobody has the other side open
	}()
	p.run(t, func() {
		<-read
		_ = ours.Close() // all has been read
	})
	_ = its.Close() // the process has its own
	return p
}

func newProcess(t *testing.T, env, args []string) *process {
	t.Helper()
	p := &process{done: make(chan struct{})}
	p.cmd = exec.CommandContext(t.Context(), binary(t), args...)
	p.cmd.Env = env
	p.cmd.Dir = t.TempDir()
	return p
}

// run starts the program. before is called when it has ended and before anybody is told.
func (p *process) run(t *testing.T, before func()) {
	t.Helper()
	p.begun = time.Now()
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	limit := time.AfterFunc(longest, func() {
		p.hung.Store(true)
		p.signal(os.Kill)
	})
	go func() {
		defer close(p.done)
		err := p.cmd.Wait()
		limit.Stop()
		p.took = time.Since(p.begun)
		p.code = 0
		var exit *exec.ExitError
		switch {
		case errors.As(err, &exit):
			p.code = exit.ExitCode()
		case err != nil:
			p.code = -1
		}
		if before != nil {
			before()
		}
	}()
	t.Cleanup(func() { <-p.done }) // its context has ended by then, and it with that
}

// signal may come too late, which is no fault: the process has ended then.
func (p *process) signal(sig os.Signal) { _ = p.cmd.Process.Signal(sig) }

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// wait waits for a time, or until the process has ended.
func (p *process) wait(d time.Duration) {
	select {
	case <-p.done:
	case <-time.After(d):
	}
}

// word is how the process ended, for the line of a trial.
func (p *process) word() string {
	switch {
	case p.hung.Load():
		return "hung"
	case p.code < 0:
		return "killed"
	}
	return string(rune('0' + p.code))
}

// said is the end of what a process has written, for messages.
func (p *process) said() string {
	const most, longest = 12, 400
	lines := strings.Split(strings.TrimSpace(p.output()), "\n")
	for i, line := range lines {
		lines[i] = line[:min(len(line), longest)] // a plan in JSON is one line
	}
	return strings.Join(p.cmd.Args[1:], " ") + " → " + p.word() + "\n    " +
		strings.Join(lines[max(0, len(lines)-most):], "\n    ")
}
