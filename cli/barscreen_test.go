package cli

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// screenModel is what a terminal shows, as far as a bar uses it. Its rows are all that were ever shown, the last ones on the screen.
type screenModel struct {
	width    int
	reflows  bool // lines that are too wide for a narrower window are broken, as most terminals do; else they are cut, as in xterm
	rows     []screenRow
	row, col int // of the cursor
}

type screenRow struct {
	text string
	goes bool // on in the next row, as it was too wide
}

var sequence = regexp.MustCompile("^\x1b\\[([0-9;]*)([A-Za-z])")

// Write shows a text.
func (s *screenModel) Write(p []byte) (int, error) {
	for text := string(p); text != ""; {
		if match := sequence.FindStringSubmatch(text); match != nil {
			text = text[len(match[0]):]
			switch n, _ := strconv.Atoi(match[1]); match[2] {
			case "m":
			case "A":
				s.row = max(0, s.row-max(n, 1))
			case "J": // from the cursor on
				s.fill()
				s.rows = s.rows[:s.row+1]
				s.rows[s.row].text = string([]rune(s.rows[s.row].text)[:s.col])
				s.rows[s.row].goes = false
			default:
				return 0, fmt.Errorf("no terminal for %q", match[0])
			}
			continue
		}
		r, n := utf8.DecodeRuneInString(text)
		text = text[n:]
		s.show(r)
	}
	return len(p), nil
}

func (s *screenModel) show(r rune) {
	switch r {
	case '\r':
		s.col = 0
		return
	case '\n':
		s.row, s.col = s.row+1, 0
		s.fill()
		return
	}
	s.fill()
	if s.col == s.width {
		s.rows[s.row].goes = true
		s.row, s.col = s.row+1, 0
		s.fill()
	}
	row := []rune(s.rows[s.row].text)
	s.rows[s.row].text = string(row[:s.col]) + string(r) + string(row[min(len(row), s.col+1):])
	s.col++
}

// fill has rows and columns up to the cursor.
func (s *screenModel) fill() {
	for len(s.rows) <= s.row {
		s.rows = append(s.rows, screenRow{})
	}
	s.rows[s.row].text += strings.Repeat(" ", max(0, s.col-utf8.RuneCountInString(s.rows[s.row].text)))
}

// resize gives the window another width. The cursor stays with its row, whose text here is always short.
func (s *screenModel) resize(width int) {
	s.fill()
	old, cursor := s.rows, s.row
	s.rows, s.width = nil, width
	for i := 0; i < len(old); i++ {
		if i == cursor {
			s.row = len(s.rows)
		}
		text := old[i].text
		for s.reflows && old[i].goes {
			i++
			text += old[i].text
		}
		rest := []rune(text)
		for s.reflows && len(rest) > width {
			s.rows = append(s.rows, screenRow{string(rest[:width]), true})
			rest = rest[width:]
		}
		s.rows = append(s.rows, screenRow{string(rest[:min(len(rest), width)]), false})
	}
}

// text is what stands there, with lines that were broken as they are. Empty lines in a row count as one.
func (s *screenModel) text() string {
	var out []string
	for _, row := range s.rows {
		line := strings.TrimRight(row.text, " ")
		if line != "" || len(out) > 0 && out[len(out)-1] != "" {
			out = append(out, line)
		}
	}
	return strings.TrimRight(strings.Join(out, "\n"), "\n") + "\n"
}
