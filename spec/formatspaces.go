package spec

import (
	"bytes"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// spaced gives the lines of a text the spaces that HCL's own formatter, hclwrite, gives them: before them by the brackets that are open, within
// them between the tokens, and before = and comments so many that those of neighbouring lines stand in one column. The tests compare the two.
// They differ where a comment of several lines is in a line: here its last line counts, which is what the rest of the line stands behind.
//
// hclwrite itself is not in the program, because it imports go-cmp. What that makes before main takes an eighth of the time in which a command
// starts. The text has no heredoc: layout has placeholders for them.
func spaced(text []byte) []byte {
	tokens, _ := hclsyntax.LexConfig(text, "", hcl.InitialPos)
	rows := rowsOf(tokens)
	inColumns(rows, func(r *row) hclsyntax.Tokens { return r.value })
	inColumns(rows, func(r *row) hclsyntax.Tokens { return r.comment })
	var out bytes.Buffer
	for _, r := range rows {
		out.Write(r.text.Bytes())
		if r.newline {
			out.WriteByte('\n')
		}
	}
	return out.Bytes()
}

// row is a line of the text as it comes to be written.
type row struct {
	text    bytes.Buffer // so far, without what follows
	columns int          // of the text

	value   hclsyntax.Tokens // from the = of an attribute that ends on this line
	comment hclsyntax.Tokens // at the end of a line that has more, to the end of that
	newline bool             // it ends with a newline, and not with a comment that has one, or with the text
}

// rowsOf gives the lines of a text with what each begins with.
func rowsOf(tokens hclsyntax.Tokens) []row {
	var rows []row
	var open []int // how many brackets each line has opened that are open still, for lines that have any
	for start := 0; start < len(tokens) && tokens[start].Type != hclsyntax.TokenEOF; {
		end := start
		for end < len(tokens)-1 && !endsLine(tokens[end]) && tokens[end+1].Type != hclsyntax.TokenEOF {
			end++
		}
		line := tokens[start : end+1]
		start = end + 1
		var r row
		if last := len(line) - 1; line[last].Type == hclsyntax.TokenNewline {
			r.newline, line = true, line[:last]
		} else if last > 0 && line[last].Type == hclsyntax.TokenComment {
			r.comment, line = line[last:], line[:last]
		}
		if len(line) > 0 {
			var depth int
			open, depth = nested(open, openedBy(line))
			if at := 1 + slices.IndexFunc(line[1:], isEqual); at > 0 && openedBy(line[at:]) == 0 {
				r.value, line = line[at:], line[:at]
			}
			r.add(2*depth, line)
		}
		rows = append(rows, r)
	}
	return rows
}

func isEqual(tok hclsyntax.Token) bool { return tok.Type == hclsyntax.TokenEqual }

// openedBy is how many brackets tokens open that they do not close, less than 0 when they close others.
func openedBy(tokens hclsyntax.Tokens) int {
	n := 0
	for _, tok := range tokens {
		n += bracket(tok)
	}
	return n
}

// nested is what is open after a line that opens so many brackets or closes them, and how deep the line stands: a line goes one deeper, however
// many it opens.
func nested(open []int, brackets int) (after []int, depth int) {
	if brackets > 0 {
		return append(open, brackets), len(open)
	}
	for brackets < 0 && len(open) > 0 {
		last := len(open) - 1
		left := open[last] + brackets
		if left > 0 {
			open[last] = left
			break
		}
		open, brackets = open[:last], left
	}
	return open, len(open)
}

// inColumns adds a part to those rows that have it, for neighbours that all have it in one column.
func inColumns(rows []row, part func(*row) hclsyntax.Tokens) {
	for start := 0; start < len(rows); start++ {
		end, widest := start, 0
		for ; end < len(rows) && part(&rows[end]) != nil; end++ {
			widest = max(widest, rows[end].columns)
		}
		for ; start < end; start++ {
			r := &rows[start]
			r.add(widest+1-r.columns, part(r))
		}
	}
}

// add adds some spaces and tokens.
func (r *row) add(spaces int, tokens hclsyntax.Tokens) {
	var before, left hclsyntax.Token
	for i, right := range tokens {
		if i > 0 {
			spaces = 0
			if isSpaced(before, left, right) {
				spaces = 1
			}
		}
		r.text.Write(bytes.Repeat([]byte(" "), spaces))
		r.text.Write(right.Bytes)
		r.columns += spaces + right.Range.End.Column - right.Range.Start.Column
		if right.Range.End.Line > right.Range.Start.Line { // a comment, of which the last line counts
			r.columns = right.Range.End.Column - 1
		}
		before, left = left, right
	}
}

// isSpaced tells whether a space stands between two tokens. before is the one in front of the left one, the zero token for none.
func isSpaced(before, left, right hclsyntax.Token) bool {
	l, r := left.Type, right.Type
	switch {
	case l == hclsyntax.TokenDot || r == hclsyntax.TokenDot || r == hclsyntax.TokenComma || r == hclsyntax.TokenEllipsis:
		return false
	case l == hclsyntax.TokenIdent && (r == hclsyntax.TokenOParen || r == hclsyntax.TokenDoubleColon), l == hclsyntax.TokenDoubleColon && r == hclsyntax.TokenIdent:
		return false // the name of a function
	case l == hclsyntax.TokenComma:
		return true
	case l == hclsyntax.TokenOQuote || l == hclsyntax.TokenQuotedLit || r == hclsyntax.TokenQuotedLit || r == hclsyntax.TokenCQuote:
		return false // a space would be one of the text
	case l == hclsyntax.TokenIdent && string(left.Bytes) == "in" && before.Type == hclsyntax.TokenIdent:
		return true // for x in [a, b]
	case r == hclsyntax.TokenOBrack && (l == hclsyntax.TokenIdent || l == hclsyntax.TokenNumberLit || bracket(left) < 0):
		return false // an index
	case l == hclsyntax.TokenBang:
		return false
	case l == hclsyntax.TokenMinus:
		return !slices.Contains(beforeSign, before.Type)
	case l == hclsyntax.TokenOBrace || r == hclsyntax.TokenCBrace:
		return l != hclsyntax.TokenOBrace || r != hclsyntax.TokenCBrace
	case l == hclsyntax.TokenTemplateSeqEnd && bracket(right) > 0 && r != hclsyntax.TokenOBrace && r != hclsyntax.TokenOBrack && r != hclsyntax.TokenOParen:
		return false // one template right behind another one
	case bracket(left) > 0:
		return r == hclsyntax.TokenOBrace && l != hclsyntax.TokenOBrack && l != hclsyntax.TokenOParen // an object alone in a template
	case bracket(right) < 0:
		return r == hclsyntax.TokenTemplateSeqEnd && l == hclsyntax.TokenCBrace
	}
	return true
}

// beforeSign are the tokens after which a minus is the sign of what follows, and takes nothing from what is before it.
var beforeSign = []hclsyntax.TokenType{
	hclsyntax.TokenNil, hclsyntax.TokenOParen, hclsyntax.TokenOBrace, hclsyntax.TokenOBrack,
	hclsyntax.TokenEqual, hclsyntax.TokenColon, hclsyntax.TokenComma, hclsyntax.TokenQuestion,
	hclsyntax.TokenPlus, hclsyntax.TokenMinus, hclsyntax.TokenStar, hclsyntax.TokenSlash, hclsyntax.TokenPercent,
	hclsyntax.TokenEqualOp, hclsyntax.TokenNotEqual, hclsyntax.TokenLessThan, hclsyntax.TokenLessThanEq, hclsyntax.TokenGreaterThan, hclsyntax.TokenGreaterThanEq,
	hclsyntax.TokenAnd, hclsyntax.TokenOr, hclsyntax.TokenBang,
}
