package drift_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"tarn/cli/lines"
	"tarn/lxd"
	"tarn/planner/drift"
	"tarn/planner/plan"
)

// checkOf is a check of a server with so many volumes to patch, all of them acknowledged or none.
func checkOf(remote string, patches int, known bool) drift.Check {
	p := &plan.Plan{Server: plan.Server{Remote: remote, Version: "LXD 5.0.2", Address: "https://" + remote + ":8443", Project: "default"}}
	from, to := "1GiB", "2GiB"
	for i := range patches {
		id := lxd.VolumeID{Project: "default", Pool: "fast", Type: "custom", Name: fmt.Sprintf("v%d", i)}
		p.Steps = append(p.Steps, plan.Step{Number: i + 1, Reason: "differs in 1 key",
			Action: plan.PatchVolume{Volume: id, Changes: []plan.Change{{Attr: plan.ConfigAttr("size"), From: &from, To: &to}}}})
		if known {
			p.Acknowledgments = append(p.Acknowledgments, plan.Acknowledgment{Address: "fast/" + id.Name, Reason: "known", Place: &plan.Range{Filename: "a.hcl", Start: plan.Pos{Line: 1, Column: 1}, End: plan.Pos{Line: 1, Column: 2}},
				Objects: []plan.Object{plan.VolumeObject(id)}})
		}
	}
	c := drift.Check{Spec: "teams/" + remote, Remote: remote}
	c.Of(p, nil)
	return c
}

func failed(remote string, status drift.Status, reason plan.FailureCode, text string) drift.Check {
	return drift.Check{Spec: "teams/" + remote, Remote: remote, Status: status, Reason: reason, Error: text}
}

func mixed() *drift.Run {
	wrong := failed("bad", drift.Invalid, plan.WrongSpec, "")
	wrong.Diagnostics = []plan.Diagnostic{{Severity: "error", Summary: "Unsupported attribute", Detail: "No.", Range: &plan.Range{Filename: "bad.hcl", Start: plan.Pos{Line: 3, Column: 1}, End: plan.Pos{Line: 3, Column: 2}}}}
	return &drift.Run{Checks: []drift.Check{
		checkOf("clean", 0, false), checkOf("known", 2, true), checkOf("prod", 3, false), failed("down", drift.Unreachable, plan.NoServer, "connect: refused"), wrong,
		failed("odd", drift.Failed, plan.OtherReason, "something"),
	}}
}

func written(t *testing.T, write func(io.Writer) error) string {
	t.Helper()
	var out bytes.Buffer
	if err := write(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestRunText(t *testing.T) {
	const want = `no drift       teams/clean on clean   0 unchanged.
no drift       teams/known on known   0 unchanged, 2 acknowledged.
drift          teams/prod on prod     3 to patch. 0 unchanged.
not reached    teams/down on down     connect: refused
spec is wrong  teams/bad on bad       bad.hcl:3: Unsupported attribute
failed         teams/odd on odd       something
`
	text := written(t, func(w io.Writer) error { return mixed().WriteText(w, plan.TextOptions{}) })
	if !strings.HasPrefix(text, want) || !strings.HasSuffix(text, "\n6 checks: 1 with a wrong spec, 1 failed, 1 not reached, 1 with drift, 2 without.\n") {
		t.Errorf("got\n%s", text)
	}
	for _, shown := range []string{"\nteams/prod on prod\n", "  3 ~ patch volume fast/v2", "\nteams/known on known\n", `  volume fast/v1: config.size "1GiB" → "2GiB"; without an end: "known"`} {
		if !strings.Contains(text, shown) {
			t.Errorf("%q is not in\n%s", shown, text)
		}
	}
	if strings.Contains(text, "teams/clean on clean\n") {
		t.Errorf("a check without findings has a section:\n%s", text)
	}
}

// No line of text is wider than the terminal, but for a word that is.
func TestRunTextWidths(t *testing.T) {
	for _, width := range []int{40, 60, 80, 200} {
		for _, ascii := range []bool{false, true} {
			text := written(t, func(w io.Writer) error { return mixed().WriteText(w, plan.TextOptions{Width: width, ASCII: ascii}) })
			for line := range strings.Lines(text) {
				if line = strings.TrimSuffix(line, "\n"); lines.Width(line) > width {
					t.Errorf("in %d columns: %q", width, line)
				}
				if ascii && strings.ContainsFunc(line, func(r rune) bool { return r >= utf8.RuneSelf }) {
					t.Errorf("not in ASCII: %q", line)
				}
			}
		}
	}
}

// What several checks make of Markdown has room in a comment, however much it is; the worst comes first, and what is left out is counted.
func TestRunMarkdown(t *testing.T) {
	for _, size := range []struct{ checks, patches int }{{2, 3}, {3, 400}, {20, 100}, {10, 2000}, {1000, 1}} {
		run := &drift.Run{}
		for i := range size.checks {
			run.Checks = append(run.Checks, checkOf(fmt.Sprintf("n%d", i), size.patches, false))
		}
		run.Checks = append(run.Checks, failed("down", drift.Unreachable, plan.NoServer, strings.Repeat("long ", 10_000)))
		text := written(t, func(w io.Writer) error { return run.WriteMarkdown(w, plan.TextOptions{}) })
		if n := utf8.RuneCountInString(text); n > 60_000 {
			t.Errorf("%+v: %d characters", size, n)
		}
		if !strings.Contains(strings.SplitN(text, "\n", 4)[2], "- not reached: `teams/down` on `down`: long") {
			t.Errorf("%+v: the worst is not first:\n%.300s", size, text)
		}
		sections, left := strings.Count(text, "<details><summary><code>"), 0
		if _, after, ok := strings.Cut(text, "**What was found in "); ok {
			fmt.Sscanf(after, "%d", &left)
		}
		if sections+left != size.checks {
			t.Errorf("%+v: %d sections, and %d are said to be left out", size, sections, left)
		}
		if size.checks == 2 && left > 0 {
			t.Errorf("%d are left out of little", left)
		}
	}
}

func TestRunJSON(t *testing.T) {
	compiler := jsonschema.NewCompiler()
	for name, source := range map[string]string{"https://tarn.invalid/plan.schema.json": plan.JSONSchema, "https://tarn.invalid/drift.schema.json": drift.JSONSchema} {
		document, err := jsonschema.UnmarshalJSON(strings.NewReader(source))
		if err != nil {
			t.Fatal(err)
		}
		if err := compiler.AddResource(name, document); err != nil {
			t.Fatal(err)
		}
	}
	schema := compiler.MustCompile("https://tarn.invalid/drift.schema.json")
	valid := func(text string) error {
		instance, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return schema.Validate(instance)
	}
	text := written(t, mixed().WriteJSON)
	if err := valid(text); err != nil {
		t.Fatal(err)
	}
	for _, has := range []string{`"status": "invalid",` + "\n  \"summary\"", `"unreachable": 1`, `"clean": 2`, `"text": "connect: refused"`, `"spec": "teams/prod"`} {
		if !strings.Contains(text, has) {
			t.Errorf("%s is not in\n%s", has, text)
		}
	}
	for broken, to := range map[string]string{`"status": "drift"`: `"status": "bad"`, `"error":`: `"errors":`, `"spec": "teams/prod"`: `"spec": 1`, `"kind": "change"`: `"kind": "changed"`} {
		if valid(strings.ReplaceAll(text, broken, to)) == nil {
			t.Errorf("%s is valid", to)
		}
	}
}

// The worst of all decides: a wrong spec, then a server that was not reached, then drift.
func TestWorst(t *testing.T) {
	order := []drift.Status{drift.Clean, drift.Drifted, drift.Unreachable, drift.Failed, drift.Invalid}
	for i, worst := range order {
		var run drift.Run
		for _, status := range order[:i+1] {
			run.Checks = append([]drift.Check{{Status: status}}, run.Checks...)
		}
		if run.Worst() != worst {
			t.Errorf("of %v: %s", order[:i+1], run.Worst())
		}
	}
	if (&drift.Run{}).Worst() != drift.Clean {
		t.Error("nothing is bad")
	}
}

// What the history knows of a finding is said with it, in the text and in Markdown: of a step, of what is acknowledged, and of what is no step.
func TestAgesAreSaid(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, 11, d, 9, 15, 0, 0, time.UTC) }
	first, known := checkOf("prod", 2, false), checkOf("prod", 1, true)
	p := *first.Plan
	p.Orphans = []plan.Object{plan.VolumeObject(lxd.VolumeID{Project: "default", Pool: "fast", Type: "custom", Name: "old"})}
	first = drift.Check{Spec: "teams/prod", Remote: "prod"}
	first.Of(&p, nil)
	for i := range first.Findings {
		switch f := &first.Findings[i]; f.Step {
		case 1:
			f.Age = drift.Age{Since: day(24), First: day(24), Runs: 1, Times: 1}
		case 2:
			f.Age = drift.Age{Since: day(24), First: day(20), Runs: 3, Times: 3}
		default:
			f.Age = drift.Age{Since: day(21), First: day(21), Runs: 5, Times: 1}
		}
	}
	known.Acknowledged[0].Age = drift.Age{Since: day(23), First: day(23), Runs: 2, Times: 1}
	for form, write := range map[string]func(*drift.Check) string{
		"text": func(c *drift.Check) string {
			return written(t, func(w io.Writer) error { return c.WriteText(w, plan.TextOptions{}) })
		},
		"Markdown": func(c *drift.Check) string {
			return written(t, func(w io.Writer) error { return c.WriteMarkdown(w, plan.TextOptions{}) })
		},
	} {
		of, ofKnown := strings.ReplaceAll(write(&first), "`", ""), strings.ReplaceAll(write(&known), "`", "")
		for _, want := range []string{
			"differs in 1 key, new\n", "differs in 1 key, since 2026-11-24 09:15 UTC, for the 3rd time since 2026-11-20 09:15 UTC\n", "Found before:", ", since 2026-11-21 09:15 UTC\n",
		} {
			if !strings.Contains(of, want) {
				t.Errorf("%s does not say %q:\n%s", form, want, of)
			}
		}
		if want := ", since 2026-11-23 09:15 UTC; "; !strings.Contains(ofKnown, want) {
			t.Errorf("%s does not say %q:\n%s", form, want, ofKnown)
		}
	}
	if text := written(t, func(w io.Writer) error { return first.Plan.WriteText(w, plan.TextOptions{}) }); strings.Contains(text, "since") {
		t.Errorf("the plan itself has changed:\n%s", text)
	}
}
