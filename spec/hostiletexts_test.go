package spec

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tarn/cli/paint"
)

// A spec that somebody else has written, for a pull request for instance, cannot write on the screen of who checks it, nor commands into the
// log of the workflow that does.
func TestHostileSpec(t *testing.T) {
	const bad = "\x1b[31m\u202e\u2066\u200b\ufeff\u009b2J\u2028"
	dir := t.TempDir()
	name := "a\n::error file=b,line=1::c%0A,:%\x1b\u202e.hcl"
	src := "pool \"p" + bad + "\" {\n  driver = \"" + bad + "::error::x\"\n  " +
		"config = { \"si\u202eze\" = \"x${var.v}\", size = var.v }\n  volume \"::error::\u202e\" { descripton = \"" + bad + "\" }\n}\n" +
		"variable \"v\" {\n  validation {\n    condition     = length(var.v) > 999\n    error_message = \"No: ${var.v}.\"\n  }\n}\nvariable \"w\u202e\" {}\n"
	if err := os.WriteFile(filepath.Join(dir, name), []byte(src), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, value := range []string{"x\n::error file=y::z\r\n##[error]" + bad, "%0A::error::%25"} {
		s, diags := Load([]string{name}, Options{Dir: dir, Vars: []string{"v=" + value}, Portable: true})
		if len(diags) < 2 {
			t.Fatalf("only %v", diags)
		}
		for _, width := range []int{0, 40} {
			var text bytes.Buffer
			if err := s.WriteDiagnostics(&text, diags, width, paint.Painter{}); err != nil {
				t.Fatal(err)
			}
			if found := regexp.MustCompile(`[^\P{C}\n]|[\x{2028}\x{2029}]`).Find(text.Bytes()); found != nil {
				t.Errorf("%q in\n%q", found, &text)
			}
		}
		report := NewValidateReport()
		report.Add(s, diags)
		var annotations bytes.Buffer
		if err := report.WriteGitHub(&annotations); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(annotations.String(), "\n"), "\n")
		if len(lines) != len(diags) {
			t.Errorf("%d lines for %d diagnostics:\n%s", len(lines), len(diags), &annotations)
		}
		form := regexp.MustCompile(`^::(error|warning) (file=[^:,\r]+,line=\d+,(col=\d+,)?endLine=\d+(,endColumn=\d+)?,)?title=[^:,\r]+::[^\r]*$`)
		for _, line := range lines {
			if !form.MatchString(line) || regexp.MustCompile(`%[^02]|[^\P{C}]`).MatchString(strings.SplitN(line, "title=", 2)[1]) {
				t.Errorf("not an annotation: %q", line)
			}
			if file := regexp.MustCompile(`file=([^,]*)`).FindStringSubmatch(line); file != nil {
				if got := unescapeGitHub(file[1]); got != name {
					t.Errorf("it is about %q", got)
				}
			}
		}
	}
}

// unescapeGitHub is what the runner of workflows makes of a property.
func unescapeGitHub(text string) string {
	return strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%").Replace(text)
}
