package schema

import (
	"strings"
	"testing"
)

// The texts were sent to LXD 5.0.2, and it took or refused them as the tables say.

func TestCheckExpiry(t *testing.T) {
	testTexts(t, CheckExpiry,
		[]string{
			"1S", "1M", "1H", "1d", "1w", "1m", "1y", "1d 1H", "1d 2H 3M 4S 5w 6m 7y", "0d", "00d", "01d",
			" 1d ", "\t1d\n", "", "   ", "0d 1d", "0d 0d", "9223372036854775807d",
		},
		map[string]string{
			"1s":                    "write 1S",
			"1h":                    "write 1H",
			"1D":                    "write 1d",
			"1Y":                    "write 1y",
			"1":                     "write 1d for days",
			"d":                     "write numbers with",
			"-1d":                   "write numbers with",
			"+1d":                   "write numbers with",
			"1.5d":                  "write numbers with",
			"1d1H":                  "write 1d 1H",
			"1d,1H":                 "write 1d 1H",
			"1d  1H":                "write 1d 1H",
			"1d\t1H":                "write 1d 1H",
			"1 day":                 "write 1d",
			"2 weeks, 3 hours":      "write 2w 3H",
			"90min":                 "write 90M",
			"P7D":                   "write 7d",
			"5 fortnights":          "write numbers with",
			"x1d":                   "write numbers with",
			"1dx":                   "write numbers with",
			"٣d":                    "write numbers with",
			"never":                 "leave the key out",
			"-":                     "write numbers with",
			"1d 1d":                 "write d only once",
			"1d 0d":                 "write d only once",
			"99999999999999999999d": "99999999999999999999 is too large",
		})
}

func FuzzCheckExpiry(f *testing.F) {
	for _, text := range []string{"", " ", "\t1d\n", "1d", "1d 2H 3M 4S 5w 6m 7y", "0d 1d", "1d  1H", "99999999999999999999d", "٣d"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if CheckExpiry(text) != nil {
			return
		}
		// Trimmed, so that only white space at both ends is left out.
		if strings.Trim(strings.TrimSpace(text), "0123456789SMHdwmy ") != "" {
			t.Fatalf("CheckExpiry takes %q", text)
		}
	})
}
