package drift_test

import (
	"io"
	"strings"
	"testing"

	"tarn/planner/drift"
	"tarn/planner/plan"
)

// An acknowledgment that covers nothing is told of, also where nothing else is, but not when another server needs it or may need it.
func TestAcknowledgmentsOfOneServerAreNotUnneeded(t *testing.T) {
	on := func(remote string, patches int) drift.Check {
		p := checkOf(remote, patches, true).Plan
		p.Acknowledgments = checkOf("prod", 1, true).Plan.Acknowledgments
		c := drift.Check{Spec: "a.hcl", Remote: remote}
		c.Of(p, nil)
		return c
	}
	down := failed("down", drift.Unreachable, plan.NoServer, "connect: refused")
	down.Spec = "a.hcl"
	for name, c := range map[string]struct {
		checks []drift.Check
		told   int
	}{
		"on none":                {[]drift.Check{on("prod", 0), on("lab", 0)}, 2},
		"on one":                 {[]drift.Check{on("prod", 1), on("lab", 0)}, 0},
		"on one that is down":    {[]drift.Check{down, on("lab", 0)}, 0},
		"of a spec for a server": {[]drift.Check{on("prod", 0)}, 1},
	} {
		run := &drift.Run{Checks: c.checks}
		for form, write := range map[string]func(io.Writer, plan.TextOptions) error{"text": run.WriteText, "Markdown": run.WriteMarkdown} {
			text := written(t, func(w io.Writer) error { return write(w, plan.TextOptions{}) })
			if told := strings.Count(text, "covers nothing"); told != c.told {
				t.Errorf("%s: %s tells it %d times, want %d:\n%s", name, form, told, c.told, text)
			}
		}
	}
}

// One server under several names is told of.
func TestOneServerUnderSeveralNames(t *testing.T) {
	prod, again, other := checkOf("prod", 1, false), checkOf("prod", 1, false), checkOf("other", 1, false)
	again.Remote, again.Server.Remote, again.Server.Address = "10.0.0.1", "10.0.0.1", "https://10.0.0.1:8443"
	prod.Server.Fingerprint, again.Server.Fingerprint, other.Server.Fingerprint = "aa", "aa", "bb"
	run := &drift.Run{Checks: []drift.Check{prod, other, again, prod, failed("down", drift.Unreachable, plan.NoServer, "no"), failed("down2", drift.Unreachable, plan.NoServer, "no")}}
	for form, write := range map[string]func(io.Writer, plan.TextOptions) error{"text": run.WriteText, "Markdown": run.WriteMarkdown} {
		text := strings.ReplaceAll(written(t, func(w io.Writer) error { return write(w, plan.TextOptions{}) }), `\`, "")
		if strings.Count(text, "are one server") != 1 || !strings.Contains(text, "prod and 10.0.0.1 are one server, whose drift is counted for each of these names.") {
			t.Errorf("%s:\n%s", form, text)
		}
	}
}

// What --fail-on leaves out is shown and is not called drift.
func TestWhatDoesNotCountIsNotCalledDrift(t *testing.T) {
	c := drift.Check{Spec: "a.hcl", Remote: "prod"}
	c.Of(checkOf("prod", 1, false).Plan, []drift.Kind{drift.OrphanKind})
	run := &drift.Run{Checks: []drift.Check{c, checkOf("lab", 1, false)}, FailOn: []drift.Kind{drift.OrphanKind}}
	text := written(t, func(w io.Writer) error { return run.WriteText(w, plan.TextOptions{}) })
	for _, shown := range []string{"a.hcl on prod      not counted: 1 to patch. 0 unchanged.\n", "\nNo drift that counts: 1 to patch. 0 unchanged.\n", "\nDrift: 1 to patch. 0 unchanged.\n"} {
		if !strings.Contains(text, shown) {
			t.Errorf("%q is not in\n%s", shown, text)
		}
	}
	if text := written(t, func(w io.Writer) error { return c.WriteMarkdown(w, plan.TextOptions{}) }); !strings.Contains(text, "**No drift that counts: 1 to patch.") {
		t.Errorf("Markdown:\n%s", text)
	}
}

// A spec that is right by itself and cannot be had on a server is not called a wrong one.
func TestSpecThatDoesNotFit(t *testing.T) {
	wrong := mixed().Checks[4]
	misfit := wrong
	misfit.Requests, misfit.Spec = 4, "grown.hcl"
	run := &drift.Run{Checks: []drift.Check{wrong, misfit}}
	for form, write := range map[string]func(io.Writer, plan.TextOptions) error{"text": run.WriteText, "Markdown": run.WriteMarkdown} {
		text := written(t, func(w io.Writer) error { return write(w, plan.TextOptions{}) })
		for _, shown := range []string{"spec is wrong", "spec does not fit", "2 checks: 1 with a wrong spec, 1 with a spec that does not fit."} {
			if strings.Count(text, shown) != 1 {
				t.Errorf("%s: %q is not there once:\n%s", form, shown, text)
			}
		}
	}
}
