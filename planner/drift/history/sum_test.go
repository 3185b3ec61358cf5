package history

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
	"tarn/planner/plan"
)

// TestSummedUp sums up runs of random histories, at once and in several steps: all ages are as before, the peaks of pools stay, and so do lines of other
// programs and of newer versions.
func TestSummedUp(t *testing.T) {
	for seed := range uint64(4) {
		text, last := drawn(t, rand.New(rand.NewPCG(seed, 2)), 2000)
		want, peaks := agesIn(t, text), peaksIn(text)
		for _, steps := range [][]time.Duration{{0}, {-5 * 24 * time.Hour, 0}, {0, 3 * 24 * time.Hour, keptSingle + time.Hour}} {
			after := text
			for _, step := range steps {
				var err error
				if after, err = summedUp(after, last.Add(step)); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(want, agesIn(t, after), cmp.AllowUnexported(findingKey{})); diff != "" {
				t.Fatalf("seed %d: %s", seed, diff)
			}
			if diff := cmp.Diff(peaks, peaksIn(after)); diff != "" {
				t.Fatalf("seed %d: %s", seed, diff)
			}
			if bytes.Count(text, []byte("# by hand")) != bytes.Count(after, []byte("# by hand")) {
				t.Errorf("seed %d: lines of others are gone", seed)
			}
			if len(after) > len(text)/2 {
				t.Errorf("seed %d: %d bytes of %d are left", seed, len(after), len(text))
			}
		}
	}
	text, last := drawn(t, rand.New(rand.NewPCG(1, 2)), 200)
	text = bytes.ReplaceAll(text, []byte(`"status"`), []byte(`"mood":1,"status"`))
	if after, err := summedUp(text, last.Add(2*keptSingle)); err != nil || !bytes.Equal(text, after) {
		t.Error("lines of a newer version were summed up", err)
	}
}

// peaksIn are the highest, the lowest, the first and the last levels of all pools.
func peaksIn(text []byte) map[string][4]int64 {
	found := map[string][4]int64{}
	for text := range bytes.Lines(text) {
		l, ok := decode(text)
		for _, p := range l.Pools {
			key := l.Remote + " " + p.Pool
			f, there := found[key]
			if !there {
				f = [4]int64{p.Used, p.Used, p.Used, p.Used}
			}
			if ok {
				found[key] = [4]int64{max(f[0], p.Used), min(f[1], p.Used), f[2], p.Used}
			}
		}
	}
	return found
}

// TestHistoryIsBounded has each run find other things, of which none comes back: the file grows no more, and what stands all the time has its age.
func TestHistoryIsBounded(t *testing.T) {
	SumFrom(t, 20_000)
	path := filepath.Join(t.TempDir(), "history.jsonl")
	at := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	finding := func(name string) drift.Finding {
		return drift.Finding{Kind: drift.OrphanKind, Object: plan.VolumeObject(lxd.VolumeID{Project: "default", Pool: "fast", Type: lxd.TypeCustom, Name: name})}
	}
	const runs, each, days = 450, 10, 8
	var sizes []int64
	for n := range runs {
		check := drift.Check{Spec: "a.hcl", Remote: "one", Status: drift.Drifted, Server: plan.Server{Address: "unix:x", Project: "default"}}
		check.Findings = append(check.Findings, finding("stays"))
		for i := range each {
			check.Findings = append(check.Findings, finding(fmt.Sprint("run", n, "-", i)))
		}
		run := &drift.Run{Made: plan.Made{At: at.AddDate(0, 0, n*days), Version: "1.0"}, Checks: []drift.Check{check}}
		if err := At(path).Add(context.Background(), run); err != nil {
			t.Fatal(err)
		}
		for i, f := range run.Checks[0].Findings {
			want := drift.Age{Since: run.Made.At, First: run.Made.At, Runs: 1, Times: 1}
			if i == 0 {
				want = drift.Age{Since: at, First: at, Runs: n + 1, Times: 1}
			}
			if f.Age != want {
				t.Fatalf("run %d: %+v, want %+v", n, f.Age, want)
			}
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, info.Size())
	}
	// After 400 days there are as many names that are kept as there will ever be.
	if early, late := slices.Max(sizes[150:300]), slices.Max(sizes[300:]); late > early*11/10 {
		t.Errorf("it grows, from %d to %d", early, late)
	}
	text, _ := os.ReadFile(path)
	if n := bytes.Count(text, []byte(`"run0-`)); n > 0 {
		t.Error("what was gone for years is still known")
	}
}

// What was gone for long and comes back is new, and what was gone for some months is not.
func TestGoneForLong(t *testing.T) {
	at := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		days, times int
	}{{300, 2}, {500, 1}} {
		l := line{Format: format, At: at, Run: "a", Version: "1.0", Spec: "a.hcl", Remote: "one", Status: drift.Drifted, Server: &server{"LXD 5.0.2", "unix:x", "", "default"}}
		l.Findings = []finding{{Kind: drift.OrphanKind, Pool: "fast", Volume: "v"}}
		clean := l
		clean.Findings, clean.Status, clean.Run, clean.At = nil, drift.Clean, "b", at.Add(time.Hour)
		text, err := encode([]line{l, clean})
		if err != nil {
			t.Fatal(err)
		}
		again := at.AddDate(0, 0, c.days)
		if text, err = summedUp(text, again); err != nil || bytes.Count(text, []byte("\n")) != 1 {
			t.Fatalf("%v\n%s", err, text)
		}
		back := l
		back.Run, back.At = "c", again
		past := newPast([]line{back})
		for text := range bytes.Lines(text) {
			l, ok := decode(text)
			if !ok {
				t.Fatalf("%s", text)
			}
			past.add(&l)
		}
		past.add(&back)
		if age := past.checks[back.key()].findings[back.Findings[0].key("")].age; age.Times != c.times || age.Runs != 1 || !age.Since.Equal(again) {
			t.Errorf("after %d days: %+v", c.days, age)
		}
	}
}
