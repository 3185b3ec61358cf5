package cli

import (
	"bytes"
	"encoding/json"

	"tarn/applier"
	"tarn/planner/plan"
)

// jsonReporter shows programs how an apply goes: one JSON object per line.
type jsonReporter struct {
	app    *app
	total  func(*plan.Step) int64
	counts counts
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
	Bytes  int64  `json:"bytes,omitempty"` // progress: as far as the server says them
	Total  int64  `json:"total_bytes,omitempty"`
	Rate   int64  `json:"bytes_per_second,omitempty"`
	Error  string `json:"error,omitempty"` // retried, failed, skipped: why
}

type endLine struct {
	Event      string   `json:"event"` // end
	Done       int      `json:"done"`
	Failed     int      `json:"failed"`
	Skipped    int      `json:"skipped"`
	NotStarted int      `json:"not_started"`
	LeftOut    int      `json:"left_out,omitempty"` // so that no data is destroyed
	Seconds    float64  `json:"seconds"`            // that the steps took
	Converged  *bool    `json:"converged"`          // what was seen after the last step; null when the server was not read
	Differs    []string `json:"differs,omitempty"`
	Error      string   `json:"error,omitempty"` // why it was not
}

func (a *app) writeEvent(line any, err error) error {
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(jsonOut{a.Stdout})
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

func (r *jsonReporter) notice(string) {}

func (r *jsonReporter) event(e applier.Event) {
	line := stepLine{Event: "step", Number: e.Step.Number, Step: e.Step.Title(), State: e.Kind.String(), Text: r.app.forPeople(e.Text)}
	if e.Err != nil {
		line.Error = r.app.forPeople(e.Err.Error())
	}
	if amount, ok := parseAmount(e.Text); ok && e.Kind == applier.Progress {
		line.Bytes, line.Rate = amount.bytes, amount.perSecond
		if r.total != nil {
			line.Total = r.total(e.Step)
		}
	}
	_ = r.app.writeEvent(line, nil) // what cannot be written does not stop what runs
}

func (r *jsonReporter) applied(c counts) {
	r.counts = c
	if !c.finished() {
		_ = r.app.writeEvent(r.end(), nil)
	}
}

func (r *jsonReporter) checked(result checkResult, err error) error {
	line, converged := r.end(), result.converged()
	if err != nil {
		line.Error = r.app.forPeople(err.Error())
		return r.app.writeEvent(line, nil)
	}
	line.Converged = &converged
	for _, finding := range result.findings {
		line.Differs = append(line.Differs, finding.String())
	}
	if result.rest != nil {
		for i := range result.rest.Steps {
			line.Differs = append(line.Differs, result.rest.Steps[i].Title())
		}
		for _, blocker := range result.rest.Blockers {
			line.Differs = append(line.Differs, blocker.String())
		}
	}
	return r.app.writeEvent(line, nil)
}

func (r *jsonReporter) end() endLine {
	c := r.counts
	return endLine{Event: "end", Done: c.done, Failed: c.failed, Skipped: c.skipped, NotStarted: c.notStarted, LeftOut: c.leftOut, Seconds: c.took.Seconds()}
}
