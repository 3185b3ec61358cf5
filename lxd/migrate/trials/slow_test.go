package trials

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// A move within one server takes longer than a request should, and somebody watches it.
func TestSlowMoves(t *testing.T) {
	t.Parallel()
	for _, kind := range []product{lxd, incus} {
		for _, at := range []struct {
			name  string
			small product // the one of a small run
			size  int     // of the volume
			trial func(about string, w *world)
		}{
			{"piped", lxd, 130, watched(start)}, // it is told of after ten seconds there
			{"on a terminal", incus, 35, watched(startOnTerminal)},
			{"interrupted", lxd, 35, interrupted},
		} {
			name := kind.name + " " + at.name
			rounds(t, name, at.small.name == kind.name, func(t *testing.T, chance *chance) {
				// Long enough that the servers, who tell of it once a second, tell more than once.
				at.trial(name, within(t, chance, kind, slow, 1, slowSize(t, at.size)))
			})
		}
	}
}

// amount is how progress is told: a size, a speed or a share. The spec of these trials has none, so the plan has none.
var amount = regexp.MustCompile(`[0-9] ?([kMG]i?B|%)`)

// underWay is how a plan says that what it would do is being done.
var underWay = regexp.MustCompile(`(?i)under way|on its way|in progress|is moving|being moved|is arriving|still running`)

// watched moves a volume, and makes a plan while that runs. run starts tarn in the way that is on trial.
func watched(run func(t *testing.T, env []string, args ...string) *process) func(string, *world) {
	return func(about string, w *world) {
		w.t.Helper()
		trial := &trial{world: w, about: about}
		p := run(w.t, w.env, "apply", "--auto-approve", w.spec)
		if !w.begins(p) {
			w.t.Errorf("it ended before anything moved: %s", p.said())
		}
		meanwhile := start(w.t, w.env, "plan", w.spec)
		<-meanwhile.done
		wasMoving := !w.cargoes[0].completeAt(w.cargoes[0].to) && !p.ended()
		trial.ended(meanwhile)

		<-p.done
		w.believe(p)
		trial.ended(p)
		told := len(amount.FindAllString(p.output(), -1))
		trial.notes = append(trial.notes, fmt.Sprintf("took %.1f s, progress told %d times", p.took.Seconds(), told))
		if p.code != 0 {
			w.t.Errorf("it failed: %s", p.said())
		}
		if told == 0 {
			w.t.Errorf("it says nothing of how far it is:\n%s", p.output())
		}
		// Otherwise the volume was not slow, and this shows nothing.
		if least := slowly(w.cargoes[0].size) * 8 / 10; p.took < least {
			w.t.Errorf("it took %s, less than the %s that the limit of the pool's speed makes it last", p.took, least)
		}
		w.judgePlan(meanwhile, wasMoving)
		trial.judge(trial.settle())
	}
}

// begins waits until something arrives. It is false when the process ends before that.
func (w *world) begins(p *process) bool {
	to := w.cargoes[0].to
	for !p.ended() {
		found, _ := filepath.Glob(to.server.Path("storage-pools", to.pool, "custom", "*", "*")) // the pattern is a good one
		hidden, _ := filepath.Glob(to.server.Path("storage-pools", to.pool, "custom", "*", ".*"))
		if len(found)+len(hidden) > 0 {
			return true
		}
		time.Sleep(5 * time.Millisecond)
	}
	return false
}

// judgePlan looks at what a plan says that was made while the volume was on its way. When the move was quicker than the
// plan there is nothing to see.
func (w *world) judgePlan(plan *process, wasMoving bool) {
	w.t.Helper()
	if !wasMoving {
		w.t.Log("the move ended before the plan did")
		return
	}
	text := plan.output()
	switch {
	case plan.code < 0:
		w.t.Errorf("the plan meanwhile did not end by itself: %s", plan.said())
	case strings.Contains(text, "Nothing to do"):
		w.t.Errorf("the plan meanwhile says that there is nothing to do:\n%s", text)
	case !underWay.MatchString(text):
		w.t.Errorf("the plan meanwhile does not say that the move is under way:\n%s", text)
	}
}

// interrupted presses Ctrl-C twice in the middle, so that tarn leaves at once, and applies again.
func interrupted(about string, w *world) {
	w.t.Helper()
	trial := &trial{world: w, about: about}
	p := start(w.t, w.env, "apply", "--auto-approve", w.spec)
	w.begins(p)
	p.wait(w.chance.below(slowly(w.cargoes[0].size) / 2))
	p.signal(os.Interrupt)
	p.wait(100 * time.Millisecond) // Go drops a signal that comes before the one before it was taken
	p.signal(os.Interrupt)
	pressed := time.Now()
	<-p.done
	trial.notes = append(trial.notes, fmt.Sprintf("ended %.1f s after the second Ctrl-C", time.Since(pressed).Seconds()))
	w.believe(p)
	trial.ended(p)
	w.nothingLost("after Ctrl-C")
	trial.judge(trial.settle())
}
