package schema

import (
	"bufio"
	"io"
	"strings"

	"tarn/cli/lines"
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
			widths[i] = max(widths[i], lines.Width(row[i]))
		}
	}
	return widths
}

// narrow is the least width of a last column that is worth having; below it, its text goes on lines of its own.
const narrow = 30

// table writes rows, the first of them the heads. What does not fit in the last column is continued below. Where not even the other
// columns fit, the first has a line of its own, and below it the cells say what they are.
func (t *tableWriter) table(rows [][]string, widths []int) {
	left := 2
	for _, width := range widths {
		left += width + gap
	}
	t.started = true
	if t.opts.Width > 0 && left > t.opts.Width {
		t.list(rows)
		return
	}
	for n, row := range rows {
		last := row[len(row)-1]
		line := " "
		for i, width := range widths {
			line += " " + lines.Fill(lines.Wrap(row[i], "", "", 0), width) + " "
		}
		line += " "
		text := ""
		if t.opts.Width > 0 && t.opts.Width-left < narrow {
			text = strings.TrimRight(line, " ")
			if n > 0 && last != "" {
				text += "\n" + t.wrap(last, 6)
			}
		} else {
			text = strings.TrimRight(line+strings.TrimLeft(t.wrap(last, left), " "), " ")
		}
		if n == 0 {
			text = t.bold(text)
		}
		t.WriteString(text + "\n")
	}
}

// list writes the rows of a table one below the other.
func (t *tableWriter) list(rows [][]string) {
	heads := rows[0]
	for _, row := range rows[1:] {
		t.WriteString(lines.Wrap(row[0], "  ", "    ", t.opts.Width) + "\n")
		var cells []string
		for i := 1; i < len(row)-1; i++ {
			if row[i] != "" {
				cells = append(cells, lines.Keep(strings.ToLower(heads[i])+" "+row[i]))
			}
		}
		for _, text := range []string{strings.Join(cells, ", "), row[len(row)-1]} {
			if text != "" {
				t.WriteString(t.wrap(text, 6) + "\n")
			}
		}
	}
}

// wrap breaks text into lines behind an indent.
func (t *tableWriter) wrap(text string, indent int) string {
	pad := strings.Repeat(" ", indent)
	return lines.Wrap(text, pad, pad, t.opts.Width)
}

// paragraph writes text; spaces at its start indent all of it.
func (t *tableWriter) paragraph(text string) {
	trimmed := strings.TrimLeft(text, " ")
	indent := len(text) - len(trimmed)
	t.WriteString(t.wrap(strings.TrimSpace(trimmed), indent) + "\n")
	t.started = true
}

func (t *tableWriter) heading(text string) {
	if t.started {
		t.WriteString("\n")
	}
	t.WriteString(t.bold(t.wrap(text, 0)) + "\n\n")
}

func (t *tableWriter) bold(text string) string {
	if t.opts.Strong == nil {
		return text
	}
	return t.opts.Strong(text)
}
