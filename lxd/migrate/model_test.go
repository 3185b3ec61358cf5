// The tests whose names begin with TestModel check the protocol by which volumes move: they try every order in which requests
// can take effect, and what else may happen in between.
//
// A side is a pool, a project or a cluster member, with names of its own: moves between any two are alike, but that what is used goes
// between pools only. A world (model_world_test.go) is two sides with volumes, the operations under way, and some runs. What a run decides is the
// real [migrate.Sight.Next]. What it does around that is written down again, request by request: how it looks
// (model_look_test.go) and what it does then (model_act_test.go). What servers do is in model_server_test.go, what goes wrong
// in model_faults_test.go, and what people do in model_people_test.go. A search visits each world once (model_search_test.go).
// Of each it is asked what becomes of it when all runs die and one new run goes on alone (model_future_test.go).
//
// What must be so:
//
//   - Something complete is there at each moment, unless a person has deleted the last, and the target is complete when a run
//     is done.
//   - A volume that gets the source's name when that is free is not lost.
//   - A lonely run comes to its end, the target is complete, and nothing else is left; or it ends as a person has to be asked
//     (model_ends_test.go).
//
// And each rule of the protocol is needed: without it something of that is no longer so (model_rules_test.go).
//
// A request takes effect at once, but for deletions and, on LXD 5.0.2, patches, which have two halves. One that gets no answer,
// or whose run dies, may take effect at any time later. What no client can do anything about is left out, or excused:
//
//   - A person deletes the target, or the arriving volume, between a run's last look and what it does next. A deletion that is
//     under way cannot be seen: here those of a person have one half.
//   - A person deletes the source when no run knows yet that a copy is complete, or puts another volume under its name then.
//   - A person gives a copy of an arriving volume, made before that was complete, the target's name.
//   - A daemon is killed in the middle of a rename of the last complete volume. The disk has it still, under the old name.
//   - A person renames the source while something uses it, which servers refuse.
//   - On servers without volatile.uuid the mark for a source may come so late that it hits another volume under that name, and
//     of two marks at once the second may come when the target has arrived. Both volumes stay then.
//
// Left out for the sake of time: what a run compares before it renames (content types, snapshots, config), an operation that
// seems to write what it does not write, more than maxVolumes volumes, and what comes of several volumes that are leaving the
// target's side at one time (see crowd). Politeness is off: any run may take what another one has begun for given up at any time.
//
// With TARN_MODEL=full more of that is tried, which takes an hour.
package migrate_test

import (
	"os"
	"testing"
	"time"

	"tarn/lxd/migrate"
)

const all = crash | loss | kill | failure

// models are small enough to be tried each time.
var models = map[string]model{
	"two runs":                             {runs: 2, uuid: true},
	"two runs, torn patches":               {runs: 2, torn: true},
	"two runs, blind":                      {runs: 2, uuid: true, blind: true},
	"two runs and a newcomer":              {runs: 2, uuid: true, newcomer: true},
	"two runs and a newcomer, old ETags":   {runs: 2, newcomer: true},
	"two copies":                           {runs: 2, uuid: true, keep: true},
	"one run, two faults":                  {runs: 1, uuid: true, faults: 2, kinds: all},
	"one run, two faults, two servers":     {runs: 1, apart: true, uuid: true, faults: 2, kinds: all},
	"one run, two faults, torn patches":    {runs: 1, torn: true, faults: 2, kinds: all},
	"one run, a fault, a person":           {runs: 1, uuid: true, faults: 1, kinds: all, persons: 1},
	"one run, a person, a newcomer":        {runs: 1, uuid: true, persons: 3, newcomer: true, early: true},
	"a run and one that settles, a fault":  {runs: 2, uuid: true, settler: true, faults: 1, kinds: all},
	"a source in use, two runs, a fault":   {runs: 2, uuid: true, used: true, faults: 1, kinds: all},
	"a source in use, two runs, a person":  {runs: 2, uuid: true, used: true, persons: 1},
	"a source in use, one run, two faults": {runs: 1, uuid: true, used: true, faults: 2, kinds: all, persons: 1},
}

// largeModels take minutes each.
var largeModels = map[string]model{
	"two runs, many leaving":             {runs: 2, uuid: true, crowd: 2},
	"three calm runs":                    {runs: 3, uuid: true, calm: true},
	"two calm runs, a fault, a person":   {runs: 2, uuid: true, calm: true, faults: 1, kinds: all, persons: 1},
	"two calm runs, two faults":          {runs: 2, uuid: true, calm: true, faults: 2, kinds: all},
	"two runs and an early newcomer":     {runs: 2, uuid: true, newcomer: true, early: true},
	"two runs, early newcomer, torn":     {runs: 2, torn: true, newcomer: true, early: true},
	"two runs, a death":                  {runs: 2, uuid: true, faults: 1, kinds: crash},
	"two runs, a lost answer":            {runs: 2, uuid: true, faults: 1, kinds: loss},
	"two runs, a killed daemon":          {runs: 2, uuid: true, faults: 1, kinds: kill | failure},
	"two runs, a killed daemon, torn":    {runs: 2, torn: true, faults: 1, kinds: kill | failure},
	"two copies, a death":                {runs: 2, uuid: true, keep: true, faults: 1, kinds: crash | failure},
	"two runs, a person":                 {runs: 2, uuid: true, persons: 1},
	"two runs, a person, blind":          {runs: 2, uuid: true, blind: true, persons: 1},
	"one run, three faults":              {runs: 1, uuid: true, faults: 3, kinds: all},
	"one run, three faults, torn":        {runs: 1, torn: true, faults: 3, kinds: all},
	"one run, two faults, a person":      {runs: 1, uuid: true, faults: 2, kinds: all, persons: 1},
	"one run, two faults, person, blind": {runs: 1, uuid: true, blind: true, faults: 2, kinds: all, persons: 1},
	"a run and one that settles":         {runs: 2, uuid: true, settler: true, faults: 2, kinds: all, persons: 1},
	"a source in use":                    {runs: 2, uuid: true, used: true, faults: 1, kinds: all, persons: 1},
}

func TestModel(t *testing.T) {
	t.Parallel()
	if os.Getenv("TARN_MODEL") == "full" {
		for name, m := range largeModels {
			check(t, name, m)
		}
	}
	for name, m := range models {
		check(t, name, m)
	}
}

func check(t *testing.T, name string, m model) {
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		start := time.Now()
		s := newSearch(&m)
		s.run(false)
		t.Logf("%d worlds, %d moves, %d futures, %v; in %d worlds too much was leaving to go on",
			len(s.parent), s.moved, len(s.futures.settled), time.Since(start).Round(time.Millisecond), s.crowded)
		for text := range s.faults {
			t.Errorf("%s:\n%s", text, s.trace(text))
		}
	})
}

func TestModelNames(t *testing.T) {
	t.Parallel()
	for n := firstArriving; n < lastName; n++ {
		if o := (migrate.Other{Name: realNames[n]}); !migrate.OfRun(o.Name) || nameOf(o) != n {
			t.Errorf("%s is not a name of a run", o.Name)
		}
	}
}
