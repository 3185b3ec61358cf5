package plan

import (
	"fmt"
	"time"
)

// Made says when and by which version of tarn a plan was made, or why there is none was found out. The zero value says nothing: what makes
// plans knows no clock.
type Made struct {
	At      time.Time
	Version string // of tarn
}

// CreatedAt is the time as JSON has it, in seconds of UTC.
func (m Made) CreatedAt() string {
	if m.At.IsZero() {
		return ""
	}
	return m.At.UTC().Format(time.RFC3339)
}

// madeFrom reads what CreatedAt has written.
func madeFrom(version, at string) (Made, error) {
	made := Made{Version: version}
	if at == "" {
		return made, nil
	}
	var err error
	if made.At, err = time.Parse(time.RFC3339, at); err != nil {
		return made, fmt.Errorf("its created_at is %q, which is no time", at)
	}
	return made, nil
}

// String is that for people, "" for the zero value.
func (m Made) String() string {
	if m == (Made{}) {
		return ""
	}
	return fmt.Sprintf("%s by tarn %s", m.At.UTC().Format("2006-01-02 15:04 UTC"), m.Version)
}

// Diagnostic is something wrong with the spec, by itself or in view of the server. Its JSON is that of "tarn validate --json" without
// the snippet.
type Diagnostic struct {
	Severity string `json:"severity"` // error or warning
	Summary  string `json:"summary"`
	Detail   string `json:"detail"`
	Range    *Range `json:"range,omitempty"` // nil when it is about no place in a file
}

// Range is a place in a file. Lines and columns count from 1, bytes from 0; End is just after the last character.
type Range struct {
	Filename string `json:"filename"`
	Start    Pos    `json:"start"`
	End      Pos    `json:"end"`
}

// Pos is a place between two characters.
type Pos struct {
	Line   int `json:"line"`
	Column int `json:"column"`
	Byte   int `json:"byte"`
}
