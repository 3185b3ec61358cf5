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
