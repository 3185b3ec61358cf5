// Package junit writes what was checked as results of tests, in the XML that began with JUnit and that most CI systems read.
//
// Suites go in, XML comes out that is well-formed whatever their texts hold; the sums are counted here.
package junit

import (
	"encoding/xml"
	"fmt"
	"io"
	"time"
)

// Suite are tests that belong together.
type Suite struct {
	Name  string
	At    time.Time     // when it began, zero for unknown
	Took  time.Duration // 0 for unknown
	Tests []Test
}

// Test is one thing that was checked. It passed when it has none of Failure, Error and Skipped.
type Test struct {
	Name  string // the same in each run, so that CI systems know it again
	Class string
	File  string // "" for none
	Line  int

	Failure *Problem // it is not as it should be
	Error   *Problem // nobody knows, because something else went wrong
	Skipped string   // why it does not count, "" when it does
	Output  string
}

// Problem is why a test did not pass.
type Problem struct {
	Message string // one line
	Type    string // for programs
	Text    string
}

// Write writes suites.
func Write(w io.Writer, suites ...Suite) error {
	all := xmlSuites{}
	for _, s := range suites {
		suite := xmlSuite{Name: s.Name}
		if !s.At.IsZero() {
			suite.Timestamp = s.At.UTC().Format("2006-01-02T15:04:05Z")
		}
		if s.Took > 0 {
			suite.Time = fmt.Sprintf("%.3f", s.Took.Seconds())
		}
		for _, t := range s.Tests {
			test := xmlTest{Name: t.Name, Class: t.Class, File: t.File, Line: t.Line, Output: t.Output, Failure: problemOf(t.Failure), Error: problemOf(t.Error)}
			switch {
			case t.Failure != nil:
				suite.Failures++
			case t.Error != nil:
				suite.Errors++
			case t.Skipped != "":
				suite.Skipped++
				test.Skipped = &xmlSkipped{t.Skipped}
			}
			suite.Cases = append(suite.Cases, test)
		}
		suite.Tests = len(suite.Cases)
		all.Tests, all.Failures, all.Errors = all.Tests+suite.Tests, all.Failures+suite.Failures, all.Errors+suite.Errors
		all.Suites = append(all.Suites, suite)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func problemOf(p *Problem) *xmlProblem {
	if p == nil {
		return nil
	}
	return &xmlProblem{p.Message, p.Type, p.Text}
}

type xmlSuites struct {
	XMLName  xml.Name   `xml:"testsuites"`
	Tests    int        `xml:"tests,attr"`
	Failures int        `xml:"failures,attr"`
	Errors   int        `xml:"errors,attr"`
	Suites   []xmlSuite `xml:"testsuite"`
}

type xmlSuite struct {
	Name      string    `xml:"name,attr"`
	Tests     int       `xml:"tests,attr"`
	Failures  int       `xml:"failures,attr"`
	Errors    int       `xml:"errors,attr"`
	Skipped   int       `xml:"skipped,attr"`
	Timestamp string    `xml:"timestamp,attr,omitempty"`
	Time      string    `xml:"time,attr,omitempty"` // seconds
	Cases     []xmlTest `xml:"testcase"`
}

type xmlTest struct {
	Name    string      `xml:"name,attr"`
	Class   string      `xml:"classname,attr"`
	File    string      `xml:"file,attr,omitempty"`
	Line    int         `xml:"line,attr,omitempty"`
	Skipped *xmlSkipped `xml:"skipped"`
	Error   *xmlProblem `xml:"error"`
	Failure *xmlProblem `xml:"failure"`
	Output  string      `xml:"system-out,omitempty"`
}

type xmlSkipped struct {
	Message string `xml:"message,attr"`
}

type xmlProblem struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}
