package history

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tarn/lxd"
	"tarn/planner/drift"
	"tarn/planner/plan"
)

// drawn makes the text of a history of some weeks, with runs that find the same for long and others that do not.
func drawn(t *testing.T, random *rand.Rand, runs int) (text []byte, last time.Time) {
	at := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	found := [3][]finding{}
	for n := range runs {
		at = at.Add(15 * time.Minute)
		var lines []line
		for s := range found {
			l := line{Format: format, At: at, Run: fmt.Sprint("run", n), Version: "1.0", Spec: "a.hcl", Remote: fmt.Sprint("server", s), Status: drift.Drifted}
			l.Server = &server{"LXD 5.0.2", "unix:x", fmt.Sprint(s), "default"}
			if random.IntN(30) == 0 {
				found[s] = nil
				for v := range random.IntN(5) {
					found[s] = append(found[s], finding{Kind: drift.ChangeKind, Pool: "fast", Volume: fmt.Sprint(v), Code: "patch", Attributes: []string{"config.size", "description"}[:1+random.IntN(2)]})
				}
			}
			l.Findings = append([]finding(nil), found[s]...)
			random.Shuffle(len(l.Findings), func(i, j int) { l.Findings[i], l.Findings[j] = l.Findings[j], l.Findings[i] })
			for _, pool := range []string{"fast", "slow"} {
				l.Pools = append(l.Pools, level{Pool: pool, Used: random.Int64N(1e9), Total: 1e9})
			}
			if random.IntN(50) == 0 {
				l.Status, l.Server, l.Findings, l.Pools = drift.Unreachable, nil, nil, nil
			}
			lines = append(lines, l)
			if random.IntN(40) == 0 { // twice in one run, and the second one may have found something else
				if random.IntN(2) == 0 && len(l.Findings) > 0 {
					l.Findings = l.Findings[1:]
				}
				lines = append(lines, l)
			}
		}
		encoded, err := encode(lines)
		if err != nil {
			t.Fatal(err)
		}
		if random.IntN(100) == 0 {
			encoded = append(encoded, "# by hand\n"...)
		}
		text = append(text, encoded...)
	}
	return text, at
}

// agesIn are all ages of a history, at its end.
func agesIn(t *testing.T, text []byte) map[string]map[findingKey]drift.Age {
	var lines []line
	for text := range bytes.Lines(text) {
		if l, ok := decode(text); ok {
			lines = append(lines, l)
		}
	}
	past := newPast(lines)
	for i := range lines {
		past.add(&lines[i])
	}
	ages := map[string]map[findingKey]drift.Age{}
	for key, check := range past.checks {
		ages[key.place.remote] = map[findingKey]drift.Age{}
		for f, s := range check.findings {
			ages[key.place.remote][f] = s.age
			if s.seen == check.observed { // it stands
				f.code += "!"
				ages[key.place.remote][f] = s.age
			}
		}
	}
	if len(ages) != 3 {
		t.Fatalf("ages of %d checks", len(ages))
	}
	return ages
}

// TestJoined joins runs of random histories: no age and no count changes, lines of other programs stay, and joining again changes nothing.
func TestJoined(t *testing.T) {
	for seed := range uint64(4) {
		text, last := drawn(t, rand.New(rand.NewPCG(seed, 2)), 1500) // a bit more than two weeks
		after, err := joined(text, last)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(agesIn(t, text), agesIn(t, after), cmp.AllowUnexported(findingKey{})); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
		if bytes.Count(text, []byte("# by hand")) != bytes.Count(after, []byte("# by hand")) {
			t.Errorf("seed %d: lines of others are gone", seed)
		}
		week := last.Add(-keptSingle)
		if single := bytes.Count(after, []byte("\n")); single > bytes.Count(text, []byte("\n"))*6/10 {
			t.Errorf("seed %d: %d lines are left of %d", seed, single, bytes.Count(text, []byte("\n")))
		}
		for text := range bytes.Lines(after) {
			if l, ok := decode(text); ok && l.Runs > 0 && !l.last().Before(week) {
				t.Errorf("seed %d: a run of this week was joined: %s", seed, text)
			}
		}
		again, err := joined(after, last)
		if err != nil || !bytes.Equal(after, again) {
			t.Errorf("seed %d: joined again it differs, %v", seed, err)
		}
		if later, _ := joined(after, last.Add(keptSingle+time.Hour)); !cmp.Equal(agesIn(t, text), agesIn(t, later), cmp.AllowUnexported(findingKey{})) {
			t.Errorf("seed %d: joined once more a week later, ages differ", seed)
		}
	}
}

// TestPeaksStay looks for the highest level of each day after runs were joined.
func TestPeaksStay(t *testing.T) {
	text, last := drawn(t, rand.New(rand.NewPCG(1, 2)), 1500)
	after, err := joined(text, last)
	if err != nil {
		t.Fatal(err)
	}
	peaks := func(text []byte) map[string]level {
		peaks := map[string]level{}
		for text := range bytes.Lines(text) {
			l, ok := decode(text)
			for _, p := range l.Pools {
				if p.At.IsZero() {
					p.At = l.At
				}
				key := l.Remote + " " + p.Pool + " " + l.At.Format("2006-01-02")
				if ok && p.Used > peaks[key].Used {
					peaks[key] = p
				}
			}
		}
		return peaks
	}
	if diff := cmp.Diff(peaks(text), peaks(after)); diff != "" {
		t.Error(diff)
	}
}

// Lines that have a field of a newer version stay as they are.
func TestNewerLinesAreNotJoined(t *testing.T) {
	text, last := drawn(t, rand.New(rand.NewPCG(1, 2)), 200)
	text = bytes.ReplaceAll(text, []byte(`"status"`), []byte(`"mood":1,"status"`))
	if after, err := joined(text, last.Add(2*keptSingle)); err != nil || !bytes.Equal(text, after) {
		t.Error("they were joined", err)
	}
}

// TestFileIsJoined adds a run to a long history: it is short afterwards, nothing is left beside it, and the ages go on.
func TestFileIsJoined(t *testing.T) {
	text, last := drawn(t, rand.New(rand.NewPCG(7, 2)), 1500)
	dir := t.TempDir()
	path := filepath.Join(dir, "history.jsonl")
	if err := os.WriteFile(path, text, 0o640); err != nil {
		t.Fatal(err)
	}
	add := func(at time.Time) drift.Age {
		object := plan.VolumeObject(lxd.VolumeID{Project: "default", Pool: "fast", Type: lxd.TypeCustom, Name: "new"})
		check := drift.Check{Spec: "a.hcl", Remote: "server0", Status: drift.Drifted, Server: plan.Server{Version: "LXD 5.0.2", Address: "unix:x", Fingerprint: "0", Project: "default"}}
		check.Spec = filepath.Join(dir, "a.hcl")
		check.Findings = []drift.Finding{{Kind: drift.OrphanKind, Object: object}}
		run := &drift.Run{Made: plan.Made{At: at, Version: "1.0"}, Checks: []drift.Check{check}}
		if err := At(path).Add(context.Background(), run); err != nil {
			t.Fatal(err)
		}
		return run.Checks[0].Findings[0].Age
	}
	at := last.Add(2 * keptSingle)
	add(at)
	after, err := os.ReadFile(path)
	if err != nil || len(after) > len(text)/3 {
		t.Errorf("it has %d bytes of %d, %v", len(after), len(text), err)
	}
	if !strings.HasPrefix(string(after), opening) {
		t.Error("it begins with something else")
	}
	if age := add(at.Add(time.Hour)); age.Runs != 2 {
		t.Errorf("%+v", age)
	}
	entries, _ := os.ReadDir(dir)
	if info, err := os.Stat(path); err != nil || len(entries) != 1 || info.Mode() != 0o640 {
		t.Errorf("%v is there, mode %v", entries, info.Mode())
	}
}

// BenchmarkYear reads what twenty servers leave in a year of quarters of an hour, joined as it would be.
func BenchmarkYear(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	at := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	var text []byte
	const year = 365
	for day := range year {
		runs, each := 1, 96 // a day that was joined
		if day >= year-7 {
			runs, each = 96, 0
		}
		for n := range runs {
			at = at.Add(24 * time.Hour / time.Duration(runs))
			lines := make([]line, 20)
			for s := range lines {
				lines[s] = line{Format: format, At: at, Run: fmt.Sprint("run", day, n), Runs: each, Version: "1.0", Spec: "a.hcl", Remote: fmt.Sprint("server", s), Status: drift.Drifted}
				lines[s].Server = &server{"LXD 5.0.2", "unix:x", strings.Repeat(fmt.Sprintf("%02d", s), 32), "default"}
				for v := range 3 {
					lines[s].Findings = append(lines[s].Findings, finding{Kind: drift.ChangeKind, Pool: "fast", Volume: fmt.Sprint(v), Code: "patch", Attributes: []string{"config.size"}})
				}
				lines[s].Pools = []level{{Pool: "fast", Used: random.Int64N(1e9), Total: 1e9}, {Pool: "slow", Used: random.Int64N(1e9), Total: 1e9}}
			}
			encoded, err := encode(lines)
			if err != nil {
				b.Fatal(err)
			}
			text = append(text, encoded...)
		}
	}
	path := filepath.Join(b.TempDir(), "history.jsonl")
	if err := os.WriteFile(path, text, 0o644); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		file, err := os.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		past := newPast([]line{{Spec: "a.hcl", Remote: "server0", Server: &server{"", "", strings.Repeat("00", 32), "default"}}})
		if _, err := (&openFile{path: path, file: file}).read(at, past.add); err != nil {
			b.Fatal(err)
		}
		file.Close()
	}
	b.ReportMetric(float64(len(text))/(1<<20), "MiB")
	b.ReportMetric(float64(bytes.Count(text, []byte("\n"))), "lines")
}
