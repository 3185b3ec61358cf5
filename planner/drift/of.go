package drift

import (
	"fmt"
	"slices"
	"strings"

	"tarn/lxd/schema"
	"tarn/planner/plan"
)

// Of takes a plan apart: what it has found, and what of that is acknowledged. It fills in the server, the plan, the findings and what
// acknowledgments cover nothing; the status is [Drifted] when there is a finding of a kind that counts, nil for all kinds.
func (c *Check) Of(p *plan.Plan, failOn []Kind) {
	t := &taker{plan: p, check: c}
	c.Server, c.Plan = p.Server, p
	t.steps()
	t.blockers()
	for _, orphan := range p.Orphans {
		t.whole(Finding{Kind: OrphanKind, Object: orphan, Text: "the spec's, and no longer declared", Hint: orphan.Remedy()})
	}
	for _, stranger := range p.Strangers {
		t.whole(Finding{Kind: UnmanagedKind, Object: stranger, Text: "not in the spec, in a pool that is exclusively the spec's", Hint: stranger.Remedy()})
	}
	for _, notice := range p.Notices {
		if notice.Unfinished() {
			t.whole(Finding{Kind: UnfinishedKind, Object: notice.Object, Code: string(notice.Code), Text: notice.Text})
		}
	}
	slices.SortStableFunc(c.Findings, compareFindings)
	slices.SortStableFunc(c.Acknowledged, compareFindings)
	used := p.Uses()
	for i := range p.Acknowledgments {
		if a := &p.Acknowledgments[i]; !used[a] {
			c.Unneeded = append(c.Unneeded, *a)
		}
	}
	c.Status = Clean
	if slices.ContainsFunc(c.Findings, func(f Finding) bool { return Counts(f.Kind, failOn) }) {
		c.Status = Drifted
	}
}

func compareFindings(x, y Finding) int { return plan.CompareObjects(x.Object, y.Object) }

// Counts tells whether findings of a kind are drift where only some kinds are, nil for all.
func Counts(kind Kind, failOn []Kind) bool { return failOn == nil || slices.Contains(failOn, kind) }

// taker takes a plan apart.
type taker struct {
	plan  *plan.Plan
	check *Check
	open  map[plan.Object]int // steps, and changes of steps, that are not acknowledged
	all   map[plan.Object]int // steps
}

// whole takes what is known only when all about its object is.
func (t *taker) whole(f Finding, objects ...plan.Object) {
	objects = append(objects, f.Object)
	f.Known, f.Expired = t.plan.KnownBy(func(a *plan.Acknowledgment) bool { return a.CoversAny(objects) })
	t.add(f)
}

func (t *taker) add(f Finding) {
	if f.Known != nil {
		t.check.Acknowledged = append(t.check.Acknowledged, f)
		return
	}
	t.check.Findings = append(t.check.Findings, f)
}

// steps takes each step, or where only some of its changes are known, these and the others for themselves.
func (t *taker) steps() {
	t.open, t.all = map[plan.Object]int{}, map[plan.Object]int{}
	for i := range t.plan.Steps {
		step := &t.plan.Steps[i]
		kind := ChangeKind
		if plan.Finishes(step.Action) {
			kind = UnfinishedKind
		}
		f := Finding{Kind: kind, Object: step.Action.Object(), Code: plan.Verb(step.Action), Text: step.Reason, Step: step.Number}
		if step.Class != plan.Safe {
			f.Text += ", " + step.Consequence()
		}
		before := len(t.check.Findings)
		changes := plan.ChangesOf(step.Action)
		if changes == nil {
			f.Changes = plan.Created(step.Action)
			t.whole(f, step.Objects()...)
		}
		for _, group := range t.grouped(step, changes) {
			f.Known, f.Expired, f.Changes = group.known, group.expired, group.changes
			f.Text = step.Reason
			if len(group.changes) < len(changes) {
				f.Text = "differs in " + attributes(group.changes)
			}
			t.add(f)
		}
		for _, object := range step.Objects() {
			t.open[object] += len(t.check.Findings) - before
			t.all[object]++
		}
	}
}

// group are changes of a step of which the same is known.
type group struct {
	known, expired *Acknowledgment
	changes        []plan.Change
}

func (t *taker) grouped(step *plan.Step, changes []plan.Change) []group {
	var groups []group
	for _, change := range changes {
		known, expired := t.plan.KnownBy(func(a *plan.Acknowledgment) bool {
			return a.CoversChange(step.Objects(), change.Attr)
		})
		i := slices.IndexFunc(groups, func(g group) bool { return g.known == known && g.expired == expired })
		if i < 0 {
			i = len(groups)
			groups = append(groups, group{known: known, expired: expired})
		}
		groups[i].changes = append(groups[i].changes, change)
	}
	return groups
}

// attributes are the names of what is changed.
func attributes(changes []plan.Change) string {
	var names []string
	for _, change := range changes {
		names = append(names, change.Attr.Label())
	}
	return plan.List(names)
}

// blockers takes what an apply would be blocked by. One is known with its object, or when all is that would be done with it.
func (t *taker) blockers() {
	for _, blocker := range t.plan.Blockers {
		f := Finding{Kind: BlockedKind, Object: blocker.Object, Code: string(blocker.Code), Text: blocker.Why, Hint: blocker.Hint}
		if known := t.stepsKnown(blocker); known != nil {
			f.Known = known
			t.add(f)
			continue
		}
		t.whole(f)
	}
}

// stepsKnown is the acknowledgment of what a blocker is about, nil when not all of that is known: each step with its object, or for too many
// deletions each of these.
func (t *taker) stepsKnown(blocker plan.Blocker) *Acknowledgment {
	concerns := func(f Finding) bool { return f.Object == blocker.Object }
	switch {
	case blocker.Code == plan.TooManyDeletes:
		concerns = func(f Finding) bool { return f.Code == plan.Verb(plan.DeleteVolume{}) }
	case blocker.Object == plan.Object{}, t.all[blocker.Object] == 0, t.open[blocker.Object] > 0:
		return nil
	default:
		concerns = func(f Finding) bool {
			return f.Step > 0 && slices.Contains(t.plan.Steps[f.Step-1].Objects(), blocker.Object)
		}
	}
	if slices.ContainsFunc(t.check.Findings, func(f Finding) bool { return f.Step > 0 && concerns(f) }) {
		return nil
	}
	for _, f := range t.check.Acknowledged {
		if f.Step > 0 && concerns(f) {
			return f.Known
		}
	}
	return nil
}

// Remaining is the plan without what is acknowledged: what is left of its steps, blockers, orphans, strangers and notices. The numbers of
// steps stay as they are. It is for people to read, not to be carried out.
func (c *Check) Remaining() *plan.Plan {
	p := *c.Plan
	p.Notices = append(slices.Clip(p.Notices), c.unneededNotices()...)
	ages := agesOfSteps(c.Findings)
	if len(c.Acknowledged) == 0 {
		if len(ages) > 0 {
			p.Steps = slices.Clone(p.Steps)
		}
		for number, age := range ages {
			p.Steps[number-1].Reason += ", " + age
		}
		return &p
	}
	notices := p.Notices
	p.Steps, p.Blockers, p.Orphans, p.Strangers, p.Notices = nil, nil, nil, nil, nil
	allLeft, allKnown := changesOfSteps(c.Findings), changesOfSteps(c.Acknowledged)
	for _, step := range c.Plan.Steps {
		left, known := allLeft[step.Number], allKnown[step.Number]
		switch {
		case left == nil:
			continue
		case known != nil:
			step.Action = plan.WithChanges(step.Action, left)
		}
		if age := ages[step.Number]; age != "" {
			step.Reason += ", " + age
		}
		p.Steps = append(p.Steps, step)
	}
	has := func(kind Kind, object plan.Object, code, text string) bool {
		return slices.ContainsFunc(c.Acknowledged, func(f Finding) bool {
			return f.Kind == kind && f.Object == object && f.Code == code && f.Text == text
		})
	}
	for _, blocker := range c.Plan.Blockers {
		if !has(BlockedKind, blocker.Object, string(blocker.Code), blocker.Why) {
			p.Blockers = append(p.Blockers, blocker)
		}
	}
	known := func(object plan.Object) bool {
		return slices.ContainsFunc(c.Acknowledged, func(f Finding) bool { return f.Object == object && (f.Kind == OrphanKind || f.Kind == UnmanagedKind) })
	}
	p.Orphans = slices.DeleteFunc(slices.Clone(c.Plan.Orphans), known)
	p.Strangers = slices.DeleteFunc(slices.Clone(c.Plan.Strangers), known)
	for _, notice := range notices {
		if !has(UnfinishedKind, notice.Object, string(notice.Code), notice.Text) {
			p.Notices = append(p.Notices, notice)
		}
	}
	return &p
}

// agesOfSteps says since when steps would have been some, by their numbers, as far as the history knows it.
func agesOfSteps(findings []Finding) map[int]string {
	ages := map[int]string{}
	for _, f := range findings {
		if age := f.Age.String(); f.Step > 0 && age != "" {
			ages[f.Step] = age
		}
	}
	return ages
}

// unneededNotices say of acknowledgments that they cover nothing.
func (c *Check) unneededNotices() []plan.Notice {
	var notices []plan.Notice
	for _, a := range c.Unneeded {
		text := fmt.Sprintf("The acknowledgment of %s at %s:%d covers nothing.", plan.Plain(a.Address), a.Place.Filename, a.Place.Start.Line)
		if a.Ended {
			text = strings.TrimSuffix(text, ".") + fmt.Sprintf(", and ran out on %s: take it out.", a.Until)
		}
		notices = append(notices, plan.Notice{Text: text})
	}
	return notices
}

// changesOfSteps are the changes that findings are about, by the numbers of their steps; there is no entry for a step that none is about.
func changesOfSteps(findings []Finding) map[int][]plan.Change {
	changes := map[int][]plan.Change{}
	for _, f := range findings {
		if f.Step > 0 {
			changes[f.Step] = append(append([]plan.Change{}, changes[f.Step]...), f.Changes...)
		}
	}
	return changes
}

// Line is a finding as one line: what it is about, and what differs.
func (f Finding) Line() string {
	text := f.Text
	if f.Step > 0 {
		text = f.Code + ", " + text
	}
	if f.Step > 0 && len(f.Changes) > 0 && f.Code == plan.Verb(plan.PatchPool{}) {
		var changes []string
		for _, change := range f.Changes {
			changes = append(changes, fmt.Sprintf("%s %s → %s", change.Attr.Label(), plan.Shown(change.From, change.Secret), plan.Shown(change.To, change.Secret)))
		}
		text = plan.List(changes)
	}
	if f.Object == (plan.Object{}) || f.Kind == UnfinishedKind && f.Step == 0 { // a notice says what it is about
		return text
	}
	return f.Object.String() + ": " + text
}

// acknowledgedLine is a finding that is known as one line.
func acknowledgedLine(f Finding) string {
	text := strings.TrimSuffix(f.Line(), ".")
	if age := f.Age.String(); age != "" {
		text += ", " + age
	}
	return fmt.Sprintf("%s; %s: %s", text, until(f.Known), schema.Quoted(f.Known.Reason))
}

func until(a *Acknowledgment) string {
	if a.Until == "" {
		return "without an end"
	}
	return "until " + a.Until
}
