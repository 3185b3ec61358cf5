package cli

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// barOn is a bar on a terminal of so many columns, as wide as that just then.
func barOn(screen *screenModel) (draw func(above string)) {
	bar := newBarWriter(screen, func() (int, int) { return screen.width, 24 })
	n := 0
	return func(above string) {
		n++
		fmt.Fprint(bar, above)
		_, _ = bar.ReadFrom(strings.NewReader(strings.Repeat("#", screen.width-1-len(fmt.Sprint(n))) + fmt.Sprint(n) + "\n"))
		_ = bar.Flush(1)
	}
}

// Whatever happens on the terminal, no line above the bar is lost, and nothing is left of a bar that was.
func TestBarLeavesNothingBehind(t *testing.T) {
	const before = "Plan: 1 to move.\n"
	for name, happens := range map[string]func(*screenModel){
		"nothing":             func(*screenModel) {},
		"Ctrl-C":              func(s *screenModel) { fmt.Fprint(s, "^C") },
		"letters":             func(s *screenModel) { fmt.Fprint(s, "yes?") },
		"a line feed":         func(s *screenModel) { fmt.Fprint(s, "\r\n") },
		"words and line feed": func(s *screenModel) { fmt.Fprint(s, "stop\r\n") },
		"narrower":            func(s *screenModel) { s.resize(s.width * 3 / 4) },
		"half":                func(s *screenModel) { s.resize(s.width/2 + 1) },
		"wider":               func(s *screenModel) { s.resize(s.width * 2) },
		"narrower and Ctrl-C": func(s *screenModel) { s.resize(s.width * 2 / 3); fmt.Fprint(s, "^C") },
	} {
		for _, reflows := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, reflows %v", name, reflows), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					screen := &screenModel{width: 80, reflows: reflows}
					fmt.Fprint(screen, before+"\n")
					draw := barOn(screen)
					draw("")
					draw("step 1: done\n")
					for range 2 { // the second time the bar is another one
						happens(screen)
						draw("")
						draw("another: done\n")
					}
					want := before + "\nstep 1: done\nanother: done\nanother: done\n\n" + strings.Repeat("#", screen.width-2) + "6\n"
					// Where a line feed or a narrower window took the place of the empty line, one stays between.
					got := strings.ReplaceAll(screen.text(), "\n\nanother", "\nanother")
					if diff := cmp.Diff(want, got); diff != "" {
						t.Error(diff)
					}
				})
			})
		}
	}
}

// What a shell writes while the program is suspended stays, and the bar goes on below it.
func TestBarAfterSuspension(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		screen := &screenModel{width: 40}
		draw := barOn(screen)
		draw("step 1: done\n")
		fmt.Fprint(screen, "^Z\n[1]+  Stopped  tarn apply\n$ fg\ntarn apply\n")
		time.Sleep(3 * time.Second)
		draw("")
		draw("step 2: done\n")
		want := "step 1: done\n\n" + strings.Repeat("#", 38) + "1\n^Z\n[1]+  Stopped  tarn apply\n$ fg\ntarn apply\nstep 2: done\n\n" + strings.Repeat("#", 38) + "3\n"
		if diff := cmp.Diff(want, screen.text()); diff != "" {
			t.Error(diff)
		}
	})
}

// At the end nothing is left of the bar.
func TestBarEnds(t *testing.T) {
	screen := &screenModel{width: 40}
	fmt.Fprint(screen, "Plan: 1 to create.\n\n")
	bar := newBarWriter(screen, func() (int, int) { return screen.width, 24 })
	_, _ = bar.ReadFrom(strings.NewReader("0/1\n"))
	_ = bar.Flush(1)
	fmt.Fprint(bar, "step 1: done\n")
	_ = bar.Flush(0)
	fmt.Fprint(screen, "\nApplied: 1 done.\n")
	if diff := cmp.Diff("Plan: 1 to create.\n\nstep 1: done\n\nApplied: 1 done.\n", screen.text()); diff != "" {
		t.Error(diff)
	}
}
