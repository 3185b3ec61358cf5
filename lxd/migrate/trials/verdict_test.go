package trials

import (
	"fmt"
	"slices"
	"strings"
)

// trial is what is said of one at its end.
type trial struct {
	world *world
	about string   // kind and mode
	notes []string // what else a reader should know, such as when a kill came
	codes []string // how the processes ended, in groups
	said  []string // the ends of the outputs, shown when something was wrong
}

// ended takes processes that ran at the same time.
func (t *trial) ended(processes ...*process) {
	words := make([]string, len(processes))
	for i, p := range processes {
		words[i] = p.word()
		t.said = append(t.said, p.said())
	}
	t.codes = append(t.codes, strings.Join(words, ","))
}

// run runs tarn to its end and checks what it claims.
func (t *trial) run(args ...string) *process {
	w := t.world
	w.t.Helper()
	p := start(w.t, w.env, append(args, w.spec)...)
	<-p.done
	w.believe(p)
	t.ended(p)
	return p
}

// settle applies up to three times more, one apply after the other, and gives what there is then.
func (t *trial) settle() state {
	w := t.world
	w.t.Helper()
	var s state
	for i := range 3 {
		p := t.run(w.apply()...)
		w.nothingLost(fmt.Sprintf("after apply %d", i+1))
		if s = w.look(); p.code == 0 && s.settled() {
			break
		}
	}
	s.nextPlan = start(w.t, w.env, "plan", "--detailed-exitcode", w.spec)
	<-s.nextPlan.done
	w.believe(s.nextPlan)
	return s
}

// judge writes the line of a trial, and fails the test when the trial went wrong.
func (t *trial) judge(s state) {
	w := t.world
	w.t.Helper()
	w.nothingLost("at the end")
	lost := 0
	for _, c := range w.cargoes {
		if c.lost {
			lost++
		}
	}
	empty := "yes"
	if s.nextPlan.code != 0 {
		empty = "no, exit code " + s.nextPlan.word()
	}
	fields := []string{
		fmt.Sprintf("volumes %d", len(w.cargoes)),
		fmt.Sprintf("lost %d", lost),
		fmt.Sprintf("stuck %d", s.stuck),
		fmt.Sprintf("sources left %d", len(s.sources)),
		fmt.Sprintf("other volumes %d", len(s.strays)),
		fmt.Sprintf("marks %d", len(s.marks)),
		fmt.Sprintf("false claims %d", len(w.falseClaims)),
		"next plan empty " + empty,
		"exit codes " + strings.Join(t.codes, " "),
		fmt.Sprintf("out of reach %d", s.hidden),
		fmt.Sprintf("folders without a volume %d", s.folders),
		fmt.Sprintf("operations running %d", s.running),
	}
	fields = append(fields, t.notes...)
	fields = append(fields, fmt.Sprintf("seed %d", w.chance.seed))
	w.t.Logf("TRIAL %s: %s", t.about, strings.Join(fields, ", "))

	hung := slices.ContainsFunc(t.codes, func(code string) bool { return strings.Contains(code, "hung") })
	if s.settled() && s.nextPlan.code == 0 && len(w.losses) == 0 && len(w.falseClaims) == 0 && !hung {
		return
	}
	w.t.Fail()
	for _, group := range []struct {
		name  string
		lines []string
	}{
		{"lost", w.losses}, {"not at its target", s.missing}, {"source left", s.sources}, {"other volume", s.strays},
		{"mark", s.marks}, {"false claim", w.falseClaims},
	} {
		for _, line := range group.lines {
			w.t.Logf("%s: %s", group.name, line)
		}
	}
	for _, said := range append(t.said, s.nextPlan.said()) {
		w.t.Logf("tarn %s", said)
	}
}
