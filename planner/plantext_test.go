package planner_test

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mattn/go-runewidth"

	"tarn/cli/paint"
	"tarn/planner/plan"
)

// judgeText writes a plan for terminals of several widths, with and without colours, in ASCII or not, short and whole, and judges what
// comes out by what has to be true of every text: it fits, it says the same at each width, and colours are nothing but colours.
func judgeText(t *testing.T, p *plan.Plan) {
	t.Helper()
	for _, brief := range []bool{false, true} {
		for _, drift := range []bool{false, true} {
			for _, ascii := range []bool{false, true} {
				opts := plan.TextOptions{Brief: brief, Drift: drift, ASCII: ascii}
				all := strings.Fields(writeText(t, p, opts))
				for _, width := range []int{0, 20, 40, 80, 200} {
					opts.Width = width
					judgeAt(t, fmt.Sprintf("brief %v, drift %v, ASCII %v, %d columns", brief, drift, ascii, width), p, opts, all)
				}
			}
		}
	}
}

func writeText(t *testing.T, p *plan.Plan, opts plan.TextOptions) string {
	t.Helper()
	var text bytes.Buffer
	if err := p.WriteText(&text, opts); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// judgeAt judges one text. all are the words that it has to have.
func judgeAt(t *testing.T, name string, p *plan.Plan, opts plan.TextOptions, all []string) {
	t.Helper()
	opts.Painter = paint.New("never", false, os.Getenv)
	plain := writeText(t, p, opts)
	opts.Painter = paint.New("always", true, os.Getenv)
	coloured := writeText(t, p, opts)
	if diff := cmp.Diff(plain, switches.ReplaceAllString(coloured, "")); diff != "" {
		t.Errorf("%s: colours change the text: %s", name, diff)
	}
	if diff := cmp.Diff(all, strings.Fields(plain)); diff != "" {
		t.Errorf("%s: the words are others than without a width: %s", name, diff)
	}
	for line := range strings.Lines(coloured) {
		if on := switchedOn(line); len(on) > 0 {
			t.Errorf("%s: %v goes on after %q", name, on, line)
		}
	}
	for line := range strings.Lines(plain) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasSuffix(line, " ") || strings.Contains(line, "\ufdd0") {
			t.Errorf("%s: odd spaces in %q", name, line)
		}
		if opts.ASCII && strings.ContainsFunc(line, func(r rune) bool { return r > '~' || r < ' ' }) {
			t.Errorf("%s: not ASCII: %q", name, line)
		}
		columns := (&runewidth.Condition{StrictEmojiNeutral: true}).StringWidth(line)
		if opts.Width > 0 && columns > opts.Width && len(wholes.FindAllString(line, -1)) > 1 {
			t.Errorf("%s: %d columns: %s", name, columns, line)
		}
	}
}

var (
	switches = regexp.MustCompile("\x1b\\[([0-9;]*)m")

	// wholes stay in one line: a value, also one with an arrow before it, or what has no spaces.
	wholes = regexp.MustCompile(`(?:(?:→|->) )?"(?:[^"\\]|\\.)*"\S*|\S+`)
)

// switchedOn are the codes of colours and boldness that are in force at the end of a line.
func switchedOn(line string) (on []int) {
	for _, match := range switches.FindAllStringSubmatch(line, -1) {
		for _, text := range strings.Split(match[1], ";") {
			code, _ := strconv.Atoi(text)
			switch {
			case code == 0:
				on = nil
			case code == 22:
				on = slices.DeleteFunc(on, func(c int) bool { return c == 1 || c == 2 })
			case code == 39:
				on = slices.DeleteFunc(on, func(c int) bool { return c >= 30 && c <= 37 || c >= 90 })
			default:
				on = append(on, code)
			}
		}
	}
	return on
}

// The judge is no judge when it finds nothing.
func TestSwitchedOn(t *testing.T) {
	for line, want := range map[string]int{"a": 0, "\x1b[31ma": 1, "\x1b[31;1ma\x1b[0;22m": 0, "\x1b[31;1ma\x1b[22m": 1, "\x1b[1ma\x1b[39m": 1} {
		if got := switchedOn(line); len(got) != want {
			t.Errorf("%q: %v", line, got)
		}
	}
}
