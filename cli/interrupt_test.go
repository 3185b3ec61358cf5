package cli_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"tarn/cli"
	"tarn/lxd/lxdtest"
)

// watcher is an output that calls back once when a text comes by.
type watcher struct {
	mu    sync.Mutex
	buf   bytes.Buffer
	text  string
	found func()
}

func (w *watcher) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.buf.Write(p)
	if w.found != nil && strings.Contains(w.buf.String(), w.text) {
		w.found()
		w.found = nil
	}
	return len(p), nil
}

func (w *watcher) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.buf.String()
}

// The first interrupt of an apply finishes what runs and starts nothing further; another apply goes on from there.
func TestInterrupt(t *testing.T) {
	server := lxdtest.New(t)
	file := filepath.Join(t.TempDir(), "storage.hcl")
	text := "pool \"main\" {\n  driver = \"dir\"\n  volume \"vol\" {\n    for_each = toset([for i in range(100) : tostring(i)])\n    name = \"vol-${each.key}\"\n  }\n}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	interrupts := make(chan os.Signal, 1)
	stdout := &watcher{text: "done\n", found: func() { interrupts <- os.Interrupt }}
	stderr := &watcher{}
	run := func() int {
		return cli.Run(cli.Process{
			Args:       []string{"apply", "--auto-approve", "--parallelism", "1", file},
			Env:        server.Env(),
			Stdin:      strings.NewReader(""),
			Stdout:     stdout,
			Stderr:     stderr,
			Interrupts: interrupts,
		})
	}
	if code := run(); code != 1 {
		t.Errorf("exit code %d\n%s\n%s", code, stdout, stderr)
	}
	var done, skipped int
	if _, err := fmt.Sscanf(stdout.String()[strings.Index(stdout.String(), "Applied: "):], "Applied: %d done, %d not started.", &done, &skipped); err != nil {
		t.Fatalf("%v\n%s", err, stdout)
	}
	if done == 0 || skipped == 0 || done+skipped != 101 {
		t.Errorf("%d done, %d skipped", done, skipped)
	}
	for _, want := range []string{"Stopping when the running steps are finished.", "another apply goes on from there"} {
		if !strings.Contains(stdout.String()+stderr.String(), want) {
			t.Errorf("no %q in\n%s\n%s", want, stdout, stderr)
		}
	}
	if code := run(); code != 0 || !strings.Contains(stdout.String(), fmt.Sprintf("Applied: %d done. Read again: the server is as the spec says.", skipped)) {
		t.Errorf("second run: exit code %d\n%s\n%s", code, stdout, stderr)
	}
}
