package schema

import (
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Quoted is a text in quotes, as a spec may have it. A text that looks as another one does, with the same letters made of other
// characters, has the code of each such character: servers take the two for different ones.
func Quoted(s string) string {
	if norm.NFC.IsNormalString(s) {
		return strconv.Quote(s)
	}
	var b strings.Builder
	for _, r := range s {
		quoted := strconv.Quote(string(r))
		if r >= '\u0300' && (!norm.NFC.IsNormalString(string(r)) || !norm.NFC.PropertiesString(string(r)).BoundaryBefore()) {
			quoted = strconv.QuoteToASCII(string(r))
		}
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	return `"` + b.String() + `"`
}

// IsNormal tells whether a text is the one that readers take it for, as far as it is not the code of a character that makes the
// difference.
func IsNormal(s string) bool { return norm.NFC.IsNormalString(s) }

// Look is what people see of a name. It is the same for names that servers take for different ones: which characters make up a letter,
// white space at the ends and how much, and what is invisible are not in it.
func Look(name string) string {
	ascii := true
	for i := 0; i < len(name); i++ {
		ascii = ascii && name[i] > ' ' && name[i] < 0x7f
	}
	if ascii {
		return name
	}
	visible := strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point) {
			return -1
		}
		return r
	}, name)
	return norm.NFC.String(strings.Join(strings.Fields(visible), " "))
}
