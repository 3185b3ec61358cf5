package applier_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"tarn/applier"
	"tarn/lxd"
	"tarn/lxd/sim"
	"tarn/planner/plan"
)

// newerLXD is a simulated LXD 6: it answers every write with an operation.
type newerLXD struct {
	t      *testing.T
	server *sim.Server
	client *lxd.Client
}

func newNewerLXD(t *testing.T) *newerLXD {
	t.Helper()
	state := filepath.Join(t.TempDir(), "state.json")
	if err := os.WriteFile(state, []byte(`{"format": 1, "product": "lxd-6"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	server, err := sim.Open(state)
	if err != nil {
		t.Fatal(err)
	}
	client := lxd.NewDialed("sim:", server.Dial, lxd.Options{})
	t.Cleanup(func() {
		client.Close()
		server.Close()
	})
	return &newerLXD{t, server, client}
}

func (n *newerLXD) plan(text string) *plan.Plan {
	n.t.Helper()
	return makePlan(n.t, n.client, text)
}

// converges applies a spec and checks that nothing is left to do.
func (n *newerLXD) converges(text string) {
	n.t.Helper()
	report := applier.Apply(n.t.Context(), n.client, n.plan(text), applier.Options{Backoff: time.Millisecond})
	for _, outcome := range report.Outcomes {
		if outcome.Kind != applier.Done {
			n.t.Errorf("%s: %s: %v", outcome.Step.Title(), outcome.Kind, outcome.Err)
		}
	}
	if rest := n.plan(text); !rest.Empty() {
		n.t.Errorf("%d steps are left, first %s", len(rest.Steps), rest.Steps[0].Title())
	}
}

// newerWrites are the requests that take before to after, by their steps.
var newerWrites = map[string]string{
	"create pool new":                     "POST /1.0/storage-pools",
	"create volume fast/added":            "POST /1.0/storage-pools/fast/volumes/custom",
	"patch pool fast":                     "PATCH /1.0/storage-pools/fast",
	"patch volume fast/pgdata":            "PATCH /1.0/storage-pools/fast/volumes/custom/pgdata",
	"rename volume fast/pg → fast/pgdata": "POST /1.0/storage-pools/fast/volumes/custom/pg",
	"move volume slow/logs → fast/logs":   "POST /1.0/storage-pools/slow/volumes/custom/logs",
	"delete volume fast/trash":            "DELETE /1.0/storage-pools/fast/volumes/custom/trash",
	"delete pool old":                     "DELETE /1.0/storage-pools/old",
}

// spoil adds a fault to the nth request of this kind.
func (n *newerLXD) spoil(request string, nth int, fault sim.Fault) {
	method, path, _ := strings.Cut(request, " ")
	fault.Method, fault.Path, fault.Nth = method, regexp.MustCompile("^"+path+`(\?|$)`), nth
	n.server.Inject(&fault)
}

// What passes is got through: also when the answer is lost that names the operation, and the operation is still under way
// when the next try looks.
func TestPassingFaultsOfOperations(t *testing.T) {
	for step, request := range newerWrites {
		for name, faults := range map[string][]sim.Fault{
			"slow":                    {{Lasts: 20 * time.Millisecond}},
			"refused":                 {{Code: 503, Text: "try later"}},
			"412":                     {{Code: 412, Text: "ETag doesn't match"}},
			"broken before":           {{DropBefore: true}},
			"answer lost":             {{DropAfter: true}},
			"answer lost while going": {{DropAfter: true, Lasts: 20 * time.Millisecond}},
			"asked for twice":         {{DropAfter: true, Lasts: 20 * time.Millisecond}, {Lasts: 60 * time.Millisecond}},
		} {
			t.Run(step+", "+name, func(t *testing.T) {
				t.Parallel()
				n := newNewerLXD(t)
				n.converges(before)
				for i, fault := range faults {
					n.spoil(request, i+1, fault)
				}
				n.converges(after)
			})
		}
	}
}

// An operation that fails makes its step fail with its text, and what depends on it is skipped; the next run does them.
func TestFailingOperations(t *testing.T) {
	for step, request := range newerWrites {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			n := newNewerLXD(t)
			n.converges(before)
			plan := n.plan(after)
			n.spoil(request, 1, sim.Fault{Operation: "no space left on device"})
			report := applier.Apply(t.Context(), n.client, plan, applier.Options{})
			for _, outcome := range report.Outcomes {
				failed := outcome.Kind == applier.Failed
				if failed != (outcome.Step.Title() == step) {
					t.Errorf("%s: %s: %v", outcome.Step.Title(), outcome.Kind, outcome.Err)
				}
				if failed && !strings.HasSuffix(outcome.Err.Error(), "no space left on device") {
					t.Errorf("%s: %v", step, outcome.Err)
				}
			}
			n.converges(after)
		})
	}
}

// Every change was asked for once, and its operation waited for.
func TestOperationsAreWaitedFor(t *testing.T) {
	n := newNewerLXD(t)
	n.converges(before)
	n.converges(after)
	started, waited := 0, 0
	for _, request := range n.server.Requests() {
		switch {
		case request.Method != "GET":
			started++
		case strings.HasSuffix(strings.Split(request.Path, "?")[0], "/wait"):
			waited++
		}
	}
	const ofAMove = 8 // mark, copy, rename, mark; rename, mark and delete the source, take the mark off
	if changes := 6 + len(newerWrites) - 1 + ofAMove; started != changes || waited != changes {
		t.Errorf("%d changes were asked for and %d waited for, want %d", started, waited, changes)
	}
}

// What somebody else has changed is noticed though the server checks in the background: by the ETag before it, and by the
// operation's own failure.
func TestChangedMeanwhileWithOperations(t *testing.T) {
	n := newNewerLXD(t)
	n.converges(before)
	p := n.plan(after)
	p.Steps = slices.DeleteFunc(p.Steps, func(step plan.Step) bool { return step.Title() != "delete pool old" })
	p.Steps[0].Number, p.Steps[0].Needs = 1, nil
	op, err := n.client.CreateVolume(t.Context(), lxd.VolumeID{Project: "default", Pool: "old", Type: lxd.TypeCustom, Name: "theirs"}, lxd.VolumeCreate{})
	if err == nil {
		err = op.Wait(t.Context(), nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	report := applier.Apply(t.Context(), n.client, p, applier.Options{})
	if err := report.Outcomes[0].Err; err == nil || err.Error() != "The storage pool is currently in use" {
		t.Errorf("%v", err)
	}
}

// A pool of a cluster takes several requests, each of which may be lost, or be under way still when it is sent again.
func TestPassingFaultsOfClusterPools(t *testing.T) {
	const text = `
pool "p" {
  driver      = "dir"
  description = "on both"
  config      = { "user.a" = "1" }
  member "n1" { config = { source = "/srv/one" } }
  member "n2" { config = { source = "/srv/two" } }
}`
	for _, product := range []string{"", "lxd-6"} {
		for name, path := range map[string]string{
			"define on n1": `target=n1`, "define on n2": `target=n2`, "create": `storage-pools$`,
		} {
			for fault, lasts := range map[string]time.Duration{"answer lost": 0, "answer lost while going": 20 * time.Millisecond} {
				t.Run(product+" "+name+", "+fault, func(t *testing.T) {
					t.Parallel()
					server := sim.New(&sim.State{Product: product, Members: map[string]*sim.Member{"n1": {}, "n2": {}}})
					n := &newerLXD{t, server, lxd.NewDialed("sim:", server.Dial, lxd.Options{})}
					t.Cleanup(n.client.Close)
					server.Inject(
						&sim.Fault{Method: "POST", Path: regexp.MustCompile(path), Nth: 1, DropAfter: true, Lasts: lasts},
						&sim.Fault{Method: "POST", Path: regexp.MustCompile(path), Nth: 2, Lasts: 3 * lasts},
					)
					n.converges(text)
				})
			}
		}
	}
}
