package plan

import (
	"fmt"
	"strings"
	"unicode"

	"tarn/cli/lazyregexp"
	"tarn/lxd"
)

// The texts in Markdown. Names, values and words of servers are in them, chosen by whoever may name something there, and pages that show
// Markdown make of them links, pictures, mentions of people, references to issues, headings. Escaping does not help against all of
// it: pages look for @names, #numbers and addresses in what the escapes have become. So every word that is not plainly a word is code.

// markdownText is a sentence, in which what could mean something to a page that shows Markdown is code.
func markdownText(sentence string) string {
	words := strings.Split(lxd.PlainLine(sentence), " ")
	var out strings.Builder
	for i := 0; i < len(words); {
		if i > 0 {
			out.WriteByte(' ')
		}
		if before, _, after := parts(words[i]); before+after == words[i] || isWord(words[i]) {
			out.WriteString(words[i])
			i++
			continue
		}
		// Words of code that follow each other are one.
		last := i
		for last+1 < len(words) && strings.Trim(words[last], punctuation) != "" && endsInCode(words[last]) && !isWord(words[last+1]) && beginsInCode(words[last+1]) {
			last++
		}
		before, code, after := parts(strings.Join(words[i:last+1], " "))
		out.WriteString(before + codeSpan(code) + after)
		i = last + 1
	}
	return out.String()
}

// What may stand around a word. None of it means anything to Markdown in the middle of a line or before a blank.
const (
	opening     = "("
	closing     = ".,;:?)"
	punctuation = opening + closing
)

// parts takes the punctuation of a sentence off a word.
func parts(word string) (before, core, after string) {
	core = strings.TrimLeft(word, opening)
	before = word[:len(word)-len(core)]
	core = strings.TrimRight(core, closing)
	return before, core, word[len(before)+len(core):]
}

func endsInCode(word string) bool   { _, _, after := parts(word); return after == "" }
func beginsInCode(word string) bool { before, _, _ := parts(word); return before == "" }

// number is one with a unit or a version, and hash what pages take for the name of a commit.
var (
	number = lazyregexp.New(`^[0-9]+(\.[0-9]+)*$`)
	hash   = lazyregexp.New(`^[0-9a-f]{7,}$`)
)

// isWord tells whether a word with its punctuation is plain text to every page: letters, digits, hyphens and apostrophes between them, or a
// number.
func isWord(word string) bool {
	_, core, after := parts(word)
	if number().MatchString(core) {
		return after == "" || after == "," || after == ";" // "1." begins a list, where it is the first
	}
	if core == "→" || core == "—" || core == "…" || core == "=" {
		return true
	}
	if core == "" || hash().MatchString(core) {
		return false
	}
	letters := []rune(core)
	for i, r := range letters {
		inner := i > 0 && i < len(letters)-1
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
		case inner && (r == '\'' || r == '’'):
		case inner && r == '-' && !unicode.IsDigit(letters[i+1]): // GH-1 is an issue
		default:
			return false
		}
	}
	return true
}

// codeSpan is a text as code, which it cannot end.
func codeSpan(text string) string {
	text = lxd.PlainLine(text)
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") || strings.HasPrefix(text, " ") && strings.HasSuffix(text, " ") && strings.TrimSpace(text) != "" {
		text = " " + text + " "
	}
	if text == "" {
		return `""`
	}
	return fence + text + fence
}

// MarkdownText is a sentence in which nothing means anything to a page that shows Markdown.
func MarkdownText(sentence string) string { return markdownText(sentence) }

// CodeSpan is a text as code, which it cannot end.
func CodeSpan(text string) string { return codeSpan(text) }

// HTMLText is a text between tags, for the parts of a page that are no Markdown. What is more than letters, digits and a few signs is a
// character reference, so that pages find no names, addresses and issues in it.
func HTMLText(text string) string {
	var out strings.Builder
	for _, r := range lxd.PlainLine(text) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(" .-/", r) {
			out.WriteRune(r)
		} else {
			fmt.Fprintf(&out, "&#%d;", r)
		}
	}
	return out.String()
}
