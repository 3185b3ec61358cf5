package promises

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"tarn/lxd"
	"tarn/planner/plan"
)

// statistics say what the cases were like. A property that holds of nothing but empty and blocked plans says little.
type statistics struct {
	cases, plans, blocked, empty, fruitful int
	applied, parts, narrow, faults         int
	rehearsed                              int
	servers                                map[string]int // simulated, by product
	steps, drivers                         map[string]int
	kinds                                  map[string]int // cases that have something of a kind, see everyKind
	invalid, refused                       map[string]int // by the first diagnostic's summary
}

func newStatistics() *statistics {
	return &statistics{servers: map[string]int{}, kinds: map[string]int{}, steps: map[string]int{}, drivers: map[string]int{}, invalid: map[string]int{}, refused: map[string]int{}}
}

func (s *statistics) plan(plan *plan.Plan, w world) {
	s.plans++
	switch {
	case len(plan.Blockers) > 0:
		s.blocked++
		return
	case plan.Empty():
		s.empty++
		return
	}
	s.fruitful++
	for i := range plan.Steps {
		action := plan.Steps[i].Action
		verb := strings.TrimPrefix(fmt.Sprintf("%T", action), "plan.")
		s.steps[verb]++
		s.drivers[w.drivers[action.Object().Pool]]++
	}
}

// kind counts what a case has for marks, scope and guards. declared are the volumes of the spec before this one.
func (s *statistics) kind(p *promise, made *plan.Plan, declared map[lxd.VolumeID]bool) {
	for _, kind := range p.kinds() {
		s.kinds[kind]++
	}
	if slices.ContainsFunc(made.Blockers, func(b plan.Blocker) bool { return b.Code == plan.TooManyDeletes }) {
		s.kinds["too many deletions"]++
	}
	for _, step := range made.Steps {
		move, ok := step.Action.(plan.MoveVolume)
		switch {
		case !ok || len(made.Blockers) > 0:
		case move.Volume.Project != move.To.Project:
			s.kinds[toProject]++
		case move.Volume.Member != move.To.Member && on(move.Volume, "") == on(move.To, ""):
			s.kinds[toMember]++
		}
	}
	for id, is := range p.undeclared() {
		if is == orphan && declared[id] {
			s.kinds["taken out of the spec since the last apply"]++
			return
		}
	}
}

// Kinds of moves.
const (
	toProject = "move to another project"
	toMember  = "move to another member, under its own name"
)

// report prints one line, and fails when the cases have become dull.
func (s *statistics) report(t *testing.T, where string) {
	fmt.Fprintf(os.Stdout, "%s: %d cases, %d plans: %d not empty and not blocked, %d blocked, %d empty; refused %s; invalid %s; "+
		"%d steps applied: %s; per driver %s; %d taken up half way, %d after --only, %d rehearsed, %d faults; servers: %s; marks and guards: %s\n",
		where, s.cases, s.plans, s.fruitful, s.blocked, s.empty, counts(s.refused), counts(s.invalid),
		s.applied, counts(s.steps), counts(s.drivers), s.parts, s.narrow, s.rehearsed, s.faults, counts(s.servers), counts(s.kinds))
	if len(s.servers) > 0 && s.cases >= 300 && !t.Failed() {
		for _, product := range products {
			for _, kind := range []string{product, product + " cluster"} {
				if s.servers[kind] == 0 {
					t.Errorf("no case on %s", kind)
				}
			}
		}
	}
	if len(s.servers) > 0 && s.cases >= 300 && !t.Failed() {
		var missing []string
		for _, kind := range everyKind {
			if s.kinds[kind] == 0 {
				missing = append(missing, kind)
			}
		}
		// Some come up once in a few hundred cases, so that a change of what is drawn may leave one of them out.
		if s.cases >= 2000 && len(missing) > 0 || len(missing) > len(everyKind)/4 {
			t.Errorf("no case of %s", strings.Join(missing, ", "))
		}
	}
	all := s.plans
	for _, n := range s.refused {
		all += n
	}
	if !t.Failed() && s.fruitful*100 < all*30 {
		t.Errorf("only %d of %d plans do something", s.fruitful, all)
	}
}

func counts(m map[string]int) string {
	texts := []string{}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		texts = append(texts, fmt.Sprintf("%s %d", name, m[name]))
	}
	if len(texts) == 0 {
		return "none"
	}
	return strings.Join(texts, ", ")
}
