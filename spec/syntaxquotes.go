package spec

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"tarn/cli/lazyregexp"
)

// quotes finds the first text that has no end: in quotes, behind << or in /* */. The parser takes what follows for text then, so
// that nothing else that it says can be believed.
func (b *brokenFile) quotes() *slip {
	switch b.first.Summary {
	case "Invalid multi-line string", "Unterminated template string", "Unclosed template interpolation sequence", "Invalid string literal",
		"Invalid template interpolation value", "Extra characters after interpolation expression", "Invalid expression",
		"Argument or block definition required", "Invalid block definition", "Missing newline after argument", "Missing attribute separator", "Missing item separator":
	default:
		return nil
	}
	var marker string // of the text behind << that the scan is in
	var began int     // line of that, or of the comment
	comment := false
	for line := 1; line <= len(b.starts); line++ {
		text := b.text(line)
		switch {
		case marker != "":
			if strings.TrimSpace(text) == marker {
				marker = ""
			}
			continue
		case comment:
			_, after, ended := strings.Cut(text, "*/")
			if !ended {
				continue
			}
			comment = false
			text = strings.Repeat(" ", len(text)-len(after)) + after
		}
		end := scanLine(text)
		switch {
		case end.inside && b.first.Summary != "Unclosed template interpolation sequence" && b.line != line: // it may go on on the next line
		case end.openQuote >= 0:
			return b.oddQuote(line, end)
		case end.marker != "":
			marker, began = end.marker, line
		case end.comment:
			comment, began = true, line
		}
	}
	switch {
	case marker != "":
		return &slip{summary: "Text without an end", at: b.lineRange(began),
			detail: fmt.Sprintf("The text that begins here goes on to the end of the file: it ends at a line that has %s and nothing else.", marker)}
	case comment:
		return &slip{summary: "Comment without an end", at: b.lineRange(began), detail: "The comment that begins here with /* goes on to the end of the file: it ends at */."}
	}
	return nil
}

// lineEnd is how a line ends.
type lineEnd struct {
	openQuote int    // where the text began that has no closing quote, -1 for none
	inside    bool   // an interpolation in that text has no end
	marker    string // of the text that begins on the next line, "" for none
	comment   bool   // in /* */
}

var heredocStart = lazyregexp.New(`<<-?([\w.-]+)\s*$`)

// scanLine reads a line that does not begin within text or a comment.
func scanLine(text string) lineEnd {
	end := lineEnd{openQuote: -1}
	type open struct {
		at    int
		quote bool // else an interpolation
		depth int  // of braces in the interpolation
	}
	var stack []open
	for i := 0; i < len(text); i++ {
		in := open{quote: false}
		if len(stack) > 0 {
			in = stack[len(stack)-1]
		}
		rest := text[i:]
		switch {
		case in.quote && text[i] == '\\':
			i++
		case in.quote && (strings.HasPrefix(rest, "$${") || strings.HasPrefix(rest, "%%{")):
			i += 2
		case in.quote && (strings.HasPrefix(rest, "${") || strings.HasPrefix(rest, "%{")):
			stack = append(stack, open{at: i})
			i++
		case in.quote && text[i] == '"':
			stack = stack[:len(stack)-1]
		case in.quote:
		case text[i] == '"':
			stack = append(stack, open{at: i, quote: true})
		case len(stack) > 0 && text[i] == '{':
			stack[len(stack)-1].depth++
		case len(stack) > 0 && text[i] == '}' && in.depth > 0:
			stack[len(stack)-1].depth--
		case len(stack) > 0 && text[i] == '}':
			stack = stack[:len(stack)-1]
		case len(stack) == 0 && (text[i] == '#' || strings.HasPrefix(rest, "//")):
			return end
		case len(stack) == 0 && strings.HasPrefix(rest, "/*"):
			_, after, ended := strings.Cut(rest[2:], "*/")
			if !ended {
				end.comment = true
				return end
			}
			i = len(text) - len(after) - 1
		case len(stack) == 0 && strings.HasPrefix(rest, "<<"):
			if m := heredocStart().FindStringSubmatch(rest); m != nil {
				end.marker = m[1]
				return end
			}
		}
	}
	if len(stack) > 0 {
		end.openQuote, end.inside = stack[0].at, len(stack) > 1
	}
	return end
}

// closers are what may stand behind a text on its line.
const closers = " \t{}[](),"

// oddQuote is a line on which a text begins and does not end. Which quote is missing is tried.
func (b *brokenFile) oddQuote(line int, end lineEnd) *slip {
	text, start := b.text(line), b.starts[line-1]
	at := b.lineRange(line)
	at.Start.Column += end.openQuote - (at.Start.Byte - start)
	at.Start.Byte = start + end.openQuote
	if end.inside {
		s := slip{summary: "Interpolation without an end", at: at, detail: "In this text a ${ has no } behind it."}
		before := strings.TrimRight(text, closers)
		before = strings.TrimSuffix(before, `"`)
		return b.tryMend(s, line, edit{start + len(before), start + len(before), "}"})
	}
	s := slip{summary: "Missing quote", at: at, detail: "The quotes on this line do not pair up: one is missing. A text ends on its line."}
	trimmed := strings.TrimRight(text, closers)
	word := len(strings.TrimRight(trimmed[:len(trimmed)-1], wordBytes)) // where the word before a last quote begins
	return b.tryMend(s, line,
		edit{start + len(trimmed), start + len(trimmed), `"`},
		edit{start + len(strings.TrimRight(text, " \t")), start + len(strings.TrimRight(text, " \t")), `"`},
		edit{start + word, start + word, `"`})
}

// wordBytes are what values without blanks are made of.
const wordBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.@/:*"

// tryMend completes a slip with the first of some edits that the parser gets further with.
func (b *brokenFile) tryMend(s slip, line int, edits ...edit) *slip {
	for _, e := range edits {
		mended := b.edited(e)
		if end := scanLine(strings.TrimRight(string(lineOf(mended, line)), "\r\n")); end.openQuote >= 0 {
			continue
		}
		if try := b.mendAt(s, line, mended); try.mended != nil {
			return try
		}
	}
	return &s
}

// lineOf is a line of a text, from 1 on.
func lineOf(src []byte, line int) []byte {
	lines := bytes.SplitN(src, []byte{'\n'}, line+1)
	return lines[line-1]
}

// templateInLabel is a label with ${…}, which labels cannot have.
func (b *brokenFile) templateInLabel() *slip {
	if b.first.Summary != "Invalid string literal" || !strings.Contains(b.first.Detail, "Template sequences") {
		return nil
	}
	tokens := b.lineTokens(b.line)
	if len(tokens) < 4 || tokens[0].Type != hclsyntax.TokenIdent || tokens[1].Type != hclsyntax.TokenOQuote {
		return nil
	}
	blockType := string(tokens[0].Bytes)
	from, to := tokens[1].Range.Start.Byte, 0
	depth := 0
	for _, t := range tokens[1:] {
		switch t.Type {
		case hclsyntax.TokenOQuote:
			depth++
		case hclsyntax.TokenCQuote:
			if depth--; depth == 0 && to == 0 {
				to = t.Range.End.Byte
			}
		}
	}
	last := tokens[len(tokens)-1]
	at := hcl.Range{Filename: b.name, Start: tokens[1].Range.Start, End: tokens[1].Range.End}
	s := slip{summary: "Label with an expression", at: at, detail: fmt.Sprintf("The label of a %s is plain text. What is computed is the name, an attribute in the block.", blockType)}
	if to == 0 {
		return &s
	}
	for _, t := range tokens {
		if t.Range.End.Byte == to {
			s.at.End = t.Range.End
		}
	}
	template := string(b.src[from:to])
	value := template
	if inner, ok := strings.CutPrefix(template, `"${`); ok && strings.HasSuffix(inner, `}"`) && strings.Count(inner, "}") == 1 {
		value = strings.TrimSpace(strings.TrimSuffix(inner, `}"`))
	}
	indent := b.indent(b.line)
	header := edit{from, to, `"` + labelFor(template) + `"`}
	line := "\n" + indent + "  name = " + value
	switch last.Type {
	case hclsyntax.TokenOBrace:
		return b.mend(s, header, edit{last.Range.End.Byte, last.Range.End.Byte, line})
	case hclsyntax.TokenCBrace:
		if before := tokens[len(tokens)-2]; before.Type == hclsyntax.TokenOBrace {
			return b.mend(s, header, edit{before.Range.End.Byte, last.Range.Start.Byte, line + "\n" + indent})
		}
	}
	return &s
}

var interpolation = lazyregexp.New(`[$%]\{[^}]*\}`)

// labelFor is a label for a block whose name a template gives.
func labelFor(template string) string {
	plain := strings.Trim(interpolation().ReplaceAllString(strings.Trim(template, `"`), ""), "-_. ")
	if plain != "" && !strings.ContainsAny(plain, `"{}$`) {
		return plain
	}
	words := regexp.MustCompile(`[A-Za-z_][\w-]*`).FindAllString(template, -1)
	if len(words) == 0 {
		return "one"
	}
	return words[len(words)-1]
}
