package cli

import (
	"errors"

	"tarn/lxd/secrets"
	"tarn/planner/plan"
)

// failureOf is an error as programs are told of it.
func (a *app) failureOf(err error) plan.Failure {
	failure := plan.Failure{Code: plan.OtherReason, Text: a.forPeople(err.Error()), Made: a.made(), Remote: secrets.Address(a.asked), Diagnostics: a.diagnostics()}
	var code exitCode
	switch {
	case errors.As(err, &code): // it is the diagnostics
		failure.Code, failure.Text = plan.WrongSpec, ""
	case exitOf(err) == exitNoServer:
		failure.Code = plan.NoServer
	}
	return failure
}

// writeFailure writes in the form of the output why there is no plan, and gives the error that it was. That it could not be
// written is less than that.
func (f *planOutput) writeFailure(a *app, err error) error {
	switch {
	case f.json:
		_ = a.failureOf(err).WriteJSON(jsonOut{a.Stdout})
	case f.markdown:
		_ = a.failureOf(err).WriteMarkdown(a.Stdout)
	}
	return err
}

// errorLine is the event of an apply that ended before its first step.
type errorLine struct {
	Event string `json:"event"` // error
	plan.Failure
	Diagnostics []plan.Diagnostic `json:"diagnostics,omitempty"`
}

// writeErrorEvent is writeFailure for an apply.
func (a *app) writeErrorEvent(err error) error {
	failure := a.failureOf(err)
	_ = a.writeEvent(errorLine{"error", failure, failure.Diagnostics}, nil)
	return err
}
