package schema

import (
	"strings"
	"testing"
)

// The texts were sent to LXD 5.0.2, and it took or refused them as the tables say.

func TestParseExpiry(t *testing.T) {
	testTexts(t, ParseExpiry,
		[]string{
			"1S", "1M", "1H", "1d", "1w", "1m", "1y", "1d 1H", "1d 2H 3M 4S 5w 6m 7y", "0d", "00d", "01d",
			" 1d ", "\t1d\n", "", "   ", "0d 1d", "0d 0d", "9223372036854775807d",
		},
		map[string]string{
			"1s":                    "write numbers with S, M, H, d, w, m or y",
			"1h":                    "write numbers with",
			"1D":                    "write numbers with",
			"1Y":                    "write numbers with",
			"1":                     "write numbers with",
			"d":                     "write numbers with",
			"-1d":                   "write numbers with",
			"+1d":                   "write numbers with",
			"1.5d":                  "write numbers with",
			"1d1H":                  "write numbers with",
			"1d,1H":                 "write numbers with",
			"1d  1H":                "write numbers with",
			"1d\t1H":                "write numbers with",
			"x1d":                   "write numbers with",
			"1dx":                   "write numbers with",
			"٣d":                    "write numbers with",
			"never":                 "write numbers with",
			"-":                     "write numbers with",
			"1d 1d":                 "write d only once",
			"1d 0d":                 "write d only once",
			"99999999999999999999d": "99999999999999999999 is too large",
		})
}

func TestParseSchedule(t *testing.T) {
	testTexts(t, ParseSchedule,
		[]string{
			"@hourly", "@HOURLY", "@daily", "@midnight", "@weekly", "@monthly", "@annually", "@yearly",
			"@hourly, @daily", "@hourly, @hourly", "0 6 * * *, @daily", "0 6 * * *, 0 7 * * *",
			"0 6 * * *", "00 06 * * *", "* * 31 2 *", "* * * * 0", "* * * jan *", "* * * JAN *", "* * * * MON-FRI",
			"* * * * mon,tue", "*/5 * * * *", "*/100 * * * *", "5/15 * * * *", "? * * * *", "* * ? * *", "1-5/2 * * * *",
			"1,2,3 * * * *", "1,,2 * * * *", "0-59 * * * *", "*-5 * * * *", "+5 * * * *", "* * * * *\n",
		},
		map[string]string{
			"@startup":              "the aliases are @hourly",
			"@never":                "the aliases are",
			"@every 1h":             "the aliases are",
			"@":                     "the aliases are",
			"@hourly,@daily":        "a comma and a space",
			"@daily ":               "the aliases are",
			"@hourly,  @daily":      "write minute, hour",
			"@hourly, ":             "write minute, hour",
			" @daily":               "write minute, hour",
			", @daily":              "write minute, hour",
			"":                      "write minute, hour",
			"x":                     "write minute, hour",
			"0 6 * *":               "write minute, hour",
			"0 6 * * * *":           "write minute, hour",
			"0  6 * * *":            "one space between them",
			"0\t6 * * *":            "write minute, hour",
			"0 6 * * *,0 7 * * *":   "write minute, hour",
			"TZ=UTC 0 6 * * *":      "write minute, hour",
			"CRON_TZ=UTC 0 6 * * *": "write minute, hour",
			"TZ=UTC * * * *":        "failed to parse int from tz=utc",
			"60 * * * *":            "above maximum (59)",
			"* 24 * * *":            "above maximum (23)",
			"* * 0 * *":             "below minimum (1)",
			"* * * 13 *":            "above maximum (12)",
			"* * * * 7":             "above maximum (6)",
			"* * * * Sunday":        "failed to parse int from sunday",
			"*/0 * * * *":           "step of range should be a positive number",
			"*/-1 * * * *":          "negative number",
			"5-1 * * * *":           "beyond end of range",
			"0-60 * * * *":          "above maximum (59)",
			"-1 * * * *":            "failed to parse int",
			"1- * * * *":            "failed to parse int",
			"1/ * * * *":            "failed to parse int",
			"/5 * * * *":            "failed to parse int",
			"L * * * *":             "failed to parse int from l",
			"* * * * 1#2":           "failed to parse int from 1#2",
		})
}

// testTexts checks which texts are right, and what the errors of the others say among the rest.
func testTexts(t *testing.T, parse func(string) error, right []string, wrong map[string]string) {
	t.Helper()
	for _, text := range right {
		if err := parse(text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	for text, want := range wrong {
		if err := parse(text); err == nil {
			t.Errorf("%q is taken", text)
		} else if !strings.Contains(err.Error(), want) {
			t.Errorf("%q\n got %s\nwant %s", text, err, want)
		}
	}
}

func FuzzParseExpiry(f *testing.F) {
	for _, text := range []string{"", " ", "\t1d\n", "1d", "1d 2H 3M 4S 5w 6m 7y", "0d 1d", "1d  1H", "99999999999999999999d", "٣d"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if ParseExpiry(text) != nil {
			return
		}
		// Trimmed, so that only white space at both ends is left out.
		if strings.Trim(strings.TrimSpace(text), "0123456789SMHdwmy ") != "" {
			t.Fatalf("ParseExpiry takes %q", text)
		}
	})
}

func FuzzParseSchedule(f *testing.F) {
	for _, text := range []string{"", "@daily", "@hourly, @daily", "0 6 * * *", "*/5 1-5/2 ? jan mon,tue", "TZ=UTC * * * *", "* * * * 7"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if ParseSchedule(text) != nil {
			return
		}
		if err := ParseSchedule(strings.ToLower(text)); err != nil {
			t.Fatalf("ParseSchedule takes %q, but in lower case: %v", text, err)
		}
		if err := ParseSchedule(text + ", @daily"); err != nil {
			t.Fatalf("ParseSchedule takes %q, but with another: %v", text, err)
		}
	})
}
