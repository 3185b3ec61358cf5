package spec

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Mistakes in what stands between the attributes, blocks and elements of a line, and a line laid out as it should be.

// comma is a comma or semicolon behind an attribute.
func (b *brokenFile) comma() *slip {
	tokens := b.lineTokens(b.line)
	if len(tokens) == 0 {
		return nil
	}
	last := tokens[len(tokens)-1]
	if last.Type != hclsyntax.TokenComma && last.Type != hclsyntax.TokenSemicolon || last.Range.Start.Byte < b.first.Subject.Start.Byte {
		return nil
	}
	name := map[hclsyntax.TokenType]string{hclsyntax.TokenComma: "comma", hclsyntax.TokenSemicolon: "semicolon"}[last.Type]
	s := slip{summary: capital(name) + " behind an attribute", at: last.Range, detail: fmt.Sprintf("An attribute ends with its line, without a %s.", name)}
	tried := b.mend(s, edit{last.Range.Start.Byte, last.Range.End.Byte, ""})
	if tried.mended == nil {
		return nil
	}
	return tried
}

// braceWithOthers is a block over several lines one of whose braces does not end its line, or begin it.
func (b *brokenFile) braceWithOthers() *slip {
	if !b.is("Missing newline after argument", "Invalid single-argument block definition", "Missing newline after block definition") {
		return nil
	}
	const summary = "Block over several lines"
	tokens := b.lineTokens(b.line)
	depth := 0
	for _, t := range tokens {
		if _, opens := closing[t.Type]; opens {
			depth++
		} else if t.Type == hclsyntax.TokenCBrace || t.Type == hclsyntax.TokenCBrack || t.Type == hclsyntax.TokenCParen || t.Type == hclsyntax.TokenTemplateSeqEnd {
			depth--
		}
		if depth < 0 {
			indent := strings.TrimSuffix(b.indent(b.line), "  ")
			return b.mend(slip{summary: summary, at: t.Range, detail: "The closing brace of a block over several lines has a line of its own."},
				edit{t.Range.Start.Byte, t.Range.Start.Byte, "\n" + indent})
		}
	}
	open := slices.IndexFunc(tokens, func(t hclsyntax.Token) bool { return !isHeaderPart(t.Type) })
	if depth > 0 && open > 0 && tokens[open].Type == hclsyntax.TokenOBrace && open+1 < len(tokens) {
		end := tokens[open].Range.End.Byte
		return b.mend(slip{summary: summary, at: tokens[open].Range, detail: "The attributes of a block over several lines begin on the line after its opening brace."},
			edit{end, tokens[open+1].Range.Start.Byte, "\n" + b.indent(b.line) + "  "})
	}
	return nil
}

// severalArguments is a line with more than one attribute or block.
func (b *brokenFile) severalArguments() *slip {
	if !b.is("Argument definition required", "Invalid single-argument block definition", "Missing newline after argument", "Missing newline after block definition", "Unexpected comma after argument", "Invalid character", "Invalid expression") {
		return nil
	}
	tokens := b.lineTokens(b.line)
	if len(tokens) == 0 {
		return nil
	}
	lines := b.layout(tokens, "")
	if len(lines) < 2 {
		return nil
	}
	s := slip{summary: "Several attributes on a line", at: *b.first.Subject, detail: "Each attribute and each block has a line of its own."}
	if b.is("Argument definition required") {
		s.summary, s.detail = "Block within a line", "A block in another block has a line of its own."
	}
	indent := b.indent(b.line)
	tried := b.mend(s, edit{tokens[0].Range.Start.Byte, tokens[len(tokens)-1].Range.End.Byte, strings.Join(lines, "\n"+indent)})
	if tried.mended == nil && b.is("Invalid character", "Invalid expression") {
		return nil
	}
	return tried
}

// missingComma is a list, an object or a call with nothing between two elements.
func (b *brokenFile) missingComma() *slip {
	if !b.is("Missing item separator", "Missing attribute separator", "Missing argument separator", "Unexpected end of expression") {
		return nil
	}
	i := slices.IndexFunc(b.tokens, func(t hclsyntax.Token) bool {
		return t.Range.Start.Byte >= b.first.Subject.Start.Byte && t.Type != hclsyntax.TokenNewline && t.Type != hclsyntax.TokenComment
	})
	before := i - 1
	for before >= 0 && (b.tokens[before].Type == hclsyntax.TokenNewline || b.tokens[before].Type == hclsyntax.TokenComment) {
		before--
	}
	if i < 0 || before < 0 || b.tokens[i].Type == hclsyntax.TokenEOF {
		return nil
	}
	end := b.tokens[before].Range
	s := slip{summary: "Missing comma", at: b.tokens[i].Range, detail: "A comma is missing before this."}
	if line := end.End.Line; line != b.tokens[i].Range.Start.Line {
		s.detail = fmt.Sprintf("A comma is missing at the end of line %d.", line)
		s.example = []string{strings.TrimSpace(b.text(line)) + ","}
	}
	return b.mend(s, edit{end.End.Byte, end.End.Byte, ","})
}

// backslash is one in text that means nothing. When a text has one, none in it was meant to mean something: in "C:\new\pool" the first
// would begin a new line.
func (b *brokenFile) backslash() *slip {
	if !b.is("Invalid escape sequence") {
		return nil
	}
	var edits []edit
	for _, t := range b.lineTokens(b.line) {
		if t.Type != hclsyntax.TokenQuotedLit || t.Range.Start.Byte > b.first.Subject.Start.Byte || t.Range.End.Byte <= b.first.Subject.Start.Byte {
			continue
		}
		for i, c := range t.Bytes {
			if at := t.Range.Start.Byte + i; c == '\\' && (i+1 == len(t.Bytes) || t.Bytes[i+1] != '"') {
				edits = append(edits, edit{at, at, `\`})
			}
		}
	}
	if edits == nil {
		return nil
	}
	return b.mend(slip{summary: "Backslash in text", at: *b.first.Subject, detail: `A backslash in quotes begins \n, \t, \", \\ or \uNNNN.`}, edits...)
}

// layout puts each attribute and block of a line on lines of their own.
func (b *brokenFile) layout(tokens hclsyntax.Tokens, indent string) []string {
	items := split(tokens)
	if len(items) > 1 {
		var lines []string
		for _, item := range items {
			lines = append(lines, b.layout(item, indent)...)
		}
		return lines
	}
	if len(items) == 0 { // all of it stands between others: a semicolon, a comma
		return nil
	}
	item := items[0]
	text := string(b.src[item[0].Range.Start.Byte:item[len(item)-1].Range.End.Byte])
	open := slices.IndexFunc(item, func(t hclsyntax.Token) bool { return !isHeaderPart(t.Type) })
	if open < 1 || item[open].Type != hclsyntax.TokenOBrace || item[len(item)-1].Type != hclsyntax.TokenCBrace || open+1 == len(item)-1 {
		return []string{indent + text}
	}
	inner := b.layout(item[open+1:len(item)-1], indent+"  ")
	if len(inner) == 1 && !beginsBlock(item[open+1:]) {
		return []string{indent + text}
	}
	header := string(b.src[item[0].Range.Start.Byte:item[open].Range.End.Byte])
	return append(append([]string{indent + strings.TrimRightFunc(header[:len(header)-1], unicode.IsSpace) + " {"}, inner...), indent+"}")
}

// split takes tokens of a line apart where another attribute or block begins, and takes out what stands between them.
func split(tokens hclsyntax.Tokens) []hclsyntax.Tokens {
	var items []hclsyntax.Tokens
	depth, start := 0, 0
	add := func(end int) {
		if end > start {
			items = append(items, tokens[start:end])
		}
		start = end
	}
	for i, t := range tokens {
		if _, opens := closing[t.Type]; opens || t.Type == hclsyntax.TokenOQuote {
			depth++
			continue
		}
		switch t.Type {
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd, hclsyntax.TokenCQuote:
			depth--
		case hclsyntax.TokenComma, hclsyntax.TokenSemicolon:
			if depth == 0 {
				add(i)
				start = i + 1
			}
		case hclsyntax.TokenIdent:
			if depth != 0 || i == start || i+1 == len(tokens) || !endsValue(tokens[i-1].Type) || !complete(tokens[start:i]) {
				continue
			}
			switch tokens[i+1].Type {
			case hclsyntax.TokenEqual, hclsyntax.TokenOBrace, hclsyntax.TokenOQuote:
				add(i)
			}
		}
	}
	add(len(tokens))
	return items
}

func endsValue(t hclsyntax.TokenType) bool {
	return slices.Contains([]hclsyntax.TokenType{hclsyntax.TokenCQuote, hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen,
		hclsyntax.TokenNumberLit, hclsyntax.TokenIdent}, t)
}

// complete tells whether tokens may be a whole attribute or block.
func complete(item hclsyntax.Tokens) bool {
	return slices.ContainsFunc(item, func(t hclsyntax.Token) bool { return t.Type == hclsyntax.TokenEqual || t.Type == hclsyntax.TokenCBrace })
}

// beginsBlock tells whether tokens are a block: a header with a brace behind it.
func beginsBlock(item hclsyntax.Tokens) bool {
	open := slices.IndexFunc(item, func(t hclsyntax.Token) bool { return !isHeaderPart(t.Type) })
	return open > 0 && item[open].Type == hclsyntax.TokenOBrace
}
