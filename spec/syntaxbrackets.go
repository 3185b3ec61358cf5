package spec

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// openBracket is one that is open.
type openBracket struct {
	token  hclsyntax.Token
	line   int
	indent int
	block  *blockType // of a block that tarn knows, nil else
	what   string     // what it opens: the block volume "data"
	header hcl.Range
}

// unclosed is a bracket without its other half.
type unclosed struct {
	slip
	block   bool // it is that of a block
	noticed int  // line at which it is certain
	stray   bool // it closes, and nothing is open
}

var closing = map[hclsyntax.TokenType]hclsyntax.TokenType{
	hclsyntax.TokenOBrace: hclsyntax.TokenCBrace, hclsyntax.TokenOBrack: hclsyntax.TokenCBrack, hclsyntax.TokenOParen: hclsyntax.TokenCParen,
	hclsyntax.TokenTemplateInterp: hclsyntax.TokenTemplateSeqEnd, hclsyntax.TokenTemplateControl: hclsyntax.TokenTemplateSeqEnd,
}

var closingText = map[hclsyntax.TokenType]string{
	hclsyntax.TokenOBrace: "}", hclsyntax.TokenOBrack: "]", hclsyntax.TokenOParen: ")",
	hclsyntax.TokenTemplateInterp: "}", hclsyntax.TokenTemplateControl: "}",
}

// brackets finds the first bracket that has no other half, nil for none. Where the missing one should be is known when a block
// begins that cannot be where it is, or another bracket closes; else the indentation tells.
func (b *brokenFile) brackets() *unclosed {
	var stack []openBracket
	var byIndent *unclosed // what the indentation speaks for, when something is open at the end
	line := 0
	for i, t := range b.tokens {
		top := len(stack) - 1
		startsLine := t.Range.Start.Line != line && t.Type != hclsyntax.TokenNewline && t.Type != hclsyntax.TokenComment
		if startsLine {
			line = t.Range.Start.Line
			if block, isHeader := b.headerAt(i); isHeader && top >= 0 {
				open := stack[top]
				switch {
				case open.block == nil && open.line < line, open.block != nil && open.block.nested(block.name) == nil && open.line < line && topLevel.nested(block.name) != nil,
					open.block != nil && open.block == block && open.line < line:
					if byIndent != nil && byIndent.at.Start.Line > open.line {
						return byIndent // it is within
					}
					return b.notClosed(open, line)
				case byIndent == nil && open.line < line && len(b.indent(line)) <= open.indent:
					byIndent = b.notClosed(open, line)
				}
			}
		}
		if _, opens := closing[t.Type]; opens {
			stack = append(stack, b.opened(i))
			continue
		}
		closes := t.Type == hclsyntax.TokenCBrace || t.Type == hclsyntax.TokenCBrack || t.Type == hclsyntax.TokenCParen || t.Type == hclsyntax.TokenTemplateSeqEnd
		if !closes {
			continue
		}
		if top < 0 {
			return b.stray(t)
		}
		open := stack[top]
		if closing[open.token.Type] != t.Type {
			if !slices.ContainsFunc(stack, func(o openBracket) bool { return closing[o.token.Type] == t.Type }) {
				return b.stray(t)
			}
			if t.Range.Start.Line == open.line {
				return b.notClosedOnLine(open, t)
			}
			return b.notClosed(open, t.Range.Start.Line)
		}
		if startsLine && byIndent == nil && open.line < line && len(b.indent(line)) < open.indent {
			byIndent = b.notClosed(open, line)
		}
		stack = stack[:top]
	}
	switch {
	case len(stack) == 0:
		return nil
	case byIndent != nil:
		return byIndent
	}
	return b.notClosed(stack[len(stack)-1], len(b.starts)+1)
}

// balanced reports whether each bracket has its other half, whatever the indentation says.
func (b *brokenFile) balanced() bool {
	var open []hclsyntax.TokenType
	for _, t := range b.tokens {
		if closer, opens := closing[t.Type]; opens {
			open = append(open, closer)
			continue
		}
		switch t.Type {
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd:
			last := len(open) - 1
			if last < 0 || open[last] != t.Type {
				return false
			}
			open = open[:last]
		}
	}
	return len(open) == 0
}

// headerAt is the type of the block whose header begins with the token at an index, when it is one that tarn knows.
func (b *brokenFile) headerAt(i int) (*blockType, bool) {
	if b.tokens[i].Type != hclsyntax.TokenIdent {
		return nil, false
	}
	block := blockNamed(string(b.tokens[i].Bytes))
	if block == nil {
		return nil, false
	}
	for _, t := range b.tokens[i+1:] {
		switch t.Type {
		case hclsyntax.TokenOQuote, hclsyntax.TokenQuotedLit, hclsyntax.TokenCQuote, hclsyntax.TokenIdent:
		case hclsyntax.TokenOBrace:
			return block, true
		default:
			return nil, false
		}
	}
	return nil, false
}

// opened describes the bracket at an index of the tokens.
func (b *brokenFile) opened(i int) openBracket {
	t := b.tokens[i]
	o := openBracket{token: t, line: t.Range.Start.Line, indent: len(b.indent(t.Range.Start.Line)), header: t.Range}
	first := i
	for first > 0 && b.tokens[first-1].Range.Start.Line == o.line && isHeaderPart(b.tokens[first-1].Type) {
		first--
	}
	before := b.tokens[first:i]
	switch {
	case t.Type == hclsyntax.TokenTemplateInterp, t.Type == hclsyntax.TokenTemplateControl:
		o.what = "the ${ in this text"
	case len(before) > 0 && before[0].Type == hclsyntax.TokenIdent && t.Type == hclsyntax.TokenOBrace:
		o.header = hcl.RangeBetween(before[0].Range, t.Range)
		o.block = blockNamed(string(before[0].Bytes))
		o.what = "the block " + string(bytes.TrimSpace(b.src[before[0].Range.Start.Byte:t.Range.Start.Byte]))
	case i >= 2 && b.tokens[i-1].Type == hclsyntax.TokenEqual && b.tokens[i-2].Type == hclsyntax.TokenIdent:
		o.header = hcl.RangeBetween(b.tokens[i-2].Range, t.Range)
		o.what = fmt.Sprintf("the value of %q", b.tokens[i-2].Bytes)
	case t.Type == hclsyntax.TokenOParen && i >= 1 && b.tokens[i-1].Type == hclsyntax.TokenIdent:
		o.header = hcl.RangeBetween(b.tokens[i-1].Range, t.Range)
		o.what = fmt.Sprintf("the call of %s", b.tokens[i-1].Bytes)
	default:
		o.what = fmt.Sprintf("the %q", t.Bytes)
	}
	return o
}

func isHeaderPart(t hclsyntax.TokenType) bool {
	return slices.Contains([]hclsyntax.TokenType{hclsyntax.TokenIdent, hclsyntax.TokenOQuote, hclsyntax.TokenQuotedLit, hclsyntax.TokenCQuote}, t)
}

// notClosed reports a bracket that is not closed before a line.
func (b *brokenFile) notClosed(open openBracket, before int) *unclosed {
	closer := closingText[open.token.Type]
	u := unclosed{slip{summary: "Missing closing bracket", at: open.header}, open.block != nil, before, false}
	if closer == "}" {
		u.summary = "Missing closing brace"
	}
	last := max(before-1, open.line) // with something in it
	for last > open.line && strings.TrimSpace(b.text(last)) == "" {
		last--
	}
	what := strings.ToUpper(open.what[:1]) + open.what[1:]
	var mended []byte
	where := fmt.Sprintf("after line %d", last)
	if last == open.line {
		end := b.starts[last-1] + len(strings.TrimRight(b.text(last), " \t"))
		text := closer
		if closer == "}" {
			text = " }"
		}
		mended, where = b.edited(edit{end, end, text}), "on this line"
	} else {
		at := b.starts[last-1] + len(b.text(last))
		mended = b.edited(edit{at, at, "\n" + b.indent(open.line) + closer})
	}
	u.detail = fmt.Sprintf("%s begins here and has no %q.", what, closer)
	if tried := b.mendAt(u.slip, max(last, b.line), mended); tried.mended != nil {
		u.mended = mended
		u.detail += fmt.Sprintf(" It is most likely missing %s.", where)
	}
	return &u
}

// notClosedOnLine reports a bracket that is not closed before another one closes on its line.
func (b *brokenFile) notClosedOnLine(open openBracket, other hclsyntax.Token) *unclosed {
	u := b.notClosed(open, open.line+1)
	closer := closingText[open.token.Type]
	at := other.Range.Start.Byte
	at -= len(b.src[:at]) - len(bytes.TrimRight(b.src[:at], " \t"))
	if closer == "}" {
		closer = " }"
	}
	u.detail, _, _ = strings.Cut(u.detail, " It is most likely")
	u.mended = nil
	if tried := b.mendAt(u.slip, max(open.line, b.line), b.edited(edit{at, at, closer})); tried.mended != nil {
		u.mended = tried.mended
		u.detail += fmt.Sprintf(" It is most likely missing on this line, before the %q.", other.Bytes)
	}
	return u
}

// stray reports a closing bracket that nothing has opened.
func (b *brokenFile) stray(t hclsyntax.Token) *unclosed {
	line := t.Range.Start.Line
	return &unclosed{slip{summary: "Closing bracket too many", at: t.Range, detail: fmt.Sprintf("Nothing is open that this %q could close: "+
		"take it out, or look for one too many above.", t.Bytes)}, false, line, true}
}
