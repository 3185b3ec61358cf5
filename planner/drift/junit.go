package drift

import (
	"fmt"
	"io"
	"strings"

	"tarn/cli/junit"
	"tarn/planner/plan"
)

// WriteJUnit writes the run as results of tests, which most CI systems read: each check is a suite, each finding a test that fails, what is
// acknowledged or does not count one that is skipped, and that the check could be made one that passes. Why it could not is an error, as are
// errors about the spec.
func (r *Run) WriteJUnit(w io.Writer) error {
	var suites []junit.Suite
	for i := range r.Checks {
		suites = append(suites, r.Checks[i].suite(r.FailOn))
	}
	return junit.Write(w, suites...)
}

func (c *Check) suite(failOn []Kind) junit.Suite {
	name := c.name()
	suite := junit.Suite{Name: name, At: c.Started, Took: c.Took}
	made := junit.Test{Name: "spec and server compared", Class: name}
	switch {
	case c.Plan != nil:
		made.Output = c.Outcome()
	default:
		made.Error = &junit.Problem{Message: c.Outcome(), Type: string(c.Status), Text: c.reasons()}
	}
	suite.Tests = append(suite.Tests, made)
	for _, f := range c.Findings {
		test := f.test(name)
		problem := junit.Problem{Message: f.Line(), Type: string(f.Kind), Text: f.whole()}
		if Counts(f.Kind, failOn) {
			test.Failure = &problem
		} else {
			test.Skipped = "does not count because of --fail-on: " + problem.Message
		}
		suite.Tests = append(suite.Tests, test)
	}
	for _, f := range c.Acknowledged {
		test := f.test(name)
		test.Skipped = acknowledgedLine(f)
		suite.Tests = append(suite.Tests, test)
	}
	return suite
}

// test is a finding as a test, without what came of it. Its name has no values, so that it is the same as long as the finding stands.
func (f *Finding) test(class string) junit.Test {
	name := "server"
	if f.Object != (plan.Object{}) {
		name = f.Object.String()
	}
	name += ": " + string(f.Kind)
	if f.Code != "" {
		name += " " + f.Code
	}
	if f.Code == plan.Verb(plan.PatchVolume{}) {
		var attributes []string
		for _, change := range f.Changes {
			attributes = append(attributes, change.Attr.Label())
		}
		name += " " + strings.Join(attributes, ", ")
	}
	return junit.Test{Name: name, Class: class}
}

// whole is all about a finding.
func (f *Finding) whole() string {
	lines := []string{f.Line()}
	if f.Hint != "" {
		lines = append(lines, f.Hint)
	}
	if age := f.Age.String(); age != "" {
		lines = append(lines, strings.ToUpper(age[:1])+age[1:]+".")
	}
	if f.Expired != nil {
		lines = append(lines, fmt.Sprintf("It was acknowledged until %s: %s", f.Expired.Until, plan.Plain(f.Expired.Reason)))
	}
	return strings.Join(lines, "\n")
}

// reasons is why there is no plan.
func (c *Check) reasons() string {
	var lines []string
	if c.Error != "" {
		lines = append(lines, c.Error)
	}
	for _, d := range c.Diagnostics {
		text := d.Severity + ": " + d.Summary + ": " + d.Detail
		if d.Range != nil {
			text = fmt.Sprintf("%s:%d: %s", d.Range.Filename, d.Range.Start.Line, text)
		}
		lines = append(lines, text)
	}
	return strings.Join(lines, "\n")
}
