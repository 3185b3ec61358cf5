package spec

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// layout writes the tokens of a file in canonical order and lines. Spaces within the lines are for HCL's formatter.
//
//   - The attributes of a block come in the order of its blockType, nested blocks after them. Blocks of one type keep their
//     order, and so does all at the top of a file, in locals, and in a block that holds something unknown.
//   - A comment goes with the line that it ends and with what it stands over. One that stands over nothing, because a blank
//     line or the end of the block is next, keeps its place, and nothing moves past it. When it stands directly under
//     something it may well belong there, so nothing moves in the part above it either.
//   - A block that takes several lines has a blank line around it. Elsewhere the author's blank lines stay, one at most, but
//     not at the beginning and the end of a block, and not between attributes that had to be reordered.
//   - A block on one line stays so up to maxLine columns; an empty one is always on one line.
type layout struct {
	out         bytes.Buffer
	placeholder []byte   // the word that stands for each text of verbatim until all is laid out
	verbatim    [][]byte // what stays to the byte, in order
}

// writeBody writes the lines of a block of type t, nil for one that is not known.
func (l *layout) writeBody(lines []line, t *blockType, depth int) {
	var last statement
	for i, s := range inCanonicalOrder(statementsOf(lines), t) {
		s.multiline = s.isBlock() && splitBlock(s.tokens).isMultiline(depth)
		if i > 0 && (s.blankAbove || !s.onlyComments() && (s.multiline || last.multiline)) {
			l.out.WriteByte('\n')
		}
		l.writeLines(s.above)
		if s.isBlock() {
			l.writeBlock(s, t, depth)
		} else {
			l.writeLines([]line{s.tokens})
		}
		l.writeLines(s.trailing)
		last = s
	}
}

func (l *layout) writeBlock(s statement, outer *blockType, depth int) {
	if !s.multiline {
		l.writeLines([]line{splitBlock(s.tokens).onOneLine()})
		return
	}
	var t *blockType
	if outer != nil {
		t = outer.nested(s.name())
	}
	b := splitBlock(s.tokens)
	l.writeLines([]line{b.header})
	l.writeBody(b.body, t, depth+1)
	l.writeLines([]line{b.closing})
}

func (l *layout) writeLines(lines []line) {
	for _, ln := range lines {
		l.writeLine(ln)
		if len(ln) > 0 && !bytes.HasSuffix(l.out.Bytes(), []byte("\n")) {
			l.out.WriteByte('\n')
		}
	}
}

// writeLine writes tokens with a space where there was any. Where brackets hold several lines, it leaves out blank ones next to
// a bracket and after another one.
func (l *layout) writeLine(tokens line) {
	ends, opened := 0, false // line ends since the last token, and whether a bracket is open right before them
	for i, tok := range tokens {
		switch {
		case tok.Type == hclsyntax.TokenNewline:
			if ends == 0 || ends == 1 && !opened && !bracketClosesNext(tokens[i+1:]) {
				l.out.WriteByte('\n')
				ends++
			}
			continue
		case i > 0 && ends == 0 && tok.Range.Start.Byte > tokens[i-1].Range.End.Byte:
			l.out.WriteByte(' ')
		}
		opened = bracket(tok) > 0 || opened && ends == 0 && tok.Type == hclsyntax.TokenComment
		ends = 0
		switch {
		case tok.Type == hclsyntax.TokenOHeredoc:
			l.out.WriteByte(' ') // "in<<EOT" has none
			l.out.Write(l.placeholder)
			l.verbatim = append(l.verbatim, tok.Bytes)
		case tok.Type == hclsyntax.TokenComment && bytes.HasPrefix(tok.Bytes, []byte("/*")):
			l.out.Write(bytes.ReplaceAll(tok.Bytes, []byte("\r\n"), []byte("\n")))
		case tok.Type == hclsyntax.TokenComment:
			l.out.Write(bytes.TrimRight(tok.Bytes, " \t\r\n"))
			l.out.WriteByte('\n')
			ends = 1
		default:
			l.out.Write(tok.Bytes)
		}
	}
}

// inCanonicalOrder brings the statements of a body into canonical order.
func inCanonicalOrder(statements []statement, t *blockType) []statement {
	if t == nil || t == topLevel || slices.ContainsFunc(statements, func(s statement) bool { return !s.onlyComments() && t.rank(s) < 0 }) {
		return statements
	}
	byRank := func(a, b statement) int { return cmp.Compare(t.rank(a), t.rank(b)) }
	for start := 0; start < len(statements); {
		part := statements[start:]
		under := false // a comment that stands directly under the part
		if n := slices.IndexFunc(part, statement.onlyComments); n >= 0 {
			under = n > 0 && !part[n].blankAbove
			part = part[:n]
		}
		if !under && !slices.IsSortedFunc(part, byRank) {
			part[0].blankAbove = false // it stands there for what is above the part
			slices.SortStableFunc(part, byRank)
			for i := range part {
				part[i].blankAbove = part[i].blankAbove && part[i].isBlock()
			}
			part[0].blankAbove = start > 0
		}
		start += len(part) + 1
	}
	return statements
}

// rank is the place of a statement in a block of the type, -1 when it does not belong there.
func (t *blockType) rank(s statement) int {
	name := s.name()
	if !s.isBlock() {
		return slices.IndexFunc(t.attrs, func(a attribute) bool { return a.name == name })
	}
	i := slices.IndexFunc(t.blocks, func(b *blockType) bool { return b.name == name })
	if i < 0 {
		return -1
	}
	return len(t.attrs) + i
}
