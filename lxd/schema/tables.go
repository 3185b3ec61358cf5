package schema

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/mitchellh/go-wordwrap"
)

// WriteTable writes a paragraph and a table under it, the first row of which has the heads. Without further rows there is only
// the paragraph.
func WriteTable(w io.Writer, paragraph string, rows [][]string, opts TextOptions) error {
	t := newTableWriter(w, opts)
	t.paragraph(paragraph)
	if len(rows) > 1 {
		t.WriteString("\n")
		t.table(rows, columns(rows))
	}
	return t.Flush()
}

// tableWriter writes tables and paragraphs; a bufio.Writer keeps the first error until it is flushed.
type tableWriter struct {
	*bufio.Writer
	opts    TextOptions
	started bool
}

func newTableWriter(w io.Writer, opts TextOptions) *tableWriter {
	return &tableWriter{Writer: bufio.NewWriter(w), opts: opts}
}

// gap is between two columns.
const gap = 2

// columns are the widths of all columns but the last.
func columns(rows [][]string) []int {
	widths := make([]int, len(rows[0])-1)
	for _, row := range rows {
		for i := range widths {
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i]))
		}
	}
	return widths
}

// narrow is the least width of a last column that is worth having; below it, its text goes on lines of its own.
const narrow = 30

// table writes rows, the first of them the heads. What does not fit in the last column is continued below.
func (t *tableWriter) table(rows [][]string, widths []int) {
	left := 2
	for _, width := range widths {
		left += width + gap
	}
	for n, row := range rows {
		last := len(row) - 1
		line := " "
		for i, width := range widths {
			line += fmt.Sprintf(" %-*s ", width, row[i])
		}
		line += " "
		indent, rest := left, t.wrap(row[last], left)
		if t.opts.Width > 0 && t.opts.Width-left < narrow {
			indent, rest = 6, t.wrap(row[last], 6)
			if n == 0 {
				rest = ""
			} else if rest != "" {
				rest = "\n" + rest
			}
		}
		first, more, _ := strings.Cut(rest, "\n")
		text := strings.TrimRight(line+first, " ")
		if more != "" {
			pad := "\n" + strings.Repeat(" ", indent)
			text += pad + strings.ReplaceAll(more, "\n", pad)
		}
		if n == 0 {
			text = t.bold(text)
		}
		t.WriteString(text + "\n")
	}
	t.started = true
}

// wrap breaks text into lines for what is left of the width beside an indent.
func (t *tableWriter) wrap(text string, indent int) string {
	if t.opts.Width == 0 {
		return text
	}
	return wordwrap.WrapString(text, uint(max(t.opts.Width-indent, narrow)))
}

// paragraph writes text; spaces at its start indent all of it.
func (t *tableWriter) paragraph(text string) {
	trimmed := strings.TrimLeft(text, " ")
	indent := len(text) - len(trimmed)
	pad := strings.Repeat(" ", indent)
	t.WriteString(pad + strings.ReplaceAll(t.wrap(strings.TrimSpace(trimmed), indent), "\n", "\n"+pad) + "\n")
	t.started = true
}

func (t *tableWriter) heading(text string) {
	if t.started {
		t.WriteString("\n")
	}
	t.WriteString(t.bold(text) + "\n\n")
}

func (t *tableWriter) bold(text string) string {
	if t.opts.Strong == nil {
		return text
	}
	return t.opts.Strong(text)
}
