package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tarn/applier"
	"tarn/lxd/live"
	"tarn/planner"
	"tarn/planner/plan"
)

// audience is told how an apply goes: people, or programs.
type audience interface {
	event(applier.Event)
	say(string)    // for people, while it runs
	applied(tally) // the last step has ended

	// checked tells what has been seen after that, or why nothing was.
	checked(verdict, error) error
}

// audience is the one that the flags ask for.
func (a *app) audience(plan *plan.Plan, flags *applyFlags) audience {
	if flags.json {
		return &eventLines{app: a}
	}
	return a.newProgress(plan)
}

// tally is how many steps ended in which way.
type tally struct {
	done, failed, skipped, unstarted int
	failures                         []applier.Outcome
	gone                             error // why a server was given up, nil when none was
	took                             time.Duration
}

func tallyOf(report *applier.Report, took time.Duration) tally {
	t := tally{took: took, gone: report.GaveUp}
	for _, outcome := range report.Outcomes {
		var gone *applier.GaveUpError
		switch {
		case errors.As(outcome.Err, &gone):
			t.unstarted++
			t.gone = gone
		case errors.Is(outcome.Err, applier.ErrStopped):
			t.unstarted++
		case outcome.Kind == applier.Done:
			t.done++
		case outcome.Kind == applier.Failed:
			t.failed++
			t.failures = append(t.failures, outcome)
		default:
			t.skipped++
		}
	}
	return t
}

func (t tally) finished() bool { return t.failed+t.skipped+t.unstarted == 0 }

// String is the tally in words.
func (t tally) String() string {
	text := fmt.Sprintf("%d done", t.done)
	if t.failed > 0 {
		text += fmt.Sprintf(", %d failed", t.failed)
	}
	if t.skipped > 0 {
		text += fmt.Sprintf(", %d skipped", t.skipped)
	}
	if t.unstarted > 0 {
		word := "started"
		if t.gone != nil {
			word = "done"
		}
		text += fmt.Sprintf(", %d not %s", t.unstarted, word)
	}
	return text
}

// verdict is what a look at the server after the last step has shown.
type verdict struct {
	fine     string         // what is as it should be, in words
	rest     *plan.Plan     // what still differs from the spec; nil after a saved plan
	findings []plan.Finding // what is not as a saved plan says
}

func (v verdict) settled() bool {
	return len(v.findings) == 0 && (v.rest == nil || v.rest.Empty() && len(v.rest.Blockers) == 0)
}

// conclude tells how an apply ended. When every step was done, the server is read again: that it is now as it should be is
// seen, not assumed.
func conclude(ctx context.Context, to audience, t tally, check func(context.Context) (verdict, error)) error {
	to.applied(t)
	if !t.finished() {
		return exitCode(exitError)
	}
	v, err := check(ctx)
	if err != nil {
		err = fmt.Errorf("all steps were done, but the server could not be read again: %w", err)
	}
	if told := to.checked(v, err); err != nil || told != nil {
		return errors.Join(err, told)
	}
	if !v.settled() {
		return errors.New("after all steps were done the server is not as it should be; somebody else may be changing it")
	}
	return nil
}

// converged reads the server again and compares it with the spec.
func (s *session) converged(ctx context.Context) (verdict, error) {
	rest, err := s.plan(ctx, false)
	v := verdict{fine: "the server is as the spec says", rest: rest}
	if err == nil && len(rest.Only) > 0 {
		v.fine = "what --only names is as the spec says"
	}
	return v, err
}

// settled reads the server again and compares it with a saved plan.
func (s *session) settled(ctx context.Context, plan *plan.Plan) (verdict, error) {
	live, err := live.Read(ctx, s.client, plan.Scope())
	if err != nil {
		return verdict{}, err
	}
	return verdict{fine: "all that the plan works on is as it says", findings: planner.NotConverged(plan, live)}, nil
}
