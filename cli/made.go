package cli

import (
	"strconv"
	"time"

	"tarn/planner/plan"
)

// made says when and by what a plan is made. SOURCE_DATE_EPOCH, seconds since 1970, stands in for the time where output has to be the
// same each time.
func (a *app) made() plan.Made {
	now := time.Now()
	if seconds, err := strconv.ParseInt(a.getenv("SOURCE_DATE_EPOCH"), 10, 64); err == nil {
		now = time.Unix(seconds, 0)
	}
	return plan.Made{At: now.UTC().Truncate(time.Second), Version: version}
}

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
