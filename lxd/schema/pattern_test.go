package schema

import (
	"strings"
	"testing"
)

func TestCheckPattern(t *testing.T) {
	testTexts(t, CheckPattern,
		[]string{
			"snap%d", "%d", "daily-%d", "a b%d", `{{ creation_date|date:'2006-01-02' }}`, `{{creation_date|date:"2006-01-02_15-04-05"}}`,
			`nightly-{{ creation_date | date : '20060102' }}-%d`, `{{ creation_date }}`, `{{ creation_date|date:'2006-01'|upper }}`,
			`x{% if creation_date %}{{ creation_date|date:'2006' }}{% endif %}`, `{{ creation_date|date:'Jan' }}`, "100%-%d",
		},
		map[string]string{
			"daily":                                 "the same name",
			"":                                      "the same name",
			"a/b%d":                                 "with a slash",
			`{{ creation_date|date:'2006/01/02' }}`: "with a slash",
			"snap%d-%d":                             "%d 2 times",
			"snap-%Y-%m-%d":                         "is for strftime: write the date as {{ creation_date|date:",
			"%F":                                    "is for strftime",
			`{{ creation_date|date:'YYYY-MM-DD' }}`: "always the same",
			`{{ creation_date`:                      "a {{ has no }}",
			`creation_date }}%d`:                    "a {{ has no }}",
			`{% if x %d`:                            "a {% has no %}",
			`{{ create_date|date:'2006' }}`:         "there is no create_date",
			`{{ creation_date|dat:'2006' }}`:        `it has no filter "dat"; that of dates is called date`,
			`{{ creation_date|date:2006-01-02' }}`:  "is no expression",
			`{{ }}%d`:                               "is no expression",
			`{{ "constant" }}`:                      "the same name",
		})
}

func TestPatternDoubt(t *testing.T) {
	for _, c := range []struct{ pattern, schedule, expiry, want string }{
		{"snap%d", "@hourly", "", ""},
		{`{{ creation_date|date:'2006-01-02' }}`, "", "", ""},
		{`{{ creation_date|date:'2006-01-02' }}`, "@daily", "", ""},
		{`{{ creation_date|date:'2006-01-02' }}`, "@midnight", "", ""},
		{`{{ creation_date|date:'2006-01-02' }}`, "0 6 * * *", "", ""},
		{`{{ creation_date|date:'2006-01-02' }}`, "@hourly", "", "several snapshots"},
		{`{{ creation_date|date:'2006-01-02' }}`, "0 6,18 * * *", "", "several snapshots"},
		{`{{ creation_date|date:'2006-01-02' }}`, "@daily, @hourly", "", "several snapshots"},
		{`{{ creation_date|date:'2006-01-02-15' }}`, "@hourly", "", ""},
		{`{{ creation_date|date:'2006-01-02-15' }}`, "*/10 * * * *", "", "several snapshots"},
		{`{{ creation_date|date:'2006-01' }}`, "@weekly", "", "several snapshots"},
		{`{{ creation_date|date:'2006-01' }}`, "@monthly", "", ""},
		{`{{ creation_date|date:'2006-01' }}-{{ creation_date|date:'15-04-05' }}`, "@daily", "", "come again after a day"},
		{`{{ creation_date|date:'2006-01' }}-{{ creation_date|date:'02' }}`, "@daily", "", ""},
		{`{{ creation_date|date:'2006-01' }}-%d`, "@hourly", "", ""},
		{`{{ creation_date }}`, "", "", "white space"},
		{"a b%d", "", "", "white space"},
		{".a%d", "", "", "begin with a dot"},
		{"daily", "@daily", "", ""}, // an error already
		{`{{ creation_date|date:'15-04-05' }}`, "@daily", "", "come again after a day"},
		{`{{ creation_date|date:'Monday' }}`, "@daily", "", "come again after a week"},
		{`{{ creation_date|date:'Monday' }}`, "@daily", "6d", ""},
		{`{{ creation_date|date:'01-02' }}`, "@daily", "", "come again after a year"},
	} {
		if got := PatternDoubt(c.pattern, c.schedule, c.expiry); (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s with %s: %q, want %q", c.pattern, c.schedule, got, c.want)
		}
	}
}

func FuzzCheckPattern(f *testing.F) {
	for _, text := range []string{"snap%d", `{{ creation_date|date:'2006-01-02' }}`, "{% if %}", "{{", "}}{{"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if CheckPattern(text) == nil {
			PatternDoubt(text, "@daily", "")
		}
	})
}
