package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/robfig/cron/v3"
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
		if strings.HasPrefix(part, "@") {
			return fmt.Errorf("%q is not a schedule: the aliases are %s; several go with a comma and a space between them", text, joined(aliases, "or"))
		}
		if fields := len(strings.Split(part, " ")); fields != 5 {
			return fmt.Errorf("%q is not a schedule: write minute, hour, day of month, month and day of week with one space between them, such as 0 6 * * *", text)
		}
		if _, err := cron.ParseStandard(part); err != nil {
			return fmt.Errorf("%q is not a schedule: %w", text, err)
		}
	}
	return nil
}
