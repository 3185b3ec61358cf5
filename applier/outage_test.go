package applier_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	"tarn/applier"
	"tarn/lxd"
	"tarn/lxd/sim"
)

// A server that is gone costs the run its 25 s once: what ran is given up, and no further step begins.
func TestServerIsGone(t *testing.T) {
	for _, product := range []string{"", "lxd-6", "incus"} {
		onSimulator(t, &sim.State{Product: product}, func(s *simulated) {
			var text strings.Builder
			text.WriteString("pool \"p\" {\n  driver = \"dir\"\n")
			for i := range 63 {
				fmt.Fprintf(&text, "  volume \"v%d\" {}\n", i)
			}
			text.WriteString("}\n")
			plan := makePlan(s.T, s.client, text.String())
			done, tried := 0, 0
			report := applier.Apply(s.Context(), s.client, plan, applier.Options{Events: func(e applier.Event) {
				switch {
				case e.Kind == applier.Done:
					if done++; done == 10 {
						s.server.Close()
					}
				case e.Kind == applier.Started && done >= 10:
					tried++
				}
			}})
			var gaveUp *applier.GaveUpError
			if !errors.As(report.GaveUp, &gaveUp) {
				s.Fatalf("%s: the server was not given up: %v", product, report.GaveUp)
			}
			for _, outcome := range report.Outcomes {
				if outcome.Kind != applier.Done && !errors.As(outcome.Err, &gaveUp) {
					s.Errorf("%s: %s: %s: %v", product, outcome.Step.Title(), outcome.Kind, outcome.Err)
				}
			}
			if tried > 4 {
				s.Errorf("%s: %d steps began when it was gone", product, tried)
			}
		})
	}
}

// A server that lets a request wait for longer than an outage may last is given up by that, not asked again.
func TestServerIsSilent(t *testing.T) {
	onSimulator(t, nil, func(s *simulated) {
		plan := makePlan(s.T, s.client, "pool \"p\" {\n  driver = \"dir\"\n}\n")
		silent := lxd.NewDialed("silent", func(context.Context) (net.Conn, error) {
			here, _ := net.Pipe()
			return here, nil
		}, lxd.Options{Timeout: time.Minute})
		defer silent.Close()
		start := time.Now()
		report := applier.Apply(s.Context(), silent, plan, applier.Options{})
		var gaveUp *applier.GaveUpError
		if !errors.As(report.GaveUp, &gaveUp) || time.Since(start) > 61*time.Second {
			s.Errorf("after %v: %v", time.Since(start), report.GaveUp)
		}
	})
}

// A server that comes back in time is nothing but a pause, however many steps met it.
func TestServerComesBack(t *testing.T) {
	onSimulator(t, nil, func(s *simulated) {
		s.server.Inject(&sim.Fault{Method: "POST", Code: 503, Text: "starting", Nth: 1}, &sim.Fault{Method: "POST", DropBefore: true, Nth: 2})
		plan := makePlan(s.T, s.client, `
pool "p" {
  driver = "dir"
  volume "v" {}
}`)
		report := applier.Apply(s.Context(), s.client, plan, applier.Options{})
		if report.GaveUp != nil || report.Count(applier.Done) != 2 {
			s.Errorf("%+v", report)
		}
	})
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
