package applier_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tarn/applier"
	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/lxdtest"
	"tarn/planner"
	"tarn/planner/plan"
	"tarn/spec"
)

// bench is a private LXD with a proxy before it, and a client that goes through the proxy.
type bench struct {
	t      *testing.T
	server *lxdtest.Server
	proxy  *proxy
	client *lxd.Client
}

func newBench(t *testing.T) *bench {
	t.Helper()
	return benchOf(t, lxdtest.New(t))
}

func benchOf(t *testing.T, server *lxdtest.Server) *bench {
	t.Helper()
	p, socket := newProxy(t, server)
	client := lxd.NewUnix(socket, lxd.Options{})
	t.Cleanup(client.Close)
	return &bench{t: t, server: server, proxy: p, client: client}
}

func (b *bench) plan(text string) *plan.Plan {
	b.t.Helper()
	return makePlan(b.t, b.client, text)
}

// makePlan plans a spec for what a server holds.
func makePlan(t *testing.T, client *lxd.Client, text string) *plan.Plan {
	t.Helper()
	file := filepath.Join(t.TempDir(), "storage.hcl")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	want, diags := spec.Load([]string{file}, spec.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	state, err := live.Read(t.Context(), client, planner.ScopeOf(want, planner.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	plan, diags := planner.New(want, state, planner.Options{})
	if !diags.HasErrors() && !plan.Missing.None() {
		if err := live.ReadDetails(t.Context(), client, state, plan.Missing); err != nil {
			t.Fatal(err)
		}
		plan, diags = planner.New(want, state, planner.Options{})
	}
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return plan
}

func (b *bench) apply(plan *plan.Plan) *applier.Report {
	return applier.Apply(b.t.Context(), b.client, plan, applier.Options{})
}

// mustApply applies a spec without faults.
func (b *bench) mustApply(text string) {
	b.t.Helper()
	b.proxy.spoil(nil)
	report := b.apply(b.plan(text))
	for _, outcome := range report.Outcomes {
		if outcome.Kind != applier.Done {
			b.t.Fatalf("%s: %s: %v", outcome.Step.Title(), outcome.Kind, outcome.Err)
		}
	}
	if rest := b.plan(text); !rest.Empty() {
		b.t.Fatalf("after the apply %d steps are left, first %s", len(rest.Steps), rest.Steps[0].Title())
	}
}

const before = `
pool "fast" {
  driver = "btrfs"
  config = { size = "512MiB" }
  volume "pg"    { config = { "user.a" = "1" } }
  volume "trash" {}
}
pool "slow" {
  driver = "dir"
  volume "logs" {}
}
pool "old" { driver = "dir" }
`

const after = `
pool "fast" {
  driver = "btrfs"
  config = { size = "512MiB", "user.b" = "2" }
  volume "pgdata" {
    renamed_from = "pg"
    config       = { "user.a" = "2" }
  }
  volume "trash" { absent = true }
  volume "logs" { renamed_from = "slow/logs" }
  volume "added" { config = { "user.c" = "3" } }
}
pool "slow" { driver = "dir" }
pool "old" { absent = true }
pool "new" { driver = "dir" }
`

// Every kind of write is spoiled once, in every way that passes: the apply gets through all the same, and does nothing
// twice.
func TestPassingFaults(t *testing.T) {
	writes := map[string]string{
		"create pool":             "POST /1.0/storage-pools",
		"create or copy a volume": "POST /1.0/storage-pools/fast/volumes/custom",
		"patch pool":              "PATCH /1.0/storage-pools/fast",
		"patch volume":            "PATCH /1.0/storage-pools/fast/volumes/custom/pgdata",
		"rename":                  "POST /1.0/storage-pools/fast/volumes/custom/pg",
		"move, mark the source":   "PATCH /1.0/storage-pools/slow/volumes/custom/logs",
		"move, give the name":     "POST /1.0/storage-pools/fast/volumes/custom/tarn-arriving-.*",
		"move, mark the target":   "PATCH /1.0/storage-pools/fast/volumes/custom/logs",
		"move, take the source":   "POST /1.0/storage-pools/slow/volumes/custom/logs",
		"move, delete the source": "DELETE /1.0/storage-pools/slow/volumes/custom/tarn-leaving-.*",
		"delete volume":           "DELETE /1.0/storage-pools/fast/volumes/custom/trash",
		"delete pool":             "DELETE /1.0/storage-pools/old",
	}
	// How often a request is made when its first answer is lost: once, but for these.
	more := map[string]int{
		"create or copy a volume": 2, // one of each
		"move, give the name":     3, // it is taken back and given again
		"move, mark the target":   2, // as arrived, and as done
	}
	faults := map[string]fault{"before": dropBefore, "after": dropAfter, "busy": busy}
	for write, pattern := range writes {
		request := regexp.MustCompile("^" + pattern + "$")
		t.Run(write, func(t *testing.T) {
			t.Parallel()
			for name, f := range faults {
				b := newBench(t)
				b.mustApply(before)
				plan := b.plan(after)
				fired := false
				b.proxy.spoil(func(r *http.Request) fault {
					if fired || !request.MatchString(r.Method+" "+r.URL.Path) {
						return pass
					}
					fired = true
					return f
				})
				report := b.apply(plan)
				if !fired {
					t.Fatalf("no request %s among %q", pattern, b.proxy.writes())
				}
				for _, outcome := range report.Outcomes {
					if outcome.Kind != applier.Done {
						t.Errorf("%s, connection lost %s: %s: %s: %v", write, name, outcome.Step.Title(), outcome.Kind, outcome.Err)
					}
				}
				if f == dropAfter {
					n := 0
					for _, sent := range b.proxy.writes() {
						if request.MatchString(sent) {
							n++
						}
					}
					if n > max(1, more[write]) {
						t.Errorf("%s was sent %d times, though only its answer was lost: %q", pattern, n, b.proxy.writes())
					}
				}
				b.proxy.spoil(nil)
				if rest := b.plan(after); !rest.Empty() {
					t.Errorf("%s, lost %s: %s is left", write, name, rest.Steps[0].Title())
				}
			}
		})
	}
}

// A run that ends at any of its steps is taken up by the next one.
func TestStopAtEachStep(t *testing.T) {
	b := newBench(t)
	b.mustApply(before)
	steps := len(b.plan(after).Steps)
	for stop := range steps {
		b := newBench(t)
		b.mustApply(before)
		plan := b.plan(after)
		ended := 0
		halt := make(chan struct{})
		report := applier.Apply(t.Context(), b.client, plan, applier.Options{Parallelism: 1, Stop: halt, Events: func(e applier.Event) {
			if e.Kind == applier.Done {
				if ended++; ended == stop {
					close(halt)
				}
			}
		}})
		if n := report.Count(applier.Done); stop > 0 && n != stop {
			t.Errorf("stopped after %d steps, %d were done", stop, n)
		}
		b.mustApply(after)
	}
}

// What somebody else changed after the plan was made is not overwritten.
func TestChangedSinceThePlan(t *testing.T) {
	for _, c := range []struct {
		name, step, says string
		change           func(*bench)
	}{
		{"a key that the step changes", "patch pool fast", "config.user.b has changed since the plan was made", func(b *bench) {
			b.server.Run(b.t, "storage", "set", "fast", "user.b", "theirs")
		}},
		{"config of what is deleted", "delete volume fast/trash", `it has changed since the plan was made: config.user.important was (unset) and has a value now; plan again`, func(b *bench) {
			b.server.Run(b.t, "storage", "volume", "set", "fast", "trash", "user.important", "yes")
		}},
		{"a name that is taken", "rename volume fast/pg → fast/pgdata", "Volume by that name already exists", func(b *bench) {
			b.server.Run(b.t, "storage", "volume", "create", "fast", "pgdata")
		}},
		{"an object that is created", "create volume fast/added", "somebody else has created it since the plan was made, with another user.c; plan again", func(b *bench) {
			b.server.Run(b.t, "storage", "volume", "create", "fast", "added")
		}},
		{"an object that is gone", "move volume slow/logs → fast/logs", "it is no longer on the server", func(b *bench) {
			b.server.Run(b.t, "storage", "volume", "delete", "slow", "logs")
		}},
		{"something new in a pool that is deleted", "delete pool old", "The storage pool is currently in use", func(b *bench) {
			b.server.Run(b.t, "storage", "volume", "create", "old", "theirs")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			b.mustApply(before)
			plan := b.plan(after)
			c.change(b)
			report := b.apply(plan)
			for _, outcome := range report.Outcomes {
				if outcome.Step.Title() != c.step {
					continue
				}
				if outcome.Kind != applier.Failed || !strings.Contains(outcome.Err.Error(), c.says) {
					t.Errorf("%s: %s: %v, want %q", c.step, outcome.Kind, outcome.Err, c.says)
				}
				return
			}
			t.Errorf("no step %q", c.step)
		})
	}
}

// A key that the step does not touch may change freely, and so may the description.
func TestChangedBesides(t *testing.T) {
	b := newBench(t)
	b.mustApply(before)
	plan := b.plan(after)
	b.server.Run(t, "storage", "set", "fast", "user.theirs", "kept")
	b.server.Run(t, "query", "-X", "PATCH", "-d", `{"description":"written meanwhile"}`, "/1.0/storage-pools/fast")
	if report := b.apply(plan); report.Count(applier.Done) != len(plan.Steps) {
		t.Fatalf("%+v", report)
	}
	pool, err := b.client.Pool(t.Context(), lxd.PoolID{Name: "fast"})
	if err != nil {
		t.Fatal(err)
	}
	if pool.Description != "written meanwhile" || pool.Config["user.theirs"] != "kept" || pool.Config["user.b"] != "2" {
		t.Errorf("%+v", pool)
	}
}

// A cancelled run says so of every step, and leaves nothing half known.
func TestCancel(t *testing.T) {
	b := newBench(t)
	plan := b.plan(before)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	report := applier.Apply(ctx, b.client, plan, applier.Options{})
	if len(report.Outcomes) != len(plan.Steps) || report.Count(applier.Done) != 0 || !report.Stopped {
		t.Errorf("%+v", report)
	}
	b.mustApply(before)
}
