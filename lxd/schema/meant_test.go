package schema

import (
	"testing"

	"pgregory.net/rapid"
)

// Whatever is written in place of a value, what it is taken to mean is one that servers take.
func TestMeantIsTaken(t *testing.T) {
	text := rapid.StringOfN(rapid.SampledFrom([]rune("0123456789.,_ kmgtiBGMTdayweksHhoursPD@*:-/%")), 1, 12, -1)
	unit := rapid.SampledFrom([]string{"", "G", "gib", "GB", "Mi", " TiB", "bytes", "megs", "kb", "EiB", "%"})
	number := rapid.SampledFrom([]string{"1", "10", "1.5", "0,25", "1_000", "12.345", "0.0001", "999999999999999999999"})
	rapid.Check(t, func(t *rapid.T) {
		rough := rapid.OneOf(text, rapid.Custom(func(t *rapid.T) string { return number.Draw(t, "number") + unit.Draw(t, "unit") })).Draw(t, "text")
		if meant := sizeMeant(rough); meant != "" {
			if _, err := ParseSize(meant); err != nil {
				t.Errorf("%q is taken to mean the size %q: %v", rough, meant, err)
			}
		}
		if meant := expiryMeant(rough); meant != "" && CheckExpiry(meant) != nil {
			t.Errorf("%q is taken to mean the expiry %q", rough, meant)
		}
		if meant := scheduleMeant(rough); meant != "" && CheckSchedule(meant) != nil {
			t.Errorf("%q is taken to mean the schedule %q", rough, meant)
		}
		if meant := boolMeant(rough); meant != "" {
			if _, err := ParseBool(meant); err != nil {
				t.Errorf("%q is taken to mean %q", rough, meant)
			}
		}
	})
}
