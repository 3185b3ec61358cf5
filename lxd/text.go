package lxd

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// PlainLine is a text of a server as one line for people. What would end the line, move the cursor, colour it, or change the
// direction of what is beside it stands there as its code, so that nobody who may name an object on a server can write lines that look
// like those of the program.
func PlainLine(s string) string {
	odd := func(r rune) bool { return r == utf8.RuneError || r != ' ' && !unicode.IsPrint(r) }
	if !strings.ContainsFunc(s, odd) {
		return s
	}
	var line strings.Builder
	for i, r := range s {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			line.WriteByte(' ')
		case r == utf8.RuneError:
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				fmt.Fprintf(&line, `\x%02x`, s[i])
			} else {
				line.WriteRune(r)
			}
		case odd(r):
			quoted := strconv.QuoteRune(r)
			line.WriteString(quoted[1 : len(quoted)-1])
		default:
			line.WriteRune(r)
		}
	}
	return line.String()
}

// How much of a server's text is shown, in bytes. The longest message that was seen is one of some hundred bytes, with a command's output.
const (
	messageLimit  = 4000
	progressLimit = 200
)

// cut is a text of a server, or its beginning with the number of bytes that lack.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return fmt.Sprintf("%s… (%d bytes more)", strings.ToValidUTF8(text[:most], ""), len(text)-most)
}
