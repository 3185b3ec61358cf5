package secrets

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"path"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// spellings are the ways in which programs write a value into a text.
func spellings(value string) []string {
	all := []string{
		value, strings.TrimSpace(value), strings.Join(strings.Fields(value), " "),
		strings.ReplaceAll(value, "'", `'\''`), html.EscapeString(value),
		url.QueryEscape(value), url.PathEscape(value), (&url.URL{Path: value}).EscapedPath(),
		base64.StdEncoding.EncodeToString([]byte(value)), base64.RawStdEncoding.EncodeToString([]byte(value)),
		base64.URLEncoding.EncodeToString([]byte(value)), base64.RawURLEncoding.EncodeToString([]byte(value)),
		hex.EncodeToString([]byte(value)), strings.Trim(fmt.Sprint([]byte(value)), "[]"),
	}
	for _, quoted := range escaped(value) {
		all = append(all, quoted)
		if quoted != value { // a text in quotes in another one, as JSON in JSON
			all = append(all, escaped(quoted)...)
		}
	}
	if len(value) >= long {
		all = append(all, amidBase64(value)...)
	}
	if strings.Contains(value, "/") {
		all = append(all, path.Clean(value))
	}
	if strings.Contains(value, "\n") { // a key in PEM, of which a line may be quoted
		for line := range strings.Lines(value) {
			if line = strings.TrimSpace(line); len(line) >= long {
				all = append(all, line)
			}
		}
	}
	return all
}

// escaped is a value as Go, JSON and JSON of other programs have it between quotes.
func escaped(value string) []string {
	quoted, plain := strconv.Quote(value), strconv.QuoteToASCII(value)
	encoded, _ := json.Marshal(value) // a string can always be
	var bare bytes.Buffer
	encoder := json.NewEncoder(&bare)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value)
	literal := strings.TrimSuffix(bare.String(), "\n")
	return []string{quoted[1 : len(quoted)-1], plain[1 : len(plain)-1], string(encoded[1 : len(encoded)-1]), literal[1 : len(literal)-1], codes(literal[1 : len(literal)-1])}
}

// codes are a text of JSON with all that is not ASCII as \u00fc.
func codes(text string) string {
	var out strings.Builder
	for _, r := range text {
		switch {
		case r < utf8.RuneSelf:
			out.WriteRune(r)
		case r > 0xffff:
			one, two := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, one, two)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	return out.String()
}

// amidBase64 is what base64 of a longer text has in it for a value, as of "user:password": the digits that are of the value alone, which
// depend on how many bytes stand before it.
func amidBase64(value string) []string {
	var all []string
	for before := range 3 {
		text := append(make([]byte, before), value...)
		from, to := (before*8+5)/6, len(text)*8/6
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			all = append(all, encoding.EncodeToString(text)[from:to])
		}
	}
	return all
}
