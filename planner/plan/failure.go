package plan

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Failure is why there is no plan, for those who have asked for one in another form than text.
type Failure struct {
	Code FailureCode `json:"code"`
	Text string      `json:"text"` // as it is on standard error, "" when that has more than a sentence

	Made        Made         `json:"-"`
	Remote      string       `json:"-"` // the server's name as it was asked for, "" when it is not known
	Diagnostics []Diagnostic `json:"-"` // what is wrong with the spec
}

// FailureCode tells programs what to do about a failure.
type FailureCode string

const (
	WrongSpec   FailureCode = "spec"   // its author has to mend it
	NoServer    FailureCode = "server" // it cannot be reached or does not answer; trying again later may help
	OtherReason FailureCode = "other"
)

// WriteJSON writes an object in the place of a plan.
func (f Failure) WriteJSON(w io.Writer) error { return f.WriteJSONWith(w, Beside{Remote: f.Remote}) }

// WriteJSONWith is WriteJSON with something beside the error.
func (f Failure) WriteJSONWith(w io.Writer, beside Beside) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(struct {
		FormatVersion string       `json:"format_version"`
		TarnVersion   string       `json:"tarn_version,omitempty"`
		CreatedAt     string       `json:"created_at,omitempty"`
		Spec          string       `json:"spec,omitempty"`
		Remote        string       `json:"remote,omitempty"`
		Error         Failure      `json:"error"`
		Diagnostics   []Diagnostic `json:"diagnostics,omitempty"`
		Drift         any          `json:"drift,omitempty"`
	}{JSONVersion, f.Made.Version, f.Made.CreatedAt(), beside.Spec, beside.Remote, f, f.Diagnostics, beside.Drift})
}

// WriteMarkdown writes a paragraph in the place of a plan, and what is wrong with the spec.
func (f Failure) WriteMarkdown(w io.Writer) error {
	title := map[FailureCode]string{WrongSpec: "The spec cannot be used", NoServer: "The server does not answer"}[f.Code]
	if title == "" {
		title = "There is no plan"
	}
	text := ""
	if f.Text != "" {
		text = ": " + markdownText(f.Text)
	}
	out := newLimited(w)
	fmt.Fprintf(out, "**%s**%s\n", title, text)
	about := f.Made.String()
	if f.Remote != "" {
		about = strings.TrimSuffix("for "+codeSpan(f.Remote)+", "+about, ", ")
	}
	if about != "" {
		fmt.Fprintf(out, "\n%s\n", Capital(about))
	}
	out.list("", markdownDiagnostics(f.Diagnostics), "mistakes")
	return out.Flush()
}
