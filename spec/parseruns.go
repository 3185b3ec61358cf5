package spec

import (
	"bytes"
	"slices"
)

// run are lines in a file that are parsed by themselves: whole items of a body, a list or an object, one after the other.
type run struct {
	opened     int   // the byte that opens the bracket around them, or atTop
	start, end int   // bytes; the run starts with a line, and ends before the white space at the end of one
	ends       []int // where the parts of the run end, but for the last one
}

// runBracket is a bracket that is open, with the run of lines in it that is going on.
type runBracket struct {
	opened int
	sign   byte // that opens it; '$' for what is in ${ } or %{ }, 0 for the file itself
	start  int  // of the run, 0 before there is a line to begin with
	part   int  // start of its last part
	end    int  // of the last line that is whole and in the run, or may become so
	ends   []int
	parted bool // something in the line that is going on is in a run of its own
	filled bool // something is in it
}

// runFinder goes through a file and looks for runs.
type runFinder struct {
	src         []byte
	least, size int
	open        []runBracket // the file first
	last        byte         // the last sign that is no space and in no comment
	found       []run
}

// findRuns gives the runs of a file of at least so many bytes, in order, with parts of about a size. It may be mistaken about a text that
// is no spec, and finds none in one with a heredoc that has a template.
func findRuns(src []byte, least, size int) []run {
	if bytes.Contains(src, []byte("\ufeff")) { // it has no meaning at the start of a text, such as a part
		return nil
	}
	f := &runFinder{src: src, least: least, size: size, open: []runBracket{{opened: atTop}}}
	for i := 0; i < len(src); {
		next := f.step(i)
		if next < 0 {
			return nil
		}
		i = next
	}
	if len(f.open) != 1 {
		return nil
	}
	f.endRun(&f.open[0])
	slices.SortFunc(f.found, func(a, b run) int { return a.start - b.start })
	return f.found
}

// step goes on from a byte, and gives the next one; -1 for a text that it does not understand.
func (f *runFinder) step(i int) int {
	src, top := f.src, &f.open[len(f.open)-1]
	switch c := src[i]; c {
	case '\n':
		f.endLine(top, i+1)
		return i + 1
	case ' ', '\t', '\r':
		return i + 1
	case '#':
		return endOfLine(src, i)
	case '/':
		if bytes.HasPrefix(src[i:], []byte("//")) {
			return endOfLine(src, i)
		}
		if bytes.HasPrefix(src[i:], []byte("/*")) {
			length := bytes.Index(src[i+2:], []byte("*/"))
			if length < 0 {
				return -1
			}
			return i + 2 + length + 2
		}
	case '"':
		return f.text(i + 1)
	case '<':
		if bytes.HasPrefix(src[i:], []byte("<<")) {
			return f.heredoc(i)
		}
	case '{', '[', '(':
		top.filled = true
		f.open = append(f.open, runBracket{opened: i, sign: c})
		f.last = c
		return i + 1
	case '}', ']', ')':
		return f.close(i)
	}
	f.last, top.filled = src[i], true
	return i + 1
}

// close ends the bracket that is open.
func (f *runFinder) close(i int) int {
	top := f.open[len(f.open)-1]
	opening := map[byte]string{'}': "{$", ']': "[", ')': "("}[f.src[i]]
	if top.sign == 0 || !bytes.ContainsRune([]byte(opening), rune(top.sign)) {
		return -1
	}
	f.endRun(&top)
	f.open = f.open[:len(f.open)-1]
	f.last = f.src[i]
	if top.sign == '$' {
		return f.text(i + 1)
	}
	return i + 1
}

// text goes on in a text in quotes, up to its end or to a template in it.
func (f *runFinder) text(i int) int {
	for ; i < len(f.src); i++ {
		switch f.src[i] {
		case '"':
			f.last, f.open[len(f.open)-1].filled = '"', true
			return i + 1
		case '\n':
			return -1
		case '\\':
			i++
		case '$', '%':
			rest := f.src[i:]
			if len(rest) > 2 && rest[1] == rest[0] && rest[2] == '{' { // $${ is no template
				i += 2
			} else if len(rest) > 1 && rest[1] == '{' {
				f.open = append(f.open, runBracket{opened: i, sign: '$'})
				return i + 2
			}
		}
	}
	return -1
}

// heredoc goes behind the text of a heredoc.
func (f *runFinder) heredoc(i int) int {
	end := endOfLine(f.src, i)
	marker := bytes.TrimRight(bytes.TrimPrefix(f.src[i+2:end], []byte("-")), "\r")
	if len(marker) == 0 || bytes.ContainsAny(marker, " \t\"'<>=(){}[],#/") {
		return -1
	}
	f.last, f.open[len(f.open)-1].filled = '<', true
	for start := end + 1; start < len(f.src); {
		end := endOfLine(f.src, start)
		line := f.src[start:end]
		if bytes.Equal(bytes.TrimSpace(line), marker) {
			return end // before its line break, which ends what the heredoc is a value of
		}
		if bytes.Contains(line, []byte("${")) || bytes.Contains(line, []byte("%{")) {
			return -1
		}
		start = end + 1
	}
	return -1
}

// endLine ends a line; next is where the next one starts.
func (f *runFinder) endLine(top *runBracket, next int) {
	whole := top.sign == 0 || top.sign == '{' || top.sign == '[' && f.last == ','
	switch {
	case top.sign == '(' || top.sign == '$' || top.sign == 0 && !top.filled: // the first item of a file is not in a run, as a file begins with it
	case top.start == 0:
		if whole || top.sign == '[' && f.last == '[' {
			top.begin(next)
		}
	case !whole:
	case top.parted:
		f.endRun(top)
		top.begin(next)
	default:
		top.end = next
		if top.end-top.part >= f.size {
			top.ends, top.part = append(top.ends, top.end), top.end
		}
	}
}

// begin begins a run with a line.
func (b *runBracket) begin(at int) {
	*b = runBracket{opened: b.opened, sign: b.sign, start: at, part: at, end: at, filled: true}
}

// endRun ends the run that is going on, which becomes one when it is long enough.
func (f *runFinder) endRun(b *runBracket) {
	if b.start == 0 || b.end-b.start < f.least {
		return
	}
	r := run{opened: b.opened, start: b.start, end: b.start + len(bytes.TrimRight(f.src[b.start:b.end], " \t\r\n")), ends: b.ends}
	for n := len(r.ends); n > 0 && r.ends[n-1] >= r.end; n-- {
		r.ends = r.ends[:n-1]
	}
	for r.start < r.end && len(bytes.TrimSpace(f.src[r.start:endOfLine(f.src, r.start)])) == 0 {
		r.start = endOfLine(f.src, r.start) + 1
	}
	for len(r.ends) > 0 && r.ends[0] <= r.start {
		r.ends = r.ends[1:]
	}
	if f.becomesComment(r) {
		f.found = append(f.found, r)
		for i := range f.open {
			f.open[i].parted = true
		}
	}
}

// becomesComment tells whether a run can stand as a comment whose bytes are where its own are.
func (f *runFinder) becomesComment(r run) bool {
	text := f.src[r.start:r.end]
	plain := func(c byte) bool { return c >= ' ' && c < 0x7f || c == '\t' }
	if len(text) < 4 {
		return false
	}
	for _, i := range []int{0, 1, len(text) - 2, len(text) - 1} {
		if !plain(text[i]) {
			return false
		}
	}
	return !bytes.Contains(text, []byte("*/"))
}
