package page

import (
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/planner/drift"
	"tarn/planner/plan"
)

// findingView is a finding as the template shows it.
type findingView struct {
	look   // of what is to be done, Word is that
	ID     string
	Number string
	Name   string // what the word is about
	Code   string // of a blocker or a notice
	Text   string
	Hint   string
	Costs  string // what the step may cost, "" for nothing
	Loses  bool   // which is data

	Before  bool // the object is there, and its attributes have values
	Aged    bool // they are not all as old as the finding
	Changes []changeView

	Age       ageView
	Known     *ackView
	Uncounted bool // findings of its kind do not count in this run
	Expired   *ackView
}

// changeView is an attribute that differs.
type changeView struct {
	Attribute string
	From, To  valueView
	Age       ageView
}

// finder makes views of a check's findings.
type finder struct {
	steps map[int]*plan.Step
	clock clock
}

func newFinder(check *drift.Check, clock clock) finder {
	f := finder{steps: map[int]*plan.Step{}, clock: clock}
	if check.Plan != nil {
		for i := range check.Plan.Steps {
			f.steps[check.Plan.Steps[i].Number] = &check.Plan.Steps[i]
		}
	}
	return f
}

func (c finder) view(f *drift.Finding, id string) findingView {
	v := findingView{
		look: lookOf(f), ID: id, Text: lxd.PlainLine(f.Text), Hint: lxd.PlainLine(f.Hint),
		Age: c.clock.age(f.Age),
	}
	if f.Object != (plan.Object{}) {
		v.Name = f.Object.String()
	}
	if f.Kind == drift.BlockedKind || f.Kind == drift.UnfinishedKind && f.Step == 0 {
		v.Code = lxd.PlainLine(f.Code)
	}
	step := c.steps[f.Step]
	if step != nil {
		v.Word, v.Name = apart(step.Title())
		if step.Class != plan.Safe {
			v.Costs, v.Loses = lxd.PlainLine(step.Consequence()), step.Class == plan.DestroysData
			v.Text = strings.TrimSuffix(v.Text, "; "+v.Costs)
		}
	}
	if len(f.Changes) > 0 {
		v.Before = slices.ContainsFunc(f.Changes, func(change plan.Change) bool { return change.From != nil }) || f.Code == "patch"
		for i, change := range f.Changes {
			row := changeView{Attribute: lxd.PlainLine(change.Attr.Label())}
			row.From, row.To = values(change.From, change.To, change.Secret)
			if i < len(f.Ages) {
				row.Age = c.clock.age(f.Ages[i])
				v.Aged = v.Aged || f.Ages[i] != f.Age
			}
			v.Changes = append(v.Changes, row)
		}
	}
	if f.Known != nil {
		known := c.clock.ack(f.Known)
		v.Known = &known
	}
	if f.Expired != nil {
		expired := c.clock.ack(f.Expired)
		v.Expired = &expired
	}
	return v
}

// apart takes the title of a step apart: what it does, and what with.
func apart(title string) (does, name string) {
	at := -1
	for _, kind := range []string{" pool ", " volume "} {
		if i := strings.Index(title, kind); i >= 0 && (at < 0 || i < at) {
			at = i
		}
	}
	if at < 0 {
		return title, ""
	}
	return title[:at], title[at+1:]
}

// lookOf is how a finding is shown.
func lookOf(f *drift.Finding) look {
	switch f.Kind {
	case drift.BlockedKind:
		return look{"blocked", "!", "blocked"}
	case drift.OrphanKind:
		return look{"orphan", "?", "no longer declared"}
	case drift.UnmanagedKind:
		return look{"unmanaged", "?", "not in the spec"}
	case drift.UnfinishedKind:
		return look{"unfinished", "…", "half done"}
	}
	switch f.Code {
	case "create", "copy":
		return look{"create", "+", f.Code}
	case "patch":
		return look{"patch", "~", f.Code}
	case "rename", "move", "migrate":
		return look{"move", ">", f.Code}
	}
	return look{"delete", "-", lxd.PlainLine(f.Code)}
}

// toDo says what kind of finding it is, for a count of such.
func toDo(f *drift.Finding) string {
	look := lookOf(f)
	if f.Kind == drift.ChangeKind {
		return "to " + look.Word
	}
	return look.Word
}
