package show

import (
	"bufio"
	"fmt"
	"strings"

	"tarn/cli/lines"
	"tarn/cli/paint"
)

// column is one column of a table, with its cell in one of the rows.
type column struct {
	head string
	cell string // "" for nothing
	dull bool   // the cell says no more than an empty one: a terminal does without a column whose cells are all dull
}

// none is an empty cell.
const none = "-"

// gap is between two columns.
const gap = "  "

// kept are the cells of the columns that are shown, the first row with the heads: elsewhere than on a terminal all columns.
func kept(objects [][]column, opts TextOptions) [][]string {
	if len(objects) == 0 {
		return nil
	}
	rows := make([][]string, len(objects)+1)
	for i, c := range objects[0] {
		keep := opts.Width == 0
		for _, cells := range objects {
			keep = keep || !cells[i].dull
		}
		if !keep {
			continue
		}
		rows[0] = append(rows[0], c.head)
		for n, cells := range objects {
			text := opts.text(cells[i].cell)
			if text == "" {
				text = none
			}
			rows[n+1] = append(rows[n+1], text)
		}
	}
	return rows
}

// writeTable writes rows in aligned columns. On a terminal that is too narrow the last one is continued below, and where not even the
// others fit each object has a line of its own, with what there is to say of it below.
func writeTable(out *bufio.Writer, rows [][]string, opts TextOptions) {
	if len(rows) < 2 {
		return
	}
	const narrow = 20 // columns that the last one needs at least, when it does not fit whole
	last := len(rows[0]) - 1
	widths := make([]int, last+1)
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], lines.Width(cell))
		}
	}
	begins := len(gap)
	for _, width := range widths[:last] {
		begins += width + len(gap)
	}
	if opts.Width > 0 && begins+min(widths[last], narrow) > opts.Width {
		writeList(out, rows, opts)
		return
	}
	for n, row := range rows {
		text := gap
		for i, cell := range row[:last] {
			text += lines.Keep(lines.Fill(cell, widths[i]) + gap)
		}
		text = strings.TrimRight(lines.Wrap(text+row[last], "", strings.Repeat(" ", begins), opts.Width), " ")
		if n == 0 {
			text = opts.Painter.Paint(paint.Strong, text)
		}
		fmt.Fprintln(out, text)
	}
}

// writeList writes the rows of a table one below the other: the first cell, and the others with their heads.
func writeList(out *bufio.Writer, rows [][]string, opts TextOptions) {
	for _, row := range rows[1:] {
		fmt.Fprintln(out, lines.Wrap(opts.Painter.Paint(paint.Strong, row[0]), gap, gap, opts.Width))
		var cells []string
		for i, cell := range row[1:] {
			if cell == none {
				continue
			}
			text := strings.ToLower(rows[0][i+1]) + " " + cell
			if i+2 < len(row) { // the last one may be long
				text = lines.Keep(text)
			}
			cells = append(cells, text)
		}
		fmt.Fprintln(out, lines.Wrap(strings.Join(cells, ", "), "      ", "      ", opts.Width))
	}
}
