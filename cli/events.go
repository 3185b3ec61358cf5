package cli

import (
	"bytes"
	"encoding/json"

	"tarn/applier"
	"tarn/planner/plan"
)

// eventLines tells programs how an apply goes: one JSON object per line.
type eventLines struct {
	app   *app
	tally tally
}

type planLine struct {
	Event string          `json:"event"` // plan
	Plan  json.RawMessage `json:"plan"`  // as tarn plan --json has it
}

type staleLine struct {
	Event   string   `json:"event"` // stale
	Changed []string `json:"changed"`
}

type stepLine struct {
	Event  string `json:"event"` // step
	Number int    `json:"number"`
	Step   string `json:"step"`            // in words
	State  string `json:"state"`           // started, progress, retried, done, failed or skipped
	Text   string `json:"text,omitempty"`  // progress: the server's words
	Error  string `json:"error,omitempty"` // retried, failed, skipped: why
}

type endLine struct {
	Event      string   `json:"event"` // end
	Done       int      `json:"done"`
	Failed     int      `json:"failed"`
	Skipped    int      `json:"skipped"`
	NotStarted int      `json:"not_started"`
	Seconds    float64  `json:"seconds"`   // that the steps took
	Converged  *bool    `json:"converged"` // what was seen after the last step; null when nobody looked
	Differs    []string `json:"differs,omitempty"`
	Error      string   `json:"error,omitempty"` // why nobody looked
}

func (a *app) writeEvent(line any, err error) error {
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(a.Stdout)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(line)
}

func planEvent(plan *plan.Plan) (any, error) {
	var document bytes.Buffer
	err := plan.WriteJSON(&document)
	return planLine{"plan", document.Bytes()}, err
}

func staleEvent(findings []plan.Finding) (any, error) {
	line := staleLine{Event: "stale"}
	for _, finding := range findings {
		line.Changed = append(line.Changed, finding.String())
	}
	return line, nil
}

func (l *eventLines) say(string) {}

func (l *eventLines) event(e applier.Event) {
	line := stepLine{Event: "step", Number: e.Step.Number, Step: e.Step.Title(), State: e.Kind.String(), Text: e.Text}
	if e.Err != nil {
		line.Error = e.Err.Error()
	}
	_ = l.app.writeEvent(line, nil) // what cannot be told does not stop what runs
}

func (l *eventLines) applied(t tally) {
	l.tally = t
	if !t.finished() {
		_ = l.app.writeEvent(l.end(), nil)
	}
}

func (l *eventLines) checked(v verdict, err error) error {
	line, settled := l.end(), v.settled()
	if err != nil {
		line.Error = err.Error()
		return l.app.writeEvent(line, nil)
	}
	line.Converged = &settled
	for _, finding := range v.findings {
		line.Differs = append(line.Differs, finding.String())
	}
	if v.rest != nil {
		for i := range v.rest.Steps {
			line.Differs = append(line.Differs, v.rest.Steps[i].Title())
		}
		for _, blocker := range v.rest.Blockers {
			line.Differs = append(line.Differs, blocker.String())
		}
	}
	return l.app.writeEvent(line, nil)
}

func (l *eventLines) end() endLine {
	t := l.tally
	return endLine{Event: "end", Done: t.done, Failed: t.failed, Skipped: t.skipped, NotStarted: t.unstarted, Seconds: t.took.Seconds()}
}
