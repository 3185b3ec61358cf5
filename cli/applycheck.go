package cli

import (
	"context"

	"tarn/lxd/live"
	"tarn/planner"
	"tarn/planner/plan"
)

// checkResult is what the server was like after the last step of an apply.
type checkResult struct {
	good     string         // what is as it should be when nothing is not, in words
	rest     *plan.Plan     // what still differs from the spec; nil after a saved plan
	findings []plan.Finding // what is not as a saved plan says
}

// converged tells whether the server is as it should be.
func (r checkResult) converged() bool {
	return len(r.findings) == 0 && (r.rest == nil || r.rest.Empty() && len(r.rest.Blockers) == 0)
}

// compareWithSpec reads the server again and compares it with the spec. When steps were left out that destroy data, no others may be
// left to do.
func (s *session) compareWithSpec(ctx context.Context, keeping bool) (checkResult, error) {
	rest, err := s.plan(ctx, false)
	if err == nil && keeping {
		if without := rest.Without(rest.Destroying()); without.Empty() && len(rest.Blockers) == 0 {
			return checkResult{good: "but for what is left out the server is as the spec says", rest: without}, nil
		}
	}
	result := checkResult{good: "the server is as the spec says", rest: rest}
	if err == nil {
		switch {
		case len(rest.Excluded) > 0:
			result.good = "what " + rest.NarrowedBy() + " leave is as the spec says"
			if len(rest.Only) == 0 {
				result.good = "what --exclude leaves is as the spec says"
			}
		case len(rest.Only) > 0:
			result.good = "what --only names is as the spec says"
		}
	}
	return result, err
}

// compareWithPlan reads the server again and compares it with a saved plan.
func (s *session) compareWithPlan(ctx context.Context, plan *plan.Plan, leftOut map[int]string) (checkResult, error) {
	live, err := live.Read(ctx, s.client, plan.Scope())
	if err != nil {
		return checkResult{}, err
	}
	return checkResult{good: "all that the plan works on is as it says", findings: planner.NotConverged(plan.Without(leftOut), live)}, nil
}
