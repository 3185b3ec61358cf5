package planner_test

import (
	"strings"
	"testing"

	"tarn/planner/plan"
)

// The numbers of a long plan stand in one column.
func TestManySteps(t *testing.T) {
	p := &plan.Plan{Server: plan.Server{Remote: "prod", Version: "LXD 5.0.2", Address: "unix:x", Project: "default"}, Unchanged: 123456}
	for i := range 10000 {
		p.Steps = append(p.Steps, plan.Step{Number: i + 1, Reason: "not on the server", Action: plan.CreatePool{Pool: "p", Driver: "dir"}})
	}
	var b strings.Builder
	if err := p.WriteText(&b, plan.TextOptions{Brief: true}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\n")
	for _, line := range []struct {
		n    int
		want string
	}{
		{2, "    1 + create pool p   not on the server"},
		{1001, " 1000 + create pool p   not on the server"},
		{10001, "10000 + create pool p   not on the server"},
		{10003, "Plan: 10000 to create. 123456 unchanged."},
	} {
		if lines[line.n] != line.want {
			t.Errorf("line %d: %q, want %q", line.n, lines[line.n], line.want)
		}
	}
}
