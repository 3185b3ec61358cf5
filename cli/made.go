package cli

import (
	"strconv"
	"time"

	"tarn/planner/plan"
)

// made says when and by what a plan is made. SOURCE_DATE_EPOCH, seconds since 1970, stands in for the time where output has to be the
// same each time.
func (a *app) made() plan.Made {
	return plan.Made{At: a.now().UTC().Truncate(time.Second), Version: version}
}

func (a *app) now() time.Time {
	if seconds, err := strconv.ParseInt(a.getenv("SOURCE_DATE_EPOCH"), 10, 64); err == nil {
		return time.Unix(seconds, 0)
	}
	return time.Now()
}

// today is the day in the user's time zone, as authors write days.
func (a *app) today() string { return a.now().Local().Format(time.DateOnly) }

// diagnostics are those that have been written about the spec, for the other forms of the output.
func (a *app) diagnostics() []plan.Diagnostic {
	var diagnostics []plan.Diagnostic
	for _, d := range a.reported.Diagnostics {
		out := plan.Diagnostic{Severity: d.Severity, Summary: d.Summary, Detail: a.secrets.Hide(d.Detail)}
		if d.Range != nil {
			out.Range = &plan.Range{Filename: d.Range.Filename, Start: plan.Pos(d.Range.Start), End: plan.Pos(d.Range.End)}
		}
		diagnostics = append(diagnostics, out)
	}
	return diagnostics
}
