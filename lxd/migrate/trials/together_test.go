package trials

import (
	"fmt"
	"testing"
	"time"
)

// Several processes apply one spec at the same time, and nobody is killed.
func TestTogether(t *testing.T) {
	t.Parallel()
	for _, at := range []struct {
		name    string
		inSmall bool
		world   func(t *testing.T, chance *chance, n int) *world
	}{
		{"LXD pull dir", true, twoServers(lxd, pull, dir)},
		{"LXD push dir", false, twoServers(lxd, push, dir)},
		{"LXD relay dir", false, twoServers(lxd, relay, dir)},
		{"LXD pull btrfs", false, twoServers(lxd, pull, btrfs)},
		{"LXD push btrfs", false, twoServers(lxd, push, btrfs)},
		{"LXD relay btrfs", true, twoServers(lxd, relay, btrfs)},
		{"Incus pull dir", true, twoServers(incus, pull, dir)},
		{"Incus push dir", false, twoServers(incus, push, dir)},
		{"Incus relay dir", false, twoServers(incus, relay, dir)},
		{"Incus pull btrfs", false, twoServers(incus, pull, btrfs)},
		{"Incus push btrfs", false, twoServers(incus, push, btrfs)},
		{"Incus relay btrfs", false, twoServers(incus, relay, btrfs)},
		{"LXD members dir", true, twoMembers(dir)},
		{"LXD members btrfs", false, twoMembers(btrfs)},
		{"LXD projects dir", false, twoProjects(lxd, dir)},
		{"LXD projects btrfs", false, twoProjects(lxd, btrfs)},
		{"Incus projects dir", true, twoProjects(incus, dir)},
		{"LXD pools dir", true, twoPools(lxd, dir)},
		{"LXD pools btrfs", false, twoPools(lxd, btrfs)},
		{"Incus pools dir", false, twoPools(incus, dir)},
		{"Incus pools btrfs", false, twoPools(incus, btrfs)},
	} {
		for _, processes := range []int{2, 3} {
			name := fmt.Sprintf("%s by %d", at.name, processes)
			rounds(t, name, at.inSmall && processes == 2, func(t *testing.T, chance *chance) {
				together(name, at.world(t, chance, setting(t, "VOLUMES", 4, 12)), processes)
			})
		}
	}
}

const smallFile = 256 << 10

func twoServers(kind product, how mode, p pools) func(*testing.T, *chance, int) *world {
	return func(t *testing.T, chance *chance, n int) *world {
		return between(t, chance, kind, how, p, n, smallFile)
	}
}

func twoMembers(p pools) func(*testing.T, *chance, int) *world {
	return func(t *testing.T, chance *chance, n int) *world { return among(t, chance, p, n, smallFile) }
}

func twoPools(kind product, p pools) func(*testing.T, *chance, int) *world {
	return func(t *testing.T, chance *chance, n int) *world { return within(t, chance, kind, p, n, smallFile) }
}

func twoProjects(kind product, p pools) func(*testing.T, *chance, int) *world {
	return func(t *testing.T, chance *chance, n int) *world { return across(t, chance, kind, p, n, smallFile) }
}

func together(about string, w *world, n int) {
	w.t.Helper()
	trial := &trial{world: w, about: about}
	processes := make([]*process, n)
	for i := range processes {
		if i > 0 {
			time.Sleep(w.chance.below(300 * time.Millisecond)) // so that one meets the other at different steps
		}
		processes[i] = start(w.t, w.env, append(w.apply(), w.spec)...)
	}
	// Each is checked as soon as it ends, while the others may still be at work.
	ended := make(chan *process)
	for _, p := range processes {
		go func() {
			<-p.done
			ended <- p
		}()
	}
	for range processes {
		w.believe(<-ended)
	}
	trial.ended(processes...)
	for _, p := range processes {
		if p.code != 0 {
			w.t.Logf("one of them:\n%s", p.output())
		}
	}
	w.nothingLost("after the first processes")
	trial.judge(trial.settle())
}
