package lxd

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ShellWord is a text as one word of a command that people copy into a shell: as it is where that is one word to every shell, otherwise
// in quotes, within which nothing has a meaning. What a terminal would obey or not show is written as the codes of its bytes, in the
// $'…' of bash, zsh and ksh.
func ShellWord(text string) string {
	odd := func(r rune) bool { return r == utf8.RuneError || r != ' ' && !unicode.IsPrint(r) }
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:@%+,=", r)
	}
	switch {
	case strings.ContainsFunc(text, odd):
		return ansiQuoted(text)
	case text == "" || strings.ContainsFunc(text, func(r rune) bool { return !plain(r) }):
		return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
	}
	return text
}

// ShellPath is the path of a file as ShellWord has it, which no program takes for a flag.
func ShellPath(path string) string {
	if strings.HasPrefix(path, "-") {
		path = "./" + path
	}
	return ShellWord(path)
}

func ansiQuoted(text string) string {
	var out strings.Builder
	out.WriteString("$'")
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == '\'' || r == '\\':
			out.WriteString(`\` + string(r))
		case r == ' ' || r != utf8.RuneError && unicode.IsPrint(r):
			out.WriteRune(r)
		default:
			for _, b := range []byte(text[i : i+size]) {
				fmt.Fprintf(&out, `\%03o`, b) // three digits, so that a digit behind it is none of it
			}
		}
		i += size
	}
	out.WriteString("'")
	return out.String()
}
