package spec

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Characters that mean nothing outside of quotes, or something within that was not meant.

// characterNames are those that editors, web pages and word processors put in.
var characterNames = map[rune]string{
	'\u00a0': "a no-break space", '\u200b': "a space without width", '\ufeff': "a byte order mark", '\u00ad': "a soft hyphen",
	'\u2013': "a dash", '\u2014': "a dash", '\u2212': "a minus sign", '\u2026': "an ellipsis", '\uff5b': "a wide brace", '\uff5d': "a wide brace",
	'\uff1d': "a wide equals sign", '\u2028': "a line separator", '\u2029': "a paragraph separator", '\u200e': "a direction mark", '\u200f': "a direction mark",
}

// plainCharacters are what is written for such a character; a space for those that look like one.
var plainCharacters = map[rune]string{
	'\u200b': "", '\ufeff': "", '\u00ad': "", '\u2013': "-", '\u2014': "-", '\u2212': "-", '\uff5b': "{", '\uff5d': "}", '\uff1d': "=",
	'\u2028': "\n", '\u2029': "\n", '\u200e': "", '\u200f': "",
}

// oddCharacter is a character outside of quotes that the language does not have: the parser calls each "invalid" without its name.
func (b *brokenFile) oddCharacter() *slip {
	if !b.is("Invalid character", "Argument or block definition required", "Invalid argument name", "Invalid block definition") {
		return nil
	}
	var edits []edit
	var at hcl.Range
	var first rune
	for _, t := range b.lineTokens(b.line) {
		if t.Type != hclsyntax.TokenInvalid && t.Type != hclsyntax.TokenBadUTF8 {
			continue
		}
		for i, r := range string(t.Bytes) {
			plain, known := plainCharacters[r]
			if !known && unicode.Is(unicode.Zs, r) {
				plain, known = " ", true
			}
			if r == '\r' {
				return b.carriageReturn(t.Range)
			}
			if !known {
				continue
			}
			if edits == nil {
				at, first = t.Range, r
			}
			start := t.Range.Start.Byte + i
			edits = append(edits, edit{start, start + utf8.RuneLen(r), plain})
		}
	}
	if edits == nil {
		return nil
	}
	name, ok := characterNames[first]
	if !ok {
		name = "a special space"
	}
	s := slip{summary: "Odd character", at: at, detail: fmt.Sprintf("This is %s (U+%04X), which a spec has in quotes only.", name, first)}
	if len(edits) == 1 && edits[0].text == "" {
		s.detail += " Take it out."
	}
	return b.mend(s, edits...)
}

// carriageReturn is a file whose lines end as those of old Macs.
func (b *brokenFile) carriageReturn(at hcl.Range) *slip {
	s := slip{summary: "Odd line end", at: at, detail: "Lines end here with a carriage return alone, which no line of a spec does. Save the file with the line ends of Unix or Windows."}
	if !strings.Contains(string(b.src), "\n") {
		s.mended = []byte(strings.ReplaceAll(string(b.src), "\r", "\n"))
	}
	return &s
}

// percentBrace is %{ in text, which begins a directive, before something that is none.
func (b *brokenFile) percentBrace() *slip {
	if !b.is("Invalid template control keyword", "Invalid template directive") {
		return nil
	}
	start := strings.LastIndex(string(b.src[:b.first.Subject.End.Byte]), "%{")
	if start < 0 || start < b.starts[b.line-1] {
		return nil
	}
	line := b.line
	at := hcl.Range{Filename: b.name,
		Start: hcl.Pos{Line: line, Column: utf8.RuneCount(b.src[b.starts[line-1]:start]) + 1, Byte: start},
		End:   hcl.Pos{Line: line, Column: utf8.RuneCount(b.src[b.starts[line-1]:start]) + 3, Byte: start + 2}}
	return b.mend(slip{summary: "Directive in text", at: at, detail: "In text %{ begins a directive, such as %{ if … }. An expression begins with ${, and %{ itself is %%{."},
		edit{start, start, "%"})
}

// attributeTwice is an attribute that a block has already.
func (b *brokenFile) attributeTwice() *slip {
	if !b.is("Attribute redefined") {
		return nil
	}
	name := string(b.src[b.first.Subject.Start.Byte:b.first.Subject.End.Byte])
	detail := fmt.Sprintf("The block has a value for %q already, on line %d. ", name, b.earlier(name))
	switch name {
	case "config":
		detail += "Put all keys into one: config = { key = value, … }."
	default:
		detail += "Keep one of the two."
	}
	return &slip{summary: "Attribute twice", at: *b.first.Subject, detail: detail}
}

// earlier is the line on which the block of the first error sets the attribute of a name before it.
func (b *brokenFile) earlier(name string) int {
	file, _ := hclsyntax.ParseConfig(b.src, b.name, hcl.InitialPos)
	body, ok := file.Body.(*hclsyntax.Body)
	for ok {
		var within *hclsyntax.Body
		for _, block := range body.Blocks {
			if r := block.Body.SrcRange; r.Start.Byte <= b.first.Subject.Start.Byte && b.first.Subject.End.Byte <= r.End.Byte {
				within = block.Body
			}
		}
		if within == nil {
			break
		}
		body = within
	}
	if !ok || body.Attributes[name] == nil {
		return b.line
	}
	return body.Attributes[name].NameRange.Start.Line
}
