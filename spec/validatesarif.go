package spec

import (
	"encoding/json"
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"tarn/lxd/secrets"
	"unicode/utf8"
)

// WriteSARIF writes the diagnostics in the Static Analysis Results Interchange Format, version 2.1.0, which code scanners of GitHub and others
// read. version is that of tarn.
func (r *ValidateReport) WriteSARIF(w io.Writer, version string) error {
	run := sarifRun{
		Tool:       sarifTool{sarifDriver{Name: "tarn", Version: version, Rules: []sarifRule{}}},
		Results:    []sarifResult{},
		ColumnKind: "unicodeCodePoints",
	}
	rules := map[string]int{}
	for i := range r.Diagnostics {
		d := &r.Diagnostics[i]
		rule := d.rule()
		index, ok := rules[rule]
		if !ok {
			index = len(run.Tool.Driver.Rules)
			rules[rule] = index
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{rule, sarifMessage{d.Summary}})
		}
		result := sarifResult{RuleID: rule, RuleIndex: index, Level: d.Severity, Message: sarifMessage{d.Summary + ": " + d.message()}}
		if d.Range != nil {
			result.Locations = []sarifLocation{{sarifPlace{sarifArtifact{sarifURI(d.Range.Filename)}, d.sarifRegion()}}}
		}
		run.Results = append(run.Results, result)
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool       sarifTool     `json:"tool"`
	Results    []sarifResult `json:"results"`
	ColumnKind string        `json:"columnKind"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"version"`
	Rules   []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID    string       `json:"id"`
	Short sarifMessage `json:"shortDescription"`
}

type sarifMessage struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID    string          `json:"ruleId"`
	RuleIndex int             `json:"ruleIndex"`
	Level     string          `json:"level"`
	Message   sarifMessage    `json:"message"`
	Locations []sarifLocation `json:"locations,omitempty"`
}

type sarifLocation struct {
	Physical sarifPlace `json:"physicalLocation"`
}

type sarifPlace struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   sarifRegion   `json:"region"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

// sarifRegion is a place in a file. Columns count from 1 in code points, and EndColumn is just after the last one.
type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn,omitempty"`
	EndLine     int `json:"endLine,omitempty"`
	EndColumn   int `json:"endColumn,omitempty"`
}

// sarifURI is a file's name as a URI, relative where the name is.
func sarifURI(name string) string {
	uri := url.URL{Path: filepath.ToSlash(name)}
	if filepath.IsAbs(name) {
		uri.Scheme = "file"
	}
	return uri.String()
}

// sarifRegion is the place of a diagnostic. Our columns count characters as people see them: what those of one line are in code points
// the text of the line tells, and of several lines the lines are enough.
func (d *Diagnostic) sarifRegion() sarifRegion {
	region := sarifRegion{StartLine: d.Range.Start.Line, EndLine: d.Range.End.Line}
	switch s := d.Snippet; {
	case region.StartLine != region.EndLine:
	case s != nil && strings.Contains(s.Code, secrets.Hidden): // what stands in the file is longer or shorter
	case s == nil || isASCII(s.Code):
		region.StartColumn, region.EndColumn = d.Range.Start.Column, d.Range.End.Column
	default:
		region.StartColumn = utf8.RuneCountInString(s.Code[:s.HighlightStartOffset]) + 1
		region.EndColumn = max(utf8.RuneCountInString(s.Code[:s.HighlightEndOffset])+1, region.StartColumn+1)
	}
	return region
}

func isASCII(text string) bool {
	return !slices.ContainsFunc([]byte(text), func(b byte) bool { return b >= utf8.RuneSelf })
}
