package drift

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"io"
	"time"

	"tarn/planner/plan"
)

// JSONSchema describes what [Run.WriteJSON] writes, as a JSON Schema. It refers to that of plans.
//
//go:embed drift.schema.json
var JSONSchema string

// WriteJSON writes the plan of a check as [plan.Plan.WriteJSON] does, with what it comes to in one more member, drift.
func (c *Check) WriteJSON(w io.Writer) error {
	return c.Plan.WriteJSONWith(w, plan.Beside{Drift: c.json()})
}

// WriteJSON writes several checks as one JSON object. Each has what that of one check has, or an error in the place of a plan.
func (r *Run) WriteJSON(w io.Writer) error {
	out := jsonRun{
		FormatVersion: plan.JSONVersion, TarnVersion: r.Made.Version, CreatedAt: r.Made.CreatedAt(),
		Status: r.Worst(), Summary: r.Counts(), Checks: make([]json.RawMessage, 0, len(r.Checks)),
	}
	for i := range r.Checks {
		c := &r.Checks[i]
		beside := plan.Beside{Spec: c.Spec, Remote: c.Remote, Drift: c.json()}
		var text bytes.Buffer
		var err error
		if c.Plan != nil {
			err = c.Plan.WriteJSONWith(&text, beside)
		} else {
			err = c.failure(r.Made).WriteJSONWith(&text, beside)
		}
		if err != nil {
			return err
		}
		out.Checks = append(out.Checks, text.Bytes())
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(out)
}

// failure is why a check has no plan.
func (c *Check) failure(made plan.Made) plan.Failure {
	return plan.Failure{Code: c.Reason, Text: c.Error, Made: made, Remote: c.Remote, Diagnostics: c.Diagnostics}
}

type jsonRun struct {
	FormatVersion string            `json:"format_version"`
	TarnVersion   string            `json:"tarn_version,omitempty"`
	CreatedAt     string            `json:"created_at,omitempty"`
	Status        Status            `json:"status"`  // the worst of all
	Summary       map[Status]int    `json:"summary"` // checks by how they ended
	Checks        []json.RawMessage `json:"checks"`
}

type jsonDrift struct {
	Status       Status               `json:"status"`
	Findings     []jsonFinding        `json:"findings"`
	Acknowledged []jsonFinding        `json:"acknowledged"`
	Unneeded     []jsonAcknowledgment `json:"unneeded"` // that cover nothing
}

type jsonFinding struct {
	Kind           Kind                `json:"kind"`
	Object         *plan.Object        `json:"object,omitempty"`
	Code           string              `json:"code,omitempty"`
	Text           string              `json:"text"`
	Hint           string              `json:"hint,omitempty"`
	Step           int                 `json:"step,omitempty"`
	Changes        []plan.Change       `json:"changes,omitempty"`
	Age            *jsonAge            `json:"age,omitempty"`
	Acknowledgment *jsonAcknowledgment `json:"acknowledgment,omitempty"` // by which it is known
	Expired        *jsonAcknowledgment `json:"expired,omitempty"`        // by which it was known until that ran out
}

type jsonAge struct {
	Since string `json:"since"` // of the run that first found it without a break
	Runs  int    `json:"runs"`  // that have found it since
	Times int    `json:"times"` // that it has come
	First string `json:"first"` // of the run that ever found it first
}

type jsonAcknowledgment struct {
	Address string      `json:"address"`
	Keys    []string    `json:"keys,omitempty"`
	Reason  string      `json:"reason"`
	Until   string      `json:"until,omitempty"`
	Range   *plan.Range `json:"range,omitempty"`
}

func (c *Check) json() jsonDrift {
	out := jsonDrift{Status: c.Status, Findings: findingsJSON(c.Findings), Acknowledged: findingsJSON(c.Acknowledged), Unneeded: []jsonAcknowledgment{}}
	for i := range c.Unneeded {
		out.Unneeded = append(out.Unneeded, *acknowledgmentJSON(&c.Unneeded[i]))
	}
	return out
}

func findingsJSON(findings []Finding) []jsonFinding {
	out := make([]jsonFinding, 0, len(findings))
	for _, f := range findings {
		j := jsonFinding{Kind: f.Kind, Code: f.Code, Text: f.Text, Hint: f.Hint, Step: f.Step, Changes: f.Changes,
			Acknowledgment: acknowledgmentJSON(f.Known), Expired: acknowledgmentJSON(f.Expired)}
		if f.Object != (plan.Object{}) {
			j.Object = &f.Object
		}
		if age := f.Age; age != (Age{}) {
			j.Age = &jsonAge{Since: second(age.Since), Runs: age.Runs, Times: age.Times, First: second(age.First)}
		}
		out = append(out, j)
	}
	return out
}

func second(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func acknowledgmentJSON(a *Acknowledgment) *jsonAcknowledgment {
	if a == nil {
		return nil
	}
	return &jsonAcknowledgment{a.Address, a.Keys, a.Reason, a.Until, a.Place}
}
