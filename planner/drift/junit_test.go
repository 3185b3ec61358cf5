package drift_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tarn/lxd"
	"tarn/planner/drift"
	"tarn/planner/plan"
)

type junitResults struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Suites   []struct {
		Name     string `xml:"name,attr"`
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Errors   int    `xml:"errors,attr"`
		Skipped  int    `xml:"skipped,attr"`
		Cases    []struct {
			Name    string `xml:"name,attr"`
			Class   string `xml:"classname,attr"`
			Failure *struct {
				Message string `xml:"message,attr"`
				Text    string `xml:",chardata"`
			} `xml:"failure"`
			Error   *struct{} `xml:"error"`
			Skipped *struct{} `xml:"skipped"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

// junitOf writes a run, reads it back, and holds its sums and its form against what CI systems take.
func junitOf(t *testing.T, run *drift.Run) junitResults {
	t.Helper()
	var out bytes.Buffer
	if err := run.WriteJUnit(&out); err != nil {
		t.Fatal(err)
	}
	if program, err := exec.LookPath("xmllint"); err == nil {
		cmd := exec.Command(program, "--nonet", "--noout", "--schema", "../../cli/junit/testdata/junit.xsd", "-")
		cmd.Stdin = bytes.NewReader(out.Bytes())
		if text, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s", text)
		}
	}
	var results junitResults
	if err := xml.Unmarshal(out.Bytes(), &results); err != nil {
		t.Fatal(err)
	}
	sum := [3]int{}
	for _, suite := range results.Suites {
		names, counted := map[string]bool{}, [4]int{len(suite.Cases)}
		for _, c := range suite.Cases {
			if names[c.Name] || c.Name == "" || c.Class != suite.Name {
				t.Errorf("a test %q of %q", c.Name, c.Class)
			}
			names[c.Name] = true
			outcomes := 0
			for i, is := range []bool{c.Failure != nil, c.Error != nil, c.Skipped != nil} {
				if is {
					counted[i+1]++
					outcomes++
				}
			}
			if outcomes > 1 {
				t.Errorf("%s has several outcomes", c.Name)
			}
		}
		if is := [4]int{suite.Tests, suite.Failures, suite.Errors, suite.Skipped}; is != counted {
			t.Errorf("suite %s says %v, and has %v", suite.Name, is, counted)
		}
		sum[0], sum[1], sum[2] = sum[0]+counted[0], sum[1]+counted[1], sum[2]+counted[2]
	}
	if is := [3]int{results.Tests, results.Failures, results.Errors}; is != sum {
		t.Errorf("it says %v in all, and has %v", is, sum)
	}
	return results
}

func TestWriteJUnit(t *testing.T) {
	object := func(name string) plan.Object {
		return plan.VolumeObject(lxd.VolumeID{Project: "default", Pool: "fast", Type: lxd.TypeCustom, Name: name})
	}
	secret, shown := "swordfish", "1GiB"
	at := time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC)
	known := &drift.Acknowledgment{Reason: "a test", Until: "2026-12-31"}
	patch := func(name string, changes ...plan.Change) drift.Finding {
		return drift.Finding{Kind: drift.ChangeKind, Object: object(name), Code: "patch", Text: "differs", Step: 1, Changes: changes}
	}
	size := plan.Change{Attr: plan.ConfigAttr("size"), From: &shown}
	drifted := drift.Check{
		Spec: "a.hcl", Remote: "one", Status: drift.Drifted, Plan: &plan.Plan{}, Started: at, Took: time.Second,
		Findings: []drift.Finding{
			patch("pg", size),
			patch("pg", plan.Change{Attr: plan.ConfigAttr("user.key"), From: &secret, Secret: true}), // the same step, of which another part is known
			{Kind: drift.BlockedKind, Object: object("pg"), Code: "in-use", Text: "used by a", Hint: "stop a"},
			{Kind: drift.OrphanKind, Object: object("old"), Text: "no longer declared", Age: drift.Age{Since: at, First: at.Add(-48 * time.Hour), Runs: 3, Times: 22}},
			{Kind: drift.BlockedKind, Code: "too-many-deletes", Text: "too many"},
		},
		Acknowledged: []drift.Finding{func() drift.Finding { f := patch("web", size); f.Known = known; return f }()},
	}
	down := drift.Check{Spec: "a.hcl", Remote: "two", Status: drift.Unreachable, Error: "no answer"}
	odd := drift.Check{Spec: "a\x00\x1b]]>\xff", Remote: "<&\"", Status: drift.Drifted, Plan: &plan.Plan{},
		Findings: []drift.Finding{{Kind: drift.UnmanagedKind, Object: object("\x01\ufffe<b>"), Text: "\x00"}}}
	results := junitOf(t, &drift.Run{Checks: []drift.Check{drifted, down, odd}, FailOn: []drift.Kind{drift.ChangeKind, drift.BlockedKind, drift.UnmanagedKind}})

	var is []string
	for _, suite := range results.Suites[:2] {
		for _, c := range suite.Cases {
			outcome := "passed"
			switch {
			case c.Failure != nil:
				outcome = "failed: " + c.Failure.Message
				if strings.Contains(c.Failure.Text+c.Failure.Message, secret) {
					t.Error("a secret is shown")
				}
			case c.Error != nil:
				outcome = "error"
			case c.Skipped != nil:
				outcome = "skipped"
			}
			is = append(is, fmt.Sprintf("%s: %s: %s", suite.Name, c.Name, outcome))
		}
	}
	want := []string{
		"a.hcl on one: spec and server compared: passed",
		`a.hcl on one: volume fast/pg: change patch config.size: failed: volume fast/pg: config.size "1GiB" → (unset)`,
		`a.hcl on one: volume fast/pg: change patch config.user.key: failed: volume fast/pg: config.user.key (secret) → (unset)`,
		"a.hcl on one: volume fast/pg: blocked in-use: failed: volume fast/pg: used by a",
		"a.hcl on one: volume fast/old: orphan: skipped",
		"a.hcl on one: server: blocked too-many-deletes: failed: too many",
		"a.hcl on one: volume fast/web: change patch config.size: skipped",
		"a.hcl on two: spec and server compared: error",
	}
	if diff := cmp.Diff(want, is); diff != "" {
		t.Error(diff)
	}
	junitOf(t, &drift.Run{})
}
