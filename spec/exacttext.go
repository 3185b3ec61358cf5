package spec

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"golang.org/x/text/unicode/norm"
)

// Texts are bytes to servers: "é" and "e" with U+0301 behind it are two names for them, and two values. The values of expressions
// are in Unicode's normal form NFC, in which both are the first. So each character that this form would change or join with the one
// before it is kept apart on its way through the expressions: [protect] puts a mark before it, or writes its code in its place, and
// [exact] takes that back. What one character becomes depends on nothing around it, so that texts can be cut and put together in
// between.
//
// All text that comes to expressions is protected: files, variables, what functions read. All that leaves them is made exact: by
// textOf, and in diagnostics by report and by excerpts.

const (
	// apart is the mark, a variation selector that no text has. Like the characters that it stands before it belongs to the
	// character before, so that functions count the same characters. The text's own mark is written twice.
	apart = '\U000E01EF'

	// digit0 to digit15 behind the mark are the digits of a character's code; they are variation selectors too. The place of the
	// character itself is taken by coded.
	digit0 = '\U000E0100'
	digits = 5
	coded  = '\u25CC'
)

// protect is a text as expressions hold it.
func protect(text string) string {
	if !strings.ContainsFunc(text, changeable) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		b.WriteString(protected(r))
	}
	return b.String()
}

// changeable reports whether protect writes a character in another way.
func changeable(r rune) bool {
	if r < '\u0300' {
		return false
	}
	return r == apart || !norm.NFC.PropertiesString(string(r)).BoundaryBefore() || recoded(r)
}

// recoded reports whether the normal form has another character for it, wherever it stands.
func recoded(r rune) bool { return r >= '\u0300' && !norm.NFC.IsNormalString(string(r)) }

func protected(r rune) string {
	switch {
	case !changeable(r):
		return string(r)
	case !recoded(r):
		return string(apart) + string(r)
	}
	text := string(coded) + string(apart)
	for shift := 4 * (digits - 1); shift >= 0; shift -= 4 {
		text += string(digit0 + r>>shift&15)
	}
	return text
}

// exact is the text that was protected.
func exact(text string) string {
	before, rest, found := strings.Cut(text, string(apart))
	if !found {
		return text
	}
	var b strings.Builder
	for found {
		if r, ok := codedRune(rest); ok {
			b.WriteString(strings.TrimSuffix(before, string(coded)))
			b.WriteRune(r)
			rest = rest[digits*utf8.RuneLen(digit0):]
		} else {
			b.WriteString(before)
			if strings.HasPrefix(rest, string(apart)) {
				b.WriteRune(apart)
				rest = rest[utf8.RuneLen(apart):]
			}
		}
		before, rest, found = strings.Cut(rest, string(apart))
	}
	b.WriteString(before)
	return b.String()
}

// codedRune is the character whose digits a text begins with.
func codedRune(text string) (code rune, ok bool) {
	for range digits {
		r, size := utf8.DecodeRuneInString(text)
		if r < digit0 || r > digit0+15 {
			return 0, false
		}
		code, text = code<<4|(r-digit0), text[size:]
	}
	return code, true
}

// textOf is the text that a value is.
func textOf(v cty.Value) string { return exact(v.AsString()) }

// protectSource is a file in the native syntax, or an expression, with its texts protected.
func protectSource(src []byte) []byte {
	if !mayChange(src) {
		return src
	}
	tokens, _ := hclsyntax.LexConfig(src, "", hcl.InitialPos) // what is wrong with it the parser tells
	var out bytes.Buffer
	end := 0
	for _, token := range tokens {
		out.Write(src[end:token.Range.Start.Byte])
		text := string(src[token.Range.Start.Byte:token.Range.End.Byte])
		if token.Type == hclsyntax.TokenQuotedLit {
			out.WriteString(protectEscaped(text))
		} else {
			out.WriteString(protect(text))
		}
		end = token.Range.End.Byte
	}
	out.Write(src[end:])
	return out.Bytes()
}

// protectJSON is JSON with its texts protected. Backslashes stand only in texts.
func protectJSON(src []byte) []byte {
	if !mayChange(src) {
		return src
	}
	return []byte(protectEscaped(string(src)))
}

// mayChange reports whether a source may have characters that have to be protected, as such or as codes.
func mayChange(src []byte) bool {
	for i, c := range src {
		switch {
		case c == '\\' && i+1 < len(src) && src[i+1]|' ' == 'u':
			return true
		case c >= 0xcc: // what begins a character from U+0300 on
			return bytes.Contains(src, []byte(`\u`)) || bytes.Contains(src, []byte(`\U`)) || bytes.ContainsFunc(src[i:], changeable)
		}
	}
	return false
}

// protectEscaped protects a text in which characters may be written as codes.
func protectEscaped(text string) string {
	return mapCodes(text, protect, protectedCode)
}

// protectedCode is protected for a character that is written as a code.
func protectedCode(r rune, code string) string {
	switch {
	case recoded(r) || r == apart:
		return protected(r)
	case changeable(r):
		return string(apart) + code
	}
	return code
}

// mapCodes replaces the characters of a text that are written as \uXXXX or \UXXXXXXXX, and what is between them. What another
// character behind a backslash means stays as it is.
func mapCodes(text string, between func(string) string, replace func(r rune, code string) string) string {
	var b strings.Builder
	for {
		before, escape, found := strings.Cut(text, `\`)
		b.WriteString(between(before))
		if !found {
			return b.String()
		}
		r, length := codeAt(escape)
		if length == 0 {
			_, length = utf8.DecodeRuneInString(escape)
			b.WriteString(`\` + escape[:length])
		} else {
			b.WriteString(replace(r, `\`+escape[:length]))
		}
		text = escape[length:]
	}
}

// codeAt reads the code of a character behind a backslash. The length is 0 when there is none.
func codeAt(escape string) (r rune, length int) {
	read := func(kind byte, at, digits int) (rune, bool) {
		if len(escape) < at+1+digits || escape[at] != kind {
			return 0, false
		}
		code, err := strconv.ParseUint(escape[at+1:at+1+digits], 16, 32)
		return rune(code), err == nil
	}
	if r, ok := read('U', 0, 8); ok {
		return r, 9
	}
	r, ok := read('u', 0, 4)
	if !ok {
		return 0, 0
	}
	if len(escape) > 6 && escape[5] == '\\' { // JSON has two for what is beyond the first 65536
		if low, ok := read('u', 6, 4); ok && r >= 0xd800 && r < 0xdc00 && low >= 0xdc00 && low < 0xe000 {
			return 0x10000 + (r-0xd800)<<10 + (low - 0xdc00), 11
		}
	}
	return r, 5
}
