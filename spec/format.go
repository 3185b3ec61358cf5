package spec

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

// Format gives a file of a spec in its canonical layout; one that has it already comes back as it is. The text means what
// it meant before: only white space changes, and the order of what stands in a block. Comments stay with what they stand
// over or beside. A file that does not parse gives errors and no text.
//
// Spaces, indentation and the columns of = and of comments are those of HCL's own formatter; the rest is layout's. Heredocs
// are kept to the byte. All lines end as the first one does, the last one too, and a byte order mark goes. JSON comes back
// as it is: programs write it, and how they do is theirs.
func Format(src []byte, filename string) ([]byte, hcl.Diagnostics) {
	if IsJSON(filename) {
		return src, nil
	}
	if d := unparsable(src, filename); d != nil {
		return nil, hcl.Diagnostics{d}
	}
	if _, diags := hclsyntax.ParseConfig(src, filename, hcl.InitialPos); diags.HasErrors() {
		return nil, explainSyntax(src, filename, diags)
	}
	tokens, _ := hclsyntax.LexConfig(src, filename, hcl.InitialPos) // its errors are among those of parsing
	tokens = joinVerbatim(tokens, src)

	l := &layout{placeholder: []byte("holder")}
	for bytes.Contains(src, l.placeholder) {
		l.placeholder = append(l.placeholder, '_')
	}
	l.writeBody(splitLines(tokens), topLevel, 0)
	text := hclwrite.Format(l.out.Bytes())
	if endsInCRLF(tokens) {
		text = bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
	}
	var out bytes.Buffer
	for i, part := range bytes.Split(text, l.placeholder) {
		if i > 0 {
			out.Write(l.verbatim[i-1])
		}
		out.Write(part)
	}
	return out.Bytes(), nil
}

// FormatWatched is Format for a text that may ask for more than the machine has: it is given up as the reading of a spec is, see [GaveUp].
// env is the environment as name=value, which may say what the limits are, see [LimitVariable].
func FormatWatched(src []byte, filename string, env []string) ([]byte, hcl.Diagnostics) {
	type formatted struct {
		text  []byte
		diags hcl.Diagnostics
	}
	r := &reading{}
	r.bytes.Add(int64(len(src)))
	r.begin(hcl.Range{Filename: filename, Start: hcl.InitialPos, End: hcl.InitialPos})
	result, diags := watched(environment(env), r, func() (f formatted) {
		r.tokens.Add(int64(tokensOf(src)))
		f.text, f.diags = Format(src, filename)
		return f
	})
	if diags != nil {
		return nil, diags
	}
	return result.text, result.diags
}

// joinVerbatim makes one token of all that has to stay as it is, with the type of a heredoc's start: heredocs, and what follows a
// number after dots with spaces around them ("a.1 .2"), since without these it would be another number. It drops the end
// of the file.
func joinVerbatim(tokens hclsyntax.Tokens, src []byte) hclsyntax.Tokens {
	out := make(hclsyntax.Tokens, 0, len(tokens))
	for i := 0; i < len(tokens) && tokens[i].Type != hclsyntax.TokenEOF; {
		n := max(heredoc(tokens[i:]), spacedNumber(tokens[i:]))
		tok := tokens[i]
		if n > 0 {
			tok.Type = hclsyntax.TokenOHeredoc
			tok.Range.End = tokens[i+n-1].Range.End
			tok.Bytes = src[tok.Range.Start.Byte:tok.Range.End.Byte]
		}
		out = append(out, tok)
		i += max(n, 1)
	}
	return out
}

// heredoc is the number of tokens of the heredoc that starts here, 0 when none does.
func heredoc(tokens hclsyntax.Tokens) int {
	depth := 0
	for i, tok := range tokens {
		switch tok.Type {
		case hclsyntax.TokenOHeredoc:
			depth++
		case hclsyntax.TokenCHeredoc:
			depth--
		}
		if depth == 0 {
			if i == 0 {
				return 0
			}
			return i + 1
		}
	}
	return 0
}

// spacedNumber is the number of tokens of the number that starts here and of all that follows it after dots, 0 when there
// are no spaces in that.
func spacedNumber(tokens hclsyntax.Tokens) int {
	if tokens[0].Type != hclsyntax.TokenNumberLit {
		return 0
	}
	n := 1
	for n < len(tokens) && (tokens[n].Type == hclsyntax.TokenDot || tokens[n].Type == hclsyntax.TokenEllipsis) {
		n++
		if next := tokens[n].Type; next == hclsyntax.TokenNumberLit || next == hclsyntax.TokenIdent {
			n++
		}
	}
	length := 0
	for _, tok := range tokens[:n] {
		length += len(tok.Bytes)
	}
	if tokens[n-1].Range.End.Byte-tokens[0].Range.Start.Byte == length {
		return 0
	}
	return n
}

// endsInCRLF reports how the first line ends that does not end within a token.
func endsInCRLF(tokens hclsyntax.Tokens) bool {
	for _, tok := range tokens {
		if endsLine(tok) {
			return bytes.HasSuffix(tok.Bytes, []byte("\r\n"))
		}
	}
	return false
}
