package spec

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"

	"tarn/cli/lazyregexp"
)

// Texts that a server would take as they are, and that are most likely meant to be something else: a reference without ${ }, a
// variable of a shell, a template of another tool, a placeholder of a manual, white space at an end.

var (
	shellVariable = lazyregexp.New(`\$([A-Za-z_]\w*)`)
	shellCommand  = lazyregexp.New(`\$\([^)]*\)`)
	otherTemplate = lazyregexp.New(`\{\{.*\}\}|<%.*%>`)
	batchVariable = lazyregexp.New(`%([A-Za-z_]\w*)%`)
	placeholder   = lazyregexp.New(`^<[^<>]+>$`)

	// writtenReference is a reference in plain text: each.key, $each.key or {each.key}.
	writtenReference = lazyregexp.New(`(^|[^\w.])\$?\{?\b(each\.(?:key|value)|var\.([A-Za-z_][\w-]*)|local\.([A-Za-z_][\w-]*))\b\}?`)
)

// referenceAsText says of a text that it has a reference in it which is not one, and how that is written; "" for a text without.
func (l *loader) referenceAsText(text string) string {
	m := writtenReference().FindStringSubmatchIndex(text)
	if m == nil {
		return ""
	}
	group := func(i int) string {
		if m[2*i] < 0 {
			return ""
		}
		return text[m[2*i]:m[2*i+1]]
	}
	if name := group(3); name != "" && l.vars[name] == nil {
		return ""
	}
	if name := group(4); name != "" && l.locals[name] == nil {
		return ""
	}
	written := fmt.Sprintf("%q", writtenReference().ReplaceAllString(text, "$1$${$2}"))
	if m[0] == 0 && m[1] == len(text) {
		written = group(2) + " without quotes"
	}
	return fmt.Sprintf("%q is plain text, in which %s stands for nothing. Write %s.", text, group(2), written)
}

// doubtfulText says what a text that stands for a name was most likely meant to be, "" when there is no doubt about it.
func (l *loader) doubtfulText(text string) string {
	if !strings.ContainsAny(text, ".$%{<") { // without one of these it is nothing of what follows
		return unseenCharacters(text)
	}
	if doubt := l.referenceAsText(text); doubt != "" {
		return doubt
	}
	const noShell = "%q is plain text: no shell reads a spec."
	switch {
	case otherTemplate().MatchString(text):
		return fmt.Sprintf("%q is plain text: templates of other tools mean nothing in a spec. A variable within text is \"${var.NAME}\".", text)
	case shellCommand().MatchString(text):
		return fmt.Sprintf(noShell+" What a command prints comes in as a variable, with --var name=\"$(command)\".", text)
	case shellVariable().MatchString(text):
		return fmt.Sprintf(noShell+" A variable of the environment is env(%q), and within text \"${env(%[2]q)}\".", text, shellVariable().FindStringSubmatch(text)[1])
	case batchVariable().MatchString(text):
		return fmt.Sprintf(noShell+" A variable of the environment is env(%q), and within text \"${env(%[2]q)}\".", text, batchVariable().FindStringSubmatch(text)[1])
	case placeholder().MatchString(text):
		return fmt.Sprintf("%q is what manuals write where a name of yours stands: write that name.", text)
	}
	return unseenCharacters(text)
}

// unseenCharacters says of a text that it has characters which nobody sees: white space at an end, or one without a width.
func unseenCharacters(text string) string {
	plain := strings.Map(func(r rune) rune {
		if unseen(r) {
			return -1
		}
		return r
	}, text)
	switch trimmed := strings.TrimSpace(plain); {
	case plain != text:
		for _, r := range text {
			if unseen(r) {
				return fmt.Sprintf("%q has a character in it that nobody sees, U+%04X. Write it without: %q.", text, r, trimmed)
			}
		}
	case trimmed == "" || trimmed == text:
	case strings.HasPrefix(text, trimmed):
		return fmt.Sprintf("%q ends with white space, which would be a part of the name. Write it without: %q.", text, trimmed)
	default:
		return fmt.Sprintf("%q begins with white space, which would be a part of the name. Write it without: %q.", text, trimmed)
	}
	return ""
}

// unseen is a character that looks like a space, or like nothing.
func unseen(r rune) bool {
	return r != ' ' && unicode.Is(unicode.Zs, r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' || r == utf8.RuneError
}

const doubtfulName = "Doubtful name"

// doubtName warns of a name that is most likely not what was meant, and tells whether it did.
func (l *loader) doubtName(name string, at hcl.Range) bool {
	doubt := l.doubtfulText(exact(name))
	if doubt == "" {
		return false
	}
	l.warnOnce(at, doubtfulName, doubt)
	return true
}

// blockAddress is the address of a volume's block, as plans print it: volume.pg, pool.fast.volume.pg.
var blockAddress = lazyregexp.New(`^(?:pool\.([^./]+)\.)?volume\.([^./]+)$`)

// doubtRef warns of a text that names a volume, and most likely another one than was meant.
func (l *loader) doubtRef(ref *VolumeRef, text string, at hcl.Range) {
	const summary = doubtfulName
	if address := blockAddress().FindStringSubmatch(text); address != nil {
		meant := address[2]
		if address[1] != "" {
			meant = address[1] + "/" + meant
		}
		l.warnf(at, summary, "%q is the volume of just that name, dots and all. The volume of a block is named by its name: write %q. "+
			"When a volume is called so, write { name = %[1]q }.", text, meant)
		return
	}
	if l.pools[ref.Pool] == nil && ref.Remote == "" {
		switch {
		case ref.Pool == "pool" && (ref.Name == "volume" || ref.Name == "name"):
			l.warnf(at, summary, "%q is what manuals write where names of yours stand: write these. "+
				"When a volume is called so, write { name = %q, pool = %q }.", text, ref.Name, ref.Pool)
			return
		case ref.Pool == "custom":
			l.warnf(at, summary, "%q is the volume %q of a pool that is called \"custom\". All volumes in a spec are custom ones: write %[2]q. "+
				"When a pool is called so, write { name = %[2]q, pool = \"custom\" }.", text, ref.Name)
			return
		}
	}
	for _, part := range []string{text, ref.Pool, ref.Name} {
		if l.doubtName(part, at) {
			return
		}
	}
}
