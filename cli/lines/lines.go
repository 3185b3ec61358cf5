// Package lines lays text out on a terminal: how many columns it takes, where its lines are broken, and how it reads in ASCII.
//
// Text goes in, text comes out; nothing is written. A line is broken at spaces alone. A word that is wider than the terminal
// stays whole, as it is a name, a value or a command: the terminal continues it in the next line, and who copies it has all of it.
package lines

import (
	"strconv"
	"strings"

	"github.com/mattn/go-runewidth"

	"tarn/cli/lazyregexp"
)

// joint stands for a space at which no line is broken, until the line is laid out. It is no character of any language.
const joint = "\ufdd0"

// colours are the sequences that switch colours and boldness. They take no columns.
var colours = lazyregexp.New("\x1b\\[([0-9;]*)m")

// ambiguous characters, such as arrows, take one column: so they do in UTF-8, whatever the language.
var condition = &runewidth.Condition{EastAsianWidth: false, StrictEmojiNeutral: true}

// Width is how many columns a text without line feeds takes. A character of Chinese takes two, what is put on top of another
// character none, and neither do colours.
func Width(text string) int {
	return condition.StringWidth(colours().ReplaceAllString(text, ""))
}

// Fill puts spaces behind a text that takes fewer columns.
func Fill(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-Width(text)))
}

// Cut shortens a text that takes more columns, and says so with an ellipsis.
func Cut(text string, width int, ascii bool) string {
	ellipsis := "…"
	if ascii {
		ellipsis = "..."
	}
	if width < Width(ellipsis) {
		return ""
	}
	return condition.Truncate(text, width, ellipsis)
}

// Keep has a text stay in one line when [Wrap] meets it.
func Keep(text string) string { return strings.ReplaceAll(text, " ", joint) }

// quoted is a short text in quotes, which reads better in one line.
var quoted = lazyregexp.New(`"(?:[^"\\ ]|\\.| ){1,40}"`)

// KeepQuoted has the short texts in quotes stay in one line each.
func KeepQuoted(text string) string { return quoted().ReplaceAllStringFunc(text, Keep) }

// Wrap breaks text into lines of a width in columns, 0 for none: the first behind an indent, those that follow behind another.
// The line feeds of the text stay; what comes after one is behind the further indent too. A word that does not fit behind the
// indent has less of it, when that helps. The colours of a line end with the line, and begin anew in the next.
func Wrap(text, indent, further string, width int) string {
	return WrapAfter(text, 0, indent, further, width)
}

// WrapAfter is Wrap for what goes on in a line that has some columns already.
func WrapAfter(text string, taken int, indent, further string, width int) string {
	w := wrapper{width: width, column: taken + Width(indent)}
	w.out.WriteString(indent)
	w.further = further
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			w.lineFeed(0)
		}
		w.line(line, i == 0 && taken > 0)
	}
	return strings.ReplaceAll(w.out.String(), joint, " ")
}

// wrapper is a text as far as it is laid out.
type wrapper struct {
	out     strings.Builder
	width   int
	further string
	column  int    // in the line that is written
	colour  string // the sequences that are in force
}

// line adds one line of the text. goesOn says that something stands before it.
func (w *wrapper) line(text string, goesOn bool) {
	if w.width > 0 {
		text = strings.ReplaceAll(text, "\t", "    ") // how wide a tab is depends on where it stands
	}
	empty := !goesOn
	for text != "" {
		word := strings.TrimLeft(text, " ")
		spaces := len(text) - len(word)
		if end := strings.IndexByte(word, ' '); end >= 0 {
			word = word[:end]
		}
		text = text[spaces+len(word):]
		wide := Width(word)
		if w.width > 0 && word != "" && !empty && w.column+spaces+wide > w.width {
			w.lineFeed(wide)
			spaces = 0
		}
		w.out.WriteString(strings.Repeat(" ", spaces) + word)
		w.column += spaces + wide
		w.note(word)
		empty = empty && wide == 0
	}
}

// lineFeed begins a new line for a word of a width.
func (w *wrapper) lineFeed(wide int) {
	if w.colour != "" {
		w.out.WriteString("\x1b[0m")
	}
	indent := w.further
	if n := w.width - wide; w.width > 0 && n >= 0 && n < len(indent) {
		indent = indent[:n]
	}
	w.out.WriteString("\n" + indent + w.colour)
	w.column = Width(indent)
}

// note keeps what the sequences in a word switch on and off.
func (w *wrapper) note(word string) {
	for _, match := range colours().FindAllStringSubmatch(word, -1) {
		first, _, _ := strings.Cut(match[1], ";")
		n, _ := strconv.Atoi(first)
		if n == 0 || n >= 20 && n <= 29 {
			w.colour = ""
		} else {
			w.colour += match[0]
		}
	}
}

// hangs is the beginning of a line that has a term and, after a gap, what it means.
var hangs = lazyregexp.New(`^ *\S+(?: \S+)*  +`)

// WrapAsItStands breaks a line that is laid out for a wider terminal: what follows stands under the text of its list, or a
// little to the right of where the line begins.
func WrapAsItStands(line string, taken, width int) string {
	if width == 0 || taken+Width(line) <= width {
		return line
	}
	further := 2
	if taken == 0 {
		further += len(line) - len(strings.TrimLeft(line, " "))
	}
	if term := hangs().FindString(colours().ReplaceAllString(line, "")); term != "" && Width(term) <= width/2 {
		further = Width(term)
	}
	return WrapAfter(line, taken, "", strings.Repeat(" ", min(further, width/2)), width)
}

// asciiFor is how characters of tarn's own texts read in ASCII.
var asciiFor = map[rune]string{'→': "->", '…': "...", '–': "-", '—': "-", '’': "'", '“': `"`, '”': `"`, '×': "x", '█': "#", '░': "."}

// ASCII is a text for where nothing else can be shown. What is not ASCII is escaped as it is in quotes: \u00e9.
func ASCII(text string) string {
	var out strings.Builder
	for i, r := range text {
		switch known := asciiFor[r]; {
		case r < 0x80, string(r) == joint:
			out.WriteRune(r)
		case known != "":
			out.WriteString(known)
		case r == '\ufffd' && !strings.HasPrefix(text[i:], "\ufffd"):
			out.WriteString(`\x` + strconv.FormatUint(uint64(text[i]), 16))
		default:
			escaped := strconv.QuoteRuneToASCII(r)
			out.WriteString(escaped[1 : len(escaped)-1])
		}
	}
	return out.String()
}
