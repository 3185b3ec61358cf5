package spec

import (
	"encoding/json"
	"io"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// ValidateReport holds the diagnostics of one or more specs as data for programs. Its JSON has the shape of OpenTofu's
// "validate -json", so that what reads that reads this.
type ValidateReport struct {
	FormatVersion string       `json:"format_version"` // the major number changes when readers have to
	Valid         bool         `json:"valid"`
	ErrorCount    int          `json:"error_count"`
	WarningCount  int          `json:"warning_count"`
	Diagnostics   []Diagnostic `json:"diagnostics"` // of one spec after the other, errors before warnings

	Files []string `json:"-"` // that were read, in order of their names for each spec
}

// Diagnostic is something wrong with a spec.
type Diagnostic struct {
	Severity string   `json:"severity"` // error or warning
	Summary  string   `json:"summary"`
	Detail   string   `json:"detail"`
	Range    *Range   `json:"range,omitempty"`   // nil when it is about no place in a file
	Snippet  *Snippet `json:"snippet,omitempty"` // nil without a range
}

// Range is a place in a file, at least one byte long.
type Range struct {
	Filename string `json:"filename"` // as it was given, or found in the directory that was given
	Start    Pos    `json:"start"`
	End      Pos    `json:"end"` // just after the last character
}

// Pos is a place between two characters. Lines and columns count from 1, columns in characters as people see them; bytes
// count from 0.
type Pos struct {
	Line   int `json:"line"`
	Column int `json:"column"`
	Byte   int `json:"byte"`
}

// Snippet is the lines that a diagnostic is about, eight at most.
type Snippet struct {
	Context              *string     `json:"context"` // the block around it, as pool "fast"; null outside of blocks
	Code                 string      `json:"code"`    // whole lines
	StartLine            int         `json:"start_line"`
	HighlightStartOffset int         `json:"highlight_start_offset"` // in bytes of Code
	HighlightEndOffset   int         `json:"highlight_end_offset"`
	Values               []UsedValue `json:"values"` // that the expression uses, never sensitive ones
}

// UsedValue is a value that an expression uses.
type UsedValue struct {
	Traversal string `json:"traversal"` // as the expression has it: each.value["size"]
	Statement string `json:"statement"` // is "1G"
}

// NewValidateReport is the report on no spec: valid.
func NewValidateReport() *ValidateReport {
	return &ValidateReport{FormatVersion: "1.0", Valid: true, Diagnostics: []Diagnostic{}}
}

// Add appends the diagnostics of one more spec.
func (r *ValidateReport) Add(s *Spec, diags hcl.Diagnostics) {
	r.Files = append(r.Files, sortedKeys(s.Files)...)
	if len(diags) == 0 {
		return
	}
	excerpts := newExcerpter(s)
	for _, d := range bySeverity(diags) {
		out := Diagnostic{Severity: "error", Summary: d.Summary, Detail: excerpts.hide(d.Detail)}
		if d.Severity == hcl.DiagWarning {
			out.Severity = "warning"
			r.WarningCount++
		} else {
			r.ErrorCount++
			r.Valid = false
		}
		if d.Subject != nil {
			out.Range = newRange(*d.Subject, excerpts)
			out.Snippet = newSnippet(d, excerpts)
		}
		r.Diagnostics = append(r.Diagnostics, out)
	}
}

// message is the detail, with the values that the expression uses before it, and with what a terminal would obey or not show as codes.
func (d *Diagnostic) message() string {
	message := ""
	if d.Snippet != nil {
		for _, v := range d.Snippet.Values {
			message += v.Traversal + " " + v.Statement + ".\n"
		}
	}
	return visibleLines(message + d.Detail)
}

// rule names what kind of mistake it is, in letters and dashes: unknown-driver.
func (d *Diagnostic) rule() string {
	words := strings.FieldsFunc(strings.ToLower(d.Summary), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	return strings.Join(words, "-")
}

func newRange(rng hcl.Range, excerpts *excerpter) *Range {
	if rng.Empty() { // a place between two characters, such as the end of a file
		rng.End.Column, rng.End.Byte = rng.Start.Column+1, rng.Start.Byte+1
	}
	return &Range{Filename: rng.Filename, Start: Pos(excerpts.position(rng.Filename, rng.Start)), End: Pos(excerpts.position(rng.Filename, rng.End))}
}

func newSnippet(d *hcl.Diagnostic, excerpts *excerpter) *Snippet {
	e, ok := excerpts.excerpt(*d.Subject)
	if !ok {
		return nil
	}
	s := &Snippet{StartLine: e.first, Values: []UsedValue{}}
	if e.block != "" {
		s.Context = &e.block
	}
	var code strings.Builder
	for i, line := range e.lines {
		if i > 0 {
			code.WriteByte('\n')
		} else {
			s.HighlightStartOffset = line.start
		}
		s.HighlightEndOffset = code.Len() + line.end
		code.WriteString(line.text)
	}
	s.Code = code.String()
	for _, v := range usedValues(d) {
		s.Values = append(s.Values, UsedValue{Traversal: excerpts.hide(v.name), Statement: excerpts.hide("is " + v.text)})
	}
	return s
}

// WriteJSON writes the report as one JSON document.
func (r *ValidateReport) WriteJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}
