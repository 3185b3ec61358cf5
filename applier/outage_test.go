package applier_test

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"tarn/applier"
	"tarn/lxd"
	"tarn/lxd/sim"
)

// A server that is gone costs the run its patience once: what ran is given up, and no further step begins.
func TestServerIsGone(t *testing.T) {
	for _, product := range []string{"", "lxd-6", "incus"} {
		server := sim.New(&sim.State{Product: product})
		client := lxd.NewDialed("sim:", server.Dial, lxd.Options{})
		t.Cleanup(client.Close)
		var text strings.Builder
		text.WriteString("pool \"p\" {\n  driver = \"dir\"\n")
		for i := range 63 {
			fmt.Fprintf(&text, "  volume \"v%d\" {}\n", i)
		}
		text.WriteString("}\n")
		plan := makePlan(t, client, text.String())
		done, tried := 0, 0
		report := applier.Apply(t.Context(), client, plan, applier.Options{
			Backoff: time.Millisecond, OutageLimit: 100 * time.Millisecond,
			Events: func(e applier.Event) {
				switch {
				case e.Kind == applier.Done:
					if done++; done == 10 {
						server.Close()
					}
				case e.Kind == applier.Started && done >= 10:
					tried++
				}
			},
		})
		var gone *applier.GaveUpError
		if !errors.As(report.GaveUp, &gone) {
			t.Fatalf("%s: the server counts as there: %v", product, report.GaveUp)
		}
		for _, outcome := range report.Outcomes {
			if outcome.Kind != applier.Done && !errors.As(outcome.Err, &gone) {
				t.Errorf("%s: %s: %s: %v", product, outcome.Step.Title(), outcome.Kind, outcome.Err)
			}
		}
		if tried > 4 {
			t.Errorf("%s: %d steps began when it was gone", product, tried)
		}
	}
}

// A server that comes back in time is nothing but a pause, however many steps met it.
func TestServerComesBack(t *testing.T) {
	server := sim.New(nil)
	server.Inject(&sim.Fault{Method: "POST", Code: 503, Text: "starting", Nth: 1}, &sim.Fault{Method: "POST", DropBefore: true, Nth: 2})
	client := lxd.NewDialed("sim:", server.Dial, lxd.Options{})
	t.Cleanup(client.Close)
	plan := makePlan(t, client, `
pool "p" {
  driver = "dir"
  volume "v" {}
}`)
	report := applier.Apply(t.Context(), client, plan, applier.Options{Backoff: time.Millisecond})
	if report.GaveUp != nil || report.Count(applier.Done) != 2 {
		t.Errorf("%+v", report)
	}
}

// A pool whose creation broke off on the server is there and no use: it is not taken for the one that was to be created.
func TestPoolHalfCreated(t *testing.T) {
	state := &sim.State{}
	server := sim.New(state)
	server.Inject(&sim.Fault{Method: "POST", Path: regexp.MustCompile(`storage-pools$`), DropAfter: true, Nth: 1})
	client := lxd.NewDialed("sim:", server.Dial, lxd.Options{Trace: func(e lxd.Exchange) {
		if e.Method == "POST" && e.Err != nil {
			state.Pools["p"].Status = "Unavailable"
		}
	}})
	t.Cleanup(client.Close)
	report := applier.Apply(t.Context(), client, makePlan(t, client, `pool "p" { driver = "btrfs" }`), applier.Options{Backoff: time.Millisecond})
	if err := report.Outcomes[0].Err; err == nil || !strings.Contains(err.Error(), "its status is Unavailable") {
		t.Errorf("%v", err)
	}
}
