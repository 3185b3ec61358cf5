package trials

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tarn/lxd/lxdtest"
)

// A process is killed while one volume moves slowly: tarn, or the daemon of one of the servers, which is started again.
// All of the volume is then at one place at least, and applying again ends as if nothing had been.
func TestKills(t *testing.T) {
	t.Parallel()
	type where struct {
		name    string
		world   func(t *testing.T, chance *chance, size int) *world
		victims []string
		small   string // the victim in a small run
	}
	servers := func(kind product, how mode) func(*testing.T, *chance, int) *world {
		return func(t *testing.T, chance *chance, size int) *world {
			return between(t, chance, kind, how, slow, 1, size)
		}
	}
	oneServer := func(kind product) func(*testing.T, *chance, int) *world {
		return func(t *testing.T, chance *chance, size int) *world { return within(t, chance, kind, slow, 1, size) }
	}
	projects := func(kind product) func(*testing.T, *chance, int) *world {
		return func(t *testing.T, chance *chance, size int) *world { return across(t, chance, kind, slow, 1, size) }
	}
	members := func(t *testing.T, chance *chance, size int) *world { return among(t, chance, slow, 1, size) }
	all := []string{"tarn", "source", "target"}
	for _, at := range []where{
		{"LXD pull", servers(lxd, pull), all, "tarn"},
		{"LXD push", servers(lxd, push), all, "source"},
		{"LXD relay", servers(lxd, relay), all, "target"},
		{"LXD pools", oneServer(lxd), []string{"tarn", "server"}, "server"},
		{"LXD projects", projects(lxd), []string{"tarn", "server"}, "tarn"},
		{"LXD members", members, []string{"tarn", "server"}, ""},
		{"Incus pull", servers(incus, pull), all, "target"},
		{"Incus push", servers(incus, push), all, ""},
		{"Incus relay", servers(incus, relay), all, ""},
		{"Incus pools", oneServer(incus), []string{"tarn", "server"}, ""},
		{"Incus projects", projects(incus), []string{"tarn", "server"}, ""},
	} {
		for _, victim := range at.victims {
			name := fmt.Sprintf("%s kill %s", at.name, victim)
			rounds(t, name, victim == at.small, func(t *testing.T, chance *chance) {
				kill(name, at.world(t, chance, slowSize(t, 10)), victim)
			})
		}
	}
}

// slowSize is the size of a volume that takes a second for each 10 MB. small is how many there are in a small run.
func slowSize(t *testing.T, small int) int { return setting(t, "MB", small, 50) * 1_000_000 }

// slowly is how long such a volume takes.
func slowly(size int) time.Duration { return time.Duration(size) * time.Second / 10_000_000 }

func kill(about string, w *world, victim string) {
	w.t.Helper()
	trial := &trial{world: w, about: about}
	p := start(w.t, w.env, append(w.apply(), w.spec)...)
	when := w.await(p)
	if p.ended() {
		when += " (it had ended)"
	} else {
		when += fmt.Sprintf(" (after %.1f s)", time.Since(p.begun).Seconds())
	}
	trial.notes = append(trial.notes, when)

	server := w.servers[0]
	if victim == "source" {
		server = w.servers[1]
	}
	if victim == "tarn" {
		p.signal(os.Kill)
		<-p.done
		w.nothingLost("after the kill")
	} else {
		if err := server.Kill(); err != nil {
			w.t.Fatal(err)
		}
		w.nothingLost("after the kill")
		w.restart(trial, server, p, full && w.chance.IntN(3) == 0)
	}
	// What was under way may be still.
	trial.run("drift")
	<-p.done
	w.believe(p)
	trial.ended(p)
	w.nothingLost("when tarn had ended")
	trial.judge(trial.settle())
}

// await waits for the moment of the kill, which comes early, somewhere on the way, or when all has arrived and only the end
// is left to do. It says which.
func (w *world) await(p *process) string {
	total := slowly(w.cargoes[0].size)
	switch w.chance.IntN(4) {
	case 0:
		p.wait(w.chance.below(600 * time.Millisecond))
		return "early"
	case 1, 2:
		p.wait(600*time.Millisecond + w.chance.below(total))
		return "on the way"
	}
	for !p.ended() && !w.hasArrived() {
		time.Sleep(5 * time.Millisecond)
	}
	p.wait(w.chance.below(150 * time.Millisecond))
	return "at the end"
}

// hasArrived tells whether the file of the only volume is at the target's pool, in whichever volume: rsync gives it its
// name last.
func (w *world) hasArrived() bool {
	c := w.cargoes[0]
	files, _ := filepath.Glob(c.to.server.Path("storage-pools", c.to.pool, "custom", "*", fileName)) // the pattern is a good one
	for _, file := range files {
		if info, err := os.Stat(file); err == nil && info.Size() == int64(c.size) && file != c.from.file() {
			return true
		}
	}
	return false
}

// restart starts a killed daemon again: after a moment, or when tarn has ended without it.
func (w *world) restart(trial *trial, s *lxdtest.Server, p *process, late bool) {
	w.t.Helper()
	if late {
		<-p.done
		trial.notes = append(trial.notes, fmt.Sprintf("down until tarn ended after %.0f s", p.took.Seconds()))
	} else {
		time.Sleep(w.chance.below(time.Second))
	}
	if err := s.Restart(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}
