package spec

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// lineSlips know mistakes by the line that the parser stumbled over. The first that knows it is right.
var lineSlips = []func(*brokenFile) *slip{
	(*brokenFile).otherQuotes,
	(*brokenFile).templateInLabel,
	(*brokenFile).oddCharacter,
	(*brokenFile).otherComment,
	(*brokenFile).missingValue,
	(*brokenFile).notEquals,
	(*brokenFile).equalsBeforeBlock,
	(*brokenFile).braceOnNextLine,
	(*brokenFile).dottedAttribute,
	(*brokenFile).quotedAttribute,
	(*brokenFile).missingEquals,
	(*brokenFile).bareInterpolation,
	(*brokenFile).missingEqualsInObject,
	(*brokenFile).unquotedSize,
	(*brokenFile).comma,
	(*brokenFile).braceWithOthers,
	(*brokenFile).severalArguments,
	(*brokenFile).missingComma,
	(*brokenFile).backslash,
	(*brokenFile).percentBrace,
	(*brokenFile).attributeTwice,
}

// is tells whether the parser's first words are one of some.
func (b *brokenFile) is(summaries ...string) bool { return slices.Contains(summaries, b.first.Summary) }

// otherQuotes are single, typographic and back quotes.
func (b *brokenFile) otherQuotes() *slip {
	const typographic = "“”„‟«»″‘’‚‛`'"
	var edits []edit
	var at hcl.Range
	for _, t := range b.lineTokens(b.line) {
		text := string(t.Bytes)
		switch t.Type {
		case hclsyntax.TokenApostrophe, hclsyntax.TokenBacktick, hclsyntax.TokenInvalid, hclsyntax.TokenQuotedNewline:
			if text == "" || strings.Trim(text, typographic) != "" {
				continue
			}
			if edits == nil {
				at = t.Range
			}
			edits = append(edits, edit{t.Range.Start.Byte, t.Range.End.Byte, strings.Repeat(`"`, len([]rune(text)))})
		}
	}
	if edits == nil {
		return nil
	}
	return b.mend(slip{summary: "Wrong quotes", at: at, detail: `Text is in straight double quotes: "text".`}, edits...)
}

// otherComment is a comment as SQL has it.
func (b *brokenFile) otherComment() *slip {
	tokens := b.lineTokens(b.line)
	if len(tokens) < 2 || tokens[0].Type != hclsyntax.TokenMinus || tokens[1].Type != hclsyntax.TokenMinus || !b.is("Argument or block definition required") {
		return nil
	}
	return b.mend(slip{summary: "Wrong comment", at: b.lineRange(b.line), detail: "Comments begin with # or //."},
		edit{tokens[0].Range.Start.Byte, tokens[1].Range.End.Byte, "#"})
}

// missingValue is an attribute without a value.
func (b *brokenFile) missingValue() *slip {
	tokens := b.lineTokens(b.line)
	last := len(tokens) - 1
	if !b.is("Invalid expression", "Missing expression") || last < 1 || tokens[last].Type != hclsyntax.TokenEqual || tokens[last-1].Type != hclsyntax.TokenIdent {
		return nil
	}
	return &slip{summary: "Missing value", at: hcl.RangeBetween(tokens[last-1].Range, tokens[last].Range),
		detail: fmt.Sprintf("%q has no value: it stands on the same line, behind the equals sign.", tokens[last-1].Bytes)}
}

// notEquals is another sign in place of the equals sign between an attribute and its value.
func (b *brokenFile) notEquals() *slip {
	if !b.is("Argument or block definition required") {
		return nil
	}
	tokens := b.lineTokens(b.line)
	for i := 1; i < len(tokens); i++ {
		t := tokens[i]
		if tokens[i-1].Type != hclsyntax.TokenIdent || i > 1 && tokens[i-2].Type != hclsyntax.TokenOBrace {
			continue
		}
		end := i
		switch {
		case t.Type == hclsyntax.TokenColon && i+1 < len(tokens) && tokens[i+1].Type == hclsyntax.TokenEqual: // :=
			end = i + 1
		case t.Type == hclsyntax.TokenColon, t.Type == hclsyntax.TokenFatArrow, t.Type == hclsyntax.TokenEqualOp:
		default:
			continue
		}
		if end+1 >= len(tokens) {
			return nil
		}
		edits := []edit{{tokens[i-1].Range.End.Byte, tokens[end+1].Range.Start.Byte, " = "}}
		edits = append(edits, b.quoted(tokens[end+1:])...)
		return b.mend(slip{summary: "Missing equals sign", at: hcl.RangeBetween(t.Range, tokens[end].Range),
			detail: fmt.Sprintf("An attribute has an equals sign before its value, and not %q.", b.src[t.Range.Start.Byte:tokens[end].Range.End.Byte])}, edits...)
	}
	return nil
}

// quoted puts a single word that is a value into quotes.
func (b *brokenFile) quoted(value hclsyntax.Tokens) []edit {
	if len(value) == 0 || value[0].Type != hclsyntax.TokenIdent || len(value) > 1 && value[1].Type != hclsyntax.TokenCBrace {
		return nil
	}
	word := string(value[0].Bytes)
	if word == "true" || word == "false" || word == "null" {
		return nil
	}
	return []edit{{value[0].Range.Start.Byte, value[0].Range.End.Byte, `"` + word + `"`}}
}

// equalsBeforeBlock is a block that is written like an attribute.
func (b *brokenFile) equalsBeforeBlock() *slip {
	if !b.is("Invalid block definition") {
		return nil
	}
	tokens := b.lineTokens(b.line)
	for i := 1; i+1 < len(tokens); i++ {
		if tokens[i].Type == hclsyntax.TokenEqual && tokens[i+1].Type == hclsyntax.TokenOBrace {
			return b.mend(slip{summary: "Equals sign before a block", at: tokens[i].Range, detail: "A block has no equals sign before its brace."},
				edit{tokens[i-1].Range.End.Byte, tokens[i+1].Range.Start.Byte, " "})
		}
	}
	return nil
}

// braceOnNextLine is a header of a block without its brace.
func (b *brokenFile) braceOnNextLine() *slip {
	tokens := b.lineTokens(b.line)
	if !b.is("Invalid block definition") || len(tokens) == 0 || tokens[0].Type != hclsyntax.TokenIdent || blockNamed(string(tokens[0].Bytes)) == nil {
		return nil
	}
	for _, t := range tokens {
		if !isHeaderPart(t.Type) {
			return nil
		}
	}
	end := tokens[len(tokens)-1].Range.End.Byte
	s := slip{summary: "Missing opening brace", at: b.lineRange(b.line), detail: fmt.Sprintf("A %s block has its opening brace on the same line.", tokens[0].Bytes)}
	for next := b.line + 1; next <= len(b.starts); next++ {
		switch text := strings.TrimSpace(b.text(next)); {
		case text == "":
			continue
		case strings.HasPrefix(text, "{"):
			brace := b.starts[next-1] + len(b.indent(next))
			s.example = []string{strings.TrimSpace(b.text(b.line)) + " " + text}
			return b.mend(s, edit{end, brace, " "})
		}
		break
	}
	return b.mend(s, edit{end, end, " {"})
}

// configKey is what is written for a config key that stands where attributes do.
func configKey(key string) string {
	if strings.ContainsRune(key, '.') {
		key = `"` + key + `"`
	}
	return key
}

// valueFrom is the text of the value that begins with a token of the line, and where it ends.
func (b *brokenFile) valueFrom(tokens hclsyntax.Tokens) (text string, end int) {
	depth := 0
	for _, t := range tokens {
		if _, opens := closing[t.Type]; opens {
			depth++
		} else if t.Type == hclsyntax.TokenCBrace || t.Type == hclsyntax.TokenCBrack || t.Type == hclsyntax.TokenCParen || t.Type == hclsyntax.TokenTemplateSeqEnd {
			if depth--; depth < 0 {
				break
			}
		}
		end = t.Range.End.Byte
	}
	if end == 0 {
		return "", 0
	}
	return string(b.src[tokens[0].Range.Start.Byte:end]), end
}

// dottedAttribute is a config key with dots where attributes stand.
func (b *brokenFile) dottedAttribute() *slip {
	if !b.is("Argument or block definition required") {
		return nil
	}
	tokens := b.lineTokens(b.line)
	for i := range tokens {
		if tokens[i].Type != hclsyntax.TokenIdent || i > 0 && tokens[i-1].Type != hclsyntax.TokenOBrace {
			continue
		}
		end := i
		for end+2 < len(tokens) && tokens[end+1].Type == hclsyntax.TokenDot && tokens[end+2].Type == hclsyntax.TokenIdent {
			end += 2
		}
		if end == i || end+2 >= len(tokens) || tokens[end+1].Type != hclsyntax.TokenEqual {
			continue
		}
		key := string(b.src[tokens[i].Range.Start.Byte:tokens[end].Range.End.Byte])
		return b.keyOutsideConfig(key, hcl.RangeBetween(tokens[i].Range, tokens[end].Range), tokens[end+2:])
	}
	return nil
}

// keyOutsideConfig is a key that stands where attributes do, with its value.
func (b *brokenFile) keyOutsideConfig(key string, at hcl.Range, value hclsyntax.Tokens) *slip {
	s := slip{summary: "Config key outside of config", at: at, detail: fmt.Sprintf("%q is no name of an attribute. Config keys stand in the attribute config.", key)}
	if block, ok := b.configBlock(at.Start.Byte); ok {
		s.summary, s.at = "Config as a block", block
		s.detail = "config is an attribute: it has an equals sign before its brace."
		return b.mendAt(s, block.Start.Line, b.edited(edit{block.End.Byte - 1, block.End.Byte, "= {"}))
	}
	text, end := b.valueFrom(value)
	if text == "" {
		return &s
	}
	return b.mend(s, edit{at.Start.Byte, end, fmt.Sprintf("config = { %s = %s }", configKey(key), text)})
}

// quotedAttribute is the name of an attribute, or a config key, in quotes where attributes stand.
func (b *brokenFile) quotedAttribute() *slip {
	if !b.is("Invalid argument name", "Argument or block definition required") {
		return nil
	}
	tokens := b.lineTokens(b.line)
	for i := 0; i+4 < len(tokens); i++ {
		if tokens[i].Type != hclsyntax.TokenOQuote || i > 0 && tokens[i-1].Type != hclsyntax.TokenOBrace ||
			tokens[i+2].Type != hclsyntax.TokenCQuote || tokens[i+3].Type != hclsyntax.TokenEqual {
			continue
		}
		name, at := string(tokens[i+1].Bytes), hcl.RangeBetween(tokens[i].Range, tokens[i+2].Range)
		if strings.ContainsRune(name, '.') || poolBlock.attribute(name) == nil && volumeBlock.attribute(name) == nil && isConfigKey(name) {
			return b.keyOutsideConfig(name, at, tokens[i+4:])
		}
		return b.mend(slip{summary: "Attribute in quotes", at: at, detail: "The name of an attribute has no quotes."}, edit{at.Start.Byte, at.End.Byte, name})
	}
	return nil
}

// missingEquals is an attribute with a value and nothing between them.
func (b *brokenFile) missingEquals() *slip {
	if !b.is("Invalid block definition", "Argument or block definition required", "Argument definition required") {
		return nil
	}
	tokens := b.lineTokens(b.line)
	if b.is("Argument definition required") { // in a block of one line
		tokens = tokens[max(0, slices.IndexFunc(tokens, func(t hclsyntax.Token) bool { return t.Range.Start.Byte >= b.first.Subject.Start.Byte })):]
		if last := len(tokens) - 1; last > 1 && tokens[last].Type == hclsyntax.TokenCBrace {
			tokens = tokens[:last]
		}
	}
	if len(tokens) < 2 || tokens[0].Type != hclsyntax.TokenIdent || blockNamed(string(tokens[0].Bytes)) != nil {
		return nil
	}
	switch tokens[1].Type {
	case hclsyntax.TokenOQuote, hclsyntax.TokenIdent, hclsyntax.TokenNumberLit, hclsyntax.TokenOBrack:
	default:
		return nil
	}
	if last := tokens[len(tokens)-1].Type; last == hclsyntax.TokenOBrace {
		return nil
	}
	if s := foreignStatement(tokens[0]); s != nil {
		return s
	}
	edits := []edit{{tokens[0].Range.End.Byte, tokens[1].Range.Start.Byte, " = "}}
	edits = append(edits, b.quoted(tokens[1:])...)
	return b.mend(slip{summary: "Missing equals sign", at: hcl.RangeBetween(tokens[0].Range, tokens[1].Range),
		detail: "An attribute has an equals sign before its value."}, edits...)
}

// missingEqualsInObject is a key with a value and no equals sign between them, or with two.
func (b *brokenFile) missingEqualsInObject() *slip {
	if !b.is("Missing key/value separator", "Missing attribute value", "Argument or block definition required") {
		return nil
	}
	tokens := b.lineTokens(b.line)
	i := slices.IndexFunc(tokens, func(t hclsyntax.Token) bool { return t.Range.Start.Byte >= b.first.Subject.Start.Byte })
	if i < 1 || !endsValue(tokens[i-1].Type) && tokens[i-1].Type != hclsyntax.TokenEqual {
		return nil
	}
	s := slip{summary: "Missing equals sign", at: tokens[i].Range, detail: "A key has an equals sign before its value."}
	at := tokens[i].Range.Start.Byte
	switch t := tokens[i].Type; {
	case t == hclsyntax.TokenEqualOp, t == hclsyntax.TokenFatArrow, t == hclsyntax.TokenEqual:
		s.summary, s.detail = "Wrong equals sign", "A value has one equals sign before it."
		return b.mend(s, edit{at, tokens[i].Range.End.Byte, map[bool]string{true: "", false: "="}[tokens[i-1].Type == hclsyntax.TokenEqual]})
	case b.is("Argument or block definition required"):
		return nil
	}
	return b.mend(s, edit{at, at, "= "})
}

// unquotedSize is a value such as 10GiB without quotes.
func (b *brokenFile) unquotedSize() *slip {
	if !b.is("Missing newline after argument", "Missing attribute separator", "Missing item separator", "Invalid single-argument block definition", "Missing argument separator", "Unbalanced parentheses") {
		return nil
	}
	tokens := b.lineTokens(b.line)
	for i := 1; i < len(tokens); i++ {
		n, unit := tokens[i-1], tokens[i]
		if n.Type != hclsyntax.TokenNumberLit || n.Range.End.Byte > b.first.Subject.End.Byte || unit.Range.End.Byte < b.first.Subject.Start.Byte {
			continue
		}
		joined := unit.Range.Start.Byte == n.Range.End.Byte
		if unit.Type == hclsyntax.TokenIdent && (joined || len(unit.Bytes) <= 3 && i+1 < len(tokens) && tokens[i+1].Type != hclsyntax.TokenEqual) {
			value := string(n.Bytes) + string(unit.Bytes)
			return b.mend(slip{summary: "Missing quotes", at: hcl.RangeBetween(n.Range, unit.Range), detail: "A number with a unit is text, and text is in quotes."},
				edit{n.Range.Start.Byte, unit.Range.End.Byte, `"` + value + `"`})
		}
	}
	return nil
}

// bareInterpolation is ${…} or $NAME outside of quotes.
func (b *brokenFile) bareInterpolation() *slip {
	tokens := b.lineTokens(b.line)
	for i, t := range tokens {
		if t.Type != hclsyntax.TokenInvalid || string(t.Bytes) != "$" || i+1 >= len(tokens) {
			if i+3 < len(tokens) && t.Type == hclsyntax.TokenOBrace && tokens[i+1].Type == hclsyntax.TokenOBrace && tokens[i+2].Type == hclsyntax.TokenIdent && b.is("Invalid expression", "Missing attribute value", "Invalid attribute name", "Missing key/value separator", "Missing attribute separator") {
				return &slip{summary: "Template of another tool", at: hcl.RangeBetween(t.Range, tokens[i+1].Range),
					detail: "{{ … }} means nothing in a spec. A variable is var.NAME, and within text \"${var.NAME}\"."}
			}
			continue
		}
		next := tokens[i+1]
		if next.Type == hclsyntax.TokenIdent {
			name := string(next.Bytes)
			s := slip{summary: "Wrong reference", at: hcl.RangeBetween(t.Range, next.Range),
				detail: "A variable is var.NAME, and a variable of the environment env(\"NAME\")."}
			if i+2 < len(tokens) && tokens[i+2].Type == hclsyntax.TokenDot {
				return b.mend(s, edit{t.Range.Start.Byte, t.Range.End.Byte, ""})
			}
			return b.mend(s, edit{t.Range.Start.Byte, next.Range.End.Byte, fmt.Sprintf("env(%q)", name)})
		}
		if next.Type != hclsyntax.TokenOBrace {
			continue
		}
		for j := i + 2; j < len(tokens); j++ {
			if tokens[j].Type == hclsyntax.TokenCBrace {
				return b.mend(slip{summary: "Wrong reference", at: hcl.RangeBetween(t.Range, tokens[j].Range), detail: "${…} is for expressions within text. Outside of quotes the expression stands alone."},
					edit{t.Range.Start.Byte, tokens[i+2].Range.Start.Byte, ""}, edit{tokens[j-1].Range.End.Byte, tokens[j].Range.End.Byte, ""})
			}
		}
	}
	return nil
}

// configBlock is the header of config { … }, written as a block, when what stands at a byte is in it.
func (b *brokenFile) configBlock(at int) (hcl.Range, bool) {
	var open []int // tokens
	for i, t := range b.tokens {
		if t.Range.Start.Byte >= at {
			break
		}
		switch t.Type {
		case hclsyntax.TokenOBrace:
			open = append(open, i)
		case hclsyntax.TokenCBrace:
			open = open[:max(0, len(open)-1)]
		}
	}
	if len(open) == 0 {
		return hcl.Range{}, false
	}
	i := open[len(open)-1]
	if i == 0 || b.tokens[i-1].Type != hclsyntax.TokenIdent || string(b.tokens[i-1].Bytes) != "config" {
		return hcl.Range{}, false
	}
	return hcl.RangeBetween(b.tokens[i-1].Range, b.tokens[i].Range), true
}
