package planner

import (
	"fmt"
	"slices"
	"time"

	"github.com/hashicorp/hcl/v2"

	"tarn/lxd/schema"
	"tarn/planner/plan"
	"tarn/spec"
)

// soon is how many days before its end it is said that an acknowledgment ends.
const soon = 7

// acknowledge finds the objects that are acknowledged, and says beside the steps about them that they are. Nothing else of the plan changes.
func (b *builder) acknowledge() {
	if len(b.want.Acknowledgments) == 0 {
		return
	}
	names := b.addresses()
	for _, s := range b.plan.Steps {
		addNames(names, s.Objects())
	}
	for _, blocker := range b.plan.Blockers {
		addNames(names, []plan.Object{blocker.Object})
	}
	for _, notice := range b.plan.Notices {
		addNames(names, []plan.Object{notice.Object})
	}
	narrowed := b.only != nil || b.excluded != nil
	for _, want := range b.want.Acknowledgments {
		a := plan.Acknowledgment{Address: want.Address, Keys: want.Keys, Reason: want.Reason, Until: want.Until, Place: rangeOf(want.Ranges.Block)}
		a.Ended = a.Until != "" && b.opts.Today > a.Until
		found := map[plan.Object]bool{}
		for name, objects := range names {
			if spec.AddressMeans(want.Address, name) {
				for _, object := range objects {
					found[object] = true
				}
			}
		}
		for object := range found {
			if b.inScope(object) {
				a.Objects = append(a.Objects, object)
			}
		}
		slices.SortFunc(a.Objects, plan.CompareObjects)
		switch {
		case narrowed && len(a.Objects) == 0:
			continue // it is about what is left out
		case len(found) == 0:
			b.diags = append(b.diags, &hcl.Diagnostic{
				Severity: hcl.DiagWarning, Summary: "Nothing has that address", Subject: want.Ranges.Block.Ptr(),
				Detail: fmt.Sprintf("The spec has no pool and no volume %s, and neither has the server one that this is about. %s",
					schema.Quoted(want.Address), "What is acknowledged there may be gone: then take the block out."),
			})
		}
		b.plan.Acknowledgments = append(b.plan.Acknowledgments, a)
	}
	b.tellAcknowledged()
}

// addNames adds objects under the names by which plans print them.
func addNames(names map[string][]plan.Object, objects []plan.Object) {
	for _, object := range objects {
		switch {
		case object == plan.Object{}:
		case object.IsPool():
			names[object.Pool] = append(names[object.Pool], object)
		default:
			for _, name := range []string{object.Volume.String(), plan.VolumeName(object.Volume)} {
				names[name] = append(names[name], object)
			}
		}
	}
}

func rangeOf(rng hcl.Range) *plan.Range {
	pos := func(p hcl.Pos) plan.Pos { return plan.Pos{Line: p.Line, Column: p.Column, Byte: p.Byte} }
	return &plan.Range{Filename: rng.Filename, Start: pos(rng.Start), End: pos(rng.End)}
}

// tellAcknowledged says at each step what of it is known, and tells of what ends.
func (b *builder) tellAcknowledged() {
	for i := range b.plan.Steps {
		s := &b.plan.Steps[i]
		changes := plan.ChangesOf(s.Action)
		if changes == nil {
			if known, _ := b.plan.KnownBy(func(a *plan.Acknowledgment) bool { return a.CoversAny(s.Objects()) }); known != nil {
				s.Known = known.Ends()
			}
			continue
		}
		n := 0
		var first *plan.Acknowledgment // to end
		for _, change := range changes {
			known, _ := b.plan.KnownBy(func(a *plan.Acknowledgment) bool { return a.CoversChange(s.Objects(), change.Attr) })
			if known == nil {
				continue
			}
			if n++; first == nil || known.Until != "" && (first.Until == "" || known.Until < first.Until) {
				first = known
			}
		}
		switch {
		case n == 0:
		case n == len(changes):
			s.Known = first.Ends()
		default:
			s.Known = fmt.Sprintf("%d %s", n, first.Ends())
		}
	}
	used := b.plan.Uses()
	for i := range b.plan.Acknowledgments {
		a := &b.plan.Acknowledgments[i]
		if a.Until == "" || !used[a] {
			continue
		}
		at := fmt.Sprintf("The acknowledgment of %s at %s:%d", plan.Plain(a.Address), a.Place.Filename, a.Place.Start.Line)
		switch left, known := daysFrom(b.opts.Today, a.Until); {
		case a.Ended:
			b.notice(plan.AcknowledgmentEnded, a.Objects[0], "%s ran out on %s, and what it covers counts as drift again.", at, a.Until)
		case known && left == 0:
			b.notice(plan.AcknowledgmentEnds, a.Objects[0], "%s holds until today, %s; from tomorrow on what it covers counts as drift.", at, a.Until)
		case known && left <= soon:
			b.notice(plan.AcknowledgmentEnds, a.Objects[0], "%s holds until %s, %d more %s; then what it covers counts as drift.", at, a.Until, left, plan.Plural(left, "day"))
		}
	}
}

// daysFrom counts the days from one to another, unless one of them is none.
func daysFrom(from, to string) (days int, ok bool) {
	const day = "2006-01-02"
	start, err := time.Parse(day, from)
	end, err2 := time.Parse(day, to)
	return int(end.Sub(start).Hours() / 24), err == nil && err2 == nil
}
