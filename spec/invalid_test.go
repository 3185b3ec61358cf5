package spec

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
)

// Each file in testdata/invalid is a spec with a mistake, and ends with the diagnostics that it gives, on lines with #!.
// Lines with #: at its start are options: "var size=1GiB", "env TARN_VAR_size=1GiB". UPDATE=1 rewrites the diagnostics; the
// difference is then read as prose.
func TestInvalid(t *testing.T) {
	files, err := filepath.Glob("../testdata/invalid/*.hcl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".hcl"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			opts := Options{Dir: filepath.Dir(file), Portable: true}
			var source, want strings.Builder
			for line := range strings.Lines(string(text)) {
				switch {
				case strings.HasPrefix(line, "#: var "):
					opts.Vars = append(opts.Vars, strings.TrimSpace(line[len("#: var "):]))
				case strings.HasPrefix(line, "#: env "):
					opts.Env = append(opts.Env, strings.TrimSpace(line[len("#: env "):]))
				}
				if strings.HasPrefix(line, "#!") {
					want.WriteString(line)
				} else {
					source.WriteString(line)
				}
			}
			_, diags := Load([]string{filepath.Base(file)}, opts)
			if len(diags) == 0 {
				t.Error("no diagnostics")
			}
			got := describe(diags)
			if os.Getenv("UPDATE") != "" {
				if err := os.WriteFile(file, []byte(source.String()+got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want.String(), got); diff != "" {
				t.Errorf("diagnostics (-want +got):\n%s", diff)
			}
		})
	}
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
