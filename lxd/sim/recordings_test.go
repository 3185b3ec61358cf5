package sim_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	gocmp "github.com/google/go-cmp/cmp"
)

// TestRecordings asks simulated servers what real ones of their kind were asked, and compares every answer with the recorded
// one. What differs is counted as named when a row of differences says why, and as left otherwise. How much is left is
// written down for each file, so that the test fails when an answer gets worse, and when one gets better and the number was
// not lowered; it fails for a row of differences, too, by which more or fewer answers differ than it says.
//
// Of the random sequences every other one is held out: the simulator was made without looking at them, so that they tell
// how it does where nobody has looked. RECORDINGS=show prints what is left but for those.
func TestRecordings(t *testing.T) {
	files, err := filepath.Glob("testdata/recorded/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatal("no recordings", err)
	}
	var mu sync.Mutex
	met := map[int]int{}
	t.Run("files", func(t *testing.T) {
		for _, file := range files {
			t.Run(strings.TrimSuffix(filepath.Base(file), ".jsonl"), func(t *testing.T) {
				t.Parallel()
				r := readRecording(t, file)
				synctest.Test(t, func(t *testing.T) { // pauses take no time
					compareRecording(t, r, func(row int) {
						mu.Lock()
						defer mu.Unlock()
						met[row]++
					})
				})
			})
		}
		for file := range left {
			if !slices.Contains(files, "testdata/recorded/"+file+".jsonl") {
				t.Errorf("there is no recording %s", file)
			}
		}
	})
	if f := flag.Lookup("test.run"); strings.Contains(f.Value.String(), "/") {
		return // not all of them
	}
	for i, row := range differences {
		if met[i] != row.count {
			t.Errorf("%d answers differ by: %+v", met[i], row)
		}
	}
}

// tally counts exchanges.
type tally struct{ all, alike, named int }

func (c tally) left() int { return c.all - c.alike - c.named }

func (c tally) String() string {
	return fmt.Sprintf("%d exchanges, %d alike, %d named, %d left (%.1f%% alike)", c.all, c.alike, c.named, c.left(), 100*float64(c.alike)/float64(max(c.all, 1)))
}

func compareRecording(t *testing.T, r *recording, meet func(row int)) {
	var tuned, heldOut tally
	random := r.What == "random sequences"
	var p *replayer
	var prepare []*exchange
	for _, exchanges := range r.cases() {
		name := exchanges[0].Case
		if p == nil || random {
			if p != nil {
				p.close()
			}
			p = newReplayer(t, r)
			if name != "prepare" {
				p.replayCase(prepare, func(*exchange, told, told) {})
			}
		}
		if name == "prepare" {
			prepare = exchanges
		}
		count := &tuned
		if random && isHeldOut(name) {
			count = &heldOut
		}
		p.replayCase(exchanges, func(e *exchange, want, got told) {
			count.all++
			if gocmp.Equal(want, got) {
				count.alike++
				return
			}
			if row := slices.IndexFunc(differences, func(d difference) bool { return d.fits(r.file, e) }); row >= 0 {
				count.named++
				meet(row)
				return
			}
			if count == &tuned && os.Getenv("RECORDINGS") == "show" {
				fmt.Printf("=== %s:%d\t%s %d\t%s\n%s\n%s\n", r.file, e.line, e.Case, e.N, e.Ask, e.Body, showDifference(want, got))
			}
		})
	}
	p.close()
	counts := [2]int{tuned.left(), heldOut.left()}
	t.Logf("%s: %s", r.file, tuned)
	if random {
		t.Logf("%s, held out: %s", r.file, heldOut)
	}
	if counts != left[r.file] {
		t.Errorf("%s: %d answers differ and are not named, and %d of those that are held out, not %d; see RECORDINGS=show", r.file, counts[0], counts[1], left[r.file])
	}
}

// isHeldOut tells the sequences at which nobody looks: "seed 2", "seed 4".
func isHeldOut(name string) bool {
	number, err := strconv.Atoi(strings.TrimPrefix(name, "seed "))
	return err == nil && number%2 == 0
}
