package spec

import (
	"bytes"
	"cmp"
	"slices"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

// maxLine is how many columns a block on one line may take.
const maxLine = 100

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
	out     bytes.Buffer
	standIn []byte   // the word that stands until the end for what is folded
	folded  [][]byte // in the order of its stand-ins
}

func (l *layout) body(lines []line, t *blockType, depth int) {
	var last item
	for i, it := range ordered(itemize(lines), t) {
		it.tall = it.isBlock() && newBlock(it.tokens).tall(depth)
		if i > 0 && (it.blank || !it.alone() && (it.tall || last.tall)) {
			l.out.WriteByte('\n')
		}
		l.lines(it.over)
		if it.isBlock() {
			l.block(it, t, depth)
		} else {
			l.lines([]line{it.tokens})
		}
		l.lines(it.beside)
		last = it
	}
}

func (l *layout) block(it item, outer *blockType, depth int) {
	if !it.tall {
		l.lines([]line{newBlock(it.tokens).flat()})
		return
	}
	var t *blockType
	if outer != nil {
		t = outer.nested(it.name())
	}
	b := newBlock(it.tokens)
	l.lines([]line{b.header})
	l.body(b.body, t, depth+1)
	l.lines([]line{b.closing})
}

func (l *layout) lines(lines []line) {
	for _, ln := range lines {
		l.write(ln)
		if len(ln) > 0 && !bytes.HasSuffix(l.out.Bytes(), []byte("\n")) {
			l.out.WriteByte('\n')
		}
	}
}

// write writes tokens with a space where there was any. Where brackets hold several lines, it leaves out blank ones next to
// a bracket and after another one.
func (l *layout) write(tokens line) {
	ends, opened := 0, false // line ends since the last token, and whether a bracket is open right before them
	for i, tok := range tokens {
		switch {
		case tok.Type == hclsyntax.TokenNewline:
			if ends == 0 || ends == 1 && !opened && !closesNext(tokens[i+1:]) {
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
			l.out.Write(l.standIn)
			l.folded = append(l.folded, tok.Bytes)
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

// ordered brings the items of a body into canonical order.
func ordered(items []item, t *blockType) []item {
	if t == nil || t == topLevel || slices.ContainsFunc(items, func(it item) bool { return !it.alone() && t.rank(it) < 0 }) {
		return items
	}
	byRank := func(a, b item) int { return cmp.Compare(t.rank(a), t.rank(b)) }
	for start := 0; start < len(items); {
		part := items[start:]
		under := false // a comment that stands directly under the part
		if n := slices.IndexFunc(part, item.alone); n >= 0 {
			under = n > 0 && !part[n].blank
			part = part[:n]
		}
		if !under && !slices.IsSortedFunc(part, byRank) {
			part[0].blank = false // it stands there for what is above the part
			slices.SortStableFunc(part, byRank)
			for i := range part {
				part[i].blank = part[i].blank && part[i].isBlock()
			}
			part[0].blank = start > 0
		}
		start += len(part) + 1
	}
	return items
}

// rank is the place of an item in a block of the type, -1 when it does not belong there.
func (t *blockType) rank(it item) int {
	name := it.name()
	if !it.isBlock() {
		return slices.IndexFunc(t.attrs, func(a attribute) bool { return a.name == name })
	}
	i := slices.IndexFunc(t.blocks, func(b *blockType) bool { return b.name == name })
	if i < 0 {
		return -1
	}
	return len(t.attrs) + i
}

// block is a block taken apart.
type block struct {
	header  line   // to the opening brace, and the comments after it
	body    []line // without blank lines when it has nothing else
	closing line   // from the comments before the closing brace
	oneLine bool   // written so in the source
}

func newBlock(tokens line) block {
	open, depth, end := -1, 0, 0
	for i, tok := range tokens {
		depth += bracket(tok)
		if depth > 0 && open < 0 {
			open = i
		}
		if depth == 0 && open >= 0 {
			end = i
			break
		}
	}
	lines := split(tokens[open+1 : end])
	if len(lines) == 1 {
		return block{header: tokens[:open+1], body: lines, closing: tokens[end:], oneLine: true}
	}
	last := len(lines) - 1
	b := block{header: tokens[:open+1+len(lines[0])], body: lines[1:last], closing: tokens[end-len(lines[last]):]}
	if !slices.ContainsFunc(b.body, func(ln line) bool { return len(ln) > 0 }) {
		b.body = nil
	}
	return b
}

// flat is the block on one line.
func (b block) flat() line {
	return slices.Concat(b.header, slices.Concat(b.body...), b.closing)
}

// tall tells whether a block takes several lines.
func (b block) tall(depth int) bool {
	if !b.oneLine {
		commented := bracket(b.header[len(b.header)-1]) == 0 || bracket(b.closing[0]) == 0
		return len(b.body) > 0 || commented
	}
	tokens := b.flat()
	tokens = tokens[:len(tokens)-len(b.closing)+1] // without a comment behind it
	for _, tok := range tokens {
		if bytes.IndexByte(tok.Bytes, '\n') >= 0 {
			return true
		}
	}
	var l layout
	l.write(tokens)
	return 2*depth+utf8.RuneCount(hclwrite.Format(l.out.Bytes())) > maxLine
}
