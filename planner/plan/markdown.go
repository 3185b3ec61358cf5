package plan

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// WriteMarkdown writes the plan for a merge request: what it comes to, then the steps as a diff, which such pages colour.
func (p *Plan) WriteMarkdown(w io.Writer, opts TextOptions) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "**%s**\n\n%s at %s, project %s\n", p.summary(opts.Drift), markdownText(p.Server.Version), codeSpan(p.Server.Address), codeSpan(p.Server.Project))
	if len(p.Blockers) > 0 {
		fmt.Fprintf(out, "\n%s\n\n", p.blocked(opts))
		for _, blocker := range p.Blockers {
			fmt.Fprintf(out, "- %s\n", markdownText(blocker.String()))
		}
	}
	if len(p.Steps) > 0 {
		fence := "```"
		var body strings.Builder
		for i := range p.Steps {
			p.Steps[i].writeDiff(&body, opts.Brief)
		}
		for strings.Contains(body.String(), fence) {
			fence += "`"
		}
		fmt.Fprintf(out, "\n%sdiff\n%s%s\n", fence, body.String(), fence)
	}
	if notes := p.notes(); len(notes) > 0 {
		fmt.Fprintln(out)
		for _, note := range notes {
			fmt.Fprintf(out, "- %s\n", markdownText(note))
		}
	}
	if len(p.Unmanaged) > 0 {
		fmt.Fprintf(out, "\n%s\n\n", unmanagedTitle)
		for _, unmanaged := range p.Unmanaged {
			fmt.Fprintf(out, "- %s\n", markdownText(strings.TrimSuffix(unmanaged.Object.String()+", "+unmanaged.use(), ", ")))
		}
	}
	if p.Rehearsal != nil {
		p.Rehearsal.writeMarkdown(out)
	}
	return out.Flush()
}

// writeDiff writes a step as lines of a diff: its sign comes first, where a diff has one.
func (s *Step) writeDiff(out *strings.Builder, brief bool) {
	sign, _ := signOf(s.Action)
	switch sign {
	case "~", ">": // a diff colours this line
		sign = "!"
	}
	fmt.Fprintf(out, "%s %d %s: %s", sign, s.Number, s.head(), s.Reason)
	if brief {
		if n := s.Removes(); n > 0 {
			fmt.Fprintf(out, ", %s", removal(n))
		}
		if s.Class != Safe {
			fmt.Fprintf(out, ", %s", s.Consequence())
		}
		fmt.Fprintln(out)
		return
	}
	fmt.Fprintln(out)
	for _, row := range s.rows() {
		sign := " "
		if row.removed { // a diff makes such a line red
			sign = "-"
		}
		fmt.Fprintf(out, "%s     %s  %s\n", sign, row.name, row.value())
	}
	if s.Class != Safe {
		fmt.Fprintf(out, "      %s\n", s.Consequence())
	}
}
