package spec

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// hostileReport is on two specs with names and texts that have a meaning in the formats, and one that is not there.
func hostileReport(t *testing.T) *ValidateReport {
	t.Helper()
	r := NewValidateReport()
	dir := write(t, map[string]string{
		"a:b ü<&>%.hcl": "pool \"fast\" {\n  driver = \"novel\"\n  volume \"v\" {\n    for_each = { \"é😀\\u001b]]><x>&\" = \"1G\" }\n    name     = \"v\"\n" +
			"    config   = { size = each.value, \"user.é😀\" = parseint(each.key, 10) }\n    target   = [\n    ]\n  }\n}\n",
		"fine.hcl": "pool \"other\" { driver = \"dir\" }\n",
	})
	for _, file := range []string{"a:b ü<&>%.hcl", "fine.hcl", "none"} {
		r.Add(Load([]string{file}, Options{Dir: dir}))
	}
	if r.ErrorCount != 3 || r.WarningCount != 1 {
		t.Fatalf("%d errors, %d warnings: %+v", r.ErrorCount, r.WarningCount, r.Diagnostics)
	}
	return r
}

// SARIF is what its readers need: rules that results are of, URIs, columns in code points.
func TestWriteSARIF(t *testing.T) {
	r := hostileReport(t)
	var out bytes.Buffer
	if err := r.WriteSARIF(&out, "1.2.3"); err != nil {
		t.Fatal(err)
	}
	var log struct {
		Version string
		Runs    []struct {
			ColumnKind string
			Tool       struct {
				Driver struct {
					Name, Version string
					Rules         []struct{ ID string }
				}
			}
			Results []struct {
				RuleID    string
				RuleIndex int
				Level     string
				Message   struct{ Text string }
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine, StartColumn, EndLine, EndColumn int }
					}
				}
			}
		}
	}
	if err := json.Unmarshal(out.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	if log.Version != "2.1.0" || run.Tool.Driver.Version != "1.2.3" || run.ColumnKind != "unicodeCodePoints" || len(run.Results) != len(r.Diagnostics) {
		t.Errorf("%+v", log)
	}
	for i, result := range run.Results {
		d := r.Diagnostics[i]
		if run.Tool.Driver.Rules[result.RuleIndex].ID != result.RuleID || result.Level != d.Severity || !strings.Contains(result.Message.Text, d.Detail) {
			t.Errorf("%+v is not %+v", result, d)
		}
		if d.Range == nil {
			if len(result.Locations) > 0 {
				t.Error("a place for what is about none")
			}
			continue
		}
		place := result.Locations[0].PhysicalLocation
		if uri, err := url.Parse(place.ArtifactLocation.URI); err != nil || uri.IsAbs() || strings.TrimPrefix(uri.Path, "./") != d.Range.Filename {
			t.Errorf("the URI %q, %v, for %q", place.ArtifactLocation.URI, err, d.Range.Filename)
		}
		if place.Region.StartLine != d.Range.Start.Line || place.Region.EndLine != d.Range.End.Line {
			t.Errorf("%+v for %+v", place.Region, d.Range)
		}
		if d.Summary == "Invalid function argument" {
			line := []rune("    config   = { size = each.value, \"user.é😀\" = parseint(each.key, 10) }")
			if got := string(line[place.Region.StartColumn-1 : place.Region.EndColumn-1]); got != "each.key" {
				t.Errorf("the region is %q", got)
			}
		}
	}
}

// JUnit's XML is well-formed whatever the texts hold; each file and each diagnostic is a test.
func TestWriteJUnit(t *testing.T) {
	r := hostileReport(t)
	var out bytes.Buffer
	if err := r.WriteJUnit(&out); err != nil {
		t.Fatal(err)
	}
	var cases, failures []string
	decoder := xml.NewDecoder(&out)
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		attrs := map[string]string{}
		for _, attr := range start.Attr {
			attrs[attr.Name.Local] = attr.Value
		}
		switch start.Name.Local {
		case "testsuite":
			if attrs["tests"] != "5" || attrs["failures"] != "3" {
				t.Errorf("%v", attrs)
			}
		case "testcase":
			cases = append(cases, attrs["classname"]+": "+attrs["name"])
		case "failure":
			failures = append(failures, attrs["type"])
		}
	}
	want := []string{
		"a:b ü<&>%.hcl: line 6: Invalid function argument", "a:b ü<&>%.hcl: line 7: Wrong type", "a:b ü<&>%.hcl: line 2: Unknown driver",
		"tarn validate: File not found", "fine.hcl: valid",
	}
	if diff := cmp.Diff(want, cases); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"invalid-function-argument", "wrong-type", "file-not-found"}, failures); diff != "" {
		t.Error(diff)
	}
}

// GitLab wants a path, a line and a fingerprint for each, and takes two with one fingerprint for one.
func TestWriteGitLab(t *testing.T) {
	r := hostileReport(t)
	again := NewValidateReport()
	again.Diagnostics = append(again.Diagnostics, r.Diagnostics...)
	again.Diagnostics = append(again.Diagnostics, r.Diagnostics...)
	read := func(r *ValidateReport) (issues []map[string]any) {
		var out bytes.Buffer
		if err := r.WriteGitLab(&out); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(out.Bytes(), &issues); err != nil {
			t.Fatal(err)
		}
		return issues
	}
	seen := map[any]bool{}
	for i, issue := range read(again) {
		d := again.Diagnostics[i]
		location := issue["location"].(map[string]any)
		path, line := location["path"].(string), location["lines"].(map[string]any)["begin"].(float64)
		if d.Range != nil && (path != d.Range.Filename || int(line) != d.Range.Start.Line) || d.Range == nil && path != "." || line < 1 {
			t.Errorf("%v for %+v", location, d.Range)
		}
		if severity := map[string]any{"error": "major", "warning": "minor"}[d.Severity]; issue["severity"] != severity || issue["check_name"] == "" {
			t.Errorf("%v for %+v", issue, d)
		}
		if text := issue["description"].(string); !strings.Contains(text, d.Detail) || !utf8.ValidString(text) {
			t.Errorf("%q for %q", text, d.Detail)
		}
		if seen[issue["fingerprint"]] {
			t.Errorf("the fingerprint of %v is another's", issue)
		}
		seen[issue["fingerprint"]] = true
	}
	if diff := cmp.Diff(read(r), read(hostileReport(t))); diff != "" {
		t.Error("fingerprints of the same differ: ", diff)
	}
	if issues := read(NewValidateReport()); issues == nil {
		t.Error("no list where there is nothing")
	}
}
