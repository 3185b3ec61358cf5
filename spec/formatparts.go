package spec

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

// line is a line of a body without its newline, or several lines when brackets are open at their ends. It is empty when
// it is blank. A comment that runs to the end of a line has its newline in it.
type line = hclsyntax.Tokens

// splitLines gives the lines of a body. The last one is what follows the last newline.
func splitLines(tokens line) []line {
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

// endsLine reports whether a token is the end of a line, or a comment with it.
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

// bracketClosesNext reports whether the next thing that is no newline closes a bracket.
func bracketClosesNext(tokens line) bool {
	for _, tok := range tokens {
		if tok.Type != hclsyntax.TokenNewline {
			return bracket(tok) < 0
		}
	}
	return true
}

// statement is an attribute or a block with its comments, or comments that stand for themselves.
type statement struct {
	above      []line // comments above it
	tokens     line   // empty for comments that stand for themselves
	trailing   []line // comments on lines of their own that go on with the one at its end
	blankAbove bool   // there is a blank line above it
	multiline  bool   // it is a block that takes several lines
}

// statementsOf puts the lines of a body together to statements.
func statementsOf(lines []line) []statement {
	var statements []statement
	next := statement{}
	flush := func() {
		if next.above != nil {
			statements = append(statements, next)
			next = statement{}
		}
	}
	touching := false // the last line belongs to the last statement
	for _, ln := range lines {
		switch {
		case len(ln) == 0:
			flush()
			next.blankAbove, touching = true, false
		case afterComments(ln) != nil:
			next.tokens = ln
			statements = append(statements, next)
			next, touching = statement{}, true
		case touching && statements[len(statements)-1].continuedBy(ln):
			last := &statements[len(statements)-1]
			last.trailing = append(last.trailing, ln)
		default:
			next.above = append(next.above, ln)
			touching = false
		}
	}
	flush()
	return statements
}

// afterComments is what a line has from its first token that is no comment.
func afterComments(ln line) line {
	for i, tok := range ln {
		if tok.Type != hclsyntax.TokenComment {
			return ln[i:]
		}
	}
	return nil
}

func (s statement) onlyComments() bool { return len(s.tokens) == 0 }

// name is the name of an attribute or the type of a block.
func (s statement) name() string { return string(afterComments(s.tokens)[0].Bytes) }

func (s statement) isBlock() bool {
	if s.onlyComments() {
		return false
	}
	return afterComments(afterComments(s.tokens)[1:])[0].Type != hclsyntax.TokenEqual
}

// continuedBy reports whether a comment on a line of its own goes on with the one at the end of the statement: both start in
// the same column.
func (s statement) continuedBy(comment line) bool {
	last := s.tokens[len(s.tokens)-1]
	return last.Type == hclsyntax.TokenComment && last.Range.Start.Column == comment[0].Range.Start.Column
}

// maxLine is how many columns a block on one line may take.
const maxLine = 100

// block is a block taken apart.
type block struct {
	header  line   // to the opening brace, and the comments after it
	body    []line // without blank lines when it has nothing else
	closing line   // from the comments before the closing brace
	oneLine bool   // the source has it on one line
}

// splitBlock takes the tokens of a block apart.
func splitBlock(tokens line) block {
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
	lines := splitLines(tokens[open+1 : end])
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

// onOneLine is the block on one line.
func (b block) onOneLine() line {
	return slices.Concat(b.header, slices.Concat(b.body...), b.closing)
}

// isMultiline reports whether the block is laid out over several lines: it is written so and holds something, or has no room
// on one line.
func (b block) isMultiline(depth int) bool {
	if !b.oneLine {
		commented := bracket(b.header[len(b.header)-1]) == 0 || bracket(b.closing[0]) == 0
		return len(b.body) > 0 || commented
	}
	tokens := b.onOneLine()
	tokens = tokens[:len(tokens)-len(b.closing)+1] // without a comment behind it
	for _, tok := range tokens {
		if bytes.IndexByte(tok.Bytes, '\n') >= 0 {
			return true
		}
	}
	var l layout
	l.writeLine(tokens)
	return 2*depth+utf8.RuneCount(hclwrite.Format(l.out.Bytes())) > maxLine
}
