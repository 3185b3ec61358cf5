package plan

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"tarn/cli/lines"
	"tarn/cli/paint"
	"tarn/lxd"
)

// verbs are what a plan can do, in the order of its summary.
var verbs = []string{"create", "copy", "patch", "rename", "move", "migrate", "delete"}

// TextOptions are how a plan is worded.
type TextOptions struct {
	Painter paint.Painter
	Width   int  // in columns, 0 for no limit; a name or a value that is wider stays whole
	ASCII   bool // no other characters: those of names and values are escaped
	Brief   bool // one line for each step
	Drift   bool // as a finding about the server, not as something about to be done
	Ignored bool // with Drift: none of it is of a kind that counts

	Acknowledged []string // what is known and is not in the plan, a line each
	Standing     []string // since when there is what is no step, a line each
}

// WriteText writes the plan for people.
func (p *Plan) WriteText(w io.Writer, opts TextOptions) error {
	out := bufio.NewWriter(w)
	server := fmt.Sprintf("%s at %s, project %s", lxd.PlainLine(p.Server.Version), lxd.PlainLine(p.Server.Address), Plain(p.Server.Project))
	if p.Server.Remote != p.Server.Address {
		server = p.Server.Remote + ", " + server
	}
	fmt.Fprintf(out, "%s\n\n", opts.prose(server, ""))

	p.writeSteps(out, opts)
	if len(p.Steps) > 0 {
		fmt.Fprintln(out)
	}
	notes := p.notes()
	for _, note := range notes {
		fmt.Fprintln(out, opts.prose("Note: "+note, ""))
	}
	if len(notes) > 0 {
		fmt.Fprintln(out)
	}
	p.writeUnmanaged(out, opts)
	p.writeBlockers(out, opts)
	writeList(out, opts, standingTitle, opts.Standing)
	writeList(out, opts, acknowledgedTitle, opts.Acknowledged)
	fmt.Fprintln(out, lines.Wrap(opts.Painter.Paint(paint.Strong, opts.text(p.summary(opts))), "", "  ", opts.Width))
	if p.Rehearsal != nil {
		p.Rehearsal.write(out, opts)
	}
	return out.Flush()
}

func (p *Plan) writeSteps(out *bufio.Writer, opts TextOptions) {
	columns := p.columns(opts)
	for i := range p.Steps {
		if opts.Brief {
			p.Steps[i].writeBrief(out, opts, columns)
		} else {
			p.Steps[i].write(out, opts, columns)
		}
	}
}

// notes are the notices, and the orphans each as one.
func (p *Plan) notes() []string {
	var notes []string
	for _, notice := range p.Notices {
		notes = append(notes, notice.Text)
	}
	for _, orphan := range p.Orphans {
		notes = append(notes, fmt.Sprintf("%s belongs to this spec but is no longer declared; %s.", Capital(orphan.String()), orphan.Remedy()))
	}
	copied := func(object Object) bool {
		return slices.ContainsFunc(p.Notices, func(n Notice) bool { return n.Code == CopiedMark && n.Object == object })
	}
	for _, stranger := range p.Strangers {
		remedy := "; " + stranger.Remedy()
		if copied(stranger) {
			remedy = "" // that notice says it
		}
		notes = append(notes, fmt.Sprintf("%s is not in the spec, and its pool is exclusively this spec's%s.", Capital(stranger.String()), remedy))
	}
	return notes
}

// Remedy says how an orphan is deleted.
func (o Object) Remedy() string {
	if o.IsPool() {
		return "it stays until it is declared with absent = true"
	}
	return "--prune deletes it"
}

const unmanagedTitle = "Not in the spec, left alone:"

// writeUnmanaged lists what the spec does not name.
func (p *Plan) writeUnmanaged(out io.Writer, opts TextOptions) {
	if len(p.Unmanaged) == 0 {
		return
	}
	widest := 0
	for _, unmanaged := range p.Unmanaged {
		widest = max(widest, lines.Width(opts.text(unmanaged.Object.String())))
	}
	fmt.Fprintln(out, opts.prose(unmanagedTitle, ""))
	for _, unmanaged := range p.Unmanaged {
		name, use := opts.text(unmanaged.Object.String()), opts.text(unmanaged.use())
		line := name
		if use != "" {
			line = lines.Fill(name, widest) + spaces(gap) + use
		}
		if opts.Width > 0 && 2+lines.Width(line) > opts.Width {
			line = name + "\n" + use
		}
		fmt.Fprintln(out, lines.Wrap(strings.TrimSuffix(line, "\n"), "  ", "      ", opts.Width))
	}
	fmt.Fprintln(out)
}

// use says what uses the object, "" for nothing.
func (u Unmanaged) use() string {
	if len(u.UsedBy) == 0 {
		return ""
	}
	return "used by " + ListUsers(u.UsedBy)
}

func (p *Plan) writeBlockers(out io.Writer, opts TextOptions) {
	if len(p.Blockers) == 0 {
		return
	}
	fmt.Fprintln(out, lines.Wrap(opts.Painter.Paint(paint.Destroys, p.blocked(opts)), "", "  ", opts.Width))
	for _, blocker := range p.Blockers {
		fmt.Fprintln(out, opts.prose(blocker.String(), "  "))
	}
	fmt.Fprintln(out)
}

const (
	acknowledgedTitle = "Acknowledged, not counted:"
	standingTitle     = "Found before:"
)

// writeList writes lines below a title, and nothing without lines.
func writeList(out *bufio.Writer, opts TextOptions, title string, all []string) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintln(out, opts.prose(title, ""))
	for _, line := range all {
		fmt.Fprintln(out, opts.prose(line, "  "))
	}
	fmt.Fprintln(out)
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
	text += "; " + b.Hint
	if b.Place != nil {
		text += fmt.Sprintf(" (%s:%d)", b.Place.Filename, b.Place.Start.Line)
	}
	return text
}

// unmanaged counts what the spec does not name, "" for nothing.
func (p *Plan) unmanaged() string {
	var parts []string
	if n := p.UnmanagedPools; n > 0 {
		parts = append(parts, fmt.Sprintf("%d %s", n, Plural(n, "pool")))
	}
	if n := p.UnmanagedVolumes; n > 0 {
		parts = append(parts, fmt.Sprintf("%d %s", n, Plural(n, "volume")))
	}
	return strings.Join(parts, " and ")
}

// Summary is the plan in one or two sentences.
func (p *Plan) Summary() string { return p.summary(TextOptions{}) }

// DriftSummary is what differs in one or two sentences, with what is known and not in the plan counted.
func (p *Plan) DriftSummary(acknowledged int) string {
	return p.summary(TextOptions{Drift: true, Acknowledged: make([]string, acknowledged)})
}

// summary is the plan in one or two sentences.
func (p *Plan) summary(opts TextOptions) string {
	drift := opts.Drift
	counts := map[string]int{}
	destroys := false
	for _, step := range p.Steps {
		counts[step.Action.verb()]++
		destroys = destroys || step.Class == DestroysData
	}
	var parts []string
	for _, verb := range verbs {
		n := counts[verb]
		if n == 0 {
			continue
		}
		part := fmt.Sprintf("%d to %s", n, verb)
		switch {
		case verb == "patch":
			part += p.patches()
		case verb == "delete" && destroys:
			part += " (destroys data)"
		}
		parts = append(parts, part)
	}
	rest := fmt.Sprintf("%d unchanged", p.Unchanged)
	found := func(n int, what string) {
		switch {
		case n == 0:
		case drift:
			parts = append(parts, fmt.Sprintf("%d %s", n, what))
		default:
			rest += fmt.Sprintf(", %d %s", n, what)
		}
	}
	found(len(p.Orphans), "no longer declared")
	found(len(p.Strangers), "not the spec's in exclusive pools")
	if unmanaged := p.unmanaged(); unmanaged != "" {
		rest += ", " + unmanaged + " not in the spec"
	}
	if n := len(opts.Acknowledged); n > 0 {
		rest += fmt.Sprintf(", %d acknowledged", n)
	}
	if p.LeftOut > 0 {
		rest += fmt.Sprintf(", %d %s left out by %s", p.LeftOut, Plural(p.LeftOut, "step"), p.NarrowedBy())
	}
	text := "Plan"
	switch {
	case drift && opts.Ignored:
		text = "No drift that counts"
	case drift:
		text = "Drift"
	case len(p.Blockers) > 0:
		text = "Blocked"
	}
	switch {
	case len(parts) > 0:
		text += ": " + strings.Join(parts, ", ")
	case len(p.Blockers) > 0, drift && p.Drifted():
	case drift:
		text = "No drift"
	default:
		text = "Nothing to do"
	}
	return text + ". " + Capital(rest) + "."
}
