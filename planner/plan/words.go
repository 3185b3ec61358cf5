package plan

import (
	"fmt"
	"strings"
	"unicode"

	"tarn/lxd"
	"tarn/lxd/schema"
)

// Words that plans, and what is said about them, have in common.

// Plain is a name as it stands, or quoted when it has something that would be misread.
func Plain(s string) string {
	odd := func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) || r == '"' }
	if s == "" || strings.ContainsFunc(s, odd) || !schema.IsNormal(s) {
		return schema.Quoted(s)
	}
	return s
}

// Capital is text with a capital at its beginning, for a sentence.
func Capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// Plural is a thing, or several.
func Plural(n int, thing string) string {
	if n == 1 {
		return thing
	}
	return thing + "s"
}

// List words some things for a sentence, the first ten of them.
func List(things []string) string {
	const most = 10
	if n := len(things) - most; n > 0 {
		return strings.Join(things[:most], ", ") + fmt.Sprintf(" and %d more", n)
	}
	return strings.Join(things, ", ")
}

func Shown(value *string, secret bool) string {
	switch {
	case value == nil:
		return "(unset)"
	case secret:
		return "(secret)"
	}
	return schema.Quoted(*value)
}

// VolumeName is pool/name, with what else is needed to tell the volume from others.
func VolumeName(id lxd.VolumeID) string {
	text := Plain(id.Pool) + "/" + Plain(id.Name)
	if id.Member != "" {
		text += " on " + Plain(id.Member)
	}
	if id.Project != "" && id.Project != lxd.DefaultProject {
		text += " in project " + Plain(id.Project)
	}
	return text
}
