package drift

import (
	"fmt"
	"slices"
	"strings"

	"tarn/planner/plan"
)

// statuses are all, the worst first.
var statuses = []Status{Invalid, Failed, Unreachable, Drifted, Clean}

// String is the status for people.
func (s Status) String() string {
	return map[Status]string{Invalid: "spec is wrong", Failed: "failed", Unreachable: "not reached", Drifted: "drift", Clean: "no drift"}[s]
}

// Misfit tells whether the spec is right by itself and cannot be had on the server as that is now, such as a volume with a
// target where the server is no cluster.
func (c *Check) Misfit() bool { return c.Status == Invalid && c.Requests > 0 }

// ended is the status for people.
func (c *Check) ended() string {
	if c.Misfit() {
		return "spec does not fit"
	}
	return c.Status.String()
}

// Worst is the worst status of all checks, [Clean] when there are none.
func (r *Run) Worst() Status {
	for _, status := range statuses {
		if r.count(status) > 0 {
			return status
		}
	}
	return Clean
}

func (r *Run) count(status Status) int {
	n := 0
	for i := range r.Checks {
		if r.Checks[i].Status == status {
			n++
		}
	}
	return n
}

// Counts are how many checks have ended with each status.
func (r *Run) Counts() map[Status]int {
	counts := map[Status]int{}
	for _, status := range statuses {
		counts[status] = r.count(status)
	}
	return counts
}

// Summary is the run in one sentence: 20 checks: 1 not reached, 2 with drift, 17 without.
func (r *Run) Summary() string {
	var parts []string
	misfits := 0
	for i := range r.Checks {
		if r.Checks[i].Misfit() {
			misfits++
		}
	}
	for _, status := range statuses {
		n := r.count(status)
		if status == Invalid {
			n -= misfits
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, map[Status]string{
				Invalid: "with a wrong spec", Failed: "failed", Unreachable: "not reached", Drifted: "with drift", Clean: "without"}[status]))
		}
		if status == Invalid && misfits > 0 {
			parts = append(parts, fmt.Sprintf("%d with a spec that does not fit", misfits))
		}
	}
	return fmt.Sprintf("%d %s: %s.", len(r.Checks), plan.Plural(len(r.Checks), "check"), strings.Join(parts, ", "))
}

// Outcome is the check in one line: what differs, or why that is not known.
func (c *Check) Outcome() string {
	switch {
	case c.Plan != nil:
		text := c.Remaining().DriftSummary(len(c.Acknowledged))
		for _, known := range []string{"Drift: ", "No drift. "} { // which the status says
			text = strings.TrimPrefix(text, known)
		}
		if c.ignored() {
			text = "not counted: " + text
		}
		return text
	case c.Error != "":
		return c.Error
	}
	errors := slices.DeleteFunc(slices.Clone(c.Diagnostics), func(d plan.Diagnostic) bool { return d.Severity != "error" })
	if len(errors) == 0 {
		return ""
	}
	text := errors[0].Summary
	if at := errors[0].Range; at != nil {
		text = fmt.Sprintf("%s:%d: %s", at.Filename, at.Start.Line, text)
	}
	if n := len(errors) - 1; n > 0 {
		text += fmt.Sprintf(", and %d more", n)
	}
	return text
}
