package edit

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// span is where an element of an object or a list stands.
type span struct{ start, end int }

// inner is what is between the brackets of an object or a list.
func inner(at hcl.Range) span { return span{at.Start.Byte + 1, at.End.Byte - 1} }

func itemSpans(e *hclsyntax.ObjectConsExpr) []span {
	spans := make([]span, len(e.Items))
	for i, item := range e.Items {
		spans[i] = span{item.KeyExpr.Range().Start.Byte, item.ValueExpr.Range().End.Byte}
	}
	return spans
}

func elementSpans(e *hclsyntax.TupleConsExpr) []span {
	spans := make([]span, len(e.Exprs))
	for i, element := range e.Exprs {
		spans[i] = span{element.Range().Start.Byte, element.Range().End.Byte}
	}
	return spans
}

// insertItem puts an element into an object; of a longer path, an object with it.
func (f *finder) insertItem(e *hclsyntax.ObjectConsExpr, env env, path []string, text string) {
	if !f.mayChange(e, env) {
		return
	}
	value := env.src.newLiteral(text)
	for i := len(path) - 1; i > 0; i-- {
		value = "{ " + env.src.elementName(path[i]) + env.src.equals() + value + " }"
	}
	f.add(candidate{env.src.inserted(inner(e.SrcRange), itemSpans(e), env.src.elementName(path[0]), value)})
}

// insertNull puts an element into an object that leaves its key out.
func (f *finder) insertNull(e *hclsyntax.ObjectConsExpr, env env, name string) {
	if f.mayChange(e, env) {
		f.add(candidate{env.src.inserted(inner(e.SrcRange), itemSpans(e), env.src.elementName(name), "null")})
	}
}

// equals is what stands between a name and its value.
func (src *source) equals() string {
	if src.json {
		return ": "
	}
	return " = "
}

// inserted puts an element at the end of an object, on a line of its own where the others have one.
func (src *source) inserted(in span, items []span, name, value string) change {
	if len(items) == 0 {
		between := src.slice(in.start, in.end)
		if strings.Contains(between, "\n") { // a comment may be in it
			at := src.lineStart(in.end)
			return change{src, at, at, src.indent(in.end) + src.unit() + name + src.equals() + value + src.newline}
		}
		if src.json {
			return change{src, in.start, in.end, name + src.equals() + value}
		}
		return change{src, in.start, in.end, " " + name + src.equals() + value + " "}
	}
	last := items[len(items)-1]
	if !src.firstOnLine(last.start) || !strings.Contains(src.slice(last.end, in.end), "\n") {
		separator := ", "
		if src.firstOnLine(last.start) && src.json {
			separator = "," + src.newline + src.indent(last.start)
		}
		return change{src, last.end, last.end, separator + name + src.equals() + value}
	}
	if src.json {
		return change{src, last.end, last.end, "," + src.newline + src.indent(last.start) + name + src.equals() + value}
	}
	end := src.lineEnd(last.end)
	comma := ""
	if strings.HasPrefix(strings.TrimLeft(src.slice(last.end, end), " \t"), ",") {
		comma = ","
	}
	return change{src, end, end, src.newline + src.indent(last.start) + src.aligned(name, last) + value + comma}
}

// aligned is a name with its equals sign, under that of the element before where there is room.
func (src *source) aligned(name string, before span) string {
	sign := strings.Index(src.slice(before.start, before.end), "=")
	if pad := sign - len([]rune(name)) - 1; sign > 0 && pad > 0 && !strings.Contains(src.slice(before.start, before.start+sign), "\n") && len(src.slice(before.start, before.start+sign)) == len([]rune(src.slice(before.start, before.start+sign))) {
		name += strings.Repeat(" ", pad)
	}
	return name + src.equals()
}

// unit is one step of the file's indentation.
func (src *source) unit() string {
	for _, b := range src.blocks {
		if b.native == nil {
			continue
		}
		for _, a := range b.attrs {
			if indent := src.indent(a.start); indent != "" && src.firstOnLine(a.start) {
				return indent
			}
		}
		for _, nested := range b.blocks {
			if indent := src.indent(nested.at()); indent != "" && src.firstOnLine(nested.at()) {
				return indent
			}
		}
	}
	return "  "
}

func (f *finder) removeItem(e *hclsyntax.ObjectConsExpr, env env, i int) {
	if f.mayChange(e, env) {
		f.add(candidate{env.src.removed(inner(e.SrcRange), itemSpans(e), i)})
	}
}

func (f *finder) removeElement(e *hclsyntax.TupleConsExpr, env env, i int) {
	if f.mayChange(e, env) {
		f.add(candidate{env.src.removed(inner(e.SrcRange), elementSpans(e), i)})
	}
}

// removed takes an element out of an object or a list, with its lines where it has some of its own.
func (src *source) removed(in span, items []span, i int) change {
	item := items[i]
	if !src.json && src.firstOnLine(item.start) {
		if end, ok := src.restOfLine(item.end); ok && end <= in.end {
			return change{src, src.lineStart(item.start), end, ""}
		}
	}
	switch {
	case len(items) == 1 && strings.TrimSpace(src.slice(in.start, item.start)+strings.TrimPrefix(strings.TrimSpace(src.slice(item.end, in.end)), ",")) == "":
		return change{src, in.start, in.end, ""}
	case len(items) == 1:
		return change{src, item.start, src.behindComma(item.end, in.end), ""}
	case i == len(items)-1 && !src.commented(items[i-1].end, item.start):
		return change{src, items[i-1].end, item.end, ""}
	case i == len(items)-1:
		return change{src, item.start, src.behindComma(item.end, in.end), ""}
	case !src.commented(item.end, items[i+1].start):
		return change{src, item.start, items[i+1].start, ""}
	}
	return change{src, item.start, src.behindComma(item.end, items[i+1].start), ""}
}

// commented tells whether more than blanks and a comma is between two elements: comments, which are the other element's.
func (src *source) commented(start, end int) bool {
	return strings.Trim(src.slice(start, end), " \t\r\n,") != ""
}

// behindComma is behind the comma that ends an element, and the blanks after it. Without a comma it is where the element ends.
func (src *source) behindComma(at, end int) int {
	rest := src.slice(at, end)
	for i := 0; i < len(rest); i++ {
		skip := 0
		switch {
		case rest[i] == ',':
			return at + len(rest) - len(strings.TrimLeft(rest[i+1:], " \t"))
		case rest[i] == '#', strings.HasPrefix(rest[i:], "//"):
			skip = strings.IndexByte(rest[i:], '\n')
		case strings.HasPrefix(rest[i:], "/*"):
			skip = strings.Index(rest[i:], "*/")
		}
		if skip < 0 {
			break
		}
		i += skip
	}
	return at
}

// restOfLine is where the next line begins when nothing but a comma and a comment is on the rest of this one.
func (src *source) restOfLine(at int) (next int, ok bool) {
	rest := strings.TrimLeft(src.slice(at, src.lineEnd(at)), " \t")
	rest = strings.TrimLeft(strings.TrimPrefix(rest, ","), " \t")
	if rest != "" && !strings.HasPrefix(rest, "#") && !strings.HasPrefix(rest, "//") && !(strings.HasPrefix(rest, "/*") && strings.Index(rest, "*/") == len(rest)-2) {
		return 0, false
	}
	return src.nextLine(at), true
}
