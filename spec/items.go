package spec

import (
	"bytes"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// line is a line of a body without its newline, or several lines when brackets are open at their ends. It is empty when
// it is blank. A comment that runs to the end of a line has its newline in it.
type line = hclsyntax.Tokens

// split gives the lines of a body. The last one is what follows the last newline.
func split(tokens line) []line {
	var lines []line
	start, depth := 0, 0
	for i, tok := range tokens {
		depth += bracket(tok)
		if depth == 0 && endsLine(tok) {
			end := i
			if tok.Type == hclsyntax.TokenComment {
				end++
			}
			lines = append(lines, tokens[start:end:end])
			start = i + 1
		}
	}
	return append(lines, tokens[start:len(tokens):len(tokens)])
}

func endsLine(tok hclsyntax.Token) bool {
	return tok.Type == hclsyntax.TokenNewline || tok.Type == hclsyntax.TokenComment && bytes.HasSuffix(tok.Bytes, []byte("\n"))
}

// bracket is 1 for a token that opens a bracket, -1 for one that closes it.
func bracket(tok hclsyntax.Token) int {
	switch tok.Type {
	case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
		return 1
	case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd:
		return -1
	}
	return 0
}

// closesNext tells whether the next thing that is no newline closes a bracket.
func closesNext(tokens line) bool {
	for _, tok := range tokens {
		if tok.Type != hclsyntax.TokenNewline {
			return bracket(tok) < 0
		}
	}
	return true
}

// item is an attribute or a block with its comments, or comments that stand for themselves.
type item struct {
	over   []line // comments above it
	tokens line   // empty for comments that stand for themselves
	beside []line // lines that go on with the comment at its end
	blank  bool   // there is a blank line above it
	tall   bool   // it is a block that takes several lines
}

// itemize puts together what belongs together.
func itemize(lines []line) []item {
	var items []item
	next := item{}
	flush := func() {
		if next.over != nil {
			items = append(items, next)
			next = item{}
		}
	}
	touching := false // the last line belongs to the last item
	for _, ln := range lines {
		switch {
		case len(ln) == 0:
			flush()
			next.blank, touching = true, false
		case significant(ln) != nil:
			next.tokens = ln
			items = append(items, next)
			next, touching = item{}, true
		case touching && items[len(items)-1].continuedBy(ln):
			last := &items[len(items)-1]
			last.beside = append(last.beside, ln)
		default:
			next.over = append(next.over, ln)
			touching = false
		}
	}
	flush()
	return items
}

// significant is what a line has from its first token that is no comment.
func significant(ln line) line {
	for i, tok := range ln {
		if tok.Type != hclsyntax.TokenComment {
			return ln[i:]
		}
	}
	return nil
}

func (it item) alone() bool { return len(it.tokens) == 0 }

// name is the name of an attribute or the type of a block.
func (it item) name() string { return string(significant(it.tokens)[0].Bytes) }

func (it item) isBlock() bool {
	if it.alone() {
		return false
	}
	return significant(significant(it.tokens)[1:])[0].Type != hclsyntax.TokenEqual
}

// continuedBy tells whether a comment on a line of its own goes on with the one at the end of the item: both start in the
// same column.
func (it item) continuedBy(comment line) bool {
	last := it.tokens[len(it.tokens)-1]
	return last.Type == hclsyntax.TokenComment && last.Range.Start.Column == comment[0].Range.Start.Column
}
