package spec

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/mitchellh/go-wordwrap"
	"github.com/zclconf/go-cty/cty"
)

// WriteDiagnostics writes diagnostics with excerpts of the files, errors before warnings. Details are wrapped at width,
// and not at all when it is 0.
//
// The form is that of HCL's own writer. That one reads a file from its start for every diagnostic, which takes minutes
// when a mistake is in each of thousands of volumes.
func (s *Spec) WriteDiagnostics(w io.Writer, diags hcl.Diagnostics, width int, color bool) error {
	diags = slices.Clone(diags)
	slices.SortStableFunc(diags, func(a, b *hcl.Diagnostic) int { return cmp.Compare(a.Severity, b.Severity) })
	out := &excerpts{Writer: bufio.NewWriter(w), files: s.Files, lines: map[string][]int{}, color: color}
	for _, d := range diags {
		out.diagnostic(d, width)
	}
	return out.Flush()
}

// excerpts writes diagnostics; a bufio.Writer keeps the first error until it is flushed.
type excerpts struct {
	*bufio.Writer
	files map[string]*hcl.File
	lines map[string][]int // offsets at which the lines of a file start
	color bool
}

func (e *excerpts) diagnostic(d *hcl.Diagnostic, width int) {
	word, code := "Error", "31"
	if d.Severity == hcl.DiagWarning {
		word, code = "Warning", "33"
	}
	fmt.Fprintf(e, "%s: %s\n\n", e.paint(code, word), d.Summary)
	if d.Subject != nil {
		e.excerpt(*d.Subject)
	}
	if values := knownValues(d); len(values) > 0 {
		fmt.Fprintf(e, "with %s.\n\n", strings.Join(values, ",\n     "))
	}
	detail := d.Detail
	if width > 0 {
		detail = wordwrap.WrapString(detail, uint(width))
	}
	if detail != "" {
		fmt.Fprintf(e, "%s\n\n", detail)
	}
}

func (e *excerpts) paint(code, text string) string {
	if !e.color || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// maxExcerpt is the number of lines after which an excerpt stops.
const maxExcerpt = 8

// excerpt shows the lines of a range, the range itself underlined when there is colour.
func (e *excerpts) excerpt(rng hcl.Range) {
	file := e.files[rng.Filename]
	if file == nil || rng.End.Byte < rng.Start.Byte || rng.Start.Byte > len(file.Bytes) {
		fmt.Fprintf(e, "  on %s line %d\n\n", rng.Filename, rng.Start.Line)
		return
	}
	in := ""
	if nav, ok := file.Nav.(interface{ ContextString(offset int) string }); ok {
		if block := nav.ContextString(rng.Start.Byte); block != "" {
			in = ", in " + block
		}
	}
	fmt.Fprintf(e, "  on %s line %d%s:\n", rng.Filename, rng.Start.Line, in)

	starts := e.lineStarts(rng.Filename, file.Bytes)
	first, found := slices.BinarySearch(starts, rng.Start.Byte)
	if !found {
		first--
	}
	for i := first; i < len(starts) && (i == first || starts[i] < rng.End.Byte); i++ {
		if i == first+maxExcerpt {
			e.WriteString("      …\n")
			break
		}
		end := len(file.Bytes)
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		line := bytes.TrimRight(file.Bytes[starts[i]:end], "\r\n")
		from := min(max(rng.Start.Byte-starts[i], 0), len(line))
		to := min(max(rng.End.Byte-starts[i], from), len(line))
		fmt.Fprintf(e, "%4d: %s%s%s\n", i+1, line[:from], e.paint("1;4", string(line[from:to])), line[to:])
	}
	e.WriteString("\n")
}

func (e *excerpts) lineStarts(name string, src []byte) []int {
	starts, ok := e.lines[name]
	if !ok {
		starts = []int{0}
		for i, c := range src {
			if c == '\n' {
				starts = append(starts, i+1)
			}
		}
		e.lines[name] = starts
	}
	return starts
}

// knownValues are the plain values that the expression of a diagnostic uses, so that one can tell which element of a
// for_each it is about. Sensitive values are not among them.
func knownValues(d *hcl.Diagnostic) []string {
	if d.Expression == nil || d.EvalContext == nil {
		return nil
	}
	var values []string
	for _, t := range d.Expression.Variables() {
		v, diags := t.TraverseAbs(d.EvalContext)
		if diags.HasErrors() || v.IsMarked() || !v.IsKnown() || v.IsNull() {
			continue
		}
		text := ""
		switch v.Type() {
		case cty.String:
			text = fmt.Sprintf("%q", v.AsString())
		case cty.Number:
			text = v.AsBigFloat().Text('g', 10)
		case cty.Bool:
			text = fmt.Sprint(v.True())
		default:
			continue
		}
		names := make([]string, 0, len(t))
		for _, step := range t {
			switch step := step.(type) {
			case hcl.TraverseRoot:
				names = append(names, step.Name)
			case hcl.TraverseAttr:
				names = append(names, step.Name)
			default:
				names = append(names, "…")
			}
		}
		values = append(values, strings.Join(names, ".")+" as "+text)
	}
	slices.Sort(values)
	return slices.Compact(values)
}
