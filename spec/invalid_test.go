package spec

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
)

// Each file in testdata/invalid is a spec with a mistake, and ends with the diagnostics that it gives, on lines with #!.
// Lines with #: at its start are options: "var size=1GiB", "env TARN_VAR_size=1GiB". UPDATE=1 rewrites the diagnostics; the
// difference is then read as prose.
//
// Lines with #+ say what an author does who believes the diagnostics, and the spec is then without a mistake: "#+ 3: TEXT" is
// what stands in the third line instead, of several for one line all, and "#+ 3:" takes it out. A case that has no cure which can be typed
// says why: "#+ none: REASON".
func TestInvalid(t *testing.T) {
	for _, c := range invalidCases(t) {
		t.Run(c.name, func(t *testing.T) {
			diags := c.load(t, c.source)
			if len(diags) == 0 {
				t.Error("no diagnostics")
			}
			got := describe(diags)
			if os.Getenv("UPDATE") != "" {
				if err := os.WriteFile(c.file, []byte(c.source+c.cureLines+got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("diagnostics (-want +got):\n%s", diff)
			}
		})
	}
}

// What a diagnostic says to do mends the spec.
func TestCures(t *testing.T) {
	none, advised := 0, 0
	for _, c := range invalidCases(t) {
		if reason, ok := strings.CutPrefix(c.cureLines, "#+ none: "); ok {
			none++
			if strings.TrimSpace(reason) == "" {
				t.Errorf("%s has no cure and does not say why", c.name)
			}
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			if c.cureLines == "" {
				t.Fatal("a case has a cure, or says why it has none")
			}
			text := c.cured(t)
			for _, advice := range adviceOf(c.want) {
				advised++
				if !strings.Contains(squeezed(text), squeezed(advice)) {
					t.Errorf("the advice %s is not what the cure does:\n%s", advice, text)
				}
			}
			if diags := c.load(t, text); len(diags) > 0 {
				t.Errorf("the cure\n%s\ngives\n%s", text, describe(diags))
			}
		})
	}
	if advised < 80 {
		t.Errorf("only %d times a message says what to write", advised)
	}
	if none > 5 {
		t.Errorf("%d cases have no cure", none)
	}
}

var (
	suggested = regexp.MustCompile(`Did you mean ("[^"]+")\?`)
	toWrite   = regexp.MustCompile(`[Ww]rite ((?:[\w.-]+ = )?(?:"[^"]*"|\{[^{}]*\}|\[[^][]*\]|true|false|[\d@][^ .]*))(?:\.|$)`)
)

// blanks are in advice for the author to fill in.
var blanks = regexp.MustCompile(`…|\bLIST\b|\bNAME\b|\["key"\]|"pool/name"`)

// adviceOf are the pieces of text that diagnostics say to write, without those that have blanks, and those for another case than the usual.
func adviceOf(diagnostics string) []string {
	var advice []string
	for line := range strings.Lines(diagnostics) {
		line, _, _ = strings.Cut(line, " When a ")
		for _, m := range append(suggested.FindAllStringSubmatch(line, -1), toWrite.FindAllStringSubmatch(strings.TrimSpace(line), -1)...) {
			if !blanks.MatchString(m[1]) {
				advice = append(advice, m[1])
			}
		}
	}
	return advice
}

// squeezed is text without the white space and quotes in which an advice and a cure may differ.
func squeezed(text string) string {
	return strings.NewReplacer(" ", "", "\t", "", "\"", "").Replace(text)
}

// invalidCase is a file of testdata/invalid in its parts.
type invalidCase struct {
	name, file string
	source     string // with the options
	cureLines  string // lines with #+
	want       string // lines with #!
}

func invalidCases(t *testing.T) []invalidCase {
	files, err := filepath.Glob("../testdata/invalid/*.hcl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	var cases []invalidCase
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c := invalidCase{name: strings.TrimSuffix(filepath.Base(file), ".hcl"), file: file}
		for line := range strings.Lines(string(text)) {
			switch {
			case strings.HasPrefix(line, "#!"):
				c.want += line
			case strings.HasPrefix(line, "#+"):
				c.cureLines += line
			default:
				c.source += line
			}
		}
		cases = append(cases, c)
	}
	return cases
}

// load loads a text as the file of the case, with the options that the text has.
func (c *invalidCase) load(t *testing.T, text string) hcl.Diagnostics {
	opts := Options{Dir: t.TempDir(), Portable: true}
	for line := range strings.Lines(text) {
		if arg, ok := strings.CutPrefix(line, "#: var "); ok {
			opts.Vars = append(opts.Vars, strings.TrimSpace(arg))
		}
		if arg, ok := strings.CutPrefix(line, "#: env "); ok {
			opts.Env = append(opts.Env, strings.TrimSpace(arg))
		}
	}
	name := filepath.Base(c.file)
	if err := os.WriteFile(filepath.Join(opts.Dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, diags := Load([]string{name}, opts)
	for _, d := range diags {
		d.Detail = strings.ReplaceAll(d.Detail, opts.Dir, "DIR")
	}
	return diags
}

// cured is the source with the lines of the cure.
func (c *invalidCase) cured(t *testing.T) string {
	instead := map[int][]string{}
	for line := range strings.Lines(c.cureLines) {
		number, text, ok := strings.Cut(strings.TrimPrefix(line, "#+ "), ":")
		n, err := strconv.Atoi(number)
		if !ok || err != nil {
			t.Fatalf("a cure is a number of a line, a colon and text, not %q", line)
		}
		instead[n] = append(instead[n], strings.TrimPrefix(strings.TrimSuffix(text, "\n"), " "))
	}
	var b strings.Builder
	n := 0
	for line := range strings.Lines(c.source) {
		n++
		switch lines, ok := instead[n]; {
		case !ok:
			b.WriteString(line)
		case len(lines) > 1 || lines[0] != "":
			b.WriteString(strings.Join(lines, "\n") + "\n")
		}
	}
	return b.String()
}

// describe writes diagnostics with their ranges.
func describe(diags hcl.Diagnostics) string { return describeAt(diags, false) }

// describeIn also writes the files' names.
func describeIn(diags hcl.Diagnostics) string { return describeAt(diags, true) }

func describeAt(diags hcl.Diagnostics, files bool) string {
	var b strings.Builder
	for _, d := range diags {
		severity, place := "error", "nowhere"
		if d.Severity == hcl.DiagWarning {
			severity = "warning"
		}
		if s := d.Subject; s != nil {
			place = fmt.Sprintf("%d:%d-%d:%d", s.Start.Line, s.Start.Column, s.End.Line, s.End.Column)
			if files {
				place = s.Filename + " " + place
			}
		}
		fmt.Fprintf(&b, "#! %s %s: %s\n", place, severity, d.Summary)
		for _, v := range usedValues(d) {
			fmt.Fprintf(&b, "#!     with %s as %s\n", v.name, v.text)
		}
		for line := range strings.Lines(d.Detail) {
			fmt.Fprintf(&b, "%s\n", strings.TrimRight("#!     "+strings.TrimSpace(line), " "))
		}
	}
	return b.String()
}
