package spec

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"
	"golang.org/x/tools/txtar"

	"tarn/lxd/lxdtest"
)

// A single slip in a spec without a mistake is told in at most two diagnostics, of which the first is near to it, or means something else.
func TestSingleSlips(t *testing.T) {
	dir := t.TempDir()
	specs := specsWithoutMistakes(t, dir)
	if len(specs) < 40 {
		t.Fatalf("only %d specs", len(specs))
	}
	seed, cases := uint64(1), 3000
	if lxdtest.Full() {
		seed, cases = uint64(time.Now().UnixNano()), 10_000
	}
	r := rand.New(rand.NewPCG(seed, 0))
	told, many, far := 0, 0, 0
	summaries := map[string]int{}
	for range cases {
		src := specs[r.IntN(len(specs))]
		slip := makeSlip(r, src)
		diags := diagnosticsOf(dir, slip.text)
		if len(diags) == 0 {
			continue
		}
		told++
		for _, d := range diags {
			summaries[d.Summary]++
		}
		switch {
		case len(diags) > 2:
			many++
		case !slip.isNear(diags[0]):
			far++
		default:
			continue
		}
		if os.Getenv("SLIPS") != "" {
			fmt.Printf("== %s on line %d: %d diagnostics\n%s\n%s\n", slip.what, slip.line, len(diags), around(slip.text, slip.line), describe(diags))
		}
	}
	t.Logf("seed %d: of %d slips %d are told: %d in more than two diagnostics, %d far from where they are", seed, cases, told, many, far)
	for _, raw := range parserSummaries {
		if n := summaries[raw]; n > told/40 {
			t.Errorf("seed %d: %d times the words of the parser: %s", seed, n, raw)
		}
	}
	if os.Getenv("SLIPS") != "" {
		t.Log(summaries)
	}
	if told < cases/2 || many > told/200 || far > told/200 {
		t.Errorf("seed %d: of %d slips %d are told: %d in more than two diagnostics, %d far from where they are", seed, cases, told, many, far)
	}
}

// slip is a text with one mistake.
type slipped struct {
	text string
	what string
	line int // on which it is, from 1
}

var (
	afterLine = regexp.MustCompile(`most likely missing after line (\d+)`)
	meantName = regexp.MustCompile(`Did you mean "([^"]+)"\?`)
)

// isNear tells whether a diagnostic shows the slip: its place is within two lines of it, or it names the line or the misspelled name.
func (s *slipped) isNear(d *hcl.Diagnostic) bool {
	near := func(line int) bool { return line >= s.line-2 && line <= s.line+2 }
	if d.Subject != nil && near(d.Subject.Start.Line) {
		return true
	}
	if m := afterLine.FindStringSubmatch(d.Detail); m != nil {
		line, _ := strconv.Atoi(m[1])
		return near(line)
	}
	if m := meantName.FindStringSubmatch(d.Detail); m != nil {
		return strings.Contains(strings.Split(s.text, "\n")[s.line-1], m[1])
	}
	return false
}

// parserSummaries are those of HCL's that say where its parser could not go on.
var parserSummaries = []string{"Argument or block definition required", "Invalid argument name", "Invalid block definition", "Invalid expression", "Missing expression",
	"Invalid character", "Missing newline after argument", "Missing newline after block definition", "Unclosed configuration block", "Unterminated template string",
	"Invalid template interpolation value", "Missing item separator", "Missing attribute separator", "Missing attribute value", "Missing key/value separator",
	"Extra characters after interpolation expression", "Invalid single-argument block definition", "Argument definition required", "Unbalanced parentheses"}

// makeSlip makes one as people do when they type.
func makeSlip(r *rand.Rand, src string) slipped {
	at := r.IntN(len(src) - 1)
	line := strings.Count(src[:at], "\n") + 1
	switch r.IntN(5) {
	case 0:
		return slipped{src[:at] + src[at+1:], fmt.Sprintf("%q left out", src[at]), line}
	case 1:
		return slipped{src[:at] + src[at+1:at+2] + src[at:at+1] + src[at+2:], fmt.Sprintf("%q changed places", src[at:at+2]), line}
	case 2:
		return slipped{src[:at+1] + src[at:], fmt.Sprintf("%q twice", src[at]), line}
	case 3:
		const signs = `"{}[]()=,`
		for range 1000 {
			if i := r.IntN(len(src)); strings.IndexByte(signs, src[i]) >= 0 {
				other := signs[r.IntN(len(signs))]
				return slipped{src[:i] + string(other) + src[i+1:], fmt.Sprintf("%q for %q", other, src[i]), strings.Count(src[:i], "\n") + 1}
			}
		}
	}
	for range 1000 {
		if i := r.IntN(len(src)); src[i] >= 'a' && src[i] <= 'z' {
			letter := byte('a' + r.IntN(26))
			return slipped{src[:i] + string(letter) + src[i+1:], fmt.Sprintf("%q for %q", letter, src[i]), strings.Count(src[:i], "\n") + 1}
		}
	}
	return slipped{src, "nothing", line}
}

// around are the lines around one, with their numbers.
func around(text string, line int) string {
	var b strings.Builder
	for i, l := range strings.Split(text, "\n") {
		if i+1 >= line-2 && i+1 <= line+2 {
			fmt.Fprintf(&b, "%4d %s\n", i+1, l)
		}
	}
	return b.String()
}

// specsWithoutMistakes are those of the examples and of the scripts that are one file and have no mistake.
func specsWithoutMistakes(t *testing.T, dir string) []string {
	var specs []string
	add := func(text string) {
		if len(text) > 60 && len(text) < 4000 && len(diagnosticsOf(dir, text)) == 0 {
			specs = append(specs, text)
		}
	}
	examples, err := filepath.Glob("../examples/*/*.hcl")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range examples {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		add(string(text))
	}
	scripts, err := filepath.Glob("../testdata/script/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range scripts {
		script, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range script.Files {
			if strings.HasSuffix(f.Name, ".hcl") {
				add(string(f.Data))
			}
		}
	}
	return specs
}

// diagnosticsOf are those of a spec of one file.
func diagnosticsOf(dir, text string) hcl.Diagnostics {
	_, diags := Load([]string{"a.hcl"}, Options{Inputs: map[string][]byte{"a.hcl": []byte(text)}, Dir: dir, ValuesMayLack: true, Env: []string{"TARN_SPEC_LIMIT=10"}})
	return diags
}
