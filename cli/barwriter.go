package cli

import (
	"bytes"
	"io"
	"strconv"
	"sync"
	"time"
)

// barWriter puts the bar of an apply on a terminal: an empty line and the line with what runs, below all that is written. It is the
// [mpb.ConsoleWriter] of the bar.
//
// The terminal changes what stands there without asking: it shows "^C" and the line feeds that a person types, and a window that
// becomes narrower may break the line of the bar in two. So the bar is taken away from the first column on, and with the empty line,
// which is there to be lost: it is never a line of a step that goes in place of what the bar has become. A window that becomes less than
// half as wide at once, or narrower while somebody types, still shows a piece of a bar that was.
type barWriter struct {
	mu   sync.Mutex
	to   io.Writer
	size func() (columns, rows int) // of the terminal

	text  bytes.Buffer // what goes above the bar
	begun bool         // there was some
	bar   bytes.Buffer
	above int // lines above the cursor that are the bar's

	flushed time.Time // when the bar was last drawn
}

// suspended is for how long no bar was drawn when somebody had suspended the program (Ctrl-Z) and has it go on: it is drawn several times a
// second. What the shell has written since stays, and so does the bar of then.
const suspended = time.Second

// newBarWriter is for a terminal that shows an empty line last.
func newBarWriter(to io.Writer, size func() (columns, rows int)) *barWriter {
	return &barWriter{to: to, size: size, above: 1, flushed: time.Now()}
}

// Write takes text that goes above the bar, with the next Flush.
func (w *barWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

// ReadFrom takes a line of the bar.
func (w *barWriter) ReadFrom(r io.Reader) (int64, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.bar.ReadFrom(r)
}

func (w *barWriter) IsTerminal() bool { return true }

func (w *barWriter) GetTermSize() (columns, rows int, err error) {
	columns, rows = w.size()
	return columns, rows, nil
}

// Flush draws, with so many lines of the bar.
func (w *barWriter) Flush(lines int) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if time.Since(w.flushed) > suspended {
		w.above = 0
	}
	w.flushed = time.Now()
	var out bytes.Buffer
	w.clear(&out)
	if w.text.Len() > 0 && !w.begun { // the empty line that has gone with the bar was there before
		out.WriteString("\n")
		w.begun = true
	}
	_, _ = w.text.WriteTo(&out)
	if w.bar.Len() > 0 {
		out.WriteString("\n")
		_, _ = w.bar.WriteTo(&out)
		w.above = 1 + lines
	}
	if out.Len() == 0 {
		return nil
	}
	_, err := out.WriteTo(w.to)
	return err
}

// clear writes what takes the bar away. The cursor is in the line below it, wherever in that.
func (w *barWriter) clear(out *bytes.Buffer) {
	if w.above > 0 {
		out.WriteString("\r\x1b[" + strconv.Itoa(w.above) + "A\x1b[J")
	}
	w.above = 0
}
