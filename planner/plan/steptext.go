package plan

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"tarn/cli/lines"
	"tarn/cli/paint"
)

// columns are the widths that make a plan line up.
type columns struct{ number, head int }

func (p *Plan) columns(opts TextOptions) columns {
	most := 60 // a longer head pushes its own reason to the right and nobody else's
	c := columns{number: max(3, digits(len(p.Steps)))}
	if opts.Width > 0 {
		why := 0
		for i := range p.Steps {
			why = max(why, min(30, lines.Width(opts.text(p.Steps[i].why()))))
		}
		most = min(most, opts.Width-c.number-3-gap-why) // one that is longer still has its reason below
	}
	for i := range p.Steps {
		if width := lines.Width(opts.text(p.Steps[i].head())); width <= most {
			c.head = max(c.head, width)
		}
	}
	return c
}

func digits(n int) int { return len(strconv.Itoa(n)) }

// Title is the step in a few words: patch volume slow/logs.
func (s *Step) Title() string { return s.head() }

func (s *Step) head() string {
	head := s.Action.verb() + " " + s.Action.Object().String()
	switch action := s.Action.(type) {
	case MoveVolume:
		switch {
		case action.Finish && action.Volume == action.To:
			return "finish the move to " + VolumeObject(action.To).String()
		case action.Finish:
			head = "finish the move of " + action.Object().String()
		}
		head += " → " + VolumeName(action.To)
	case CopyVolume:
		head = "copy volume "
		if action.Remote != "" {
			head += action.Remote + ":"
		}
		from := action.Volume
		if action.Snapshot != "" {
			from.Name += "@" + action.Snapshot
		}
		head += VolumeName(from) + " → " + VolumeName(action.To)
	case MigrateVolume:
		head = "migrate volume "
		if action.Finish {
			head = "finish the migration of volume "
		}
		head += action.Remote + ":" + VolumeName(action.Volume) + " → " + VolumeName(action.To)
	case RenameVolume:
		head += " → " + VolumeName(action.To())
	}
	return head
}

// why is the reason, with what is known of it.
func (s *Step) why() string {
	if s.Known == "" {
		return s.Reason
	}
	return s.Reason + ", " + s.Known
}

// nameApart is the head in two parts, the second of which is the name of what the step is about.
func (s *Step) nameApart() (does, name string) {
	head := s.head()
	at := strings.Index(head, " pool ")
	if volume := strings.Index(head, " volume "); at < 0 || volume >= 0 && volume < at {
		at = volume
	}
	if at < 0 {
		return head, ""
	}
	at += 1 + strings.IndexByte(head[at+1:], ' ') + 1
	return head[:at], head[at:]
}

// Line is the step in one line with its number and sign: 2 ~ patch volume slow/logs.
func (s *Step) Line(opts TextOptions) string { return spaces(3-digits(s.Number)) + s.line(opts) }

// signOf is the sign of an action, and its role.
func signOf(action Action) (sign string, role paint.Role) {
	switch action.verb() {
	case "create", "copy":
		return "+", paint.Create
	case "patch":
		return "~", paint.Patch
	case "rename", "move", "migrate":
		return ">", paint.Move
	}
	return "-", paint.Delete
}

// writeBrief writes the step in one line, or what needs no more lines than that on a wide terminal. What it may cost is in there.
func (s *Step) writeBrief(out io.Writer, opts TextOptions, c columns) {
	why := opts.Painter.Paint(paint.Aside, opts.text(s.why()))
	add := func(text string) { why += opts.Painter.Paint(paint.Aside, ",") + " " + text }
	if n := s.Removes(); n > 0 {
		add(opts.Painter.Paint(paint.RemovedValue, removal(n)))
	}
	if s.Class != Safe {
		add(s.consequence(opts))
	}
	fmt.Fprintln(out, s.heading(opts, c, why))
}

func (s *Step) write(out io.Writer, opts TextOptions, c columns) {
	fmt.Fprintln(out, s.heading(opts, c, opts.Painter.Paint(paint.Aside, opts.text(s.why()))))
	rows := s.rows()
	widest := 0
	for _, row := range rows {
		widest = max(widest, lines.Width(opts.text(row.name)))
	}
	indent := c.number + 5
	for _, row := range rows {
		fmt.Fprintln(out, row.attribute(opts, indent, widest))
	}
	if s.Class != Safe {
		fmt.Fprintln(out, lines.Wrap(s.consequence(opts), spaces(indent), spaces(indent+2), opts.Width))
	}
}

// consequence is Consequence as it is written.
func (s *Step) consequence(opts TextOptions) string {
	text := opts.text(s.Consequence())
	if s.Class == DestroysData {
		return opts.Painter.Paint(paint.Destroys, text)
	}
	return text
}

// Consequence is the class with its evidence: destroys data: 1.2 GiB used, 2 snapshots.
func (s *Step) Consequence() string {
	if s.Evidence.None() {
		return s.Class.String()
	}
	return s.Class.String() + ": " + s.Evidence.String()
}

// row is an attribute of a step.
type row struct {
	name    string
	values  []string // the one that it gets, with an arrow behind the one that it has
	removed bool     // it has a value and will have none
}

// value is what the attribute gets, or how it changes, in one line.
func (r row) value() string { return strings.Join(r.values, " ") }

// rows are the attributes of a step.
func (s *Step) rows() []row {
	switch action := s.Action.(type) {
	case CreatePool:
		rows := created("driver", action.Driver, action.Attributes)
		for _, member := range slices.Sorted(maps.Keys(action.Members)) {
			for _, own := range created("", "", action.member(member)) {
				own.name = "member." + member + "." + own.name
				rows = append(rows, own)
			}
		}
		return rows
	case CreateVolume:
		return created("content_type", action.ContentType, action.Attributes)
	case PatchPool:
		return changed(action.Changes)
	case PatchVolume:
		return changed(action.Changes)
	}
	return nil
}

// created are the rows of something new: its kind, when it has one, and its attributes.
func created(name, kind string, attributes Attributes) []row {
	var rows []row
	if kind != "" {
		rows = append(rows, row{name: name, values: []string{strconv.Quote(kind)}})
	}
	for attr, value := range attributes.All() {
		rows = append(rows, row{name: attr.Label(), values: []string{Shown(&value.Text, value.Secret)}})
	}
	return rows
}

// changed are the rows of something that is patched.
func changed(changes []Change) []row {
	rows := make([]row, len(changes))
	for i, change := range changes {
		rows[i] = row{
			name:    change.Attr.Label(),
			values:  []string{Shown(change.From, change.Secret), "→ " + Shown(change.To, change.Secret)},
			removed: change.To == nil,
		}
	}
	return rows
}
