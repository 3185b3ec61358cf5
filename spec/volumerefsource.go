package spec

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"tarn/lxd/schema"
)

// Source is the name as a spec may say it: as text where that means the same, else in parts.
func (ref VolumeRef) Source() string {
	if ref.Project == "" && !strings.Contains(ref.Remote+ref.Pool+ref.Name, ":") {
		return quoted(ref.String())
	}
	var parts []string
	for _, part := range []struct{ name, value string }{
		{"name", ref.Name}, {"pool", ref.Pool}, {"project", ref.Project}, {"remote", ref.Remote},
	} {
		if part.value != "" {
			parts = append(parts, part.name+" = "+quoted(part.value))
		}
	}
	return "{ " + strings.Join(parts, ", ") + " }"
}

// quoted is text as HCL writes it, with codes as [schema.Quoted] has them.
func quoted(text string) string {
	normal := schema.IsNormal(text)
	var b strings.Builder
	for i, r := range text {
		switch {
		case (r == '$' || r == '%') && strings.HasPrefix(text[i+1:], "{"):
			b.WriteRune(r)
			b.WriteRune(r)
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r == '\n' || r == '\r' || r == '\t':
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		case !unicode.IsPrint(r) || !normal && changeable(r):
			format := `\u%04x`
			if r > 0xffff {
				format = `\U%08x`
			}
			fmt.Fprintf(&b, format, r)
		default:
			b.WriteRune(r)
		}
	}
	return `"` + b.String() + `"`
}

// ColonHint says how a name with a colon is written, where the spec may mean one by what it takes for a remote; "" where it cannot.
func (s *Spec) ColonHint(remote string) string {
	for _, p := range s.Pools {
		for _, v := range p.Volumes {
			ref, attribute := v.RenamedFrom, "renamed_from"
			if ref == nil {
				ref, attribute = v.CopyOf, copyOf
			}
			if ref != nil && ref.Remote == remote && ref.Pool == "" {
				pool, name, inPool := strings.Cut(remote, "/")
				if !inPool {
					pool, name = "", remote
				}
				meant := VolumeRef{Pool: pool, Name: name + ":" + ref.Name}
				return "a name with a colon is written in parts, " + attribute + " = " + meant.Source()
			}
		}
	}
	return ""
}
