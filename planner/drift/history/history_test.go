package history_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tarn/lxd"
	"tarn/planner/drift"
	"tarn/planner/drift/history"
	"tarn/planner/plan"
)

var start = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)

// found is a finding of a schedule: a volume, and the attributes that differ; none for one that is about the volume as a whole.
type found struct {
	volume     string
	attributes []string
	known      bool
}

// check makes a check of what was found.
func check(spec, remote string, status drift.Status, findings ...found) drift.Check {
	c := drift.Check{Spec: spec, Remote: remote, Status: status, Took: 1500 * time.Millisecond, Requests: 7}
	if status != drift.Unreachable {
		c.Server = plan.Server{Remote: remote, Version: "LXD 5.0.2", Address: "unix:" + remote, Project: "default", Fingerprint: "f-" + remote}
	}
	for _, f := range findings {
		finding := drift.Finding{
			Kind: drift.OrphanKind, Object: plan.VolumeObject(lxd.VolumeID{Project: "default", Pool: "fast", Type: lxd.TypeCustom, Name: f.volume}),
			Text: "never in the history", Hint: "never in the history",
		}
		secret := "never in the history"
		for _, attribute := range f.attributes {
			finding.Kind, finding.Code = drift.ChangeKind, "patch"
			finding.Changes = append(finding.Changes, plan.Change{Attr: plan.ConfigAttr(attribute), From: &secret, To: &secret})
		}
		if f.known {
			c.Acknowledged = append(c.Acknowledged, finding)
		} else {
			c.Findings = append(c.Findings, finding)
		}
	}
	return c
}

func run(at time.Time, checks ...drift.Check) *drift.Run {
	return &drift.Run{Made: plan.Made{At: at, Version: "1.0"}, Checks: checks}
}

func add(t *testing.T, path string, run *drift.Run) {
	t.Helper()
	if err := history.At(path).Add(context.Background(), run); err != nil {
		t.Fatal(err)
	}
}

// TestAges draws two hundred runs of three checks in which findings come, stay, flap and go, servers are down and specs wrong, and compares each
// age with what the whole schedule says, looked through for each finding from its end.
func TestAges(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			testAges(t, rand.New(rand.NewPCG(seed, 1)))
		})
	}
}

// TestAgesOfSums does so with a history whose old runs are summed up again and again.
func TestAgesOfSums(t *testing.T) {
	history.SumFrom(t, 2000)
	for seed := range uint64(3) {
		path := testAges(t, rand.New(rand.NewPCG(seed, 1)))
		text, err := os.ReadFile(path)
		if err != nil || bytes.Count(text, []byte(`"status":"past"`)) != 3 {
			t.Errorf("%d checks are summed up, %v", bytes.Count(text, []byte(`"status":"past"`)), err)
		}
		if n := bytes.Count(text, []byte("\n")); n > 3*(200*2/3) { // eight days are a third of it, and the joining of a week is another
			t.Errorf("%d lines", n)
		}
	}
}

func testAges(t *testing.T, random *rand.Rand) (path string) {
	type one struct {
		status drift.Status
		there  map[string]bool // "volume" or "volume attribute"
		at     time.Time
	}
	var schedule [3][]one
	path = filepath.Join(t.TempDir(), "history.jsonl")
	names := []string{"stays", "flaps", "comes", "goes", "odd"}
	const runs = 200
	ages := 0
	for n := range runs {
		at := start.Add(time.Duration(n) * 3 * time.Hour)
		if random.IntN(40) == 0 {
			at = at.Add(-time.Duration(random.IntN(100)) * time.Hour) // the clock was wrong
		}
		var checks []drift.Check
		for s := range schedule {
			o := one{status: drift.Drifted, there: map[string]bool{}, at: at}
			switch random.IntN(12) {
			case 0:
				o.status = drift.Unreachable
			case 1:
				o.status = []drift.Status{drift.Invalid, drift.Failed}[random.IntN(2)]
			}
			var findings []found
			for _, name := range names {
				is := false
				switch name {
				case "stays":
					is = n >= 3
				case "flaps":
					is = n/(s+1)%2 == 0
				case "comes":
					is = n > 150
				case "goes":
					is = n < 90
				case "odd":
					is = random.IntN(2) == 0
				}
				if !is || o.status != drift.Drifted {
					continue
				}
				f := found{volume: name, known: random.IntN(3) == 0}
				if name == "odd" || name == "comes" {
					for _, attribute := range []string{"size", "user.a", "user.b"} {
						if random.IntN(3) > 0 {
							f.attributes = append(f.attributes, attribute)
							o.there[name+" "+attribute] = true
						}
					}
				}
				if len(f.attributes) == 0 {
					o.there[name] = true
				}
				findings = append(findings, f)
			}
			if o.status == drift.Drifted && len(findings) == 0 {
				o.status = drift.Clean
			}
			schedule[s] = append(schedule[s], o)
			checks = append(checks, check("spec.hcl", fmt.Sprint("server", s), o.status, findings...))
		}
		r := run(at, checks...)
		add(t, path, r)

		naive := func(s int, what string) (age drift.Age) {
			going, standing := true, false
			for i := n; i >= 0; i-- {
				o := schedule[s][i]
				if o.status != drift.Clean && o.status != drift.Drifted {
					continue
				}
				if !o.there[what] {
					going, standing = false, false
					continue
				}
				if !standing {
					age.Times++
				}
				standing = true
				if going {
					age.Runs++
					if age.Since.IsZero() || o.at.Before(age.Since) {
						age.Since = o.at
					}
				}
				if age.First.IsZero() || o.at.Before(age.First) {
					age.First = o.at
				}
			}
			return age
		}
		for s, c := range r.Checks {
			for _, f := range slices.Concat(c.Findings, c.Acknowledged) {
				ages++
				name := f.Object.Volume.Name
				if len(f.Changes) == 0 {
					if want := naive(s, name); f.Age != want || f.Ages != nil {
						t.Fatalf("run %d, server %d, %s: %+v, want %+v", n, s, name, f.Age, want)
					}
					continue
				}
				oldest := drift.Age{}
				for i, change := range f.Changes {
					want := naive(s, name+" "+change.Attr.Key)
					if f.Ages[i] != want {
						t.Fatalf("run %d, server %d, %s %s: %+v, want %+v", n, s, name, change.Attr, f.Ages[i], want)
					}
					if oldest.Since.IsZero() || want.Since.Before(oldest.Since) {
						oldest = want
					}
				}
				if f.Age != oldest {
					t.Fatalf("run %d, server %d, %s: %+v, want that of the oldest change, %+v", n, s, name, f.Age, oldest)
				}
			}
			last := time.Time{}
			for _, o := range schedule[s][:n] {
				if o.status != drift.Unreachable && o.at.After(last) {
					last = o.at
				}
			}
			if !c.LastReached.Equal(last) {
				t.Fatalf("run %d, server %d: last reached %v, want %v", n, s, c.LastReached, last)
			}
		}
	}
	if ages < 500 {
		t.Errorf("%d ages are few to compare", ages)
	}
	return path
}

// TestChecksThatAreNotTheSame has checks that only seem to be the same as an earlier one, which no age may go on from.
func TestChecksThatAreNotTheSame(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(c *drift.Check)
		same   bool
	}{
		{"nothing", func(*drift.Check) {}, true},
		{"another version of the server", func(c *drift.Check) { c.Server.Version = "LXD 6.0" }, true},
		{"another address of the same server", func(c *drift.Check) { c.Server.Address = "https://10.0.0.1:8443" }, true},
		{"acknowledged meanwhile", func(c *drift.Check) { c.Findings, c.Acknowledged = nil, c.Findings }, true},
		{"another certificate", func(c *drift.Check) { c.Server.Fingerprint = "other" }, false},
		{"another name", func(c *drift.Check) { c.Remote = "other" }, false},
		{"another spec", func(c *drift.Check) { c.Spec = "other.hcl" }, false},
		{"another project", func(c *drift.Check) { c.Server.Project = "other" }, false},
		{"a part of it", func(c *drift.Check) { c.Plan = &plan.Plan{Only: []string{"fast/*"}} }, false},
		{"all but a part", func(c *drift.Check) { c.Plan = &plan.Plan{Excluded: []string{"fast/*"}} }, false},
		{"another member", func(c *drift.Check) { c.Findings[0].Object.Volume.Member = "n2" }, false},
		{"another project of the volume", func(c *drift.Check) { c.Findings[0].Object.Volume.Project = "other" }, false},
		{"the pool of that name", func(c *drift.Check) { c.Findings[0].Object = plan.PoolObject("fast") }, false},
		{"another kind", func(c *drift.Check) { c.Findings[0].Kind = drift.UnmanagedKind }, false},
		{"another code", func(c *drift.Check) { c.Findings[0].Code = "in-use" }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "history.jsonl")
			add(t, path, run(start, check("a.hcl", "one", drift.Drifted, found{volume: "pg"})))
			next := run(start.Add(time.Hour), check("a.hcl", "one", drift.Drifted, found{volume: "pg"}))
			c.change(&next.Checks[0])
			add(t, path, next)
			age := slices.Concat(next.Checks[0].Findings, next.Checks[0].Acknowledged)[0].Age
			if same := age.Since.Equal(start); same != c.same {
				t.Errorf("%+v", age)
			}
		})
	}
}

// A narrowed run says nothing of what it does not look at.
func TestNarrowedRunsEndNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.jsonl")
	whole := func(at time.Time) *drift.Run {
		return run(at, check("a.hcl", "one", drift.Drifted, found{volume: "pg"}))
	}
	add(t, path, whole(start))
	narrowed := run(start.Add(time.Hour), check("a.hcl", "one", drift.Clean))
	narrowed.Checks[0].Plan = &plan.Plan{Only: []string{"slow/*"}}
	add(t, path, narrowed)
	last := whole(start.Add(2 * time.Hour))
	add(t, path, last)
	want := drift.Age{Since: start, First: start, Runs: 2, Times: 1}
	if diff := cmp.Diff(want, last.Checks[0].Findings[0].Age); diff != "" {
		t.Error(diff)
	}
}

// Whoever asks for a spec from another folder means the same.
func TestSpecsFromOtherFolders(t *testing.T) {
	dir := t.TempDir()
	for _, sub := range []string{"copy/specs", "copy/state", "moved"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	from := func(folder, path, spec string, at time.Time) drift.Age {
		t.Helper()
		t.Chdir(filepath.Join(dir, folder))
		r := run(at, check(spec, "one", drift.Drifted, found{volume: "pg"}))
		add(t, path, r)
		return r.Checks[0].Findings[0].Age
	}
	from("copy", "state/history.jsonl", "specs/a.hcl", start)
	from("copy/specs", "../state/history.jsonl", "a.hcl", start.Add(1*time.Hour))
	from("copy/specs", filepath.Join(dir, "copy/state/history.jsonl"), filepath.Join(dir, "copy/specs/a.hcl"), start.Add(2*time.Hour))
	t.Chdir(dir)
	if err := os.Rename("copy", "moved/copy"); err != nil {
		t.Fatal(err)
	}
	age := from("moved", "copy/state/history.jsonl", "copy/specs/a.hcl", start.Add(3*time.Hour))
	if age.Runs != 4 || !age.Since.Equal(start) {
		t.Errorf("%+v", age)
	}
}

// Two checks of one run that are of the same spec and server are one observation.
func TestTwiceInOneRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.jsonl")
	var last *drift.Run
	for n := range 3 {
		c := check("a.hcl", "one", drift.Drifted, found{volume: "pg"})
		late := check("a.hcl", "one", drift.Drifted, found{volume: "pg"}, found{volume: "late"})
		last = run(start.Add(time.Duration(n)*time.Hour), c, late)
		add(t, path, last)
	}
	for _, c := range last.Checks {
		for _, f := range c.Findings {
			if f.Age.Runs != 3 || f.Age.Times != 1 || !f.Age.Since.Equal(start) {
				t.Errorf("%s: %+v", f.Object, f.Age)
			}
		}
	}
}

// TestCurve compares the curve with all levels that were written down.
func TestCurve(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	path := filepath.Join(t.TempDir(), "history.jsonl")
	all := map[string][]drift.Level{}
	for n := range 300 {
		at := start.Add(time.Duration(n) * 15 * time.Minute)
		c := check("a.hcl", "one", drift.Clean)
		if n%50 == 7 {
			c = check("a.hcl", "one", drift.Failed) // which does not say that its pools were not read
		}
		for _, member := range []string{"n1", "n2"} {
			used := int64(1e9 + n*1e6 + random.IntN(1e8))
			if n == 333 {
				used = 5e9 // a peak
			}
			if n%11 == 5 && member == "n2" {
				c.Pools = append(c.Pools, drift.Fullness{Pool: "fast", Member: member, Used: -1, Total: -1})
				continue
			}
			c.Pools = append(c.Pools, drift.Fullness{Pool: "fast", Member: member, Used: used, Total: 1e10})
			all[member] = append(all[member], drift.Level{At: at, Used: used, Total: 1e10})
		}
		r := run(at, c)
		add(t, path, r)
		if n%47 != 0 && n != 299 && n > 3 {
			continue
		}
		for _, pool := range r.Checks[0].Pools {
			levels := all[pool.Member]
			compare := func(a, b drift.Level) int { return int(a.Used - b.Used) }
			if len(pool.Curve) > 100 || len(pool.Curve) < min(len(levels), 40) {
				t.Errorf("run %d: %d of %d levels", n, len(pool.Curve), len(levels))
			}
			for _, want := range []drift.Level{levels[0], levels[len(levels)-1], slices.MaxFunc(levels, compare), slices.MinFunc(levels, compare)} {
				if !slices.Contains(pool.Curve, want) {
					t.Errorf("run %d: the curve lacks %v", n, want)
				}
			}
			for i, level := range pool.Curve {
				if !slices.Contains(levels, level) {
					t.Errorf("run %d: nobody has seen %v", n, level)
				}
				if i > 0 && !level.At.After(pool.Curve[i-1].At) {
					t.Errorf("run %d: %v stands after %v", n, level, pool.Curve[i-1])
				}
			}
		}
	}
}
