package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tarn/applier"
	"tarn/cli/lines"
	"tarn/cli/paint"
	"tarn/planner/plan"
)

// shownTerminal is a terminal that keeps what it was sent, too.
type shownTerminal struct {
	mu     sync.Mutex
	screen screenModel
	sent   bytes.Buffer
}

func (s *shownTerminal) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent.Write(p)
	return s.screen.Write(p)
}

func (s *shownTerminal) do(f func(*screenModel)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(&s.screen)
}

func (s *shownTerminal) size() (columns, rows int) {
	s.do(func(screen *screenModel) { columns = screen.width })
	return columns, 24
}

// scriptedMove plays an apply that moves a volume of 500 MB, and gives what the terminal shows at some of its moments, and all that it
// was sent. at is called at each moment.
func scriptedMove(columns int, opts plan.TextOptions, at func(*screenModel)) (frames, sent string) {
	terminal := &shownTerminal{screen: screenModel{width: columns, reflows: true}}
	a := &app{Process: Process{Stdout: terminal, Stderr: terminal}}
	a.writers.once.Do(func() {
		out := &textWriter{to: terminal, size: terminal.size, ascii: opts.ASCII}
		a.writers.stdout, a.writers.messages = out, out
	})
	p := moving()
	fmt.Fprintf(a.text(), "%s\n\n", p.Summary())
	r := &textReporter{app: a, opts: opts, ended: make(chan struct{})}
	r.progress.all, r.progress.total = len(p.Steps), func(*plan.Step) int64 { return 500_000_000 }
	r.drawOn(terminal)
	var out strings.Builder
	moment := func(name string) {
		time.Sleep(500 * time.Millisecond) // a bar is drawn several times a second
		synctest.Wait()
		terminal.do(func(screen *screenModel) {
			fmt.Fprintf(&out, "== %s\n%s", name, screen.text())
			if at != nil {
				at(screen)
			}
		})
		time.Sleep(500 * time.Millisecond)
	}
	move, other := &p.Steps[0], &p.Steps[1]
	r.event(applier.Event{Step: move, Kind: applier.Started})
	r.event(applier.Event{Step: other, Kind: applier.Started})
	moment("begun")
	r.event(applier.Event{Step: move, Kind: applier.Progress, Text: "20.11MB (19.90MB/s)"})
	moment("the server says how far it is")
	r.event(applier.Event{Step: other, Kind: applier.Failed, Err: errors.New("the pool is full, and nothing that is in it can be taken away")})
	moment("another step fails")
	time.Sleep(10 * time.Second)
	r.event(applier.Event{Step: move, Kind: applier.Progress, Text: "488.20MB (31.50MB/s)"})
	moment("almost done")
	r.notice("Stopping when the running steps are finished. Ctrl-C again leaves at once.")
	moment("Ctrl-C")
	r.event(applier.Event{Step: move, Kind: applier.Done})
	r.applied(counts{done: 1, failed: 1, took: 16 * time.Second})
	a.text().flush()
	terminal.do(func(screen *screenModel) { fmt.Fprintf(&out, "== the end\n%s", screen.text()) })
	return out.String(), terminal.sent.String()
}

var coloured = regexp.MustCompile("\x1b\\[[0-9;]*m")

// What an apply looks like while it moves 500 MB is in testdata/pictures. UPDATE=1 writes these. Colours change nothing but the colours, and
// in ASCII there is nothing else.
func TestPicturesOfAMove(t *testing.T) {
	for _, columns := range []int{40, 80, 200} {
		for _, ascii := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				name := fmt.Sprintf("move-%d.txt", columns)
				if ascii {
					name = fmt.Sprintf("move-%d-ascii.txt", columns)
				}
				plain, sent := scriptedMove(columns, plan.TextOptions{ASCII: ascii}, nil)
				comparePicture(t, name, plain)
				if coloured.MatchString(sent) {
					t.Error("there are colours")
				}
				colours, sent := scriptedMove(columns, plan.TextOptions{ASCII: ascii, Painter: paint.New("always", true, os.Getenv)}, nil)
				if diff := cmp.Diff(plain, colours); diff != "" || !strings.Contains(sent, "\x1b[36m>\x1b[0m") || !strings.Contains(sent, "\x1b[31mfailed\x1b[0m") {
					t.Errorf("with colours: %s\n%q", diff, sent)
				}
				for line := range strings.Lines(plain) {
					if lines.Width(strings.TrimSuffix(line, "\n")) > columns || ascii && lines.ASCII(line) != line {
						t.Errorf("%d columns, ASCII %v: %s", columns, ascii, line)
					}
				}
			})
		}
	}
}

// A window that is made narrower and wider while a volume moves, and Ctrl-C and line feeds typed into it, leave no line that is too wide,
// lose none, and leave nothing of a bar.
func TestMoveInAWindowThatChanges(t *testing.T) {
	widths := []int{100, 60, 110, 70, 80}
	for _, reflows := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			n := 0
			frames, _ := scriptedMove(80, plan.TextOptions{}, func(screen *screenModel) {
				screen.reflows = reflows
				screen.resize(widths[n%len(widths)])
				n++
				fmt.Fprint(screen, []string{"\r\n", "^C", "\r\n", "", "^C"}[n-1])
			})
			parts := regexp.MustCompile(`(?m)^== .*\n`).Split(frames, -1)
			if len(parts) != 7 || n != 5 {
				t.Fatalf("%d frames, %d changes", len(parts), n)
			}
			for i, frame := range parts[1:] {
				if bars := len(regexp.MustCompile(`(?m)^\d/2 `).FindAllString(frame, -1)); i < 5 && bars != 1 || i == 5 && bars != 0 {
					t.Errorf("%d bars:\n%s", bars, frame)
				}
				width := 80
				if i > 0 {
					width = widths[i-1]
				}
				for line := range strings.Lines(frame) {
					if lines.Width(strings.TrimSuffix(line, "\n")) > width {
						t.Errorf("wider than %d: %s", width, line)
					}
				}
			}
			end := strings.Join(strings.Fields(parts[6]), " ")
			if !reflows {
				end = strings.ReplaceAll(end, "…", "")
			}
			for _, want := range []string{"Plan: ", "create volume p/other: failed: the pool is full", "Stopping when", "move volume slow/video → fast/video: done in 1", "Applied: 1 done, 1 failed in 16 s."} {
				if !strings.Contains(end, want) {
					t.Errorf("no %q in:\n%s", want, parts[6])
				}
			}
			if strings.Contains(end, "^C") || strings.Contains(end, "#") {
				t.Errorf("something is left:\n%s", parts[6])
			}
		})
	}
}

func comparePicture(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", "pictures", name)
	if os.Getenv("UPDATE") != "" {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), text); diff != "" {
		t.Errorf("%s: %s", name, diff)
	}
}
