package spec

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"

	"github.com/hashicorp/hcl/v2"

	"tarn/cli/lines"
	"tarn/cli/paint"
)

// maxShown is how many diagnostics are shown: thousands of the same, of a mistake in a for_each, tell nobody more.
const maxShown = 50

// WriteDiagnostics writes the first of the diagnostics with excerpts of the files, errors before warnings. What is said is wrapped at
// width, and so are lines of the files; nothing is when it is 0.
//
// The form is that of HCL's own writer. That one reads a file from its start for every diagnostic, which takes minutes
// when a mistake is in each of thousands of volumes.
func (s *Spec) WriteDiagnostics(w io.Writer, diags hcl.Diagnostics, width int, painter paint.Painter) error {
	out := &textWriter{Writer: bufio.NewWriter(w), excerpts: newExcerpter(s), painter: painter, width: width}
	sorted := bySeverity(diags)
	for _, d := range sorted[:min(len(sorted), maxShown)] {
		out.diagnostic(d)
	}
	if more := len(sorted) - maxShown; more > 0 {
		rest := fmt.Sprintf("There are %d more errors and warnings.", more)
		if more == 1 {
			rest = "There is one more error or warning."
		}
		out.text(fmt.Sprintf("%s The first %d are shown here, and all of them by validate --json.", rest, maxShown), "", "")
	}
	return out.Flush()
}

// textWriter writes diagnostics for people; a bufio.Writer keeps the first error until it is flushed.
type textWriter struct {
	*bufio.Writer
	excerpts *excerpter
	painter  paint.Painter
	width    int // in columns, 0 for no limit
}

// diagnostic writes one diagnostic: what it is, where, with which values, and why.
func (w *textWriter) diagnostic(d *hcl.Diagnostic) {
	word, role := "Error", paint.Error
	if d.Severity == hcl.DiagWarning {
		word, role = "Warning", paint.Warning
	}
	w.text(w.painter.Paint(role, word)+": "+visible(d.Summary), "", "  ")
	w.WriteString("\n")
	if d.Subject != nil {
		w.excerpt(*d.Subject)
	}
	if values := usedValues(d); len(values) > 0 {
		texts := make([]string, len(values))
		for i, v := range values {
			texts[i] = visible(w.excerpts.hide(v.name + " as " + v.text))
		}
		w.text("with "+strings.Join(texts, ",\n")+".", "", "     ")
		w.WriteString("\n")
	}
	detail := visibleLines(w.excerpts.hide(d.Detail))
	if detail != "" {
		w.text(detail, "", "")
		w.WriteString("\n")
	}
}

// text writes text in lines of the width.
func (w *textWriter) text(text, indent, further string) {
	w.WriteString(lines.Wrap(text, indent, further, w.width) + "\n")
}

// excerpt shows the lines of a range, the range itself underlined when there is colour.
func (w *textWriter) excerpt(rng hcl.Range) {
	e, ok := w.excerpts.excerpt(rng)
	if !ok {
		w.text(fmt.Sprintf("on %s line %d\n", visible(rng.Filename), rng.Start.Line), "  ", "")
		return
	}
	in := ""
	if e.block != "" {
		in = ", in " + visible(e.block)
	}
	w.text(fmt.Sprintf("on %s line %d%s:", visible(rng.Filename), rng.Start.Line, in), "  ", "    ")
	for i, line := range e.lines {
		before, about, after := visible(line.text[:line.start]), visible(line.text[line.start:line.end]), visible(line.text[line.end:])
		w.text(fmt.Sprintf("%4d: %s%s%s", e.first+i, before, w.painter.Paint(paint.Place, about), after), "", "        ")
	}
	if e.cut {
		w.WriteString("      …\n")
	}
	w.WriteString("\n")
}

// visible shows control characters, which a terminal would obey, as pictures of them, and as their codes what it would not show, or what
// would have the rest of the line run the other way. Line ends are among them.
func visible(text string) string {
	var out strings.Builder
	for _, r := range text {
		switch {
		case r == '\t' || unicode.IsPrint(r):
			out.WriteRune(r)
		case r < ' ':
			out.WriteRune('\u2400' + r)
		case r == 0x7f:
			out.WriteRune('\u2421')
		default:
			quoted := strconv.QuoteRune(r)
			out.WriteString(quoted[1 : len(quoted)-1])
		}
	}
	return out.String()
}

// visibleLines is visible for a text that has lines.
func visibleLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = visible(strings.TrimSuffix(line, "\r"))
	}
	return strings.Join(lines, "\n")
}
