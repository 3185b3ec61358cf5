package cli

import (
	"bytes"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/term"

	"tarn/cli/lines"
)

// textWriter writes text for people to a stream of the process: no wider than the terminal that it is, and in ASCII where the
// user's language has no other characters. What is for programs (JSON, Markdown, specs, completions) goes to the stream itself.
//
// To a file or a pipe lines are written as they are.
type textWriter struct {
	to    io.Writer
	size  func() (columns, rows int) // of the terminal where that comes out, 0 when it is none
	ascii bool
	asIs  bool // the lines are broken already, and some on purpose are wider

	mu   sync.Mutex
	rest []byte // the beginning of a line, which is not written yet
	at   int    // columns that the line has on the terminal already
}

// textWriters are those of a process.
type textWriters struct {
	once             sync.Once
	stdout, messages *textWriter
}

// text is where text for people goes.
func (a *app) text() *textWriter {
	a = a.whole()
	a.makeTextWriters()
	return a.writers.stdout
}

// messages is where warnings and errors go.
func (a *app) messages() *textWriter {
	a = a.whole()
	a.makeTextWriters()
	return a.writers.messages
}

func (a *app) makeTextWriters() {
	a.writers.once.Do(func() {
		ascii := !speaksUTF8(a.getenv)
		a.writers.stdout = &textWriter{to: a.Stdout, size: a.sizeOf(a.Stdout), ascii: ascii}
		a.writers.messages = &textWriter{to: a.Stderr, size: a.sizeOf(a.Stderr), ascii: ascii}
	})
}

// width is how wide the terminal is just now, 0 when the stream is none.
func (w *textWriter) width() int {
	columns, _ := w.size()
	return columns
}

func (w *textWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.ascii && w.width() == 0 {
		return w.to.Write(p)
	}
	w.rest = append(w.rest, p...)
	end := bytes.LastIndexByte(w.rest, '\n') + 1
	if end == 0 {
		return len(p), nil
	}
	text := w.layOut(string(w.rest[:end]))
	w.rest = append([]byte(nil), w.rest[end:]...)
	if _, err := io.WriteString(w.to, text); err != nil {
		return 0, err
	}
	return len(p), nil
}

// flush writes what has no line feed yet: a question, or a line that is still to be ended.
func (w *textWriter) flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.rest) == 0 {
		return
	}
	text := w.layOut(string(w.rest))
	w.rest = nil
	_, _ = io.WriteString(w.to, text) // the stream keeps the error
	w.at += lines.Width(text[strings.LastIndexByte(text, '\n')+1:])
}

// through is the same for what another writer puts on the same stream.
func (w *textWriter) through(to io.Writer) *textWriter {
	return &textWriter{to: to, size: w.size, ascii: w.ascii}
}

// laidOut is the same for text that is laid out for the terminal already, with values and commands that are wider than it.
func (w *textWriter) laidOut() *textWriter {
	out := w.through(w.to)
	out.asIs = true
	return out
}

func (w *textWriter) layOut(text string) string {
	switch {
	case w.asIs && w.ascii:
		return asciiAsIs(text, w.width())
	case w.asIs:
		return text
	case w.ascii:
		text = lines.ASCII(text)
	}
	text = wrapLines(text, w.at, w.width())
	if strings.Contains(text, "\n") {
		w.at = 0
	}
	return text
}

// asciiAsIs breaks only those lines that are too wide because they are in ASCII now.
func asciiAsIs(text string, width int) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		if ascii := lines.ASCII(line); len(ascii) == len(line) {
			out.WriteString(line)
		} else {
			out.WriteString(wrapLines(ascii, 0, width))
		}
	}
	return out.String()
}

// wrapLines wraps each line of a text. The first goes on in a line that has some columns already.
func wrapLines(text string, taken, width int) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		line, newline := strings.CutSuffix(line, "\n")
		out.WriteString(lines.WrapAsItStands(line, taken, width))
		if newline {
			out.WriteString("\n")
			taken = 0
		}
	}
	return out.String()
}

// speaksUTF8 tells whether the user's language is written in UTF-8, by the variables that say so, of which the first that is set
// counts. Where none is, as in a container or under a scheduler, it is: nobody there has asked for less.
func speaksUTF8(getenv func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value := getenv(name); value != "" {
			value = strings.ToLower(value)
			return strings.Contains(value, "utf-8") || strings.Contains(value, "utf8")
		}
	}
	return true
}

// size is how many columns and rows a stream has, 0 when it is no terminal and lines need no wrapping. What a terminal does not know,
// as over a serial line, is taken to be 80 and 24. COLUMNS makes it narrower, never wider than it is.
func size(stream any, getenv func(string) string) (columns, rows int) {
	if !isTerminal(stream) {
		return 0, 0
	}
	said, _ := strconv.Atoi(getenv("COLUMNS"))
	columns, rows, err := term.GetSize(int(fileOf(stream).Fd()))
	switch {
	case (err != nil || columns <= 0) && said > 0:
		columns = said
	case err != nil || columns <= 0:
		columns = 80
	case said > 0:
		columns = min(columns, said)
	}
	if err != nil || rows <= 0 {
		rows = 24
	}
	return columns, rows
}

// sizeOf gives size for a stream of the process or another, as it is at each call.
func (a *app) sizeOf(stream any) func() (columns, rows int) {
	return func() (columns, rows int) { return size(stream, a.getenv) }
}

// sameStream tells whether standard output and standard error come out at the same place.
func (a *app) sameStream() bool {
	out, errs := fileOf(a.Stdout), fileOf(a.Stderr)
	if out == nil || errs == nil {
		return false
	}
	one, err := out.Stat()
	two, err2 := errs.Stat()
	return err == nil && err2 == nil && os.SameFile(one, two)
}

// columns is the width of a stream, 0 when it is no terminal.
func (a *app) columns(stream any) int {
	columns, _ := size(stream, a.getenv)
	return columns
}
