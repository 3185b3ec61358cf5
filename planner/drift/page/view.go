package page

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/planner/drift"
	"tarn/planner/plan"
)

// view is a run as the template shows it.
type view struct {
	Styles   []style
	Title    string // of the window
	Heading  string
	Sentence string
	Look     look
	Made     stamp
	Zone     string
	Version  string
	FailOn   string // the kinds that count, "" for all
	Tiles    []tile
	Checks   []checkView
	Many     bool // more than one check
	History  bool // ages are known
}

// look is how a status or a kind of finding is shown: a sign and a word, and a class for what styles add to that.
type look struct{ Class, Sign, Word string }

// statusLooks are the statuses, what is worst first.
var statusLooks = []struct {
	status drift.Status
	look   look
}{
	{drift.Invalid, look{"invalid", "✗", "spec wrong"}},
	{drift.Failed, look{"failed", "!", "failed"}},
	{drift.Unreachable, look{"unreachable", "?", "not reached"}},
	{drift.Drifted, look{"drift", "≠", "drift"}},
	{drift.Clean, look{"clean", "✓", "no drift"}},
}

// severity orders statuses, and gives one that is not known as a failure.
func severity(status drift.Status) int {
	for i, l := range statusLooks {
		if l.status == status {
			return i
		}
	}
	return severity(drift.Failed)
}

// tile is how many checks ended with a status.
type tile struct {
	look
	Count string
}

func newView(run *drift.Run, opts Options) *view {
	v := &view{
		Styles:  []style{{template.CSS(plainStyle)}, {template.CSS(mediaStyle)}},
		Version: lxd.PlainLine(run.Made.Version),
		Many:    len(run.Checks) != 1,
	}
	clock := newClock(run.Made.At, opts.Zone)
	v.Made, v.Zone = clock.stamp(run.Made.At), clock.zone()
	kinds := make([]string, len(run.FailOn))
	for i, kind := range run.FailOn {
		kinds[i] = kindWords(kind)
	}
	v.FailOn = strings.Join(kinds, ", ")

	counts := make([]int, len(statusLooks))
	findings, uncounted, specs := 0, 0, map[string]bool{}
	order := make([]*drift.Check, len(run.Checks))
	for i := range run.Checks {
		check := &run.Checks[i]
		order[i] = check
		counts[severity(check.Status)]++
		for j := range check.Findings {
			if drift.Counts(check.Findings[j].Kind, run.FailOn) {
				findings++
			} else {
				uncounted++
			}
		}
		specs[check.Spec] = true
	}
	// What is worst first: among a hundred servers the one that needs somebody is not looked for.
	slices.SortStableFunc(order, func(a, b *drift.Check) int { return cmp.Compare(severity(a.Status), severity(b.Status)) })
	for i, check := range order {
		v.Checks = append(v.Checks, newCheck(check, fmt.Sprintf("c%d", i+1), len(specs) > 1, run.FailOn, clock))
		v.History = v.History || v.Checks[i].aged
	}
	for i, n := range counts {
		if n > 0 {
			v.Tiles = append(v.Tiles, tile{statusLooks[i].look, number(n)})
		}
	}
	v.summarize(counts, findings)
	if uncounted > 0 {
		v.Sentence = strings.TrimPrefix(v.Sentence+fmt.Sprintf(" %s of a kind that does not count in this run.", count(uncounted, "finding")), " ")
	}
	return v
}

// summarize gives the page its title, its heading and the sentence below that.
func (v *view) summarize(counts []int, findings int) {
	total := len(v.Checks)
	of := func(status drift.Status) int { return counts[severity(status)] }
	drifted, clean := of(drift.Drifted), of(drift.Clean)
	worst := len(statusLooks) - 1
	for i, n := range counts {
		if n > 0 {
			worst = i
			break
		}
	}
	v.Look = statusLooks[worst].look
	switch {
	case total == 0:
		v.Look = statusLooks[severity(drift.Failed)].look
		v.Heading, v.Sentence = "Nothing was checked", "There is neither a spec nor a server in this run."
	case total == 1:
		v.Heading, v.Sentence = v.Checks[0].heading(), v.Checks[0].Found
		if v.Sentence != "" {
			v.Sentence = plan.Capital(v.Sentence) + "."
		}
	case clean == total:
		v.Heading, v.Sentence = "No drift", count(total, "check")+": each server is as its spec says."
	case drifted > 0:
		v.Look = statusLooks[severity(drift.Drifted)].look
		v.Heading = fmt.Sprintf("Drift in %s of %s", number(drifted), count(total, "check"))
		v.Sentence = fmt.Sprintf("%s in all.", count(findings, "finding"))
	default:
		v.Heading = fmt.Sprintf("%s of %s without an answer", number(total-clean), count(total, "check"))
		v.Sentence = "No drift was found in the others."
		if clean == 0 {
			v.Sentence = "So nobody knows whether there is drift."
		}
	}
	if lost := total - clean - drifted; drifted > 0 && lost > 0 && total > 1 {
		v.Sentence += fmt.Sprintf(" %s without an answer, so there may be more.", count(lost, "check"))
	}
	v.Title = v.Heading
	if v.Made.ISO != "" {
		v.Title += ", " + v.Made.Day
	}
}

// heading is what the page is called when this is all that it has.
func (c *checkView) heading() string {
	switch c.status {
	case drift.Clean:
		return "No drift on " + c.Name
	case drift.Drifted:
		return "Drift on " + c.Name
	case drift.Unreachable:
		return c.Name + " was not reached"
	case drift.Invalid:
		return "The spec for " + c.Name + " is wrong"
	}
	return "The check of " + c.Name + " failed"
}

// kindWords are the words of --fail-on for a kind.
func kindWords(kind drift.Kind) string {
	switch kind {
	case drift.ChangeKind:
		return "changes"
	case drift.OrphanKind:
		return "orphans"
	}
	return string(kind)
}

// diagnosticView is a mistake in a spec.
type diagnosticView struct {
	look
	Summary    string
	Place      string // storage.hcl:12:3, "" for none
	Paragraphs [][]string
}

func newDiagnostic(d plan.Diagnostic) diagnosticView {
	v := diagnosticView{look: look{"invalid", "✗", "error"}, Summary: lxd.PlainLine(d.Summary)}
	if d.Severity == "warning" {
		v.look = look{"warning", "!", "warning"}
	}
	if d.Range != nil {
		v.Place = place(d.Range)
	}
	for paragraph := range strings.SplitSeq(strings.TrimSpace(d.Detail), "\n\n") {
		var lines []string
		for line := range strings.SplitSeq(strings.Trim(paragraph, "\n"), "\n") {
			lines = append(lines, lxd.PlainLine(line))
		}
		v.Paragraphs = append(v.Paragraphs, lines)
	}
	return v
}

// place is where something stands in a file, as editors take it.
func place(r *plan.Range) string {
	return fmt.Sprintf("%s:%d:%d", lxd.PlainLine(r.Filename), r.Start.Line, r.Start.Column)
}
