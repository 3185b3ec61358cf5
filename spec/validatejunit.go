package spec

import (
	"fmt"
	"io"
	"slices"

	"tarn/cli/junit"
)

// WriteJUnit writes the report as results of tests, which most CI systems read: each file is a test that passes when nothing is wrong
// with it, and each error one that fails. Warnings are in the output of tests that pass.
func (r *ValidateReport) WriteJUnit(w io.Writer) error {
	suite := junit.Suite{Name: "tarn validate"}
	for i := range r.Diagnostics {
		d := &r.Diagnostics[i]
		test := junit.Test{Name: d.Summary, Class: "tarn validate"}
		if d.Range != nil {
			test.Class, test.File, test.Line = d.Range.Filename, d.Range.Filename, d.Range.Start.Line
			test.Name = fmt.Sprintf("line %d: %s", d.Range.Start.Line, d.Summary)
		}
		text := d.message()
		if d.Range != nil {
			text = fmt.Sprintf("%s:%d: %s", d.Range.Filename, d.Range.Start.Line, text)
		}
		if d.Severity == "error" {
			test.Failure = &junit.Problem{Message: d.Summary, Type: d.rule(), Text: text}
		} else {
			test.Output = "warning: " + text
		}
		suite.Tests = append(suite.Tests, test)
	}
	for _, file := range r.Files {
		if !slices.ContainsFunc(r.Diagnostics, func(d Diagnostic) bool { return d.Range != nil && d.Range.Filename == file }) {
			suite.Tests = append(suite.Tests, junit.Test{Name: "valid", Class: file, File: file})
		}
	}
	return junit.Write(w, suite)
}
