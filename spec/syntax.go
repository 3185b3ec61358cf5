package spec

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"tarn/cli/lazyregexp"
)

// What the parser of HCL says of a slip is about the place where it could not go on, and one slip makes it stumble several times.
// Here the usual slips are known by what they look like. What should have been written is tried: an example is shown only when
// the parser gets further with it, and what it then stumbles over is the next mistake.

// slip is a mistake in the syntax that is known.
type slip struct {
	summary string
	at      hcl.Range
	detail  string   // whole sentences
	example []string // lines as they should be, none when that is not known
	mended  []byte   // the file without the mistake, nil when that is not known
}

// brokenFile is a file that cannot be parsed.
type brokenFile struct {
	name   string
	src    []byte
	starts []int // offsets of lines
	tokens hclsyntax.Tokens
	first  *hcl.Diagnostic // what the parser says first, with a place
	line   int             // of that, from 1
}

// maxTold is how many lines with the same mistake are named.
const maxTold = 6

// explainSyntax says what is wrong with a file in place of the parser's diagnostics.
func explainSyntax(src []byte, name string, diags hcl.Diagnostics) hcl.Diagnostics {
	if d := notASpec(src, name); d != nil {
		return hcl.Diagnostics{d}
	}
	original := newBrokenFile(src, name, diags)
	if original == nil {
		return diags
	}
	var told hcl.Diagnostics
	again := map[*hcl.Diagnostic][]string{} // lines with the same mistake
	touched := map[int]bool{}
	rounds := min(50, 1+2_000_000/(len(src)+1)) // each parses the file
	for file := original; file != nil && rounds > 0; rounds-- {
		s := file.slip()
		if s == nil {
			if file == original || !touched[file.line] {
				told = append(told, original.placed(file.first, file, touched))
			}
			break
		}
		d := original.placed(&hcl.Diagnostic{Severity: hcl.DiagError, Summary: s.summary, Detail: s.text(), Subject: &s.at}, file, touched)
		if i := slices.IndexFunc(told, func(t *hcl.Diagnostic) bool { return t.Summary == d.Summary }); i >= 0 {
			again[told[i]] = append(again[told[i]], fmt.Sprint(d.Subject.Start.Line))
		} else {
			told = append(told, d)
		}
		if s.mended == nil || bytes.Count(s.mended, []byte{'\n'}) != bytes.Count(file.src, []byte{'\n'}) {
			break // lines are no longer where they are in the file
		}
		touched[s.at.Start.Line] = true
		_, diags := hclsyntax.ParseConfig(s.mended, name, hcl.InitialPos)
		file = newBrokenFile(s.mended, name, diags)
	}
	for d, lines := range again {
		lines = slices.Compact(lines)
		word := "line"
		if len(lines) > 1 {
			word = "lines"
		}
		if more := len(lines) - maxTold; more > 0 {
			lines = append(lines[:maxTold:maxTold], fmt.Sprintf("%d more", more))
		}
		list := lines[0]
		if last := len(lines) - 1; last > 0 {
			list = strings.Join(lines[:last], ", ") + " and " + lines[last]
		}
		d.Detail += fmt.Sprintf("\n\nThe same is on %s %s.", word, list)
	}
	return told
}

// newBrokenFile is nil when there is nothing that the parser did not take, or no place for it.
func newBrokenFile(src []byte, name string, diags hcl.Diagnostics) *brokenFile {
	first := firstError(diags)
	if first == nil {
		return nil
	}
	tokens, _ := hclsyntax.LexConfig(src, name, hcl.InitialPos)
	b := &brokenFile{name: name, src: src, starts: []int{0}, tokens: tokens, first: first, line: first.Subject.Start.Line}
	for i, c := range src {
		if c == '\n' {
			b.starts = append(b.starts, i+1)
		}
	}
	return b
}

// firstError is the error that stands first in the file, nil for none.
func firstError(diags hcl.Diagnostics) *hcl.Diagnostic {
	var first *hcl.Diagnostic
	for _, d := range diags {
		if d.Severity == hcl.DiagError && d.Subject != nil && (first == nil || d.Subject.Start.Byte < first.Subject.Start.Byte) {
			first = d
		}
	}
	return first
}

// slip is the mistake that the parser stumbled over first, nil when it is none that is known.
func (b *brokenFile) slip() *slip {
	if s := b.quotes(); s != nil {
		return s
	}
	unclosed := b.brackets()
	if unclosed != nil && unclosed.mended == nil && b.balanced() {
		unclosed = nil // a block where none of its kind belongs, and not where one should end
	}
	if unclosed != nil {
		if s := b.wrongSign(); s != nil {
			return s
		}
	}
	if unclosed != nil && (unclosed.noticed <= b.line || b.is("Unclosed configuration block") || !unclosed.block && unclosed.at.Start.Line <= b.line &&
		b.is("Missing item separator", "Missing argument separator", "Missing attribute separator", "Missing key/value separator")) {
		return &unclosed.slip
	}
	for _, known := range lineSlips {
		if s := known(b); s != nil {
			return s
		}
	}
	if unclosed != nil && unclosed.stray && unclosed.noticed > b.line+2 {
		if s := b.noStatement(); s != nil {
			return s // from here on the brackets do not say what was meant
		}
	}
	if unclosed != nil {
		return &unclosed.slip
	}
	return b.noStatement()
}

// text is the detail with the example.
func (s *slip) text() string {
	if len(s.example) == 0 || len(s.example) > maxExcerpt || slices.ContainsFunc(s.example, notToShow) {
		return s.detail
	}
	return s.detail + " Write:\n\n  " + strings.Join(s.example, "\n  ")
}

// secretWords are in lines that may hold a secret.
var secretWords = lazyregexp.New(`(?i)secret|passw|passphrase|token|credential|sensitive|private`)

// notToShow tells whether a line is better not written again: it may hold a secret, or is too long to read.
func notToShow(line string) bool {
	return len(line) > 160 || secretWords().MatchString(line) || userInfo().MatchString(line)
}

// placed gives a diagnostic of a file that was mended in part its place in the original.
func (b *brokenFile) placed(d *hcl.Diagnostic, mended *brokenFile, touched map[int]bool) *hcl.Diagnostic {
	if mended == b {
		return d
	}
	line := d.Subject.Start.Line
	if touched[line] || d.Subject.End.Line != line {
		whole := b.lineRange(line)
		d.Subject = &whole
		return d
	}
	moved, shift := *d.Subject, b.starts[line-1]-mended.starts[line-1]
	moved.Start.Byte += shift
	moved.End.Byte += shift
	d.Subject = &moved
	return d
}

// text of a line from 1 on, without its end.
func (b *brokenFile) text(line int) string {
	if line < 1 || line > len(b.starts) {
		return ""
	}
	end := len(b.src)
	if line < len(b.starts) {
		end = b.starts[line]
	}
	return strings.TrimRight(string(b.src[b.starts[line-1]:end]), "\r\n")
}

// indent is the white space at the start of a line.
func (b *brokenFile) indent(line int) string {
	text := b.text(line)
	return text[:len(text)-len(strings.TrimLeft(text, " \t"))]
}

// lineRange is a line without the white space around it.
func (b *brokenFile) lineRange(line int) hcl.Range {
	text, indent := strings.TrimRight(b.text(line), " \t"), len(b.indent(line))
	start := b.starts[line-1]
	return hcl.Range{
		Filename: b.name,
		Start:    hcl.Pos{Line: line, Column: indent + 1, Byte: start + indent},
		End:      hcl.Pos{Line: line, Column: len([]rune(text)) + 1, Byte: start + max(len(text), indent)},
	}
}

// lineTokens are the tokens on a line, without its end and comments.
func (b *brokenFile) lineTokens(line int) hclsyntax.Tokens {
	first, _ := slices.BinarySearchFunc(b.tokens, line, func(t hclsyntax.Token, line int) int { return t.Range.Start.Line - line })
	var on hclsyntax.Tokens
	for _, t := range b.tokens[first:] {
		if t.Range.Start.Line != line {
			break
		}
		switch t.Type {
		case hclsyntax.TokenNewline, hclsyntax.TokenComment, hclsyntax.TokenEOF:
		default:
			on = append(on, t)
		}
	}
	return on
}

// edit is a part of the file with another text.
type edit struct {
	from, to int
	text     string
}

// edited is the file after edits, which are in order. Where two meet, as those around an expression that is not there, both are made.
func (b *brokenFile) edited(edits ...edit) []byte {
	var out bytes.Buffer
	at := 0
	for _, e := range edits {
		out.Write(b.src[at:max(at, e.from)])
		out.WriteString(e.text)
		at = max(at, e.to)
	}
	out.Write(b.src[at:])
	return out.Bytes()
}

// mend completes a slip on the line of the first error with what the line should be, when the parser gets beyond it so.
func (b *brokenFile) mend(s slip, edits ...edit) *slip {
	return b.mendAt(s, b.line, b.edited(edits...))
}

// mendAt is mend for a slip on another line.
func (b *brokenFile) mendAt(s slip, line int, mended []byte) *slip {
	added := bytes.Count(mended, []byte{'\n'}) - bytes.Count(b.src, []byte{'\n'})
	_, diags := hclsyntax.ParseConfig(mended, b.name, hcl.InitialPos)
	if next := firstError(diags); next != nil && next.Subject.Start.Line <= max(line, line+added) {
		return &s
	}
	s.mended = mended
	if len(s.example) == 0 {
		s.example = newLines(mended, line, added)
	}
	from := b.starts[line-1]
	to := from + len(b.text(line)) + len(mended) - len(b.src)
	if slices.ContainsFunc(secretLiterals(mended, b.name, nil), func(secret span) bool { return secret.Start < to && secret.End > from }) {
		s.example = nil
	}
	return &s
}

// newLines are a line and those added to it, without the indentation that they share.
func newLines(src []byte, line, added int) []string {
	lines := strings.Split(string(src), "\n")
	end := min(line+max(added, 0), len(lines))
	var now []string
	for i := line - 1; i < end; i++ {
		now = append(now, strings.TrimRight(lines[i], " \t\r"))
	}
	if len(now) == 0 {
		return nil
	}
	indent := now[0][:len(now[0])-len(strings.TrimLeft(now[0], " \t"))]
	for i := range now {
		now[i] = strings.TrimPrefix(now[i], indent)
	}
	return now
}
