package applier_test

import (
	"cmp"
	"context"
	"errors"
	"net"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tarn/applier"
	"tarn/lxd"
	"tarn/lxd/sim"
	"tarn/planner/plan"
)

// simulated is a simulated server under a clock of its own: what waits takes no time, and all times are exact.
type simulated struct {
	*testing.T
	server *sim.Server
	client *lxd.Client
	start  time.Time

	mu   sync.Mutex
	sent []request
	down time.Time // until when nobody answers
}

// request is one that was sent.
type request struct {
	at           time.Duration // when its answer had come, since the start
	method, path string
}

// onSimulator runs a test on a simulated server that holds this.
func onSimulator(t *testing.T, state *sim.State, test func(*simulated)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &simulated{T: t, server: sim.New(state), start: time.Now()}
		s.client = lxd.NewDialed("sim:", s.dial, lxd.Options{Trace: func(e lxd.Exchange) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.sent = append(s.sent, request{time.Since(s.start), e.Method, e.Path})
		}})
		defer s.server.Close()
		defer s.client.Close()
		test(s)
	})
}

func (s *simulated) dial(ctx context.Context) (net.Conn, error) {
	if s.isDown() {
		return nil, errors.New("connection refused")
	}
	conn, err := s.server.Dial(ctx)
	return breakable{conn, s}, err
}

// breakable is a connection that breaks when the server is down.
type breakable struct {
	net.Conn
	s *simulated
}

func (b breakable) Write(data []byte) (int, error) {
	if b.s.isDown() {
		return 0, errors.New("broken pipe")
	}
	return b.Conn.Write(data)
}

func (s *simulated) isDown() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Before(s.down)
}

// breakFor lets the server give no answer for some time.
func (s *simulated) breakFor(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = time.Now().Add(d)
}

// elapsed is the time since the start of the test.
func (s *simulated) elapsed() time.Duration { return time.Since(s.start) }

// edit changes what the server holds, as somebody else may at any time.
func (s *simulated) edit(change func(*sim.State)) {
	s.Helper()
	if err := s.server.Edit(change); err != nil {
		s.Fatal(err)
	}
}

// requests are those that were sent with a method to paths that end so, without their queries.
func (s *simulated) requests(method, path string) []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []request
	for _, r := range s.sent {
		if at, _, _ := strings.Cut(r.path, "?"); r.method == method && strings.HasSuffix(at, path) {
			found = append(found, r)
		}
	}
	return found
}

// apply carries out steps.
func (s *simulated) apply(opts applier.Options, steps ...plan.Step) *applier.Report {
	for i := range steps {
		steps[i].Number = i + 1
	}
	return applier.Apply(s.Context(), s.client, &plan.Plan{Steps: steps}, opts)
}

// one carries out a single action. meanwhile, when not nil, is what happens before its first retry.
func (s *simulated) one(action plan.Action, meanwhile func(*sim.State)) applier.Outcome {
	s.Helper()
	report := s.apply(applier.Options{Events: func(e applier.Event) {
		if e.Kind == applier.Retried && meanwhile != nil {
			s.edit(meanwhile)
			meanwhile = nil
		}
	}}, step(action))
	return report.Outcomes[0]
}

// step is a step that needs others, by their numbers.
func step(action plan.Action, needs ...int) plan.Step { return plan.Step{Action: action, Needs: needs} }

// ends checks how a step ended: says is part of why it failed or was skipped, "" when it is done.
func ends(t *testing.T, outcome applier.Outcome, kind applier.Kind, says string) {
	t.Helper()
	why := ""
	if outcome.Err != nil {
		why = outcome.Err.Error()
	}
	if outcome.Kind != kind || (says == "") != (why == "") || !strings.Contains(why, says) {
		t.Errorf("%s, %q; want %s, %q", outcome.Kind, why, kind, says)
	}
}

// vol is a volume in the default project.
func vol(pool, name string) lxd.VolumeID {
	return lxd.VolumeID{Project: lxd.DefaultProject, Pool: pool, Type: lxd.TypeCustom, Name: name}
}

// key is where a state has a volume of the default project.
func key(name string) sim.Key {
	return sim.Key{Project: lxd.DefaultProject, Type: "custom", Name: name}
}

// holding is a state with the pool p of a driver, dir when "", and volumes in it. nil is a volume without config.
func holding(driver string, volumes map[string]*sim.Volume) *sim.State {
	pool := &sim.Pool{Driver: cmp.Or(driver, "dir"), Config: map[string]string{}, Volumes: map[sim.Key]*sim.Volume{}}
	for name, volume := range volumes {
		if volume == nil {
			volume = &sim.Volume{}
		}
		if volume.Config == nil {
			volume.Config = map[string]string{}
		}
		volume.ContentType = cmp.Or(volume.ContentType, lxd.ContentFilesystem)
		pool.Volumes[key(name)] = volume
	}
	return &sim.State{Pools: map[string]*sim.Pool{"p": pool}}
}

// change sets a key of the config; "" is not set.
func change(key, from, to string) plan.Change {
	c := plan.Change{Attr: plan.ConfigAttr(key)}
	if from != "" {
		c.From = &from
	}
	if to != "" {
		c.To = &to
	}
	return c
}

// stateOf matches the request for the state of a volume.
func stateOf(name string) *regexp.Regexp { return regexp.MustCompile("/" + name + `/state(\?|$)`) }
