package spec

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/mitchellh/go-wordwrap"

	"tarn/cli/paint"
)

// WriteDiagnostics writes diagnostics with excerpts of the files, errors before warnings. Details are wrapped at width,
// and not at all when it is 0.
//
// The form is that of HCL's own writer. That one reads a file from its start for every diagnostic, which takes minutes
// when a mistake is in each of thousands of volumes.
func (s *Spec) WriteDiagnostics(w io.Writer, diags hcl.Diagnostics, width int, painter paint.Painter) error {
	out := &textWriter{Writer: bufio.NewWriter(w), sources: newSources(s.Files), painter: painter}
	for _, d := range bySeverity(diags) {
		out.diagnostic(d, width)
	}
	return out.Flush()
}

// bySeverity are diagnostics with the errors first.
func bySeverity(diags hcl.Diagnostics) hcl.Diagnostics {
	diags = slices.Clone(diags)
	slices.SortStableFunc(diags, func(a, b *hcl.Diagnostic) int { return cmp.Compare(a.Severity, b.Severity) })
	return diags
}

// textWriter writes diagnostics for people; a bufio.Writer keeps the first error until it is flushed.
type textWriter struct {
	*bufio.Writer
	sources *sources
	painter paint.Painter
}

func (w *textWriter) diagnostic(d *hcl.Diagnostic, width int) {
	word, role := "Error", paint.Error
	if d.Severity == hcl.DiagWarning {
		word, role = "Warning", paint.Warning
	}
	fmt.Fprintf(w, "%s: %s\n\n", w.painter.Paint(role, word), d.Summary)
	if d.Subject != nil {
		w.excerpt(*d.Subject)
	}
	if values := involved(d); len(values) > 0 {
		texts := make([]string, len(values))
		for i, v := range values {
			texts[i] = v.name + " as " + v.text
		}
		fmt.Fprintf(w, "with %s.\n\n", strings.Join(texts, ",\n     "))
	}
	detail := d.Detail
	if width > 0 {
		detail = wordwrap.WrapString(detail, uint(width))
	}
	if detail != "" {
		fmt.Fprintf(w, "%s\n\n", detail)
	}
}

// excerpt shows the lines of a range, the range itself underlined when there is colour.
func (w *textWriter) excerpt(rng hcl.Range) {
	e, ok := w.sources.excerpt(rng)
	if !ok {
		fmt.Fprintf(w, "  on %s line %d\n\n", rng.Filename, rng.Start.Line)
		return
	}
	in := ""
	if e.block != "" {
		in = ", in " + e.block
	}
	fmt.Fprintf(w, "  on %s line %d%s:\n", rng.Filename, rng.Start.Line, in)
	for i, line := range e.lines {
		before, about, after := visible(line.text[:line.from]), visible(line.text[line.from:line.to]), visible(line.text[line.to:])
		fmt.Fprintf(w, "%4d: %s%s%s\n", e.first+i, before, w.painter.Paint(paint.Place, about), after)
	}
	if e.cut {
		w.WriteString("      …\n")
	}
	w.WriteString("\n")
}

// visible shows control characters, which a terminal would obey, as pictures of them.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return r
		case r < ' ':
			return '\u2400' + r
		case r == 0x7f:
			return '\u2421'
		case unicode.IsControl(r):
			return utf8.RuneError
		}
		return r
	}, text)
}

// sources are the files of a spec, with their lines found once.
type sources struct {
	files map[string]*hcl.File
	lines map[string][]int // offsets at which the lines of a file start
}

func newSources(files map[string]*hcl.File) *sources {
	return &sources{files: files, lines: map[string][]int{}}
}

// excerpt is the lines of a range.
type excerpt struct {
	block string // the block around it, as pool "fast"; "" for none
	first int    // number of the first line
	lines []excerptLine
	cut   bool // there would be more lines
}

// excerptLine is a line without its end; what the range is about is from from to to.
type excerptLine struct {
	text     string
	from, to int
}

// maxExcerpt is the number of lines after which an excerpt stops.
const maxExcerpt = 8

// excerpt finds the lines of a range. It is not ok when the range does not lie in a known file of text.
func (s *sources) excerpt(rng hcl.Range) (e excerpt, ok bool) {
	file := s.files[rng.Filename]
	if file == nil || rng.End.Byte < rng.Start.Byte || rng.Start.Byte > len(file.Bytes) || notText(file.Bytes) >= 0 {
		return e, false
	}
	if nav, ok := file.Nav.(interface{ ContextString(offset int) string }); ok {
		e.block = nav.ContextString(rng.Start.Byte)
	}
	starts := s.lineStarts(rng.Filename, file.Bytes)
	first, found := slices.BinarySearch(starts, rng.Start.Byte)
	if !found {
		first--
	}
	e.first = first + 1
	for i := first; i < len(starts) && (i == first || starts[i] < rng.End.Byte); i++ {
		if i == first+maxExcerpt {
			e.cut = true
			break
		}
		end := len(file.Bytes)
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		line := bytes.TrimRight(file.Bytes[starts[i]:end], "\r\n")
		from := min(max(rng.Start.Byte-starts[i], 0), len(line))
		to := min(max(rng.End.Byte-starts[i], from), len(line))
		e.lines = append(e.lines, excerptLine{string(line), from, to})
	}
	return e, true
}

func (s *sources) lineStarts(name string, src []byte) []int {
	starts, ok := s.lines[name]
	if !ok {
		starts = []int{0}
		for i, c := range src {
			if c == '\n' {
				starts = append(starts, i+1)
			}
		}
		s.lines[name] = starts
	}
	return starts
}
