package planner

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tarn/lxd"
	"tarn/planner/plan"
)

func TestRehearsalForms(t *testing.T) {
	name := "a"
	volume := lxd.VolumeID{Project: "default", Pool: "p", Type: lxd.TypeCustom, Name: "v"}
	steps := []plan.Step{
		{Number: 1, Action: plan.CreatePool{Pool: "p", Driver: "dir"}, Reason: "not on the server"},
		{Number: 2, Action: plan.CreateVolume{Volume: volume}, Reason: "not on the server", Needs: []int{1}},
	}
	server := plan.Server{Remote: "local", Version: "LXD 5.0.2", Address: "unix:lxd.sock", Project: "default"}
	for _, test := range []struct {
		rehearsal              plan.Rehearsal
		text, markdown, object string
	}{
		{
			plan.Rehearsal{Accepted: 2},
			"rehearsed: 2 steps accepted, nothing left to do\n",
			"\n**rehearsed: 2 steps accepted, nothing left to do**\n",
			`{"passed":true,"outcome":"passed","accepted":2,"refused":[],"skipped":[],"left":[],"blockers":[],"notes":[]}`,
		},
		{
			plan.Rehearsal{Skipped: []plan.Refusal{{Step: &steps[1], Why: "it needs step 1, which failed"}}, Refused: []plan.Refusal{{Step: &steps[0], Why: "no_space"}}, Notes: []string{"a note"}},
			"rehearsed: 0 steps accepted, 1 refused, 1 not reached\n  step 1, create pool p: no_space\n" +
				"  step 2, create volume p/v: it needs step 1, which failed\n  a note\n",
			"\n**rehearsed: 0 steps accepted, 1 refused, 1 not reached**\n\n- step 1, create pool p: `no_space`\n" +
				"- step 2, create volume `p/v`: it needs step 1, which failed\n- a note\n",
			`{"passed":false,"outcome":"refused","accepted":0,"refused":[{"number":1,"why":"no_space"}],` +
				`"skipped":[{"number":2,"why":"it needs step 1, which failed"}],"left":[],"blockers":[],"notes":["a note"]}`,
		},
		{
			plan.Rehearsal{Accepted: 2, Left: &plan.Plan{
				Steps:    []plan.Step{{Number: 1, Action: plan.PatchVolume{Volume: volume, Changes: []plan.Change{{Attr: plan.ConfigAttr("user.x"), To: &name}}}, Reason: "differs in 1 key"}},
				Blockers: []plan.Blocker{{Code: plan.NeedsRepair, Object: plan.PoolObject("p"), Why: "why", Hint: "hint"}},
			}},
			"rehearsed: 2 steps accepted, and this would be left to do:\n\n  1 ~ patch volume p/v   differs in 1 key\n" +
				"        config.user.x  (unset) → \"a\"\n  pool p: why; hint\n",
			"\n**rehearsed: 2 steps accepted, and this would be left to do:**\n\n- patch volume `p/v`: differs in 1 key\n- pool p: why; hint\n",
			`{"passed":false,"outcome":"left","accepted":2,"refused":[],"skipped":[],"left":[{"number":1,"action":"patch",` +
				`"object":{"kind":"volume","pool":"p","name":"v","project":"default"},"reason":"differs in 1 key","class":"safe",` +
				`"changes":[{"attribute":"config.user.x","from":null,"to":"a"}]}],` +
				`"blockers":[{"code":"needs-repair","object":{"kind":"pool","pool":"p"},"why":"why","hint":"hint"}],"notes":[]}`,
		},
		{
			plan.Rehearsal{Blocked: true},
			"not rehearsed: nothing is done of a plan that is blocked\n",
			"\n**not rehearsed: nothing is done of a plan that is blocked**\n",
			`{"passed":false,"outcome":"blocked","accepted":0,"refused":[],"skipped":[],"left":[],"blockers":[],"notes":[]}`,
		},
	} {
		without, with := plan.Plan{Server: server, Steps: steps}, plan.Plan{Server: server, Steps: steps, Rehearsal: &test.rehearsal}
		added := func(write func(*plan.Plan, *strings.Builder) error) string {
			var before, after strings.Builder
			if err := write(&without, &before); err != nil {
				t.Fatal(err)
			}
			if err := write(&with, &after); err != nil {
				t.Fatal(err)
			}
			return strings.TrimPrefix(after.String(), before.String())
		}
		if diff := cmp.Diff(test.text, added(func(p *plan.Plan, out *strings.Builder) error { return p.WriteText(out, plan.TextOptions{}) })); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(test.markdown, added(func(p *plan.Plan, out *strings.Builder) error { return p.WriteMarkdown(out, plan.TextOptions{}) })); diff != "" {
			t.Error(diff)
		}
		var text strings.Builder
		if err := with.WriteJSON(&text); err != nil {
			t.Fatal(err)
		}
		var got struct{ Rehearsal json.RawMessage }
		if err := json.Unmarshal([]byte(text.String()), &got); err != nil {
			t.Fatal(err)
		}
		var compact any
		if err := json.Unmarshal(got.Rehearsal, &compact); err != nil {
			t.Fatal(err)
		}
		var want any
		if err := json.Unmarshal([]byte(test.object), &want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, compact); diff != "" {
			t.Error(diff)
		}
	}
}
