package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tarn/applier"
	"tarn/planner/plan"
)

// someSteps is a plan of that many steps that create volumes, then some that delete and destroy data.
func someSteps(safe, destroying int) *plan.Plan {
	p := &plan.Plan{}
	for n := range safe + destroying {
		id := volumeID(fmt.Sprint("v", n+1))
		step := plan.Step{Number: n + 1, Action: plan.CreateVolume{Volume: id}, Reason: "not on the server"}
		if n >= safe {
			step = plan.Step{Number: n + 1, Action: plan.DeleteVolume{Volume: id}, Reason: "absent", Class: plan.DestroysData, Evidence: plan.Evidence{Snapshots: 1}}
		}
		p.Steps = append(p.Steps, step)
	}
	return p
}

// What is asked before an apply depends on the flags, on whether data is destroyed, and on a terminal.
func TestQuestions(t *testing.T) {
	const (
		goOn  = "\nCarry out these 2 steps? Type yes to go on: "
		goOn1 = "\nCarry out this step? Type yes to go on: "
		once  = "  2 - delete volume p/v2: destroys data: 1 snapshot\nData is destroyed for good. Type yes once more: "
		once1 = "  1 - delete volume p/v1: destroys data: 1 snapshot\nData is destroyed for good. Type yes once more: "

		noTerminal = "apply asks before it changes anything, and there is no terminal to ask: use --auto-approve"
		noDelete   = "the plan destroys data in 1 step, and there is no terminal to ask: --auto-approve covers that only with --allow-delete, and --no-delete leaves it out"
		noDeletes  = "the plan destroys data in 2 steps, and there is no terminal to ask: --auto-approve covers that only with --allow-delete, and --no-delete leaves it out"
	)
	none := applyFlags{}
	auto, deletes := applyFlags{autoApprove: true}, applyFlags{allowDelete: true}
	both := applyFlags{autoApprove: true, allowDelete: true}
	json := applyFlags{autoApprove: true, json: true}
	jsonBoth := applyFlags{autoApprove: true, allowDelete: true, json: true}
	for _, c := range []struct {
		name             string
		safe, destroying int
		flags            applyFlags
		terminal         bool
		want             []string
		fails            string
	}{
		{"safe, terminal", 2, 0, none, true, []string{goOn}, ""},
		{"one step, terminal", 1, 0, none, true, []string{goOn1}, ""},
		{"safe, no terminal", 2, 0, none, false, nil, noTerminal},
		{"safe, --auto-approve", 2, 0, auto, false, nil, ""},
		{"safe, --auto-approve, terminal", 2, 0, auto, true, nil, ""},
		{"safe, --allow-delete, terminal", 2, 0, deletes, true, []string{goOn}, ""},
		{"safe, --json", 2, 0, json, true, nil, ""},
		{"destroys, terminal", 1, 1, none, true, []string{goOn, once}, ""},
		{"destroys alone, terminal", 0, 1, none, true, []string{goOn1, once1}, ""},
		{"destroys, no terminal", 1, 1, none, false, nil, noTerminal},
		{"destroys, --auto-approve, terminal", 1, 1, auto, true, []string{once}, ""},
		{"destroys, --auto-approve", 1, 1, auto, false, nil, noDelete},
		{"destroys twice, --auto-approve", 1, 2, auto, false, nil, noDeletes},
		{"destroys, --allow-delete, terminal", 1, 1, deletes, true, []string{goOn, once}, ""},
		{"destroys, --allow-delete", 1, 1, deletes, false, nil, noTerminal},
		{"destroys, both", 1, 1, both, false, nil, ""},
		{"destroys, both, terminal", 1, 1, both, true, nil, ""},
		{"destroys, --json, terminal", 1, 1, json, true, nil, noDelete},
		{"destroys, --json and both", 1, 1, jsonBoth, true, nil, ""},
	} {
		p := someSteps(c.safe, c.destroying)
		ask, err := c.flags.questions(p, nil, c.terminal)
		var got []string
		if ask.goOn {
			got = append(got, goOnQuestion(p, nil))
		}
		if ask.destroy {
			got = append(got, destroyQuestion(p, false))
		}
		if err != nil {
			got = nil
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		if text := errorText(err); text != c.fails {
			t.Errorf("%s: %q, want %q", c.name, text, c.fails)
		}
	}
}

// Not more than ten steps are listed before the second yes.
func TestDestroyed(t *testing.T) {
	text := destroyed(someSteps(3, 12), false)
	if lines := strings.Count(text, "\n"); lines != 11 || !strings.HasSuffix(text, "\n    and 2 more\n") || !strings.HasPrefix(text, "  4 - delete volume p/v4: ") {
		t.Error(text)
	}
	if text := destroyed(someSteps(0, 10), false); strings.Count(text, "\n") != 10 || strings.Contains(text, "more") {
		t.Error(text)
	}
}

// Only yes is a yes. What waits for an answer ends when it is interrupted.
func TestAsk(t *testing.T) {
	const no = `not confirmed, only "yes" is; nothing was done`
	for _, c := range []struct{ answer, stdout, fails string }{
		{"yes\n", "Sure? ", ""},
		{"  yes \r\n", "Sure? ", ""},
		{"yes", "Sure? \n", ""}, // the line of the question is ended where the answer did not
		{"y\n", "Sure? ", no},
		{"Yes\n", "Sure? ", no},
		{"yes yes\n", "Sure? ", no},
		{"\n", "Sure? ", no},
		{"no\nyes\n", "Sure? ", no},
		{"", "Sure? \n", no},
	} {
		var stdout bytes.Buffer
		a := &app{Process: Process{Stdout: &stdout}}
		err := (&asker{in: bufio.NewReader(strings.NewReader(c.answer)), out: a.text()}).ask(t.Context(), "Sure? ")
		if text := errorText(err); text != c.fails || stdout.String() != c.stdout {
			t.Errorf("%q: %q, %q; want %q, %q", c.answer, text, &stdout, c.fails, c.stdout)
		}
	}

	var stdout bytes.Buffer
	a := &app{Process: Process{Stdout: &stdout}}
	ctx, cancel := context.WithCancelCause(t.Context())
	silent, writer := io.Pipe()
	defer writer.Close()
	cancel(errNothingDone)
	if err := (&asker{in: bufio.NewReader(silent), out: a.text()}).ask(ctx, "Sure? "); errorText(err) != "interrupted; nothing was done" || stdout.String() != "Sure? \n" {
		t.Errorf("%v, %q", err, &stdout)
	}
	silent, writer = io.Pipe()
	writer.CloseWithError(errors.New("broken"))
	if err := (&asker{in: bufio.NewReader(silent), out: a.text()}).ask(t.Context(), ""); errorText(err) != "no answer came, so nothing was done: broken" {
		t.Error(err)
	}
}

// outcomes are how the steps of a plan ended: done, failed, skipped, stopped, gave up.
func outcomes(p *plan.Plan, kinds ...string) *applier.Report {
	report := &applier.Report{}
	gaveUp := &applier.GaveUpError{After: 26e9, Err: errors.New("no answer from srv: refused")}
	for i, kind := range kinds {
		outcome := applier.Outcome{Step: &p.Steps[i]}
		switch kind {
		case "done":
			outcome.Kind = applier.Done
		case "failed":
			outcome.Kind, outcome.Err = applier.Failed, errors.New("no\nspace")
		case "skipped":
			outcome.Kind, outcome.Err = applier.Skipped, errors.New("it needs step 1, which failed")
		case "stopped":
			outcome.Kind, outcome.Err, report.Stopped = applier.Skipped, applier.ErrStopped, true
		case "gave up":
			outcome.Kind, outcome.Err, report.GaveUp = applier.Skipped, gaveUp, gaveUp
		}
		report.Outcomes = append(report.Outcomes, outcome)
	}
	return report
}

// How an apply ended is told to people and to programs, and the exit code is 1 for all that is not as it should be.
func TestEndApply(t *testing.T) {
	good := func(context.Context) (checkResult, error) { return checkResult{good: "all is well"}, nil }
	rest := func(context.Context) (checkResult, error) {
		p := someSteps(1, 0)
		p.Server = plan.Server{Remote: "srv", Address: "srv", Version: "LXD 5.0.2", Project: "default"}
		return checkResult{good: "all is well", rest: p}, nil
	}
	nothing := func(context.Context) (checkResult, error) {
		return checkResult{good: "all is well", rest: &plan.Plan{}}, nil
	}
	blocked := func(context.Context) (checkResult, error) {
		return checkResult{rest: &plan.Plan{Blockers: []plan.Blocker{{Why: "it is used", Hint: "wait"}}}}, nil
	}
	fails := func(context.Context) (checkResult, error) { return checkResult{}, errors.New("no answer") }
	never := func(context.Context) (checkResult, error) {
		t.Error("the server was read again")
		return checkResult{}, nil
	}
	const (
		differs    = "after all steps were done the server is not as it should be; somebody else may be changing it"
		goesOn     = "tarn: not finished; what was done stays, and another apply goes on from there\n"
		unreadable = "all steps were done, but the server could not be read again: no answer"
	)
	for _, c := range []struct {
		name   string
		ended  []string
		check  func(context.Context) (checkResult, error)
		fails  string
		stdout string // for people
		stderr string
		json   string
	}{
		{"all is well", []string{"done", "done"}, good, "",
			"\nApplied: 2 done. Read again: all is well.\n", "",
			`{"event":"end","done":2,"failed":0,"skipped":0,"not_started":0,"seconds":3,"converged":true}`},
		{"nothing is left", []string{"done"}, nothing, "",
			"\nApplied: 1 done. Read again: all is well.\n", "",
			`{"event":"end","done":1,"failed":0,"skipped":0,"not_started":0,"seconds":3,"converged":true}`},
		{"something is left", []string{"done"}, rest, differs,
			"\nApplied: 1 done. Read again, and this still differs:\n\nLXD 5.0.2 at srv, project default\n\n" +
				"  1 + create volume p/v1   not on the server\n\nDrift: 1 to create. 0 unchanged.\n", "",
			`{"event":"end","done":1,"failed":0,"skipped":0,"not_started":0,"seconds":3,"converged":false,"differs":["create volume p/v1"]}`},
		{"blocked now", []string{"done"}, blocked, differs, "", "",
			`{"event":"end","done":1,"failed":0,"skipped":0,"not_started":0,"seconds":3,"converged":false,"differs":["it is used; wait"]}`},
		{"not read again", []string{"done"}, fails, unreadable,
			"\nApplied: 1 done.\n", "",
			`{"event":"end","done":1,"failed":0,"skipped":0,"not_started":0,"seconds":3,"converged":null,"error":"` + unreadable + `"}`},
		{"failed", []string{"failed", "skipped", "done"}, never, "exit code 1",
			"\nApplied: 1 done, 1 failed, 1 skipped.\n", "tarn: step 1, create volume p/v1: no space\n" + goesOn,
			`{"event":"end","done":1,"failed":1,"skipped":1,"not_started":0,"seconds":3,"converged":null}`},
		{"stopped", []string{"done", "stopped", "stopped"}, never, "exit code 1",
			"\nApplied: 1 done, 2 not started.\n", goesOn,
			`{"event":"end","done":1,"failed":0,"skipped":0,"not_started":2,"seconds":3,"converged":null}`},
		{"gave up", []string{"done", "gave up", "gave up"}, never, "exit code 1",
			"\nApplied: 1 done, 2 not done.\n", "tarn: no answer from srv: refused; gave up after 26 s\n" + goesOn,
			`{"event":"end","done":1,"failed":0,"skipped":0,"not_started":2,"seconds":3,"converged":null}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := someSteps(len(c.ended), 0)
			counts := countOutcomes(outcomes(p, c.ended...), 3e9)
			for _, json := range []bool{false, true} {
				var stdout, stderr bytes.Buffer
				a := &app{Process: Process{Stdout: &stdout, Stderr: &stderr}}
				err := endApply(t.Context(), a.reporter(p, &applyFlags{json: json}, nil), counts, c.check)
				if text := errorText(err); text != c.fails {
					t.Errorf("%q, want %q", text, c.fails)
				}
				var code exitCode
				if c.fails == "exit code 1" && (!errors.As(err, &code) || code != exitError) {
					t.Errorf("%v", err)
				}
				wantOut, wantErr := c.stdout, c.stderr
				if json {
					wantOut, wantErr = c.json+"\n", ""
				}
				if wantOut != "" && stdout.String() != wantOut || stderr.String() != wantErr {
					t.Errorf("stdout %q, stderr %q; want %q, %q", &stdout, &stderr, wantOut, wantErr)
				}
			}
		})
	}
}

// What is not as a saved plan says is listed, and makes the apply fail.
func TestEndApplyOfSavedPlan(t *testing.T) {
	var stdout, stderr bytes.Buffer
	a := &app{Process: Process{Stdout: &stdout, Stderr: &stderr}}
	p := someSteps(1, 0)
	err := endApply(t.Context(), a.reporter(p, &applyFlags{}, nil), countOutcomes(outcomes(p, "done"), 0), func(context.Context) (checkResult, error) {
		return checkResult{findings: []plan.Finding{{Object: plan.PoolObject("p"), What: []string{"it is not there"}}}}, nil
	})
	if err == nil || !strings.HasPrefix(stdout.String(), "\nApplied: 1 done. Read again, and this is not as the plan says:\n") || !strings.Contains(stdout.String(), "it is not there") {
		t.Errorf("%v, %q", err, &stdout)
	}
}

// broken is an output that takes nothing.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

// An end that cannot be written is no success.
func TestEndApplyUnwritten(t *testing.T) {
	for _, json := range []bool{false, true} {
		a := &app{Process: Process{Stdout: broken{}, Stderr: io.Discard}}
		p := someSteps(1, 0)
		err := endApply(t.Context(), a.reporter(p, &applyFlags{json: json}, nil), countOutcomes(outcomes(p, "done"), 0),
			func(context.Context) (checkResult, error) { return checkResult{good: "all is well"}, nil })
		if errorText(err) != "no space left on device" {
			t.Errorf("json %v: %v", json, err)
		}
	}
}
