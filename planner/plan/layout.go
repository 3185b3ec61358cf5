package plan

import (
	"strconv"
	"strings"

	"tarn/cli/lines"
	"tarn/cli/paint"
)

// How the text of a plan is laid out in the columns of a terminal. In a plan that is wide enough a step is one line and each of
// its attributes another; what does not fit is continued below, further to the right.

// gap is between what a step does and why.
const gap = 3

// text is a piece of the plan as it is written: in ASCII where there is nothing else.
func (o TextOptions) text(s string) string {
	if o.ASCII {
		return lines.ASCII(s)
	}
	return s
}

// Text is a piece of text as these options have it.
func (o TextOptions) Text(s string) string { return o.text(s) }

// Prose lays out sentences behind an indent.
func (o TextOptions) Prose(s, indent string) string { return o.prose(s, indent) }

// prose lays out sentences behind an indent.
func (o TextOptions) prose(s, indent string) string { return prose(o.text(s), indent, o.Width) }

// prose breaks sentences that are to stand behind an indent into lines of a width, 0 for none. The further lines stand a little more
// to the right.
func prose(text, indent string, width int) string {
	return lines.Wrap(lines.KeepQuoted(text), indent, indent+"  ", width)
}

func spaces(n int) string { return strings.Repeat(" ", max(0, n)) }

// heading is what a step does behind its number and sign, and why with what else there is to say of it. The sign has a colour, and
// the name stands out.
func (s *Step) heading(opts TextOptions, c columns, why string) string {
	line := spaces(c.number-digits(s.Number)) + s.line(opts)
	width := lines.Width(line)
	begins := max(c.number+3+c.head, width) + gap
	if opts.Width == 0 || begins+lines.Width(why) <= opts.Width {
		return line + spaces(begins-width) + why
	}
	indent := c.number + 5
	return lines.Wrap(line, "", spaces(indent), opts.Width) + "\n" +
		lines.Wrap(lines.KeepQuoted(why), spaces(indent), spaces(indent+2), opts.Width)
}

// line is the step with its number and sign.
func (s *Step) line(opts TextOptions) string {
	sign, role := signOf(s.Action)
	name := paint.Strong
	if s.Class == DestroysData {
		role, name = paint.Destroys, paint.Destroys
	}
	does, what := s.nameApart()
	return strconv.Itoa(s.Number) + " " + opts.Painter.Paint(role, sign) + " " + opts.text(does) + opts.Painter.Paint(name, opts.text(what))
}

// attribute is a line for an attribute of a step. A value never has a line feed put into it.
func (r row) attribute(opts TextOptions, indent, widest int) string {
	name := opts.text(r.name)
	var values []string
	for _, value := range r.values {
		values = append(values, lines.Keep(opts.text(value)))
	}
	value := strings.Join(values, " ")
	text := lines.Fill(name, widest) + "  " + value
	begins := spaces(indent)
	if opts.Width > 0 && indent+lines.Width(text) > opts.Width {
		text = name + "\n" + value
	}
	if r.removed {
		text = opts.Painter.Paint(paint.RemovedValue, text)
	}
	return lines.Wrap(text, begins, begins+"  ", opts.Width)
}
