package spec

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// report gives the report on one file.
func report(t *testing.T, text string) *ValidateReport {
	t.Helper()
	dir := write(t, map[string]string{"a.hcl": text})
	r := NewValidateReport()
	s, diags := Load([]string{"a.hcl"}, Options{Dir: dir})
	r.Add(s, diags)
	return r
}

func TestValidateReport(t *testing.T) {
	context, locals := `pool "fast"`, "locals"
	pos := func(line, column, at int) Pos { return Pos{Line: line, Column: column, Byte: at} }
	cases := []struct {
		name, text string
		want       ValidateReport
	}{
		{"nothing", `pool "fast" { driver = "dir" }`,
			ValidateReport{FormatVersion: "1.0", Valid: true, Diagnostics: []Diagnostic{}}},
		{"a warning alone", "pool \"fast\" {\n  driver = \"xyz\"\n}\n", ValidateReport{FormatVersion: "1.0", Valid: true, WarningCount: 1,
			Diagnostics: []Diagnostic{{Severity: "warning", Summary: "Unknown driver",
				Detail: `tarn knows no driver "xyz", only "alletra", "btrfs", "ceph", "cephfs", "cephobject", "dir", "linstor", "lvm", "lvmcluster", "powerflex", "powerstore", "pure", "truenas" and "zfs". The config keys of this pool and its volumes are not checked.`,
				Range:  &Range{"a.hcl", pos(2, 12, 25), pos(2, 17, 30)},
				Snippet: &Snippet{Context: &context, Code: `  driver = "xyz"`, StartLine: 2, HighlightStartOffset: 11, HighlightEndOffset: 16,
					Values: []UsedValue{}}}}}},
		{"the values of an element, lines with carriage returns",
			"pool \"fast\" {\r\n  driver = \"dir\"\r\n  volume \"data\" {\r\n    for_each = { ä = { n = [\"x\"] } }\r\n" +
				"    name     = \"data-${parseint(each.value.n[0],\r\n      10)}-${each.value[\"n\"][0]}\"\r\n  }\r\n}\r\n",
			ValidateReport{FormatVersion: "1.0", ErrorCount: 1, Diagnostics: []Diagnostic{{Severity: "error", Summary: "Invalid function argument",
				Detail: `The argument "number" of parseint is wrong: "x" is no whole number in base 10.`,
				Range:  &Range{"a.hcl", pos(5, 33, 123), pos(5, 48, 138)},
				Snippet: &Snippet{Context: &context, Code: "    name     = \"data-${parseint(each.value.n[0],", StartLine: 5,
					HighlightStartOffset: 32, HighlightEndOffset: 47, Values: []UsedValue{{"each.key", `is "ä"`}, {"each.value.n[0]", `is "x"`}}}}}}},
		{"several lines, and one too many", "pool \"fast\" {\n  driver = [\n    1,\n    2,\n  ]\n}\nlocals {\n  a = [\n1,\n2,\n3,\n4,\n5,\n6,\n7,\n8] + 1\n}\n",
			ValidateReport{FormatVersion: "1.0", ErrorCount: 2, Diagnostics: []Diagnostic{
				{Severity: "error", Summary: "Wrong type", Detail: `"driver" must be text, and this is a list.`,
					Range: &Range{"a.hcl", pos(2, 12, 25), pos(5, 4, 44)},
					Snippet: &Snippet{Context: &context, Code: "  driver = [\n    1,\n    2,\n  ]", StartLine: 2, HighlightStartOffset: 11, HighlightEndOffset: 30,
						Values: []UsedValue{}}},
				{Severity: "error", Summary: "Invalid operand", Detail: "On the left of this operator a number is needed, and this is a list.",
					Range: &Range{"a.hcl", pos(8, 7, 62), pos(16, 3, 87)},
					Snippet: &Snippet{Context: &locals, Code: "  a = [\n1,\n2,\n3,\n4,\n5,\n6,\n7,", StartLine: 8, HighlightStartOffset: 6, HighlightEndOffset: 28,
						Values: []UsedValue{}}},
			}}},
		{"a missing value", "pool \"fast\" {\n  driver = ", ValidateReport{FormatVersion: "1.0", ErrorCount: 1,
			Diagnostics: []Diagnostic{{Severity: "error", Summary: "Missing value",
				Detail:  `"driver" has no value: it stands on the same line, behind the equals sign.`,
				Range:   &Range{"a.hcl", pos(2, 3, 16), pos(2, 11, 24)},
				Snippet: &Snippet{Code: "  driver = ", StartLine: 2, HighlightStartOffset: 2, HighlightEndOffset: 10, Values: []UsedValue{}}}}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := *report(t, c.text)
			if diff := cmp.Diff([]string{"a.hcl"}, got.Files); diff != "" {
				t.Error(diff)
			}
			got.Files = nil
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// GitHub's runner takes a command apart at colons, commas and line ends.
func TestWriteGitHub(t *testing.T) {
	r := NewValidateReport()
	r.Add(Load([]string{"a:b,c.hcl"}, Options{Dir: write(t, map[string]string{"a:b,c.hcl": `
pool "fast" {
  driver = "xyz"
  volume "data" {
    for_each = toset(["10%"])
    name     = "data-${parseint(each.key, 10)}"
    target   = [
    ]
  }
}
variable "a" {
  type    = string
  default = "x"
  validation {
    condition     = var.a == "y"
    error_message = "One,\r\ntwo: 3%."
  }
}
`})}))
	r.Add(Load([]string{"none"}, Options{Dir: t.TempDir()}))
	var b strings.Builder
	if err := r.WriteGitHub(&b); err != nil {
		t.Fatal(err)
	}
	want := `::error file=a%3Ab%2Cc.hcl,line=6,col=33,endLine=6,endColumn=41,title=Invalid function argument::` +
		`each.key is "10%25".%0AThe argument "number" of parseint is wrong: "10%25" is no whole number in base 10.
::error file=a%3Ab%2Cc.hcl,line=7,endLine=8,title=Wrong type::"target" must be text, and this is a list.
::error file=a%3Ab%2Cc.hcl,line=13,col=13,endLine=13,endColumn=16,title=Invalid value for variable::` +
		`One,%0Atwo: 3%25.%0A%0AThe variable "a" is validated at a:b,c.hcl:15.
::warning file=a%3Ab%2Cc.hcl,line=3,col=12,endLine=3,endColumn=17,title=Unknown driver::` +
		`tarn knows no driver "xyz", only "alletra", "btrfs", "ceph", "cephfs", "cephobject", "dir", "linstor", "lvm", "lvmcluster", "powerflex", "powerstore", "pure", "truenas" and "zfs". The config keys of this pool and its volumes are not checked.
::error title=File not found::There is no file or directory "none".
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
