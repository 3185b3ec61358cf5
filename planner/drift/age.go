package drift

import (
	"fmt"
	"time"
)

// String says since when something stands, and how often it has come: "new" for the first time, "" when no history knows.
func (a Age) String() string {
	switch {
	case a.Since.IsZero():
		return ""
	case a.Runs == 1 && a.Times <= 1:
		return "new"
	}
	text := "since " + minute(a.Since)
	if a.Times > 1 {
		text += fmt.Sprintf(", for the %d%s time since %s", a.Times, OrdinalEnding(a.Times), minute(a.First))
	}
	return text
}

// minute is a time for people, in which no one's zone is taken for another's.
func minute(at time.Time) string { return at.UTC().Format("2006-01-02 15:04 UTC") }

// OrdinalEnding is how a number ends in an order: 1st, 22nd, 113th.
func OrdinalEnding(n int) string {
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			return "st"
		case 2:
			return "nd"
		case 3:
			return "rd"
		}
	}
	return "th"
}
