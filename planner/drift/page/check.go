package page

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"tarn/lxd"
	"tarn/planner/drift"
	"tarn/planner/plan"
)

// fewFindings are so many that one list of them is read from top to bottom. More are grouped, and the groups folded.
const fewFindings = 100

// sameTime is how far from the time of the page the beginning of a check may be without being told.
const sameTime = 5 * time.Minute

// checkView is a check as the template shows it.
type checkView struct {
	look
	ID      string
	Name    string // of the server, with the spec where there are several
	Remote  string
	Spec    string
	Server  string // LXD 5.0.2 at …
	Project string
	Effort  string // how long it took, what it asked
	Started stamp
	Found   string // what was found, in a few words
	Brief   string // the same, or else why nobody knows
	Since   stamp  // the oldest finding
	Stands  string // for how long
	New     string // how many findings are new, "" for none or when nobody knows

	Error       string
	LastReached stamp
	Ago         string // how long that is
	Errors      []diagnosticView
	Warnings    []diagnosticView

	Groups       []group
	Folded       bool
	Acknowledged []findingView
	Unneeded     []ackView
	Notes        []string
	Pools        []poolView
	Commands     []command

	status drift.Status
	aged   bool
}

// group are findings that belong together.
type group struct {
	ID       string
	Title    string
	Findings []findingView
}

// command is one to copy.
type command struct{ For, Line string }

func newCheck(check *drift.Check, id string, manySpecs bool, failOn []drift.Kind, clock clock) checkView {
	i := severity(check.Status)
	v := checkView{
		look: statusLooks[i].look, status: statusLooks[i].status, ID: id,
		Remote: lxd.PlainLine(check.Remote), Spec: lxd.PlainLine(check.Spec),
		Error:  lxd.PlainLine(check.Error),
		Effort: effort(check),
	}
	if check.Misfit() {
		v.Word = "spec does not fit"
	}
	if apart := clock.now.Sub(check.Started).Abs(); apart > sameTime {
		v.Started = clock.stamp(check.Started)
	}
	v.Name = cmp.Or(v.Remote, v.Spec, "server")
	if manySpecs && v.Remote != "" && v.Spec != "" {
		v.Name += ", " + v.Spec
	}
	if s := check.Server; s.Version != "" || s.Address != "" {
		v.Server = strings.TrimSuffix(lxd.PlainLine(s.Version)+" at "+lxd.PlainLine(s.Address), " at ")
	}
	if check.Server.Project != "" {
		v.Project = plan.Plain(check.Server.Project)
	}
	if check.Status != drift.Clean && check.Status != drift.Drifted && !check.LastReached.IsZero() {
		v.LastReached, v.Ago = clock.stamp(check.LastReached), clock.since(check.LastReached)
	}
	for _, d := range check.Diagnostics {
		if d.Severity == "warning" {
			v.Warnings = append(v.Warnings, newDiagnostic(d))
		} else {
			v.Errors = append(v.Errors, newDiagnostic(d))
		}
	}
	finder := newFinder(check, clock)
	for j := range check.Findings {
		f := finder.view(&check.Findings[j], fmt.Sprintf("%sf%d", id, j+1))
		f.Number, f.Uncounted = number(j+1), !drift.Counts(check.Findings[j].Kind, failOn)
		v.add(check, &check.Findings[j], f)
	}
	for j := range check.Acknowledged {
		f := finder.view(&check.Acknowledged[j], fmt.Sprintf("%sa%d", id, j+1))
		f.Number = number(j + 1)
		v.Acknowledged = append(v.Acknowledged, f)
	}
	for j := range check.Unneeded {
		v.Unneeded = append(v.Unneeded, clock.ack(&check.Unneeded[j]))
	}
	v.Notes = notes(check)
	for j := range check.Pools {
		v.Pools = append(v.Pools, newPool(&check.Pools[j], clock))
	}
	v.tellAges(check, clock)
	v.Found = found(check)
	if v.Brief = v.Found; v.Brief == "" {
		v.Brief = brief(v.Error)
	}
	v.Commands = commands(check)
	return v
}

// add puts a finding into its group.
func (c *checkView) add(check *drift.Check, f *drift.Finding, view findingView) {
	title := "Findings"
	if c.Folded = len(check.Findings) > fewFindings; c.Folded {
		title = "The server as a whole"
		if f.Object.Pool != "" {
			title = "Pool " + plan.Plain(f.Object.Pool)
		}
		title += ": " + toDo(f)
	}
	i := slices.IndexFunc(c.Groups, func(g group) bool { return g.Title == title })
	if i < 0 {
		i = len(c.Groups)
		c.Groups = append(c.Groups, group{ID: fmt.Sprintf("%sg%d", c.ID, i+1), Title: title})
	}
	c.Groups[i].Findings = append(c.Groups[i].Findings, view)
}

// Count is how many findings a group has.
func (g group) Count() string { return count(len(g.Findings), "finding") }

// tellAges says since when the oldest finding stands, and how many are new.
func (c *checkView) tellAges(check *drift.Check, clock clock) {
	var oldest time.Time
	fresh := 0
	for _, f := range check.Findings {
		if f.Age.Since.IsZero() {
			continue
		}
		c.aged = true
		if oldest.IsZero() || f.Age.Since.Before(oldest) {
			oldest = f.Age.Since
		}
		if f.Age.Runs == 1 {
			fresh++
		}
	}
	if fresh > 0 {
		c.New = number(fresh) + " new"
	}
	c.Since, c.Stands = clock.stamp(oldest), clock.lasting(oldest)
}

// found says what a check has found, in a few words.
func found(check *drift.Check) string {
	var parts []string
	counts := map[string]int{}
	for i := range check.Findings {
		what := toDo(&check.Findings[i])
		if counts[what]++; counts[what] == 1 {
			parts = append(parts, what)
		}
	}
	for i, what := range parts {
		parts[i] = number(counts[what]) + " " + what
	}
	expired := 0
	for i := range check.Findings {
		if check.Findings[i].Expired != nil {
			expired++
		}
	}
	if expired > 0 {
		parts = append(parts, number(expired)+" acknowledged until a day that has passed")
	}
	errors, warnings := 0, 0
	for _, d := range check.Diagnostics {
		if d.Severity == "warning" {
			warnings++
		} else {
			errors++
		}
	}
	if errors > 0 {
		parts = append(parts, count(errors, "error"))
	}
	if warnings > 0 {
		parts = append(parts, count(warnings, "warning"))
	}
	if n := len(check.Acknowledged); n > 0 {
		parts = append(parts, number(n)+" acknowledged")
	}
	if check.Plan != nil && check.Status == drift.Clean {
		parts = append(parts, count(check.Plan.Unchanged, "object")+" as declared")
	}
	return strings.Join(parts, ", ")
}

// brief is the beginning of a text.
func brief(text string) string {
	const most = 100 // characters
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// effort says what a check cost.
func effort(check *drift.Check) string {
	var parts []string
	if check.Took > 0 {
		parts = append(parts, "took "+took(check.Took))
	}
	if check.Requests > 0 {
		parts = append(parts, count(check.Requests, "request"))
	}
	return strings.Join(parts, ", ")
}

// notes are what the reader of the plan should know besides, without what is among the findings already.
func notes(check *drift.Check) []string {
	if check.Plan == nil {
		return nil
	}
	var notes []string
	for _, notice := range check.Plan.Notices {
		told := func(f drift.Finding) bool { return f.Code == string(notice.Code) && f.Object == notice.Object }
		if !slices.ContainsFunc(check.Findings, told) && !slices.ContainsFunc(check.Acknowledged, told) {
			notes = append(notes, lxd.PlainLine(notice.Text))
		}
	}
	return notes
}

// commands are what people do next.
func commands(check *drift.Check) []command {
	tarn := "tarn"
	if check.Remote != "" {
		tarn += " --remote " + lxd.ShellWord(check.Remote)
	}
	path := ""
	for _, p := range check.Paths {
		path += " " + lxd.ShellPath(p)
	}
	switch {
	case check.Misfit(): // by itself it is right, and validate would find nothing
		return []command{{"See what keeps an apply from it", tarn + " plan" + path}}
	case check.Status == drift.Invalid:
		return []command{{"Check the spec again", "tarn validate" + path}}
	case check.Status == drift.Unreachable || check.Status == drift.Failed:
		return []command{{"Look again", tarn + " drift" + path}}
	case len(check.Findings) == 0:
		return nil
	}
	return []command{
		{"See what an apply would do", tarn + " plan" + path},
		{"Have the server as the spec says", tarn + " apply" + path},
		{"Or take what the server has into the spec", tarn + " accept" + path},
	}
}
