package planner

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/fatih/color"
	"github.com/mattn/go-runewidth"
	"github.com/mitchellh/go-wordwrap"
)

// verbs are what a plan can do, in the order of its summary.
var verbs = []string{"create", "patch", "rename", "move", "migrate", "delete"}

// paint colours the parts of a plan's text. Without colour it does nothing; no colour says anything that the text does not.
type paint struct {
	create, patch, rename, remove, destroy, faint, bold *color.Color
}

func newPaint(colour bool) paint {
	style := func(attributes ...color.Attribute) *color.Color {
		c := color.New(attributes...)
		if colour {
			c.EnableColor()
		} else {
			c.DisableColor()
		}
		return c
	}
	return paint{
		create:  style(color.FgGreen),
		patch:   style(color.FgYellow),
		rename:  style(color.FgCyan),
		remove:  style(color.FgRed),
		destroy: style(color.FgRed, color.Bold),
		faint:   style(color.Faint),
		bold:    style(color.Bold),
	}
}

// of is the sign and the colour of an action.
func (p paint) of(action Action) (sign string, c *color.Color) {
	switch action.verb() {
	case "create":
		return "+", p.create
	case "patch":
		return "~", p.patch
	case "rename", "move", "migrate":
		return ">", p.rename
	}
	return "-", p.remove
}

// TextOptions are how a plan is worded.
type TextOptions struct {
	Colour bool
	Width  int  // in columns, 0 for no limit: sentences are wrapped
	Brief  bool // one line for each step
	Drift  bool // as a finding about the server, not as something about to be done
}

// WriteText writes the plan for people.
func (p *Plan) WriteText(w io.Writer, opts TextOptions) error {
	out := bufio.NewWriter(w)
	paint := newPaint(opts.Colour)
	if p.Server.Remote != p.Server.Address {
		fmt.Fprintf(out, "%s, ", p.Server.Remote)
	}
	fmt.Fprintf(out, "%s at %s, project %s\n\n", p.Server.Version, p.Server.Address, plain(p.Server.Project))

	p.writeSteps(out, paint, opts)
	if len(p.Steps) > 0 {
		fmt.Fprintln(out)
	}
	notes := p.notes()
	for _, note := range notes {
		fmt.Fprintln(out, wrap("Note: "+note, "", opts.Width))
	}
	if len(notes) > 0 {
		fmt.Fprintln(out)
	}
	p.writeUnmanaged(out)
	p.writeBlockers(out, paint, opts)
	fmt.Fprintln(out, paint.bold.Sprint(p.summary(opts.Drift)))
	if p.Rehearsal != nil {
		p.Rehearsal.write(out, paint, opts)
	}
	return out.Flush()
}

func (p *Plan) writeSteps(out *bufio.Writer, paint paint, opts TextOptions) {
	columns := p.columns()
	for i := range p.Steps {
		if opts.Brief {
			p.Steps[i].writeBrief(out, paint, columns)
		} else {
			p.Steps[i].write(out, paint, columns)
		}
	}
}

// notes are the notices, and the orphans each as one.
func (p *Plan) notes() []string {
	notes := slices.Clone(p.Notices)
	for _, orphan := range p.Orphans {
		notes = append(notes, fmt.Sprintf("%s belongs to this spec but is no longer declared; %s.", capital(orphan.String()), orphan.remedy()))
	}
	return notes
}

// remedy says how an orphan is deleted.
func (o Object) remedy() string {
	if o.isPool() {
		return "it stays until it is declared with absent = true"
	}
	return "--prune deletes it"
}

const unmanagedTitle = "Not in the spec, left alone:"

// writeUnmanaged lists what the spec does not name.
func (p *Plan) writeUnmanaged(out io.Writer) {
	if len(p.Unmanaged) == 0 {
		return
	}
	widest := 0
	for _, unmanaged := range p.Unmanaged {
		widest = max(widest, runewidth.StringWidth(unmanaged.Object.String()))
	}
	fmt.Fprintln(out, unmanagedTitle)
	for _, unmanaged := range p.Unmanaged {
		name, use := unmanaged.Object.String(), unmanaged.use()
		if use != "" {
			name = runewidth.FillRight(name, widest)
		}
		fmt.Fprintf(out, "  %s\n", strings.TrimSuffix(name+"   "+use, "   "))
	}
	fmt.Fprintln(out)
}

// use says what uses the object, "" for nothing.
func (u Unmanaged) use() string {
	if len(u.UsedBy) == 0 {
		return ""
	}
	return "used by " + list(u.UsedBy)
}

func (p *Plan) writeBlockers(out io.Writer, paint paint, opts TextOptions) {
	if len(p.Blockers) == 0 {
		return
	}
	fmt.Fprintln(out, paint.destroy.Sprint(p.blocked(opts)))
	for _, blocker := range p.Blockers {
		fmt.Fprintln(out, wrap(blocker.String(), "  ", opts.Width))
	}
	fmt.Fprintln(out)
}

// wrap breaks a sentence that is to stand behind an indent into lines of a width, 0 for none. The further lines stand a
// little more to the right.
func wrap(text, indent string, width int) string {
	if width > 0 {
		further := indent + "  "
		text = strings.ReplaceAll(wordwrap.WrapString(text, uint(max(width-len(further), 20))), "\n", "\n"+further)
	}
	return indent + text
}

func (p *Plan) blocked(opts TextOptions) string {
	if opts.Drift {
		return "An apply would be blocked:"
	}
	return "Blocked, nothing will be done:"
}

// String is the blocker as one line.
func (b Blocker) String() string {
	text := b.Why
	if b.Object != (Object{}) {
		text = b.Object.String() + ": " + text
	}
	return text + "; " + b.Hint
}

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
	case MigrateVolume:
		head = "migrate volume " + action.Remote + ":" + volumeName(action.Volume) + " → " + volumeName(action.To)
	case RenameVolume:
		head += " → " + volumeName(action.To())
	case MoveVolume:
		head += " → " + volumeName(action.To)
	}
	return head
}

// Line is the step in one line with its number and sign: 2 ~ patch volume slow/logs.
func (s *Step) Line(colour bool) string {
	sign, c := newPaint(colour).of(s.Action)
	return fmt.Sprintf("%3d %s", s.Number, c.Sprint(sign+" "+s.head()))
}

// writeBrief writes the step in one line. What it may cost is in there.
func (s *Step) writeBrief(out io.Writer, paint paint, width columns) {
	c := s.writeHead(out, paint, width)
	switch {
	case s.Class == DestroysData:
		fmt.Fprint(out, paint.faint.Sprint(", "), c.Sprint(s.Consequence()))
	case s.Class != Safe:
		fmt.Fprint(out, paint.faint.Sprint(", "), s.Consequence())
	}
	fmt.Fprintln(out)
}

// writeHead writes what the step does and why, without the end of the line. It gives the step's colour.
func (s *Step) writeHead(out io.Writer, paint paint, width columns) *color.Color {
	sign, c := paint.of(s.Action)
	if s.Class == DestroysData {
		c = paint.destroy
	}
	head := s.head()
	padding := strings.Repeat(" ", max(0, width.head-runewidth.StringWidth(head)))
	fmt.Fprintf(out, "%*d %s%s   %s", width.number, s.Number, c.Sprint(sign+" "+head), padding, paint.faint.Sprint(s.Reason))
	return c
}

func (s *Step) write(out io.Writer, paint paint, width columns) {
	c := s.writeHead(out, paint, width)
	fmt.Fprintln(out)

	rows := s.rows()
	indent := strings.Repeat(" ", width.number+5)
	widest := 0
	for _, row := range rows {
		widest = max(widest, runewidth.StringWidth(row[0]))
	}
	for _, row := range rows {
		fmt.Fprintf(out, "%s%s  %s\n", indent, runewidth.FillRight(row[0], widest), row[1])
	}
	switch {
	case s.Class == DestroysData:
		fmt.Fprintf(out, "%s%s\n", indent, c.Sprint(s.Consequence()))
	case s.Class != Safe:
		fmt.Fprintf(out, "%s%s\n", indent, s.Consequence())
	}
}

// Consequence is the class with its evidence: destroys data: 1.2 GiB used, 2 snapshots.
func (s *Step) Consequence() string {
	if len(s.Evidence) == 0 {
		return s.Class.String()
	}
	return s.Class.String() + ": " + strings.Join(s.Evidence, ", ")
}

// rows are the attributes of a step, name and value.
func (s *Step) rows() [][2]string {
	switch action := s.Action.(type) {
	case CreatePool:
		rows := created("driver", action.Driver, action.Description, action.Config, action.Secret)
		for _, member := range slices.Sorted(maps.Keys(action.Members)) {
			for _, row := range created("", "", "", action.Members[member], action.Secret) {
				rows = append(rows, [2]string{"member." + member + "." + row[0], row[1]})
			}
		}
		return rows
	case CreateVolume:
		return created("content_type", action.ContentType, action.Description, action.Config, action.Secret)
	case PatchPool:
		return changed(action.Changes)
	case PatchVolume:
		return changed(action.Changes)
	}
	return nil
}

func created(kind, value, description string, config map[string]string, secret map[string]bool) [][2]string {
	var rows [][2]string
	if value != "" {
		rows = append(rows, [2]string{kind, strconv.Quote(value)})
	}
	if description != "" {
		rows = append(rows, [2]string{"description", strconv.Quote(description)})
	}
	for _, key := range slices.Sorted(maps.Keys(config)) {
		value := config[key]
		rows = append(rows, [2]string{"config." + plain(key), shown(&value, secret[key])})
	}
	return rows
}

func changed(changes []Change) [][2]string {
	rows := make([][2]string, len(changes))
	for i, change := range changes {
		rows[i] = [2]string{change.label(), shown(change.From, change.Secret) + " → " + shown(change.To, change.Secret)}
	}
	return rows
}

// label is the attribute for people. Anybody who may write to the server may choose the name of a key, so a name that would
// draw lines of its own is quoted.
func (c Change) label() string {
	if key, ok := configKey(c.Attr); ok {
		return "config." + plain(key)
	}
	return c.Attr
}

func shown(value *string, secret bool) string {
	switch {
	case value == nil:
		return "(unset)"
	case secret:
		return "(secret)"
	}
	return strconv.Quote(*value)
}

// unmanaged counts what the spec does not name, "" for nothing.
func (p *Plan) unmanaged() string {
	var parts []string
	if n := p.UnmanagedPools; n > 0 {
		parts = append(parts, fmt.Sprintf("%d %s", n, plural(n, "pool")))
	}
	if n := p.UnmanagedVolumes; n > 0 {
		parts = append(parts, fmt.Sprintf("%d %s", n, plural(n, "volume")))
	}
	return strings.Join(parts, " and ")
}

// summary is the plan in one or two sentences.
func (p *Plan) summary(drift bool) string {
	counts := map[string]int{}
	destroys := false
	for _, step := range p.Steps {
		counts[step.Action.verb()]++
		destroys = destroys || step.Class == DestroysData
	}
	var parts []string
	for _, verb := range verbs {
		if n := counts[verb]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d to %s", n, verb))
		}
	}
	rest := fmt.Sprintf("%d unchanged", p.Unchanged)
	if unmanaged := p.unmanaged(); unmanaged != "" {
		rest += ", " + unmanaged + " not in the spec"
	}
	if len(p.Only) > 0 {
		rest += fmt.Sprintf(", %d %s left out by --only", p.LeftOut, plural(p.LeftOut, "step"))
	}
	text := "Plan"
	switch {
	case drift:
		text = "Drift"
	case len(p.Blockers) > 0:
		text = "Blocked"
	}
	switch {
	case len(parts) > 0:
		text += ": " + strings.Join(parts, ", ")
	case len(p.Blockers) > 0:
	case drift:
		text = "No drift"
	default:
		text = "Nothing to do"
	}
	if destroys {
		text += " (destroys data)"
	}
	return text + ". " + capital(rest) + "."
}

// plain is a name as it stands, or quoted when it has something that would be misread.
func plain(s string) string {
	odd := func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) || r == '"' }
	if s == "" || strings.ContainsFunc(s, odd) {
		return strconv.Quote(s)
	}
	return s
}

func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func plural(n int, thing string) string {
	if n == 1 {
		return thing
	}
	return thing + "s"
}
