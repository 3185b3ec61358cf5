package planner_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"tarn/lxd"
	"tarn/planner/plan"
)

// manySteps is a plan that creates volumes with values of a length, and deletes some.
func manySteps(creates, deletes, length int) *plan.Plan {
	p := &plan.Plan{Server: plan.Server{Remote: "prod", Version: "LXD 5.0.2", Address: "https://10.1.0.4:8443", Project: "default"}}
	for n := range creates + deletes {
		id := lxd.VolumeID{Project: "default", Pool: "p", Type: lxd.TypeCustom, Name: fmt.Sprintf("v%d", n)}
		step := plan.Step{Number: n + 1, Reason: "not on the server", Action: plan.CreateVolume{Volume: id,
			Attributes: plan.Attributes{Config: map[string]string{"user.long": strings.Repeat("ü", length)}}}}
		if n >= creates {
			step = plan.Step{Number: n + 1, Reason: "absent", Class: plan.DestroysData, Action: plan.DeleteVolume{Volume: id}, Evidence: plan.Evidence{Snapshots: 1}}
		}
		p.Steps = append(p.Steps, step)
	}
	return p
}

var (
	stepLine = regexp.MustCompile(`(?m)^[+-] \d+ (create|delete) volume p/v\d+: `)
	leftOut  = regexp.MustCompile(`\*\*(\d+) of \d+ steps are left out\*\*`)
)

// However long a plan is, its Markdown is a comment that a merge request takes: nothing is left out unsaid, and what destroys data last of all.
func TestMarkdownFits(t *testing.T) {
	users := make([]plan.User, 3000)
	for i := range users {
		users[i] = plan.User{Kind: "instance", Name: fmt.Sprintf("instance-%d", i), Project: "default"}
	}
	for _, c := range []struct {
		name                     string
		creates, deletes, length int
		more                     func(*plan.Plan)
		folded, values           bool
	}{
		{"small", 3, 1, 10, nil, false, true},
		{"many", 50, 1, 10, nil, true, true},
		{"long values", 20, 1, 10_000, nil, false, false},
		{"long values of many", 400, 10, 1000, nil, true, false},
		{"more than fit", 5000, 300, 10, nil, true, false},
		{"more deletions than fit", 10, 5000, 10, nil, true, false},
		{"much besides", 5000, 10, 10, func(p *plan.Plan) {
			for i := range 1000 {
				object := p.Steps[i].Action.Object()
				p.Blockers = append(p.Blockers, plan.Blocker{Code: plan.InUse, Object: object, Users: users, Why: strings.Repeat("why ", 1000), Hint: "wait"})
				p.Notices = append(p.Notices, plan.Notice{Code: plan.UnknownKey, Object: object, Text: strings.Repeat("note ", 500)})
				p.Diagnostics = append(p.Diagnostics, plan.Diagnostic{Severity: "warning", Summary: "Unknown", Detail: strings.Repeat("long ", 500)})
				p.Unmanaged = append(p.Unmanaged, plan.Unmanaged{Object: object, UsedBy: users})
			}
			p.Rehearsal = &plan.Rehearsal{}
			for i := range 1000 {
				p.Rehearsal.Refused = append(p.Rehearsal.Refused, plan.Refusal{Step: &p.Steps[i], Why: strings.Repeat("no ", 1000)})
			}
		}, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := manySteps(c.creates, c.deletes, c.length)
			if c.more != nil {
				c.more(p)
			}
			var b strings.Builder
			if err := p.WriteMarkdown(&b, plan.TextOptions{}); err != nil {
				t.Fatal(err)
			}
			text := b.String()
			if n := utf8.RuneCountInString(text); n >= 60_000 {
				t.Errorf("%d characters", n)
			}
			if folded := strings.Contains(text, "<details>"); folded != c.folded || folded != strings.Contains(text, "</details>") {
				t.Error("folded:", folded)
			}
			if values := strings.Contains(text, "user.long"); values != c.values {
				t.Error("with values:", values)
			}
			shown := len(stepLine.FindAllString(text, -1))
			left := 0
			if said := leftOut.FindStringSubmatch(text); said != nil {
				left, _ = strconv.Atoi(said[1])
			}
			if shown+left != len(p.Steps) {
				t.Errorf("%d steps are shown and %d said to be left out, of %d", shown, left, len(p.Steps))
			}
			deletes := strings.Count(text, " delete volume ")
			if left > 0 && deletes < c.deletes && strings.Contains(text, " create volume ") {
				t.Errorf("%d of %d deletions are shown, beside creations", deletes, c.deletes)
			}
			if said := strings.Contains(text, "of these destroy data."); said != (deletes < c.deletes) {
				t.Errorf("%d of %d deletions are shown, and that some are left out is said: %v", deletes, c.deletes, said)
			}
			if left > 0 && utf8.RuneCountInString(text) < 45_000 {
				t.Errorf("steps are left out of %d characters", utf8.RuneCountInString(text))
			}
		})
	}
}
