package applier_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"tarn/applier"
	"tarn/lxd/sim"
	"tarn/planner/plan"
)

const created = "/1.0/storage-pools"

// A fault that may pass is tried again, after pauses that get longer and are not all the same, for 25 s.
func TestPauses(t *testing.T) {
	var first []time.Duration
	for range 4 {
		onSimulator(t, nil, func(s *simulated) {
			s.server.Inject(&sim.Fault{Method: http.MethodPost, Code: 503, Text: "starting"})
			told := 0
			report := s.apply(applier.Options{Events: func(e applier.Event) {
				if e.Kind == applier.Retried {
					told++
					if e.Why() != "starting" {
						s.Errorf("retried because of %q", e.Why())
					}
				}
			}}, step(plan.CreatePool{Pool: "p", Driver: "dir"}))
			sent := s.requests(http.MethodPost, created)
			for i := range sent[1:] {
				pause, about := sent[i+1].at-sent[i].at, 200*time.Millisecond<<min(i, 4)
				if pause < about/2 || pause > about*3/2+time.Millisecond {
					s.Errorf("pause %d is %v, and not about %v", i, pause, about)
				}
			}
			first = append(first, sent[1].at-sent[0].at)
			lasted := sent[len(sent)-1].at - sent[0].at
			if before := sent[len(sent)-2].at - sent[0].at; before > 25*time.Second || lasted <= 25*time.Second {
				s.Errorf("it was given up after %v, and tried again after %v", lasted, before)
			}
			ends(s.T, report.Outcomes[0], applier.Failed, fmt.Sprintf("starting; gave up after %.0f s", lasted.Seconds()))
			var gaveUp *applier.GaveUpError
			if !errors.As(report.GaveUp, &gaveUp) || gaveUp.After != lasted {
				s.Errorf("the run ended with %#v", report.GaveUp)
			}
			if told != len(sent)-1 {
				s.Errorf("%d requests, %d retries told of", len(sent), told)
			}
		})
	}
	if first[0] == first[1] && first[1] == first[2] && first[2] == first[3] {
		t.Errorf("all first pauses are %v", first[0])
	}
}

// The options say how long, and a server that is silent is named with its address.
func TestOutageLimit(t *testing.T) {
	onSimulator(t, nil, func(s *simulated) {
		s.breakFor(time.Hour)
		report := s.apply(applier.Options{Backoff: time.Second, OutageLimit: 3 * time.Second}, step(plan.CreatePool{Pool: "p", Driver: "dir"}))
		if since := s.elapsed(); since <= 3*time.Second || since > 3*time.Second+6*time.Second {
			s.Errorf("gave up after %v", since)
		}
		why := report.Outcomes[0].Why()
		if ok, _ := regexp.MatchString(`^no answer from sim:: .*connection refused; gave up after [3-9] s$`, why); !ok {
			s.Error(why)
		}
	})
}

// A server that has done something has all the time again.
func TestOutageEnds(t *testing.T) {
	onSimulator(t, nil, func(s *simulated) {
		s.breakFor(20 * time.Second)
		report := s.apply(applier.Options{Events: func(e applier.Event) {
			if e.Kind == applier.Done {
				s.breakFor(20 * time.Second)
			}
		}}, step(plan.CreatePool{Pool: "p", Driver: "dir"}), step(plan.CreatePool{Pool: "q", Driver: "dir"}, 1))
		if report.GaveUp != nil || report.Count(applier.Done) != 2 {
			s.Errorf("%+v", report)
		}
		if s.elapsed() < 40*time.Second {
			s.Errorf("it took %v", s.elapsed())
		}
	})
}

// All steps together wait for a server once, and none begins when it has been given up.
func TestStepsShareAnOutage(t *testing.T) {
	onSimulator(t, nil, func(s *simulated) {
		s.breakFor(time.Hour)
		var steps []plan.Step
		for i := range 20 {
			steps = append(steps, step(plan.CreatePool{Pool: fmt.Sprint("p", i), Driver: "dir"}))
		}
		started := 0
		report := s.apply(applier.Options{Events: func(e applier.Event) {
			if e.Kind == applier.Started {
				started++
			}
		}}, steps...)
		if started != 4 || s.elapsed() > 40*time.Second {
			s.Errorf("%d steps were started, and it took %v", started, s.elapsed())
		}
		for i, outcome := range report.Outcomes {
			want := applier.Skipped
			if i < 4 {
				want = applier.Failed
			}
			ends(s.T, outcome, want, "gave up after")
		}
		if report.Stopped {
			s.Error("it counts as stopped by somebody")
		}
	})
}

// A step that alone has trouble while others get on does not end the run.
func TestOneStepHasTrouble(t *testing.T) {
	onSimulator(t, holding("", map[string]*sim.Volume{"bad": nil, "good": nil}), func(s *simulated) {
		s.server.Inject(
			&sim.Fault{Method: http.MethodPatch, Path: regexp.MustCompile(`/bad(\?|$)`), Code: 503, Text: "busy"},
			&sim.Fault{Method: http.MethodPatch, Path: regexp.MustCompile(`/good(\?|$)`), Delay: time.Second},
		)
		steps := []plan.Step{step(plan.PatchVolume{Volume: vol("p", "bad"), Changes: []plan.Change{change("user.n", "", "1")}})}
		before := ""
		for i := range 100 {
			now := fmt.Sprint(i)
			s := step(plan.PatchVolume{Volume: vol("p", "good"), Changes: []plan.Change{change("user.n", before, now)}})
			if i > 0 {
				s.Needs = []int{i + 1}
			}
			steps, before = append(steps, s), now
		}
		ended := time.Duration(0)
		report := s.apply(applier.Options{Events: func(e applier.Event) {
			if e.Kind == applier.Failed {
				ended = s.elapsed()
			}
		}}, steps...)
		ends(s.T, report.Outcomes[0], applier.Failed, "busy")
		if strings.Contains(report.Outcomes[0].Why(), "gave up") || report.GaveUp != nil || report.Count(applier.Done) != 100 {
			s.Errorf("%d steps done, %v, %v", report.Count(applier.Done), report.GaveUp, report.Outcomes[0].Err)
		}
		if ended <= 50*time.Second || ended > 60*time.Second {
			s.Errorf("it failed after %v", ended)
		}
	})
}

// What changes each time that it is to be written is tried eight times.
func TestChangedEachTime(t *testing.T) {
	onSimulator(t, holding("", map[string]*sim.Volume{"v": nil}), func(s *simulated) {
		s.server.Inject(&sim.Fault{Method: http.MethodPatch, Code: 412, Text: "ETag doesn't match"})
		outcome := s.one(plan.PatchVolume{Volume: vol("p", "v"), Changes: []plan.Change{change("user.a", "", "1")}}, nil)
		ends(s.T, outcome, applier.Failed, "ETag doesn't match")
		if sent := s.requests(http.MethodPatch, ""); len(sent) != 8 {
			s.Errorf("%d requests", len(sent))
		}
	})
}

// What does not pass is not tried again.
func TestFaultThatStays(t *testing.T) {
	onSimulator(t, nil, func(s *simulated) {
		s.server.Inject(&sim.Fault{Method: http.MethodPost, Code: 500, Text: "no space left on device"})
		ends(s.T, s.one(plan.CreatePool{Pool: "p", Driver: "dir"}, nil), applier.Failed, "no space left on device")
		if sent := s.requests(http.MethodPost, created); len(sent) != 1 || s.elapsed() > 0 {
			s.Errorf("%d requests in %v", len(sent), s.elapsed())
		}
	})
}

// A run that is broken off does not sit out its pause.
func TestBrokenOffInAPause(t *testing.T) {
	onSimulator(t, nil, func(s *simulated) {
		s.breakFor(time.Hour)
		ctx, cancel := context.WithCancelCause(s.Context())
		time.AfterFunc(10*time.Millisecond, func() { cancel(errors.New("interrupted")) })
		p := &plan.Plan{Steps: []plan.Step{{Number: 1, Action: plan.CreatePool{Pool: "p", Driver: "dir"}}}}
		report := applier.Apply(ctx, s.client, p, applier.Options{Backoff: time.Minute})
		ends(s.T, report.Outcomes[0], applier.Failed, "broken off while it was running, and the server may have finished it: interrupted")
		if s.elapsed() != 10*time.Millisecond || !report.Stopped || report.GaveUp != nil {
			s.Errorf("after %v: %+v", s.elapsed(), report)
		}
	})
}

// A connection that breaks while an operation is waited for is not the end of the operation: it is not asked for again.
func TestWaitIsTakenUp(t *testing.T) {
	onSimulator(t, &sim.State{Product: "lxd-6"}, func(s *simulated) {
		s.server.Inject(
			&sim.Fault{Method: http.MethodPost, Lasts: time.Minute},
			&sim.Fault{Method: http.MethodGet, Path: regexp.MustCompile(`/wait`), Nth: 1, DropBefore: true},
		)
		ends(s.T, s.one(plan.CreatePool{Pool: "p", Driver: "dir"}, nil), applier.Done, "")
		if sent := s.requests(http.MethodPost, created); len(sent) != 1 || s.elapsed() < time.Minute {
			s.Errorf("%d requests, %v", len(sent), s.elapsed())
		}
	})
}
