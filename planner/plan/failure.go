package plan

import (
	"encoding/json"
	"fmt"
	"io"
)

// Failure is why there is no plan, for those who have asked for one in another form than text.
type Failure struct {
	Code FailureCode `json:"code"`
	Text string      `json:"text"` // as it is on standard error, "" when that has more than a sentence
}

// FailureCode tells programs what to do about a failure.
type FailureCode string

const (
	WrongSpec   FailureCode = "spec"   // its author has to mend it
	NoServer    FailureCode = "server" // it cannot be reached or does not answer; trying again later may help
	OtherReason FailureCode = "other"
)

// WriteJSON writes an object in the place of a plan.
func (f Failure) WriteJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(struct {
		FormatVersion string  `json:"format_version"`
		Error         Failure `json:"error"`
	}{JSONVersion, f})
}

// WriteMarkdown writes a paragraph in the place of a plan.
func (f Failure) WriteMarkdown(w io.Writer) error {
	title := map[FailureCode]string{WrongSpec: "The spec cannot be used", NoServer: "The server does not answer"}[f.Code]
	if title == "" {
		title = "There is no plan"
	}
	text := ""
	if f.Text != "" {
		text = ": " + markdownText(f.Text)
	}
	_, err := fmt.Fprintf(w, "**%s**%s\n", title, text)
	return err
}
