package migrate

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tarn/lxd"
	"tarn/lxd/sim"
)

// schedule is one of its kind: servers, runs, and what is held of them.
type schedule struct {
	t              *testing.T
	rng            *rand.Rand
	seed           uint64
	about          string
	servers        []*sim.Server
	states         map[*sim.Server]*sim.State // which may be looked at while nothing moves
	source, target lxd.VolumeID
	newcomer       bool // the source's name has been given to another volume
	faults         int  // that may still happen
	log            []string
	counts         map[string]int

	mu     sync.Mutex
	actors []*actor
	parks  []*park
	serial int
	ends   []func()
}

// actor is one run.
type actor struct {
	number    int
	cancel    context.CancelFunc
	ended     bool
	crashed   bool
	err       error
	executing []*park // requests that a server has got
	time      time.Time
}

// park is where a run is held: a request on its way, or a pause.
type park struct {
	serial  int
	actor   *actor
	server  *sim.Server // nil for a pause
	method  string
	path    string
	verdict chan verdict
}

type verdict int

const (
	pass verdict = iota
	dropBefore
	dropAfter
)

func newSchedule(t *testing.T, seed uint64) *schedule {
	s := &schedule{t: t, rng: newRand(seed), seed: seed, counts: map[string]int{}, states: map[*sim.Server]*sim.State{}}
	product := []string{"", "lxd-6", "incus"}[s.rng.IntN(3)]
	id := func(project, pool, name, member string) lxd.VolumeID {
		return lxd.VolumeID{Project: project, Pool: pool, Type: lxd.TypeCustom, Name: name, Member: member}
	}
	s.source, s.target = id(lxd.DefaultProject, "p", "v", ""), id(lxd.DefaultProject, "q", "w", "")
	pools := func(names ...string) *sim.State {
		state := &sim.State{Product: product, Pools: map[string]*sim.Pool{}, Projects: map[string]*sim.Project{
			"web": {Config: map[string]string{"features.storage.volumes": "true"}},
		}}
		for _, name := range names {
			state.Pools[name] = &sim.Pool{Driver: "dir", Config: map[string]string{"source": "/srv/" + name}, Volumes: map[sim.Key]*sim.Volume{}}
		}
		return state
	}
	first, second := pools("p", "q"), (*sim.State)(nil)
	switch s.rng.IntN(6) {
	case 0, 1:
		s.about = "from one server to another"
		first, second = pools("p"), pools("q")
		if s.rng.IntN(3) == 0 {
			s.source.Project, s.about = "web", "from a project of one server to another server"
		}
	case 2:
		s.about = "from one project to another, under its own name"
		s.target = id("web", "p", "v", "")
	case 3:
		s.about = "from one member to another, under its own name"
		s.source.Member, s.target = "n1", id(lxd.DefaultProject, "p", "v", "n2")
		if s.rng.IntN(3) == 0 {
			s.target.Project, s.about = "web", "from one project and member to another"
		}
		first.Members = map[string]*sim.Member{"n1": {}, "n2": {}}
		for name, pool := range first.Pools {
			pool.Config = map[string]string{}
			pool.Members = map[string]*sim.MemberPool{
				"n1": {Config: map[string]string{"source": "/srv/" + name}}, "n2": {Config: map[string]string{"source": "/srv/" + name}},
			}
		}
	default:
		s.about = "within one server"
	}
	s.counts[s.about]++
	s.about = fmt.Sprintf("%q, %s", product, s.about)
	first.Pools["p"].Volumes[keyOf(s.source)] = &sim.Volume{
		Serial: 1, ContentType: "filesystem", Used: whole, Config: map[string]string{"user.a": "1"}, Snapshots: []*sim.Snapshot{{Name: "s"}},
	}
	s.add(first)
	if second != nil {
		s.add(second)
	}
	if second != nil || first.Members != nil {
		s.listen(s.servers[0])
	}
	for _, server := range s.servers {
		server.PauseChanges()
		s.ends = append(s.ends, func() { server.Close() })
	}
	return s
}

// add adds a server that holds this.
func (s *schedule) add(state *sim.State) {
	server := sim.New(state)
	s.servers = append(s.servers, server)
	s.states[server] = state
}

// listen has a server be reached by the other one.
func (s *schedule) listen(server *sim.Server) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	secure, err := server.Secure(listener)
	if err != nil {
		s.t.Fatal(err)
	}
	go server.Serve(secure)
	s.ends = append(s.ends, func() { secure.Close() })
}

func (s *schedule) close() {
	for _, a := range s.actors {
		s.crash(a, false)
	}
	for _, end := range s.ends {
		end()
	}
}

// start begins another run.
func (s *schedule) start() *actor {
	ctx, cancel := context.WithCancel(context.Background())
	a := &actor{number: len(s.actors) + 1, cancel: cancel, time: time.Unix(1, 0)}
	s.mu.Lock()
	s.actors = append(s.actors, a)
	s.mu.Unlock()
	clients := make([]*lxd.Client, len(s.servers))
	for i, server := range s.servers {
		clients[i] = s.client(a, server)
	}
	r := start(clients[0], s.source, clients[len(clients)-1], s.target, Options{Move: true, Idle: time.Second})
	r.clock = func() time.Time { return a.time }
	r.pause = func(ctx context.Context, d time.Duration) error {
		s.hold(&park{actor: a, method: "PAUSE", path: d.String()})
		a.time = a.time.Add(d)
		return context.Cause(ctx)
	}
	tries := 0
	r.Retry = func(ctx context.Context, err error) error {
		if tries++; tries > 60 {
			return err
		}
		return r.pause(ctx, time.Second)
	}
	go func() {
		err := r.run(ctx)
		s.mu.Lock()
		defer s.mu.Unlock()
		a.err, a.ended = err, true
	}()
	return a
}

// client gives a run a client of a server whose requests are held.
func (s *schedule) client(a *actor, server *sim.Server) *lxd.Client {
	listener := newPipes()
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, a, server) })
	httpServer := &http.Server{Handler: handler}
	go httpServer.Serve(listener)
	s.ends = append(s.ends, func() { httpServer.Close() })
	client := lxd.NewDialed(fmt.Sprintf("sim:%d", slices.Index(s.servers, server)), listener.dial, lxd.Options{})
	s.ends = append(s.ends, client.Close)
	return client
}

// serve holds a request, and does with it what the schedule says.
func (s *schedule) serve(w http.ResponseWriter, r *http.Request, a *actor, server *sim.Server) {
	p := &park{actor: a, server: server, method: r.Method, path: r.URL.RequestURI()}
	v := s.hold(p)
	if v == dropBefore {
		panic(http.ErrAbortHandler)
	}
	answer := httptest.NewRecorder()
	defer func() {
		s.mu.Lock()
		a.executing = slices.DeleteFunc(a.executing, func(other *park) bool { return other == p })
		s.mu.Unlock()
	}()
	server.ServeHTTP(answer, r.WithContext(context.WithoutCancel(r.Context())))
	if v == dropAfter {
		panic(http.ErrAbortHandler)
	}
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	w.Write(answer.Body.Bytes())
}

// hold waits until the schedule lets it go on.
func (s *schedule) hold(p *park) verdict {
	p.verdict = make(chan verdict, 1)
	s.mu.Lock()
	s.serial++
	p.serial = s.serial
	if p.actor.crashed {
		p.verdict <- dropBefore
	} else {
		s.parks = append(s.parks, p)
	}
	s.mu.Unlock()
	return <-p.verdict
}

// parked are the places where runs are held, in an order that does not depend on goroutines.
func (s *schedule) parked() []*park {
	s.mu.Lock()
	defer s.mu.Unlock()
	parks := slices.Clone(s.parks)
	slices.SortFunc(parks, func(a, b *park) int {
		if a.actor.number != b.actor.number {
			return a.actor.number - b.actor.number
		}
		return a.serial - b.serial
	})
	return parks
}

// ready tells whether something that is held could go on: the wait for an operation only when that has ended.
func (s *schedule) ready(p *park) bool {
	path, _, _ := strings.Cut(p.path, "?")
	operation, waits := strings.CutSuffix(path, "/wait")
	if !waits || p.server == nil {
		return true
	}
	return over(p.server, operation)
}

// over tells whether an operation has ended, or is not known.
func over(server *sim.Server, path string) bool {
	answer := httptest.NewRecorder()
	server.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
	return !strings.Contains(answer.Body.String(), `"status_code":103`) && !strings.Contains(answer.Body.String(), `"status_code":105`)
}

// release lets something go on.
func (s *schedule) release(p *park, v verdict) {
	s.say("run %d: %s %s%s", p.actor.number, p.method, p.path, [...]string{"", ", lost", ", its answer lost"}[v])
	s.mu.Lock()
	s.parks = slices.DeleteFunc(s.parks, func(other *park) bool { return other == p })
	if p.server != nil && v != dropBefore {
		p.actor.executing = append(p.actor.executing, p)
	}
	s.mu.Unlock()
	p.verdict <- v
}

// crash ends a run at once. What it has sent is carried out, or never comes.
func (s *schedule) crash(a *actor, sent bool) {
	s.mu.Lock()
	if a.crashed || a.ended {
		s.mu.Unlock()
		return
	}
	a.crashed = true
	held := slices.DeleteFunc(slices.Clone(s.parks), func(p *park) bool { return p.actor != a })
	s.parks = slices.DeleteFunc(s.parks, func(p *park) bool { return p.actor == a })
	s.mu.Unlock()
	s.say("run %d is killed, what it has sent is carried out: %v", a.number, sent)
	for _, p := range held {
		if sent && p.server != nil {
			s.mu.Lock()
			a.executing = append(a.executing, p)
			s.mu.Unlock()
			p.verdict <- dropAfter
			continue
		}
		p.verdict <- dropBefore
	}
	a.cancel()
}

func (s *schedule) alive() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, a := range s.actors {
		if !a.ended && !a.crashed {
			n++
		}
	}
	return n
}

// settle waits until nothing moves by itself any more: each run is held, has ended, or waits for a server that is held.
func (s *schedule) settle() {
	deadline := time.Now().Add(20 * time.Second)
	for tries := 0; !s.settled(); tries++ {
		if tries < 2000 {
			runtime.Gosched()
			continue
		}
		if time.Now().After(deadline) {
			s.t.Errorf("seed %d: something neither ends nor waits", s.seed)
			return
		}
		time.Sleep(20 * time.Microsecond)
	}
}

func (s *schedule) settled() bool {
	held := map[*sim.Server][]sim.PausedChange{}
	for _, server := range s.servers {
		held[server] = server.Paused()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.actors {
		for _, p := range a.executing {
			if !slices.ContainsFunc(held[p.server], func(h sim.PausedChange) bool { return h.Request.Method == p.method && h.Request.Path == p.path }) {
				return false
			}
		}
		isHeld := slices.ContainsFunc(s.parks, func(p *park) bool { return p.actor == a })
		if !a.ended && !a.crashed && !isHeld && len(a.executing) == 0 {
			return false
		}
	}
	return true
}

// advance lets what servers have under way go on, and tells whether there was something.
func (s *schedule) advance() bool {
	s.settle()
	for _, server := range s.servers {
		for _, held := range server.Paused() {
			return server.Advance(held.ID)
		}
	}
	return false
}

// waitForMore waits for what servers do between themselves.
func (s *schedule) waitForMore() bool {
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		for _, server := range s.servers {
			if len(server.Paused()) > 0 {
				return true
			}
		}
		for _, p := range s.parked() {
			if s.ready(p) {
				return true
			}
		}
		time.Sleep(time.Millisecond)
	}
	s.t.Errorf("seed %d: nothing can go on", s.seed)
	return false
}

// pipes are a listener whose connections are made in memory.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), done: make(chan struct{})} }

func (p *pipes) dial(ctx context.Context) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case p.conns <- server:
		return client, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.conns:
		return conn, nil
	case <-p.done:
		return nil, errors.New("closed")
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipes", Net: "unix"} }
