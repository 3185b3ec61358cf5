package applier_test

import (
	"errors"
	"testing"

	"tarn/applier"
	"tarn/lxd"
	"tarn/lxd/sim"
	"tarn/planner/plan"
)

// Of a plan with a blocker no step is carried out, whoever forgot to ask.
func TestApplyRefusesWhatIsBlocked(t *testing.T) {
	server := sim.New(nil)
	defer server.Close()
	client := lxd.NewDialed("sim:", server.Dial, lxd.Options{})
	defer client.Close()
	p := makePlan(t, client, `pool "p1" { driver = "dir" }`)
	p.Blockers = []plan.Blocker{{Why: "it is used", Hint: "wait"}}
	report := applier.Apply(t.Context(), client, p, applier.Options{})
	if len(report.Outcomes) != 1 || report.Outcomes[0].Kind != applier.Skipped || !errors.Is(report.Outcomes[0].Err, applier.ErrBlocked) {
		t.Errorf("%+v", report)
	}
	for _, request := range server.Requests() {
		if request.Method != "GET" {
			t.Error(request)
		}
	}
}
