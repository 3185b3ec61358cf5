package plan

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/mattn/go-runewidth"

	"tarn/cli/paint"
)

// columns are the widths that make a plan line up.
type columns struct{ number, head int }

func (p *Plan) columns() columns {
	const most = 60 // a longer head pushes its own reason to the right and nobody else's
	c := columns{number: max(3, len(strconv.Itoa(len(p.Steps))))}
	for i := range p.Steps {
		if width := runewidth.StringWidth(p.Steps[i].head()); width <= most {
			c.head = max(c.head, width)
		}
	}
	return c
}

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

// Line is the step in one line with its number and sign: 2 ~ patch volume slow/logs.
func (s *Step) Line(painter paint.Painter) string {
	sign, role := signOf(s.Action)
	return fmt.Sprintf("%3d %s", s.Number, painter.Paint(role, sign+" "+s.head()))
}

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

// writeBrief writes the step in one line. What it may cost is in there.
func (s *Step) writeBrief(out io.Writer, painter paint.Painter, width columns) {
	role := s.writeHead(out, painter, width)
	if n := s.Removes(); n > 0 {
		fmt.Fprint(out, painter.Paint(paint.Aside, ", "), painter.Paint(paint.RemovedValue, removal(n)))
	}
	switch {
	case s.Class == DestroysData:
		fmt.Fprint(out, painter.Paint(paint.Aside, ", "), painter.Paint(role, s.Consequence()))
	case s.Class != Safe:
		fmt.Fprint(out, painter.Paint(paint.Aside, ", "), s.Consequence())
	}
	fmt.Fprintln(out)
}

// writeHead writes what the step does and why, without the end of the line. It gives the step's role.
func (s *Step) writeHead(out io.Writer, painter paint.Painter, width columns) paint.Role {
	sign, role := signOf(s.Action)
	if s.Class == DestroysData {
		role = paint.Destroys
	}
	head := s.head()
	padding := strings.Repeat(" ", max(0, width.head-runewidth.StringWidth(head)))
	fmt.Fprintf(out, "%*d %s%s   %s", width.number, s.Number, painter.Paint(role, sign+" "+head), padding, painter.Paint(paint.Aside, s.Reason))
	return role
}

func (s *Step) write(out io.Writer, painter paint.Painter, width columns) {
	role := s.writeHead(out, painter, width)
	fmt.Fprintln(out)

	rows := s.rows()
	indent := strings.Repeat(" ", width.number+5)
	widest := 0
	for _, row := range rows {
		widest = max(widest, runewidth.StringWidth(row.name))
	}
	for _, row := range rows {
		text := runewidth.FillRight(row.name, widest) + "  " + row.value
		if row.removed {
			text = painter.Paint(paint.RemovedValue, text)
		}
		fmt.Fprintf(out, "%s%s\n", indent, text)
	}
	switch {
	case s.Class == DestroysData:
		fmt.Fprintf(out, "%s%s\n", indent, painter.Paint(role, s.Consequence()))
	case s.Class != Safe:
		fmt.Fprintf(out, "%s%s\n", indent, s.Consequence())
	}
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
	name, value string
	removed     bool // it has a value and will have none
}

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
		rows = append(rows, row{name: name, value: strconv.Quote(kind)})
	}
	for attr, value := range attributes.All() {
		rows = append(rows, row{name: attr.Label(), value: Shown(&value.Text, value.Secret)})
	}
	return rows
}

// changed are the rows of something that is patched.
func changed(changes []Change) []row {
	rows := make([]row, len(changes))
	for i, change := range changes {
		rows[i] = row{
			name:    change.Attr.Label(),
			value:   Shown(change.From, change.Secret) + " → " + Shown(change.To, change.Secret),
			removed: change.To == nil,
		}
	}
	return rows
}
