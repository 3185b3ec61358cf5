package spec

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
)

// watchedFor is what is said of a reading of no file, within so much of the limits.
func watchedFor(t *testing.T, factor string, read func(r *reading)) hcl.Diagnostics {
	t.Helper()
	r := &reading{}
	r.begin(hcl.Range{Filename: "a.hcl", Start: hcl.Pos{Line: 7, Column: 1}})
	_, diags := watched(map[string]string{LimitVariable: factor}, r, func() bool { read(r); return true })
	return diags
}

func TestWatch(t *testing.T) {
	for _, c := range []struct {
		name, factor string
		read         func(r *reading)
		says         string // "" for nothing
	}{
		{"work", "0.05", func(r *reading) {
			for !r.givenUp.Load() {
			}
		}, "Too much work; To read the spec up to here takes more than 200ms of processor time, "},
		{"memory", "1", func(r *reading) {
			var all [][]byte
			for !r.givenUp.Load() {
				part := make([]byte, 1<<20)
				for i := 0; i < len(part); i += 4096 {
					part[i] = 1
				}
				all = append(all, part)
			}
			runtime.KeepAlive(all)
		}, "Too much memory; To read the spec up to here takes more than 180 MiB of memory, "},
		{"waiting", "0.000001", func(*reading) {
			for range 100 {
				runtime.Gosched()
			}
		}, ""},
		{"a file allows more", "0.05", func(r *reading) {
			r.bytes.Add(8 << 20)
			before := processorTime()
			for processorTime()-before < baseTime/10 {
			}
		}, ""},
		{"volumes allow more", "0.05", func(r *reading) {
			r.objects.Add(200_000)
			before := processorTime()
			for processorTime()-before < baseTime/10 {
			}
		}, ""},
		{"no number", "all", func(*reading) {}, `Invalid TARN_SPEC_LIMIT; TARN_SPEC_LIMIT in the environment is a number `},
		{"less than none", "-1", func(*reading) {}, `Invalid TARN_SPEC_LIMIT; `},
		{"not finite", "inf", func(*reading) {}, `Invalid TARN_SPEC_LIMIT; `},
	} {
		t.Run(c.name, func(t *testing.T) {
			diags := watchedFor(t, c.factor, c.read)
			if c.says == "" && diags == nil {
				return
			}
			if len(diags) != 1 || c.says == "" || !strings.HasPrefix(diags[0].Summary+"; "+diags[0].Detail, c.says) {
				t.Fatalf("%s, want %q", describe(diags), c.says)
			}
			gaveUp := strings.HasPrefix(c.says, "Too much")
			if GaveUp(diags) != gaveUp || gaveUp && (diags[0].Subject == nil || diags[0].Subject.Start.Line != 7) {
				t.Errorf("%#v", diags[0])
			}
		})
	}
}

// Without limits nothing is given up.
func TestWatchNothing(t *testing.T) {
	if cpu, memory := new(reading).allowed(0); cpu < 1<<62 || memory < 1<<62 {
		t.Errorf("%v, %d bytes", cpu, memory)
	}
}

// A reading that was given up ends at the next expression.
func TestWatchEnds(t *testing.T) {
	ended := make(chan bool)
	watchedFor(t, "0.05", func(r *reading) {
		defer close(ended)
		for {
			r.stop()
		}
	})
	<-ended
}

// A panic in the reading is one of the caller, with the place where it was.
func TestWatchPanic(t *testing.T) {
	defer func() {
		fault, ok := recover().(*Panic)
		if !ok || fault.Fault != "oh" || !strings.Contains(string(fault.Stack), "TestWatchPanic") {
			t.Errorf("%v", fault)
		}
	}()
	watchedFor(t, "", func(*reading) { panic("oh") })
}

// What is given up is told with its place, and nothing of the file is shown: it may hold secrets that are not known yet.
func TestLoadGivesUp(t *testing.T) {
	dir := t.TempDir()
	text := "locals {\n  r = range(1000)\n  x = [for a in local.r : [for b in local.r : [for c in local.r : [for d in local.r : 1]]]]\n}\n"
	if err := os.WriteFile(filepath.Join(dir, "a.hcl"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, diags := Load(nil, Options{Dir: dir, Env: []string{LimitVariable + "=0.1"}})
	if !GaveUp(diags) || len(diags) != 1 || len(s.Files) != 0 || s.Secrets == nil {
		t.Fatalf("%s", describe(diags))
	}
	if at := diags[0].Subject; at == nil || at.Filename != "a.hcl" || at.Start.Line != 3 {
		t.Errorf("it is at %v", at)
	}
}
