package spec

import (
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"tarn/lxd/schema"
	"tarn/lxd/secrets"
)

// The secrets that stand in the files of a spec themselves: the default of a sensitive variable, and the value of a config key that is
// secret. They are found token by token, because a file with a mistake in it is shown too: what its parts mean is then not known, and
// what can be a secret counts as one.

// span is a part of a file in bytes, or of its tokens.
type span = secrets.Span

// secretLiterals finds the texts and numbers in a file that are secret, in order. globs are the spec's secret_config.
func secretLiterals(src []byte, name string, globs []string) []span {
	tokens, _ := hclsyntax.LexConfig(src, name, hcl.InitialPos)
	f := literalFinder{tokens: tokens, globs: append(slices.Clone(globs), secretUnlessSaid...)}
	f.globs = append(f.globs, f.listOf("secret_config")...) // the spec may have no settings, for its mistakes
	return f.find()
}

type literalFinder struct {
	tokens hclsyntax.Tokens
	globs  []string
}

// braces are one pair of them, or the file: whether a default stands directly in them and where, and whether that is sensitive.
type braces struct {
	defaults  []span // of tokens
	sensitive bool
}

func (f *literalFinder) find() []span {
	open := []*braces{{}}
	var values []span // of tokens
	for i, token := range f.tokens {
		switch token.Type {
		case hclsyntax.TokenOBrace:
			open = append(open, &braces{})
		case hclsyntax.TokenCBrace, hclsyntax.TokenEOF:
			for {
				inner := open[len(open)-1]
				if inner.sensitive {
					values = append(values, inner.defaults...)
				}
				if len(open) > 1 {
					open = open[:len(open)-1]
				}
				if token.Type == hclsyntax.TokenCBrace || len(open) == 1 && inner == open[0] {
					break
				}
			}
		case hclsyntax.TokenEqual, hclsyntax.TokenColon:
			value := f.valueAt(i + 1)
			in := open[len(open)-1]
			switch key := f.keyBefore(i); {
			case key == "default":
				in.defaults = append(in.defaults, value)
			case key == "sensitive":
				in.sensitive = in.sensitive || string(f.tokens[value.Start].Bytes) != "false"
			case f.secret(key):
				values = append(values, value)
			}
		}
	}
	return f.literals(values)
}

// secret tells whether a config key is secret, as far as a word of a file may be one.
func (f *literalFinder) secret(key string) bool {
	return MatchesSecret(f.globs, key) || strings.Contains(key, ".") && schema.IsSecret(key)
}

// keyBefore is the name before an equals sign or a colon, "" for none: size, "size", ("size") or snapshots.schedule.
func (f *literalFinder) keyBefore(i int) string {
	i--
	for i >= 0 && f.tokens[i].Type == hclsyntax.TokenCParen {
		i--
	}
	if i >= 2 && f.tokens[i].Type == hclsyntax.TokenCQuote && f.tokens[i-1].Type == hclsyntax.TokenQuotedLit {
		return exact(string(f.tokens[i-1].Bytes))
	}
	key := ""
	for ; i >= 0 && (f.tokens[i].Type == hclsyntax.TokenIdent || f.tokens[i].Type == hclsyntax.TokenDot); i-- {
		key = string(f.tokens[i].Bytes) + key
	}
	return exact(key)
}

// valueAt is the tokens of the value that begins at a place: up to the end of its line or the comma, unless these are in brackets or
// quotes.
func (f *literalFinder) valueAt(start int) span {
	depth := 0
	for i := start; i < len(f.tokens); i++ {
		switch f.tokens[i].Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc,
			hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
			depth++
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc,
			hclsyntax.TokenTemplateSeqEnd:
			if depth--; depth < 0 {
				return span{Start: start, End: i}
			}
		case hclsyntax.TokenNewline, hclsyntax.TokenComma:
			if depth == 0 {
				return span{Start: start, End: i}
			}
		case hclsyntax.TokenEOF:
			return span{Start: start, End: i}
		}
	}
	return span{Start: min(start, len(f.tokens)-1), End: len(f.tokens)}
}

// literals are the parts of values that are no references, calls or signs, as bytes of the file.
func (f *literalFinder) literals(values []span) []span {
	var found []span
	for _, value := range values {
		for i := value.Start; i < value.End; i++ {
			token := f.tokens[i]
			switch token.Type {
			case hclsyntax.TokenQuotedLit, hclsyntax.TokenStringLit, hclsyntax.TokenNumberLit,
				hclsyntax.TokenInvalid, hclsyntax.TokenQuotedNewline, hclsyntax.TokenBadUTF8:
			case hclsyntax.TokenIdent: // a text that lacks its quotes
				if f.refers(i) {
					continue
				}
			default:
				continue
			}
			found = append(found, span{Start: token.Range.Start.Byte, End: token.Range.End.Byte})
		}
	}
	slices.SortFunc(found, func(a, b span) int { return a.Start - b.Start })
	return found
}

// refers tells whether a word is a part of a reference or a call.
func (f *literalFinder) refers(i int) bool {
	word := string(f.tokens[i].Bytes)
	if i > 0 && f.tokens[i-1].Type == hclsyntax.TokenDot || slices.Contains([]string{"true", "false", "null", "for", "in", "if"}, word) {
		return true
	}
	next := hclsyntax.TokenEOF
	if i+1 < len(f.tokens) {
		next = f.tokens[i+1].Type
	}
	return next == hclsyntax.TokenOParen || next == hclsyntax.TokenDot && slices.Contains([]string{"var", "local", "each"}, word)
}

// listOf are the texts of a list that an attribute is set to, wherever it stands.
func (f *literalFinder) listOf(name string) []string {
	var texts []string
	for i, token := range f.tokens {
		if (token.Type == hclsyntax.TokenEqual || token.Type == hclsyntax.TokenColon) && f.keyBefore(i) == name {
			value := f.valueAt(i + 1)
			for _, token := range f.tokens[value.Start:value.End] {
				if token.Type == hclsyntax.TokenQuotedLit {
					texts = append(texts, exact(string(token.Bytes)))
				}
			}
		}
	}
	return texts
}

// literalText is what a literal of a file means, as far as it is one text.
func literalText(src []byte, at span) string {
	raw := string(src[at.Start:at.End])
	if text, err := strconv.Unquote(`"` + raw + `"`); err == nil {
		return text
	}
	return raw
}
