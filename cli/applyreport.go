package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tarn/applier"
	"tarn/planner/plan"
)

// reporter shows how an apply goes: to people as text, or to programs as JSON.
type reporter interface {
	event(applier.Event)
	notice(string)  // a sentence for people, while steps run
	applied(counts) // the last step has ended

	// checked shows what the server was like after that, or why it was not read.
	checked(checkResult, error) error
}

// reporter is the one that the flags ask for. total gives how many bytes a step is about, 0 for what is not known; it may be nil.
func (a *app) reporter(plan *plan.Plan, flags *applyFlags, total func(*plan.Step) int64) reporter {
	if flags.json {
		return &jsonReporter{app: a, total: total}
	}
	return a.newTextReporter(plan, total)
}

// counts is how many steps ended in which way.
type counts struct {
	done, failed, skipped, notStarted int
	leftOut                           int // because they destroy data, or need a step that does
	failures                          []applier.Outcome
	gaveUp                            error // why a server was given up, nil when none was
	took                              time.Duration
}

func countOutcomes(report *applier.Report, took time.Duration) counts {
	c := counts{took: took, gaveUp: report.GaveUp}
	for _, outcome := range report.Outcomes {
		var gaveUp *applier.GaveUpError
		var leftOut *applier.LeftOutError
		switch {
		case errors.As(outcome.Err, &leftOut):
			c.leftOut++
		case errors.As(outcome.Err, &gaveUp):
			c.notStarted++
			c.gaveUp = gaveUp
		case errors.Is(outcome.Err, applier.ErrStopped):
			c.notStarted++
		case outcome.Kind == applier.Done:
			c.done++
		case outcome.Kind == applier.Failed:
			c.failed++
			c.failures = append(c.failures, outcome)
		default:
			c.skipped++
		}
	}
	return c
}

func (c counts) finished() bool { return c.failed+c.skipped+c.notStarted == 0 }

// String is the counts in words: 3 done, 1 failed.
func (c counts) String() string {
	text := fmt.Sprintf("%d done", c.done)
	if c.failed > 0 {
		text += fmt.Sprintf(", %d failed", c.failed)
	}
	if c.skipped > 0 {
		text += fmt.Sprintf(", %d skipped", c.skipped)
	}
	if c.notStarted > 0 {
		word := "started"
		if c.gaveUp != nil {
			word = "done"
		}
		text += fmt.Sprintf(", %d not %s", c.notStarted, word)
	}
	if c.leftOut > 0 {
		text += fmt.Sprintf(", %d left out so that no data is destroyed", c.leftOut)
	}
	return text
}

// endApply shows how an apply ended. When every step was done, the server is read again: that it is now as it should be is seen,
// not assumed.
func endApply(ctx context.Context, to reporter, c counts, check func(context.Context) (checkResult, error)) error {
	to.applied(c)
	if !c.finished() {
		return exitCode(exitOf(c.gaveUp))
	}
	result, err := check(ctx)
	if err != nil {
		why := "could not be"
		if errors.Is(err, errInterrupted) {
			why = "was not"
		}
		err = fmt.Errorf("all steps were done, but the server %s read again: %w", why, err)
	}
	if written := to.checked(result, err); err != nil || written != nil {
		return errors.Join(err, written)
	}
	if !result.converged() {
		return errors.New("after all steps were done the server is not as it should be; somebody else may be changing it")
	}
	return nil
}
