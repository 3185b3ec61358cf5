package schema

import (
	"strings"
	"testing"
)

func TestCheckSchedule(t *testing.T) {
	testTexts(t, CheckSchedule,
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

func FuzzCheckSchedule(f *testing.F) {
	for _, text := range []string{"", "@daily", "@hourly, @daily", "0 6 * * *", "*/5 1-5/2 ? jan mon,tue", "TZ=UTC * * * *", "* * * * 7"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if CheckSchedule(text) != nil {
			return
		}
		if err := CheckSchedule(strings.ToLower(text)); err != nil {
			t.Fatalf("CheckSchedule takes %q, but in lower case: %v", text, err)
		}
		if err := CheckSchedule(text + ", @daily"); err != nil {
			t.Fatalf("CheckSchedule takes %q, but with another: %v", text, err)
		}
	})
}
