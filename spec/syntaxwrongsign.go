package spec

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// wrongSign finds the first line that has another sign where a block opens or closes: pool "fast" = or a comma alone. The brackets do not pair up then,
// and where that shows is far away.
func (b *brokenFile) wrongSign() *slip {
	for line := 1; line <= len(b.starts); line++ {
		if s := b.wrongOpening(line); s != nil {
			return s
		}
		if s := b.wrongClosing(line); s != nil {
			return s
		}
		if s := b.wrongValue(line); s != nil {
			return s
		}
	}
	return nil
}

// wrongOpening is a header of a block with another sign than a brace behind it.
func (b *brokenFile) wrongOpening(line int) *slip {
	tokens := b.lineTokens(line)
	if len(tokens) < 2 || tokens[0].Type != hclsyntax.TokenIdent || blockNamed(string(tokens[0].Bytes)) == nil {
		return nil
	}
	i := 1
	for i < len(tokens) && isHeaderPart(tokens[i].Type) {
		i++
	}
	if i == len(tokens) || tokens[i].Type == hclsyntax.TokenOBrace || i == 1 && blockNamed(string(tokens[0].Bytes)).label != "" {
		return nil
	}
	sign := tokens[i]
	s := slip{summary: "Missing opening brace", at: sign.Range, detail: fmt.Sprintf("A %s block has an opening brace here, and not %q.", tokens[0].Bytes, sign.Bytes)}
	for _, brace := range []string{"{}", "{"} {
		if brace == "{}" && sign.Type != hclsyntax.TokenCBrace {
			continue
		}
		if tried := b.mendAt(s, line, b.edited(edit{sign.Range.Start.Byte, sign.Range.End.Byte, brace})); tried.mended != nil {
			return tried
		}
	}
	return nil
}

// wrongValue is an attribute whose object has another sign than its opening brace.
func (b *brokenFile) wrongValue(line int) *slip {
	tokens := b.lineTokens(line)
	for i := 0; i+1 < len(tokens); i++ {
		sign := tokens[i+1]
		switch sign.Type {
		case hclsyntax.TokenComma, hclsyntax.TokenEqual, hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenOBrack, hclsyntax.TokenOParen:
		default:
			continue
		}
		if tokens[i].Type != hclsyntax.TokenEqual || i == 0 || tokens[i-1].Type != hclsyntax.TokenIdent {
			continue
		}
		s := slip{summary: "Missing opening brace", at: sign.Range, detail: fmt.Sprintf("An object has an opening brace here, and not %q.", sign.Bytes)}
		if tried := b.mendAt(s, line, b.edited(edit{sign.Range.Start.Byte, sign.Range.End.Byte, "{"})); tried.mended != nil {
			return tried
		}
	}
	return nil
}

// wrongClosing is a line that has nothing but a sign which is no closing brace, where one belongs.
func (b *brokenFile) wrongClosing(line int) *slip {
	text := strings.TrimSpace(b.text(line))
	if len(text) != 1 || !strings.Contains("=,\"[(])", text) {
		return nil
	}
	at := b.lineRange(line)
	s := slip{summary: "Missing closing brace", at: at, detail: fmt.Sprintf("A closing brace belongs here, and not %q.", text)}
	tried := b.mendAt(s, line, b.edited(edit{at.Start.Byte, at.Start.Byte + 1, "}"}))
	if tried.mended == nil {
		return nil
	}
	return tried
}

// noStatement is a line that is nothing which can stand in a block, when it is not known what it should be.
func (b *brokenFile) noStatement() *slip {
	if !b.is("Argument or block definition required", "Invalid argument name", "Invalid block definition") {
		return nil
	}
	if tokens := b.lineTokens(b.line); len(tokens) > 0 {
		if s := foreignStatement(tokens[0]); s != nil {
			return s
		}
	}
	at := b.lineRange(b.line)
	if at.Start.Byte == at.End.Byte {
		at = hcl.Range{Filename: b.name, Start: b.first.Subject.Start, End: b.first.Subject.End}
	}
	return &slip{summary: "Neither attribute nor block", at: at, detail: "A line in a spec is an attribute, name = value, or begins or ends a block, name \"label\" { … }. This one is neither."}
}

// statements are words that begin a line in other languages, and what a spec has for them.
var statements = map[string]string{
	"include": "All files of a directory are one spec: take it out.",
	"if":      "A value has the condition in it: description = var.fast ? \"fast\" : \"slow\". For a block that is there or not, write for_each = toset(var.fast ? [\"a\"] : []) and name = each.key.",
	"else":    "A value has both sides of the condition in it: description = var.fast ? \"fast\" : \"slow\".",
	"for":     severalOf,
	"foreach": severalOf,
	"while":   severalOf,
	"set":     "Write name = value, and values that several blocks have in locals { … }.",
	"let":     "Write values that several blocks have in locals { … }.",
	"export":  "Write values that several blocks have in locals { … }.",
}

// foreignStatement is a line that begins as a statement of another language; nil for another one.
func foreignStatement(first hclsyntax.Token) *slip {
	word := string(first.Bytes)
	text, known := statements[word]
	if !known || first.Type != hclsyntax.TokenIdent {
		return nil
	}
	return &slip{summary: "Neither attribute nor block", at: first.Range, detail: "A spec has no " + word + ". " + text}
}
