package applier_test

import (
	"strings"
	"testing"

	"tarn/applier"
	"tarn/planner/plan"
)

// A step that panics ends the run with that, for who called it to tell of; the steps beside it end first, and no further one begins.
func TestFaultOfAStep(t *testing.T) {
	onSimulator(t, holding("", nil), func(s *simulated) {
		done := 0
		defer func() {
			fault, ok := recover().(*applier.Fault)
			if !ok || fault.Recovered == nil || !strings.Contains(string(fault.Stack), "applier.(*executor)") {
				s.Errorf("the run ended with %v", fault)
			}
			if done != 1 {
				s.Errorf("%d of the other steps were done", done)
			}
		}()
		s.apply(applier.Options{Parallelism: 2, Events: func(e applier.Event) {
			if e.Kind == applier.Done {
				done++
			}
		}}, step(nil), step(plan.CreatePool{Pool: "p", Driver: "dir"}), step(plan.CreateVolume{Volume: vol("p", "v")}, 2))
		s.Error("the run went on")
	})
}
