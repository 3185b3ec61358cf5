package spec

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
)

// WriteJUnit writes the report as results of tests, which most CI systems read: each file is a test that passes when nothing is wrong
// with it, and each error one that fails. Warnings are in the output of tests that pass.
func (r *ValidateReport) WriteJUnit(w io.Writer) error {
	suite := junitSuite{Name: "tarn validate"}
	for i := range r.Diagnostics {
		d := &r.Diagnostics[i]
		test := junitTest{Name: d.Summary, Class: "tarn validate"}
		if d.Range != nil {
			test.Class, test.File, test.Line = d.Range.Filename, d.Range.Filename, d.Range.Start.Line
			test.Name = fmt.Sprintf("line %d: %s", d.Range.Start.Line, d.Summary)
		}
		text := d.message()
		if d.Range != nil {
			text = fmt.Sprintf("%s:%d: %s", d.Range.Filename, d.Range.Start.Line, text)
		}
		if d.Severity == "error" {
			suite.Failures++
			test.Failure = &junitFailure{Message: d.Summary, Type: d.rule(), Text: text}
		} else {
			test.Output = "warning: " + text
		}
		suite.Cases = append(suite.Cases, test)
	}
	for _, file := range r.Files {
		if !slices.ContainsFunc(r.Diagnostics, func(d Diagnostic) bool { return d.Range != nil && d.Range.Filename == file }) {
			suite.Cases = append(suite.Cases, junitTest{Name: "valid", Class: file, File: file})
		}
	}
	suite.Tests = len(suite.Cases)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(junitSuites{Tests: suite.Tests, Failures: suite.Failures, Suites: []junitSuite{suite}}); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitTest `xml:"testcase"`
}

type junitTest struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	File    string        `xml:"file,attr,omitempty"`
	Line    int           `xml:"line,attr,omitempty"`
	Failure *junitFailure `xml:"failure"`
	Output  string        `xml:"system-out,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}
