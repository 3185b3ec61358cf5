package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/robfig/cron/v3"

	"tarn/cli/lazyregexp"
)

// aliases of schedules, in lower case.
var aliases = []string{"@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@annually", "@yearly"}

// CheckSchedule is nil when LXD takes a schedule: cron expressions of five fields or aliases such as @daily, in any case,
// separated by a comma and a space.
func CheckSchedule(text string) error {
	for part := range strings.SplitSeq(strings.ToLower(text), ", ") {
		if slices.Contains(aliases, part) {
			continue
		}
		if meant := scheduleMeant(part); meant != "" {
			return fmt.Errorf("%q is not a schedule: write %s", text, strings.Replace(strings.ToLower(text), part, meant, 1))
		}
		if strings.HasPrefix(part, "@") {
			return fmt.Errorf("%q is not a schedule: the aliases are %s; several go with a comma and a space between them", text, joined(aliases, "or"))
		}
		if fields := len(strings.Split(part, " ")); fields != 5 {
			return fmt.Errorf("%q is not a schedule: write minute, hour, day of month, month and day of week with one space between them, such as 0 6 * * *", text)
		}
		if _, err := cron.ParseStandard(part); err != nil {
			if wrong := wrongField(part, func(s string) bool { _, err := cron.ParseStandard(s); return err == nil }); wrong != "" {
				return fmt.Errorf("%q is not a schedule: %s", text, wrong)
			}
			return fmt.Errorf("%q is not a schedule: %w", text, err)
		}
	}
	return nil
}

// cronAliases are aliases that newer Incus has besides.
var cronAliases = []string{"@always", "@5minutes", "@10minutes", "@15minutes", "@30minutes", "@everysecond"}

var (
	year         = lazyregexp.New(`^[0-9]{4}$`)
	extraLetters = lazyregexp.New(`^([0-9]*[lw]|[0-9]#[0-9]|[a-z]{3}#[0-9])$`) // the last day, the nearest weekday, the nth one of a month: l, 15w, 5#2
	sundayAgain  = lazyregexp.New(`\b7\b`)
)

// withSeconds reads cron expressions of six fields, the first of which are seconds.
var withSeconds = cron.NewParser(cron.Second | cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)

// checkCron is nil for what newer Incus takes as a schedule (seen on Incus 7.3): each part is as for CheckSchedule, may have
// seconds in front and a year behind, and white space of any length.
func checkCron(text string) error {
	for part := range strings.SplitSeq(strings.ToLower(text), ", ") {
		part = strings.Trim(part, " \t")
		if slices.Contains(aliases, part) || slices.Contains(cronAliases, part) {
			continue
		}
		fields := strings.Fields(part)
		if len(fields) < 5 || len(fields) > 7 || strings.HasPrefix(part, "@") {
			return fmt.Errorf("%q is not a schedule: write minute, hour, day of month, month and day of week, and if need be seconds in front and a year behind, such as 0 6 * * *", text)
		}
		if last := len(fields) - 1; len(fields) == 7 || len(fields) == 6 && year().MatchString(fields[last]) {
			fields = fields[:last]
		}
		if len(fields) == 5 {
			fields = slices.Insert(fields, 0, "0")
		}
		for i, field := range fields {
			if extraLetters().MatchString(field) {
				fields[i] = "*"
			}
		}
		fields[5] = sundayAgain().ReplaceAllString(fields[5], "6") // both are days
		if _, err := withSeconds.Parse(strings.Join(fields, " ")); err != nil {
			return fmt.Errorf("%q is not a schedule: %w", text, err)
		}
	}
	return nil
}
