package spec

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// The longest lists of a spec are names, one on a line. What such a line is needs no lexer and no parser, which take a hundred times its size.

// plainText is the place of a text in the line that src begins with, without its quotes: src[start:end] of `  "vol-1",`, with the end of
// that line as next. It is not ok for any other line, among them those of texts with templates, escapes, or what is more than one byte.
func plainText(src []byte) (start, end, next int, ok bool) {
	for start < len(src) && (src[start] == ' ' || src[start] == '\t') {
		start++
	}
	if start == len(src) || src[start] != '"' {
		return 0, 0, 0, false
	}
	start++
	for end = start; end < len(src); end++ {
		switch c := src[end]; {
		case c == '"':
			ok = end > start && bytes.HasPrefix(src[end:], []byte("\",\n"))
			return start, end, end + len("\",\n"), ok
		case c < ' ', c > '~', c == '\\', c == '$', c == '%':
			return 0, 0, 0, false
		}
	}
	return 0, 0, 0, false
}

// plainTextLines is how many bytes of such lines src begins with, without the last of them.
func plainTextLines(src []byte) int {
	before, all := 0, 0
	for {
		_, _, next, ok := plainText(src[all:])
		if !ok {
			return before
		}
		before, all = all, all+next
	}
}

// plainTexts is what the parser makes of the items of a list that are all on such lines; at is where these begin. It is not ok for other
// items.
func plainTexts(text []byte, name string, at hcl.Pos) (items []hclsyntax.Expression, ok bool) {
	type item struct { // in one piece: there are many
		text  hclsyntax.TemplateExpr
		value hclsyntax.LiteralValueExpr
		parts [1]hclsyntax.Expression
	}
	all, on := make([]item, bytes.Count(text, []byte{'\n'})), string(text)
	if len(all) == 0 || text[len(text)-1] != '\n' {
		return nil, false
	}
	items = make([]hclsyntax.Expression, len(all))
	for i, line := 0, 0; i < len(all); i++ {
		start, end, next, ok := plainText(text[line:])
		if !ok {
			return nil, false
		}
		place := func(from, to int) hcl.Range {
			pos := func(byte int) hcl.Pos {
				return hcl.Pos{Line: at.Line + i, Column: at.Column + byte, Byte: at.Byte + line + byte}
			}
			return hcl.Range{Filename: name, Start: pos(from), End: pos(to)}
		}
		it := &all[i]
		it.value = hclsyntax.LiteralValueExpr{Val: cty.StringVal(on[line+start : line+end]), SrcRange: place(start, end)}
		it.parts[0] = &it.value
		it.text = hclsyntax.TemplateExpr{Parts: it.parts[:], SrcRange: place(start-1, end+1)}
		items[i] = &it.text
		line += next
	}
	return items, true
}

// textOfPlain is the value of an expression that is a text without templates, such as those of plainTexts; not ok for others.
func textOfPlain(expr hclsyntax.Expression) (cty.Value, bool) {
	text, ok := expr.(*hclsyntax.TemplateExpr)
	if !ok || !text.IsStringLiteral() {
		return cty.NilVal, false
	}
	literal := text.Parts[0].(*hclsyntax.LiteralValueExpr)
	return literal.Val, literal.Val.Type() == cty.String
}
