package page

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"tarn/lxd"
	"tarn/planner/drift"
	"tarn/planner/plan"
)

// clock words times as seen from a moment.
type clock struct {
	now time.Time // in the zone of the page
}

func newClock(now time.Time, zone *time.Location) clock {
	if zone == nil {
		zone = time.UTC
	}
	return clock{now.In(zone)}
}

// stamp is a time for machines and for people. The zero value is none.
type stamp struct{ ISO, Text, Day string }

func (c clock) stamp(t time.Time) stamp {
	if t.IsZero() {
		return stamp{}
	}
	t = t.In(c.now.Location())
	return stamp{t.Format(time.RFC3339), t.Format("Monday 2 Jan 2006, 15:04 ") + zoneOf(t), t.Format("2 Jan 2006")}
}

// zoneOf is the zone of a time in a word. Some have no name but a number.
func zoneOf(t time.Time) string {
	name, _ := t.Zone()
	if strings.HasPrefix(name, "+") || strings.HasPrefix(name, "-") {
		return "UTC" + name
	}
	return name
}

// zone names that of the page with its distance from UTC, for those who read it somewhere else.
func (c clock) zone() string {
	if name := zoneOf(c.now); name != "UTC" {
		return name + ", which is UTC" + c.now.Format("-07:00")
	}
	return "UTC"
}

// lasting words how long something has lasted until now: 2 days. It is "" for the zero time, and for what has just begun.
func (c clock) lasting(since time.Time) string {
	d := c.now.Sub(since)
	switch {
	case since.IsZero() || d < time.Minute:
		return ""
	case d < 2*time.Hour:
		return count(int(d/time.Minute), "minute")
	case d < 48*time.Hour:
		return count(int(d/time.Hour), "hour")
	}
	return count(int(d/(24*time.Hour)), "day")
}

// since words how long ago something was: 2 days ago.
func (c clock) since(t time.Time) string {
	if text := c.lasting(t); text != "" {
		return text + " ago"
	}
	return "just now"
}

// ageView says since when a finding stands.
type ageView struct {
	Since  stamp
	Stands string // how long that is
	New    bool   // no run before has found it
	Again  string // third time, first on …; "" for the first time
}

func (c clock) age(age drift.Age) ageView {
	v := ageView{Since: c.stamp(age.Since), Stands: c.lasting(age.Since)}
	if age.Since.IsZero() {
		return v
	}
	v.New = age.Runs == 1
	if age.Times > 1 {
		v.Again = ordinal(age.Times) + " time"
		if !age.First.IsZero() && !age.First.Equal(age.Since) {
			v.Again += ", the first was on " + c.stamp(age.First).Day
		}
	}
	return v
}

// ackView is an acknowledgement.
type ackView struct {
	Address string
	Keys    string
	Reason  string
	Place   string
	Until   stamp  // with the day alone, zero for ever
	Left    string // until it runs out: in 3 days
	Soon    bool   // that is within a week
}

// soon is how many days before its end an acknowledgement is told to run out.
const soon = 7

func (c clock) ack(a *drift.Acknowledgment) ackView {
	v := ackView{Address: lxd.PlainLine(a.Address), Keys: lxd.PlainLine(strings.Join(a.Keys, ", ")), Reason: lxd.PlainLine(a.Reason)}
	if a.Place != nil {
		v.Place = place(a.Place)
	}
	if a.Until == "" {
		return v
	}
	until, err := time.ParseInLocation(time.DateOnly, a.Until, time.UTC)
	if err != nil {
		v.Until = stamp{Text: lxd.PlainLine(a.Until)}
		return v
	}
	v.Until = stamp{ISO: a.Until, Text: until.Format("Monday 2 Jan 2006")}
	year, month, day := c.now.Date()
	switch days := int(until.Sub(time.Date(year, month, day, 0, 0, 0, 0, time.UTC)) / (24 * time.Hour)); {
	case days < 0:
		v.Left = count(-days, "day") + " ago"
	case days == 0:
		v.Left, v.Soon = "today is its last day", true
	default:
		v.Left, v.Soon = "in "+count(days, "day"), days <= soon
	}
	return v
}

// count is a number of things.
func count(n int, thing string) string { return number(n) + " " + plan.Plural(n, thing) }

// number is a number with a comma between thousands.
func number(n int) string {
	text := strconv.Itoa(n)
	for at := len(text) - 3; at > 0 && text[at-1] != '-'; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

var ordinals = [...]string{"first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"}

// ordinal is the word for the place in a row: third, 21st.
func ordinal(n int) string {
	if n >= 1 && n <= len(ordinals) {
		return ordinals[n-1]
	}
	return number(n) + drift.OrdinalEnding(n)
}

// took words how long a check took: 1.2 s.
func took(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", max(1, d.Milliseconds()))
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
}
