package migrate

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"tarn/lxd"
	"tarn/lxd/sim"
)

// The real code against simulated servers: every request of every run is held, and let go on in an order that a seed
// decides, between the phases of what the servers have under way. A schedule that fails is run again by its seed:
//
//	go test ./lxd/migrate -run TestSchedules -schedules.seed=N -schedules=1
var (
	schedules    = flag.Int("schedules", 300, "how many schedules to try")
	scheduleSeed = flag.Uint64("schedules.seed", 0, "the first seed, 0 for any")
)

// whole is what the volume holds that moves, and newcomers what one holds that gets its name afterwards.
const (
	whole     = 4242
	newcomers = 77
)

func TestSchedules(t *testing.T) {
	seed := *scheduleSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano()) % 1_000_000_000
	}
	counts := map[string]int{}
	for i := range *schedules {
		s := newSchedule(t, seed+uint64(i))
		s.play()
		s.close()
		for name, n := range s.counts {
			counts[name] += n
		}
		if t.Failed() {
			t.Fatalf("seed %d, %s:\n%s", s.seed, s.about, strings.Join(s.log, "\n"))
		}
	}
	t.Logf("%d schedules from seed %d: %v", *schedules, seed, counts)
}

// play lets some runs move one volume, with faults, and then a last one without.
func (s *schedule) play() {
	runs := 2 + s.rng.IntN(2)
	for range runs {
		s.start()
	}
	s.faults = s.rng.IntN(4)
	for step := 0; step < 2000 && s.alive() > 0; step++ {
		if !s.step() {
			return
		}
	}
	for _, a := range s.actors {
		s.crash(a, s.rng.IntN(2) == 0)
	}
	for s.advance() { // what the servers have under way goes on
		s.check()
	}
	s.counts["steps"] += len(s.log)

	s.faults = 0
	last := s.start()
	for step := 0; s.alive() > 0; step++ {
		if step == 2000 {
			s.t.Error("the last run does not end")
			return
		}
		if !s.step() {
			return
		}
	}
	s.judge(last.err)
}

// judge looks at what is there when the last run has ended.
func (s *schedule) judge(err error) {
	newcomer := s.volume(s.from(), s.source)
	if err != nil && !(s.newcomer && (errors.Is(err, ErrSourceStays) || errors.Is(err, lxd.ErrConflict))) {
		s.t.Errorf("the last run: %v", err)
	}
	target := s.volume(s.to(), s.target)
	if target == nil || target.Used != whole {
		s.t.Errorf("the target is %+v", target)
	} else if StateOf(&lxd.Volume{Name: s.target.Name, Config: target.Config}, s.target) != Plain {
		s.t.Errorf("the target still has a mark: %v", target.Config)
	}
	if s.newcomer && (newcomer == nil || newcomer.Used != newcomers) {
		s.t.Errorf("another volume got the source's name, and is %+v now", newcomer)
	} else if !s.newcomer && newcomer != nil {
		s.t.Error("the source is still there")
	}
	for _, server := range s.servers {
		for name, pool := range s.states[server].Pools {
			for key, volume := range pool.Volumes {
				if strings.HasPrefix(key.Name, Prefix) {
					s.t.Errorf("%s/%s is left: %v", name, key.Name, volume.Config)
				}
			}
		}
	}
}

// check looks whether a complete copy is there.
func (s *schedule) check() bool {
	var all []string
	for _, server := range s.servers {
		for name, pool := range s.states[server].Pools {
			for key, volume := range pool.Volumes {
				if volume.Used == whole {
					return true
				}
				all = append(all, fmt.Sprintf("%s/%s %d %v", name, key.Name, volume.Used, volume.Config))
			}
		}
	}
	s.t.Errorf("there is no complete copy any more: %v", all)
	return false
}

// step does one thing of those that could happen next, and tells whether all is well.
func (s *schedule) step() bool {
	s.settle()
	var choices []func()
	for _, p := range s.parked() {
		if !s.ready(p) {
			continue
		}
		choices = append(choices, func() { s.release(p, pass) })
		if s.faults > 0 && s.rng.IntN(8) == 0 {
			choices = append(choices,
				func() { s.fault("no request"); s.release(p, dropBefore) },
				func() { s.fault("no answer"); s.release(p, dropAfter) },
				func() { s.fault("crash"); s.crash(p.actor, s.rng.IntN(2) == 0) })
		}
	}
	for _, server := range s.servers {
		for _, held := range server.Paused() {
			choices = append(choices, func() {
				s.say("server: %s %s: %s", held.Request.Method, held.Request.Path, held.Next)
				server.Advance(held.ID)
			})
		}
		if s.faults > 0 && s.rng.IntN(40) == 0 {
			choices = append(choices, func() { s.fault("kill"); s.say("the daemon is killed"); server.Kill() })
		}
	}
	if !s.newcomer && s.volume(s.from(), s.source) == nil && s.rng.IntN(30) == 0 {
		choices = append(choices, s.newcomerComes)
	}
	if len(choices) == 0 {
		return s.waitForMore()
	}
	choices[s.rng.IntN(len(choices))]()
	s.settle()
	return s.check()
}

// newcomerComes gives the source's name to another volume, as a chain of renames does.
func (s *schedule) newcomerComes() {
	s.say("another volume gets the source's name")
	s.counts["newcomers"]++
	s.newcomer = true
	pool := s.states[s.from()].Pools[s.source.Pool]
	pool.Volumes[keyOf(s.source)] = &sim.Volume{Serial: 1000, ContentType: "filesystem", Used: newcomers, Config: map[string]string{}}
}

func keyOf(id lxd.VolumeID) sim.Key {
	return sim.Key{Project: id.Project, Type: id.Type, Name: id.Name, Member: id.Member}
}

func (s *schedule) volume(server *sim.Server, id lxd.VolumeID) *sim.Volume {
	return s.states[server].Pools[id.Pool].Volumes[keyOf(id)]
}

func (s *schedule) from() *sim.Server { return s.servers[0] }
func (s *schedule) to() *sim.Server   { return s.servers[len(s.servers)-1] }

func (s *schedule) fault(name string) {
	s.faults--
	s.counts[name]++
}

func (s *schedule) say(format string, args ...any) {
	s.log = append(s.log, fmt.Sprintf(format, args...))
}

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }
