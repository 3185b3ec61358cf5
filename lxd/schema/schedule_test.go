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
			"@dayly":                "write @daily",
			"daily":                 "write @daily",
			"every week":            "write @weekly",
			"3:05":                  "write 5 3 * * *",
			"00:00":                 "write 0 0 * * *",
			"@startup":              "the aliases are @hourly",
			"@never":                "the aliases are",
			"@every 1h":             "write @hourly",
			"@":                     "the aliases are",
			"@hourly,@daily":        "a comma and a space",
			"@daily ":               "write @daily",
			"@hourly,  @daily":      "write @hourly, @daily",
			"@hourly, ":             "write minute, hour",
			" @daily":               "write @daily",
			", @daily":              "write minute, hour",
			"":                      "write minute, hour",
			"x":                     "write minute, hour",
			"0 6 * *":               "write minute, hour",
			"0 6 * * * *":           "write minute, hour",
			"0  6 * * *":            "write 0 6 * * *",
			"0\t6 * * *":            "write 0 6 * * *",
			"0 6 * * *,0 7 * * *":   "write minute, hour",
			"TZ=UTC 0 6 * * *":      "write minute, hour",
			"CRON_TZ=UTC 0 6 * * *": "write minute, hour",
			"TZ=UTC * * * *":        "\"tz=utc\" is no minute",
			"60 * * * *":            "\"60\" is no minute: write 0 to 59, or * for each",
			"* 24 * * *":            "\"24\" is no hour: write 0 to 23",
			"* * 0 * *":             "\"0\" is no day of month: write 1 to 31",
			"* * * 13 *":            "\"13\" is no month: write 1 to 12, or jan to dec",
			"* * * * 7":             "\"7\" is no day of week: write 0 to 6, or sun to sat",
			"* * * * Sunday":        "\"sunday\" is no day of week",
			"*/0 * * * *":           "is no minute",
			"*/-1 * * * *":          "is no minute",
			"5-1 * * * *":           "is no minute",
			"0-60 * * * *":          "is no minute",
			"-1 * * * *":            "is no minute",
			"1- * * * *":            "is no minute",
			"1/ * * * *":            "is no minute",
			"/5 * * * *":            "is no minute",
			"L * * * *":             "is no minute",
			"* * * * 1#2":           "is no day of week",
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
