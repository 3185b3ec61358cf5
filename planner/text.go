package planner

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/mattn/go-runewidth"
	"github.com/mitchellh/go-wordwrap"
)

// verbs are what a plan can do, in the order of its summary.
var verbs = []string{"create", "patch", "rename", "move", "migrate", "delete"}

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
	if p.LeftOut > 0 {
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
