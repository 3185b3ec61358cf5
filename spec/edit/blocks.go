package edit

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"tarn/spec"
)

// order is that of the attributes of pool and volume blocks.
var order = []string{"for_each", "name", "driver", "content_type", "description", "project", "target", "config", "renamed_from", "copy_of",
	"existing", "absent", "prevent_delete", "exclusive", "ignore_config"}

// bodySpan is what is between the braces of a block.
func (b *block) bodySpan() span {
	if b.native == nil {
		return inner(b.body.SrcRange)
	}
	return span{b.native.OpenBraceRange.End.Byte, b.native.CloseBraceRange.Start.Byte}
}

// end is where the block ends.
func (b *block) end() int { return b.bodySpan().end + 1 }

// oneLine tells whether a block begins and ends on one line.
func (b *block) oneLine() bool {
	in := b.bodySpan()
	return !strings.Contains(b.src.slice(in.start, in.end), "\n")
}

// insertAttr gives a block another attribute.
func (b *block) insertAttr(name, value string) change {
	src, in := b.src, b.bodySpan()
	if src.json {
		return src.inserted(in, itemSpans(b.body), jsonQuoted(name), value)
	}
	var before *attr // the last of those that it stands behind
	for _, a := range b.attrs {
		if slices.Index(order, a.name) < slices.Index(order, name) {
			before = a
		}
	}
	line := name + " = " + value
	switch {
	case b.oneLine() && len(b.attrs)+len(b.blocks) == 0:
		return change{src, in.start, in.end, " " + line + " "}
	case b.oneLine():
		indent := src.indent(b.at()) + src.unit()
		old := strings.TrimSpace(src.slice(in.start, in.end))
		lines := []string{old, line}
		if before == nil {
			lines = []string{line, old}
		}
		text := src.newline
		for _, line := range alignedLines(lines) {
			text += indent + line + src.newline
		}
		return change{src, in.start, in.end, text + src.indent(b.at())}
	case before != nil:
		at := src.lineEnd(before.end)
		return change{src, at, at, src.newline + src.indent(before.start) + src.aligned(name, span{before.start, before.end}) + value}
	}
	indent := src.indent(b.at()) + src.unit()
	text := src.newline + indent + line
	if len(b.attrs) > 0 {
		first := b.attrs[0]
		text = src.newline + src.indent(first.start) + src.aligned(name, span{first.start, first.end}) + value
	} else if len(b.blocks) > 0 {
		text += src.newline // a blank line before the blocks
		if strings.TrimSpace(src.slice(src.nextLine(in.start), src.lineEnd(src.nextLine(in.start)))) == "" {
			text = strings.TrimSuffix(text, src.newline)
		}
	}
	at := src.lineEnd(in.start)
	return change{src, at, at, text}
}

// alignedLines are attributes with their equals signs under each other.
func alignedLines(lines []string) []string {
	if len(lines) != 2 {
		return lines
	}
	x, y := strings.Index(lines[0], " = "), strings.Index(lines[1], " = ")
	if x < 0 || y < 0 {
		return lines
	}
	pad := func(line string, at, width int) string { return line[:at] + strings.Repeat(" ", width-at) + line[at:] }
	return []string{pad(lines[0], x, max(x, y)), pad(lines[1], y, max(x, y))}
}

// removeAttr takes an attribute away.
func (b *block) removeAttr(a *attr) change {
	src, in := b.src, b.bodySpan()
	if src.json {
		return src.removed(in, itemSpans(b.body), a.item)
	}
	if end, ok := src.restOfLine(a.end); ok && src.firstOnLine(a.start) && end <= in.end {
		if strings.TrimSpace(src.slice(in.start, src.lineStart(a.start))+src.slice(end, in.end)) == "" {
			return change{src, in.start, in.end, ""}
		}
		return change{src, src.lineStart(a.start), end, ""}
	}
	if len(b.attrs) == 1 && len(b.blocks) == 0 {
		return change{src, in.start, in.end, ""}
	}
	return change{src, a.start, a.end, ""}
}

// relabel gives a block another label.
func (b *block) relabel(label string) (change, bool) {
	switch {
	case b.native != nil:
		at := b.native.LabelRanges[0]
		return change{b.src, at.Start.Byte, at.End.Byte, spec.Quote(label)}, true
	case b.list == nil:
		at := b.holder.Items[b.item].KeyExpr.Range()
		return change{b.src, at.Start.Byte, at.End.Byte, b.src.quoted(label)}, true
	}
	return change{}, false
}

// remove takes a block away, with the comment right over it.
func (b *block) remove() change {
	src := b.src
	switch {
	case b.native != nil:
		from, to := src.blockLines(b)
		return change{src, from, to, ""}
	case b.list != nil:
		return src.removed(inner(b.list.SrcRange), elementSpans(b.list), b.item)
	}
	return src.removed(inner(b.holder.SrcRange), itemSpans(b.holder), b.item)
}

// blockLines are the lines of a block, with the comment right over it, and the blank line that would be one too many.
func (src *source) blockLines(b *block) (from, to int) {
	from, to = src.commentOver(b.at()), src.nextLine(src.commentBehind(b.end()))
	for from > 0 {
		above := src.lineStart(from - 1)
		line := strings.TrimSpace(src.slice(above, src.lineEnd(above)))
		switch {
		case strings.HasPrefix(line, "#"), strings.HasPrefix(line, "//"):
			from = above
			continue
		case strings.HasSuffix(line, "*/"):
			if over := src.commentOver(src.lineEnd(above)); over <= above && over < from && src.isComment(over, from) {
				from = over
				continue
			}
		}
		break
	}
	blank := func(start, end int) bool { return strings.TrimSpace(src.slice(start, end)) == "" }
	above := 0
	if from > 0 {
		above = src.lineStart(from - 1)
	}
	opens := from == 0 || strings.HasSuffix(strings.TrimSpace(src.slice(above, src.lineEnd(above))), "{")
	blankAbove := from > 0 && blank(above, src.lineEnd(above))
	switch atEnd := to >= len(src.text); {
	case atEnd && blankAbove:
		from = above
	case atEnd:
	case (blankAbove || opens) && blank(to, src.lineEnd(to)):
		to = src.nextLine(to)
	case blankAbove && strings.HasPrefix(strings.TrimSpace(src.slice(to, src.lineEnd(to))), "}"):
		from = above
	}
	return from, to
}

// commentBehind is where a comment of several lines ends that begins behind at, on the same line; at itself when there is none.
func (src *source) commentBehind(at int) int {
	rest := strings.TrimLeft(src.slice(at, len(src.text)), " \t")
	if !strings.HasPrefix(rest, "/*") {
		return at
	}
	end := strings.Index(rest, "*/")
	if end < 0 {
		return at
	}
	return len(src.text) - len(rest) + end + len("*/")
}

// commentOver is where the line begins on which at is, or where a comment begins that ends on it: at the beginning of another line.
func (src *source) commentOver(at int) int {
	start := src.lineStart(at)
	end := strings.Index(src.slice(start, at), "*/")
	if end < 0 || strings.Contains(src.slice(start, start+end), "/*") {
		return start
	}
	begins := strings.LastIndex(src.slice(0, start), "/*")
	if begins < 0 || !src.firstOnLine(begins) {
		return start
	}
	return src.lineStart(begins)
}

// isComment tells whether there is one comment and nothing else.
func (src *source) isComment(start, end int) bool {
	text := strings.TrimSpace(src.slice(start, end))
	return strings.HasPrefix(text, "/*") && strings.Index(text, "*/") == len(text)-len("*/")
}

// insertBlock puts the text of a volume block into the block of a pool, behind those that it has. The text is laid out as in a file of
// its own, indented by two spaces.
func (b *block) insertBlock(text string) change {
	return b.insertLines(b.src.reindented(text, b.src.indent(b.at())))
}

// insertLines puts the lines of a block into the block of a pool, behind those that it has.
func (b *block) insertLines(text string) change {
	src, in := b.src, b.bodySpan()
	outer := src.indent(b.at())
	multi := strings.Count(text, src.newline) > 1
	if b.oneLine() {
		lines := ""
		if old := strings.TrimSpace(src.slice(in.start, in.end)); old != "" {
			lines = outer + src.unit() + old + src.newline + src.newline
		}
		return change{src, in.start, in.end, src.newline + lines + text + outer}
	}
	if len(b.blocks) == 0 {
		at := src.lineStart(in.end)
		if strings.TrimSpace(src.slice(in.start, at)) != "" {
			text = src.newline + text
		}
		return change{src, at, at, text}
	}
	last := b.blocks[len(b.blocks)-1]
	at := src.nextLine(last.end())
	if multi || !last.oneLine() || last.kind != "volume" {
		text = src.newline + text
	}
	return change{src, at, at, text}
}

// reindented is a text that is indented by two spaces in the way of the file.
func (src *source) reindented(text, outer string) string {
	unit := src.unit()
	var b strings.Builder
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		depth := 0
		for strings.HasPrefix(line, "  ") {
			line, depth = line[2:], depth+1
		}
		if line != "" {
			line = outer + strings.Repeat(unit, depth) + line
		}
		b.WriteString(line + src.newline)
	}
	return b.String()
}

// insertMember puts a block into a body in JSON, where there may be others of its kind.
func (b *block) insertMember(kind, label, value string) (change, bool) {
	for _, item := range b.body.Items {
		if keyText(item.KeyExpr) != kind {
			continue
		}
		labels, ok := item.ValueExpr.(*hclsyntax.ObjectConsExpr)
		if !ok {
			return change{}, false
		}
		return b.src.inserted(inner(labels.SrcRange), itemSpans(labels), jsonQuoted(label), value), true
	}
	return b.src.inserted(b.bodySpan(), itemSpans(b.body), jsonQuoted(kind), "{"+jsonQuoted(label)+": "+value+"}"), true
}
