package applier_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"testing"
	"time"

	"tarn/applier"
	"tarn/lxd/sim"
	"tarn/planner/plan"
)

// A failed step stops those that need it, also through others, at once and with its number; the rest is done.
func TestFailedStepStopsWhatNeedsIt(t *testing.T) {
	onSimulator(t, holding("", nil), func(s *simulated) {
		s.server.Inject(&sim.Fault{Method: http.MethodPost, Path: regexp.MustCompile(`storage-pools$`), Nth: 1, Code: 500, Text: "no"})
		var events []string
		report := s.apply(applier.Options{Parallelism: 1, Events: func(e applier.Event) {
			events = append(events, fmt.Sprintf("%d %s", e.Step.Number, e.Kind))
		}},
			step(plan.CreatePool{Pool: "bad", Driver: "dir"}),
			step(plan.CreateVolume{Volume: vol("bad", "v")}, 1),
			step(plan.RenameVolume{Volume: vol("bad", "v"), Name: "w"}, 2),
			step(plan.CreateVolume{Volume: vol("p", "v")}),
			step(plan.CreateVolume{Volume: vol("p", "w")}, 4),
			step(plan.DeletePool{Pool: "p"}, 3, 5),
		)
		ends(s.T, report.Outcomes[0], applier.Failed, "no")
		ends(s.T, report.Outcomes[1], applier.Skipped, "it needs step 1, which failed")
		ends(s.T, report.Outcomes[2], applier.Skipped, "it needs step 1, which failed")
		ends(s.T, report.Outcomes[3], applier.Done, "")
		ends(s.T, report.Outcomes[4], applier.Done, "")
		ends(s.T, report.Outcomes[5], applier.Skipped, "it needs step 1, which failed")
		want := []string{"1 started", "1 failed", "2 skipped", "3 skipped", "6 skipped", "4 started", "4 done", "5 started", "5 done"}
		if !slices.Equal(events, want) {
			s.Errorf("%q, want %q", events, want)
		}
		if report.Stopped || report.GaveUp != nil {
			s.Errorf("%+v", report)
		}
	})
}

// Steps run in order of their numbers as far as they are ready, and not more at a time than they may.
func TestOrder(t *testing.T) {
	for _, parallelism := range []int{0, 1, 3} {
		onSimulator(t, nil, func(s *simulated) {
			most, running := 0, 0
			var started []int
			opts := applier.Options{Parallelism: parallelism, Events: func(e applier.Event) {
				switch e.Kind {
				case applier.Started:
					started = append(started, e.Step.Number)
					running++
					most = max(most, running)
				case applier.Done:
					running--
				}
			}}
			pool := func(n int, needs ...int) plan.Step {
				return step(plan.CreatePool{Pool: fmt.Sprint("p", n), Driver: "dir"}, needs...)
			}
			// When 1 is done, 2 and 7 are ready, and 3 to 6 have been for longer; all go by their numbers.
			report := s.apply(opts, pool(1), pool(2, 1), pool(3), pool(4), pool(5), pool(6), pool(7, 1), pool(8, 7), pool(9, 2))
			if report.Count(applier.Done) != 9 {
				s.Errorf("%+v", report)
			}
			limit := parallelism
			if limit == 0 {
				limit = 4
			}
			if most != limit {
				s.Errorf("parallelism %d: %d at a time", parallelism, most)
			}
			if parallelism == 1 && !slices.IsSorted(started) {
				s.Errorf("started %v", started)
			}
		})
	}
}

// A step that needs several starts once, when all of them are done, however long they take.
func TestNeedsSeveral(t *testing.T) {
	onSimulator(t, holding("", map[string]*sim.Volume{"slow": nil, "quick": nil}), func(s *simulated) {
		s.server.Inject(&sim.Fault{Method: http.MethodPatch, Path: regexp.MustCompile(`/slow(\?|$)`), Delay: time.Minute})
		patch := func(volume, from, to string) plan.Action {
			return plan.PatchVolume{Volume: vol("p", volume), Changes: []plan.Change{change("user.n", from, to)}}
		}
		var events []string
		s.apply(applier.Options{Events: func(e applier.Event) {
			events = append(events, fmt.Sprintf("%d %s", e.Step.Number, e.Kind))
		}}, step(patch("slow", "", "1")), step(patch("quick", "", "1")), step(patch("quick", "1", "2"), 1, 2))
		want := []string{"1 started", "2 started", "2 done", "1 done", "3 started", "3 done"}
		if !slices.Equal(events, want) {
			s.Errorf("%q, want %q", events, want)
		}
	})
}

// Once stopped, no step starts, and what runs is finished: when it is stopped while the first step runs or as it ends.
func TestStop(t *testing.T) {
	for range 20 { // two channels may be ready at once
		for _, at := range []applier.Kind{applier.Started, applier.Done} {
			onSimulator(t, nil, func(s *simulated) {
				stop := make(chan struct{})
				report := s.apply(applier.Options{Parallelism: 1, Stop: stop, Events: func(e applier.Event) {
					if e.Kind == at {
						close(stop)
					}
				}}, step(plan.CreatePool{Pool: "p", Driver: "dir"}), step(plan.CreatePool{Pool: "q", Driver: "dir"}))
				ends(s.T, report.Outcomes[0], applier.Done, "")
				ends(s.T, report.Outcomes[1], applier.Skipped, applier.ErrStopped.Error())
				if !report.Stopped {
					s.Error("the report does not say that it was stopped")
				}
			})
		}
	}
}

// Once stopped, a step that fails is not begun anew: neither while it waits for that, nor when it fails later.
func TestStopBetweenTries(t *testing.T) {
	for _, at := range []applier.Kind{applier.Started, applier.Retried} {
		onSimulator(t, nil, func(s *simulated) {
			s.server.Inject(&sim.Fault{Method: http.MethodPost, Code: 503, Text: "starting"})
			stop := make(chan struct{})
			report := s.apply(applier.Options{Stop: stop, Events: func(e applier.Event) {
				if e.Kind == at {
					close(stop)
				}
			}}, step(plan.CreatePool{Pool: "p", Driver: "dir"}))
			ends(s.T, report.Outcomes[0], applier.Failed, "starting; it was not tried again, as the run was stopped")
			if n := len(s.requests(http.MethodPost, created)); n != 1 {
				s.Errorf("%s: %d tries", at, n)
			}
		})
	}
}

// What the server carries out is waited for also when the run is stopped and the connection breaks.
func TestStopInAnOperation(t *testing.T) {
	onSimulator(t, &sim.State{Product: "lxd-6"}, func(s *simulated) {
		s.server.Inject(&sim.Fault{Method: http.MethodPost, Lasts: 10 * time.Second}, &sim.Fault{Method: http.MethodGet, Path: regexp.MustCompile("/wait$"), DropBefore: true, Nth: 2})
		stop := make(chan struct{})
		report := s.apply(applier.Options{Stop: stop, Events: func(e applier.Event) {
			if e.Kind == applier.Started {
				close(stop)
			}
		}}, step(plan.CreatePool{Pool: "p", Driver: "dir"}))
		ends(s.T, report.Outcomes[0], applier.Done, "")
	})
}

// Servers put whole outputs of programs into their errors; what is shown of them is one line.
func TestWhy(t *testing.T) {
	onSimulator(t, nil, func(s *simulated) {
		s.server.Inject(&sim.Fault{Method: http.MethodPost, Code: 500, Text: "exit status 1:\n\tno\x1b[2J"})
		outcome := s.one(plan.CreatePool{Pool: "p", Driver: "dir"}, nil)
		if got, want := outcome.Why(), "exit status 1:  no\\x1b[2J"; got != want {
			s.Errorf("%q, want %q", got, want)
		}
	})
}
