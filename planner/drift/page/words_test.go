package page

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"tarn/planner/drift"
)

func TestAges(t *testing.T) {
	ago := func(d time.Duration) time.Time { return looked.Add(-d) }
	clock := newClock(looked, nil)
	for _, c := range []struct {
		age   drift.Age
		since string
		lasts string
		again string
		fresh bool
	}{
		{drift.Age{}, "", "", "", false},
		{drift.Age{Since: looked, Runs: 1, Times: 1, First: looked}, "Thursday 26 Nov 2026, 11:15 UTC", "", "", true},
		{drift.Age{Since: ago(time.Minute), Runs: 2, Times: 1, First: ago(time.Minute)}, "Thursday 26 Nov 2026, 11:14 UTC", "1 minute", "", false},
		{drift.Age{Since: ago(119 * time.Minute), Runs: 9, Times: 2, First: ago(48 * time.Hour)}, "Thursday 26 Nov 2026, 09:16 UTC", "119 minutes", "second time, the first was on 24 Nov 2026", false},
		{drift.Age{Since: ago(50 * time.Hour), Runs: 9, Times: 3, First: ago(300 * 24 * time.Hour)}, "Tuesday 24 Nov 2026, 09:15 UTC", "2 days", "third time, the first was on 30 Jan 2026", false},
		{drift.Age{Since: ago(47 * time.Hour), Runs: 9, Times: 22}, "Tuesday 24 Nov 2026, 12:15 UTC", "47 hours", "22nd time", false},
		{drift.Age{Since: looked.Add(time.Hour), Runs: 9, Times: 1}, "Thursday 26 Nov 2026, 12:15 UTC", "", "", false}, // a clock that was set back
	} {
		v := clock.age(c.age)
		if v.Since.Text != c.since || v.Stands != c.lasts || v.Again != c.again || v.New != c.fresh {
			t.Errorf("%+v: %+v", c.age, v)
		}
	}
}

func TestZones(t *testing.T) {
	summer := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	berlin := time.FixedZone("CEST", 2*60*60)
	number := time.FixedZone("+0530", 5*60*60+30*60)
	for _, c := range []struct {
		zone             *time.Location
		text, iso, whole string
	}{
		{nil, "Wednesday 1 Jul 2026, 12:00 UTC", "2026-07-01T12:00:00Z", "UTC"},
		{berlin, "Wednesday 1 Jul 2026, 14:00 CEST", "2026-07-01T14:00:00+02:00", "CEST, which is UTC+02:00"},
		{number, "Wednesday 1 Jul 2026, 17:30 UTC+0530", "2026-07-01T17:30:00+05:30", "UTC+0530, which is UTC+05:30"},
	} {
		clock := newClock(summer, c.zone)
		if s := clock.stamp(summer); s.Text != c.text || s.ISO != c.iso || clock.zone() != c.whole {
			t.Errorf("%v: %+v, %s", c.zone, s, clock.zone())
		}
	}
}

func TestAcknowledgments(t *testing.T) {
	// A day in a zone in which it is tomorrow already when it is today in UTC.
	clock := newClock(time.Date(2026, 11, 26, 20, 0, 0, 0, time.UTC), time.FixedZone("JST", 9*60*60))
	for until, want := range map[string]ackView{
		"":           {},
		"2026-11-25": {Until: stamp{ISO: "2026-11-25", Text: "Wednesday 25 Nov 2026"}, Left: "2 days ago"},
		"2026-11-26": {Until: stamp{ISO: "2026-11-26", Text: "Thursday 26 Nov 2026"}, Left: "1 day ago"},
		"2026-11-27": {Until: stamp{ISO: "2026-11-27", Text: "Friday 27 Nov 2026"}, Left: "today is its last day", Soon: true},
		"2026-12-04": {Until: stamp{ISO: "2026-12-04", Text: "Friday 4 Dec 2026"}, Left: "in 7 days", Soon: true},
		"2026-12-05": {Until: stamp{ISO: "2026-12-05", Text: "Saturday 5 Dec 2026"}, Left: "in 8 days"},
		"some day":   {Until: stamp{Text: "some day"}},
	} {
		if is := clock.ack(&drift.Acknowledgment{Until: until}); is != want {
			t.Errorf("until %q: %+v", until, is)
		}
	}
}

func TestNumbers(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -100: "-100", -1000: "-1,000"} {
		if is := number(n); is != want {
			t.Errorf("%d is %s", n, is)
		}
	}
	for n, want := range map[int]string{1: "first", 10: "tenth", 11: "11th", 12: "12th", 13: "13th", 21: "21st", 22: "22nd", 23: "23rd", 111: "111th", 121: "121st", 1002: "1,002nd"} {
		if is := ordinal(n); is != want {
			t.Errorf("%d is %s", n, is)
		}
	}
	for d, want := range map[time.Duration]string{time.Microsecond: "1 ms", 999 * time.Millisecond: "999 ms", 1240 * time.Millisecond: "1.2 s", 61 * time.Second: "1 min 1 s"} {
		if is := took(d); is != want {
			t.Errorf("%v is %s", d, is)
		}
	}
}

func TestValues(t *testing.T) {
	long := strings.Repeat("0123456789", 10_000)
	changed := long[:50_000] + "X" + long[50_001:]
	for _, c := range []struct {
		from, to *string
		secret   bool
		was, is  valueView
	}{
		{nil, text("a\u202eb"), false, valueView{Aside: "(unset)"}, valueView{Text: `"a\u202eb"`}},
		{text("hunter2"), nil, true, valueView{Aside: "(secret)"}, valueView{Aside: "(unset)"}},
		{text(""), text("\n"), false, valueView{Text: `""`}, valueView{Text: `"\n"`}},
		{text(long), text(changed), false,
			valueView{`…"` + long[49_940:50_240] + `"…`, "(bytes 49,941 to 50,240 of 100,000)"},
			valueView{`…"` + changed[49_940:50_240] + `"…`, "(bytes 49,941 to 50,240 of 100,000)"}},
		{text(long), text(long[:99_999]), false,
			valueView{`…"` + long[99_700:] + `"`, "(bytes 99,701 to 100,000 of 100,000)"},
			valueView{`…"` + long[99_699:99_999] + `"`, "(bytes 99,700 to 99,999 of 99,999)"}},
	} {
		if was, is := values(c.from, c.to, c.secret); was != c.was || is != c.is {
			t.Errorf("%.20v to %.20v: %v, %v", c.from, c.to, was, is)
		}
	}
	// No character is cut in two, wherever the part begins.
	for at := range 1200 {
		if v := excerpt(strings.Repeat("漢🂡é", 200), at); !utf8.ValidString(v.Text) || strings.Contains(v.Text, `\x`) {
			t.Fatalf("at %d: %s", at, v.Text)
		}
	}
}

func TestCurve(t *testing.T) {
	clock := newClock(looked, nil)
	day := func(n int, used, total int64) drift.Level {
		return drift.Level{At: looked.AddDate(0, 0, n), Used: used, Total: total}
	}
	for _, c := range []struct {
		name string
		pool drift.Fullness
		line string
		says string
	}{
		{"no history", drift.Fullness{Used: 1, Total: 2}, "", ""},
		{"one level, which is this run's", drift.Fullness{Used: 1, Total: 2, Curve: []drift.Level{day(0, 1, 2)}}, "", ""},
		{"one level before", drift.Fullness{Used: 3, Total: 4, Curve: []drift.Level{day(-1, 1, 4)}}, "M3.0 34.5L237.0 13.5", "From 25% on 25 Nov 2026 to 75% on 26 Nov 2026"},
		{"by time, not by number", drift.Fullness{Used: 0, Total: 100, Curve: []drift.Level{day(-10, 100, 100), day(-1, 50, 100)}},
			"M3.0 3.0L213.6 24.0L237.0 45.0", "From 100% on 16 Nov 2026 to 0% on 26 Nov 2026"},
		{"steady", drift.Fullness{Used: 50, Total: 100, Curve: []drift.Level{day(-2, 50, 100), day(-1, 25, 50)}}, "M3.0 24.0L120.0 24.0L237.0 24.0", "50% all the time since 24 Nov 2026"},
		{"what is not known", drift.Fullness{Used: -1, Total: -1, Curve: []drift.Level{day(-3, 1, 2), day(-2, -1, -1), day(-1, 2, 2)}},
			"M3.0 24.0L237.0 3.0", "From 50% on 23 Nov 2026 to 100% on 25 Nov 2026"},
		{"a peak and a valley", drift.Fullness{Used: 50, Total: 100, Curve: []drift.Level{day(-3, 40, 100), day(-2, 90, 100), day(-1, 10, 100)}},
			"M3.0 28.2L81.0 7.2L159.0 40.8L237.0 24.0", "From 40% on 23 Nov 2026 to 50% on 26 Nov 2026, lowest 10% on 25 Nov 2026, highest 90% on 24 Nov 2026"},
		{"more than there is", drift.Fullness{Used: 150, Total: 100, Curve: []drift.Level{day(-1, 50, 100)}}, "M3.0 24.0L237.0 3.0", "From 50% on 25 Nov 2026 to 150% on 26 Nov 2026"},
		{"all at once", drift.Fullness{Used: 1, Total: 2, Curve: []drift.Level{day(0, 0, 2), day(0, 1, 2)}}, "M3.0 45.0L237.0 24.0", "From 0% on 26 Nov 2026 to 50% on 26 Nov 2026"},
	} {
		curve := newCurve(&c.pool, clock)
		switch {
		case c.line == "" && curve == nil:
		case curve == nil || curve.Line != c.line || curve.Words != c.says:
			t.Errorf("%s: %+v", c.name, curve)
		}
	}
}

func TestFullness(t *testing.T) {
	for _, c := range []struct {
		used, total                  int64
		share, width, class, warning string
	}{
		{0, 100, "0%", "0.0", "calm", ""},
		{1, 1000, "under 1%", "0.1", "calm", ""},
		{799, 1000, "79%", "79.9", "calm", ""},
		{800, 1000, "80%", "80.0", "filling", "filling up"},
		{900, 1000, "90%", "90.0", "full", "nearly full"},
		{999, 1000, "99%", "99.9", "full", "nearly full"},
		{1500, 1000, "150%", "100.0", "full", "nearly full"},
		{-1, -1, "", "", "", ""},
		{5, 0, "", "", "", ""},
	} {
		v := newPool(&drift.Fullness{Pool: "p", Used: c.used, Total: c.total}, newClock(looked, nil))
		if v.Share != c.share || v.Width != c.width || v.Class != c.class || v.Warning != c.warning {
			t.Errorf("%d of %d: %+v", c.used, c.total, v)
		}
	}
}

// TestHeadings says what a page tells first.
func TestHeadings(t *testing.T) {
	check := func(statuses ...drift.Status) *drift.Run {
		run := &drift.Run{}
		for _, status := range statuses {
			c := drift.Check{Remote: "prod", Spec: "storage.hcl", Status: status}
			if status == drift.Drifted {
				c.Findings = []drift.Finding{{Kind: drift.OrphanKind}, {Kind: drift.ChangeKind, Code: "patch"}}
			}
			run.Checks = append(run.Checks, c)
		}
		return run
	}
	narrowed := check(drift.Clean, drift.Drifted)
	narrowed.FailOn = []drift.Kind{drift.OrphanKind}
	none := check(drift.Drifted)
	none.FailOn, none.Checks[0].Status = []drift.Kind{drift.BlockedKind}, drift.Clean
	for _, c := range []struct {
		run                     *drift.Run
		sign, heading, sentence string
	}{
		{check(), "!", "Nothing was checked", "There is neither a spec nor a server in this run."},
		{check(drift.Clean), "✓", "No drift on prod", ""},
		{check(drift.Drifted), "≠", "Drift on prod", "1 no longer declared, 1 to patch."},
		{check(drift.Unreachable), "?", "prod was not reached", ""},
		{check(drift.Invalid), "✗", "The spec for prod is wrong", ""},
		{check(drift.Failed), "!", "The check of prod failed", ""},
		{check(drift.Status("new")), "!", "The check of prod failed", ""},
		{check(drift.Clean, drift.Clean), "✓", "No drift", "2 checks: each server is as its spec says."},
		{check(drift.Clean, drift.Drifted), "≠", "Drift in 1 of 2 checks", "2 findings in all."},
		{check(drift.Unreachable, drift.Drifted, drift.Invalid), "≠", "Drift in 1 of 3 checks", "2 findings in all. 2 checks without an answer, so there may be more."},
		{narrowed, "≠", "Drift in 1 of 2 checks", "1 finding in all. 1 finding of a kind that does not count in this run."},
		{none, "✓", "No drift on prod", "1 no longer declared, 1 to patch. 2 findings of a kind that does not count in this run."},
		{check(drift.Unreachable, drift.Clean), "?", "1 of 2 checks without an answer", "No drift was found in the others."},
		{check(drift.Unreachable, drift.Invalid), "✗", "2 of 2 checks without an answer", "So nobody knows whether there is drift."},
	} {
		v := newView(c.run, Options{})
		if v.Look.Sign != c.sign || v.Heading != c.heading || v.Sentence != c.sentence {
			t.Errorf("%s %s: %s", v.Look.Sign, v.Heading, v.Sentence)
		}
	}
}
