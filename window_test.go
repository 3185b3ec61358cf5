//go:build linux

package main

import (
	"bytes"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// A window that becomes narrower while a step runs has no line that is wider than it from then on, at any width.
func TestWindowBecomesNarrower(t *testing.T) {
	c := newCommand(t)
	c.write("storage.hcl", strings.ReplaceAll(oneVolume, "main", "a-pool-with-a-name-that-is-so-long-that-the-line-has-to-be-cut"))
	c.hold("POST /1.0/storage-pools$")
	cmd := exec.Command("tarn", "apply", "--auto-approve", "--remote", "unix:sim.sock", "storage.hcl")
	cmd.Dir = c.dir
	cmd.Env = append(cmd.Environ(), "TERM=xterm", "LC_ALL=C.UTF-8", "COLUMNS=", "NO_COLOR=1", "PAGER=cat")
	window := func(columns uint16) *pty.Winsize { return &pty.Winsize{Cols: columns, Rows: 24} }
	tty, err := pty.StartWithSize(cmd, window(120))
	if err != nil {
		t.Fatal(err)
	}
	defer tty.Close()
	go func() { c.ended <- cmd.Wait() }()
	c.waitForRequest()

	var out bytes.Buffer
	buffer := make([]byte, 1<<16)
	read := func() bool {
		n, err := tty.Read(buffer)
		out.Write(buffer[:n])
		return err == nil
	}
	narrow := func(columns uint16) {
		t.Helper()
		if err := pty.Setsize(tty, window(columns)); err != nil {
			t.Fatal(err)
		}
		out.Reset()
		// What was on its way may still be for the window of before.
		for strings.Count(out.String(), "0/2 ") < 3 && read() {
		}
		last := out.String()[strings.LastIndex(out.String(), "\x1b[2A"):]
		if !strings.Contains(last, "0/2 ") {
			t.Fatalf("no bar in %q", out.String())
		}
		for _, line := range tooWide(last, int(columns), regexp.MustCompile(`^$`)) {
			t.Errorf("wider than %d: %q", columns, line)
		}
	}
	for _, columns := range []uint16{80, 41, 100, 20} {
		narrow(columns)
	}
	out.Reset()
	c.release()
	for read() {
	}
	if err := <-c.ended; err != nil {
		t.Fatalf("%v: %s", err, out.String())
	}
	text := strings.ReplaceAll(out.String(), "\r\n", "\n")
	for _, line := range tooWide(text, 20, regexp.MustCompile(`^$`)) {
		t.Errorf("wider than 20: %q", line)
	}
	if !strings.Contains(strings.Join(strings.Fields(escapes.ReplaceAllString(text, "")), " "), "Applied: 2 done in") {
		t.Errorf("it ended with %q", text)
	}
}

// An apply that somebody suspends (Ctrl-Z) for longer than --timeout goes on when it is continued: that nothing came meanwhile is not the
// server's silence.
func TestSuspendedForLongerThanTimeout(t *testing.T) {
	for _, command := range []string{"plan", "apply"} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			c := newCommand(t)
			const timeout = 2 * time.Second
			held := map[string]string{"plan": "GET /1.0/storage-pools", "apply": "POST /1.0/storage-pools$"}[command]
			c.hold(held)
			args := []string{command, "--timeout", timeout.String(), "--remote", "unix:sim.sock", "storage.hcl"}
			if command == "apply" {
				args = append(args, "--auto-approve")
			}
			c.start(nil, nil, args...)
			c.waitForRequest()
			c.signal(syscall.SIGSTOP)
			time.Sleep(2 * timeout) // nothing waits for this but the clock of the process
			c.signal(syscall.SIGCONT)
			c.release()
			c.exits(0, ".*(Plan: 2 to create|Applied: 2 done).*", "(Waiting for .*)?")
			if strings.Contains(c.stdout.String(), "no answer") {
				t.Errorf("it was taken for silence: %s", &c.stdout)
			}
		})
	}
}
