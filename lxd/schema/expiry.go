package schema

import (
	"fmt"
	"strconv"
	"strings"

	"tarn/cli/lazyregexp"
)

// span is one part of an expiry. LXD reads it case-sensitively: M is minutes, m is months.
var span = lazyregexp.New(`^([0-9]+)([SMHdwmy])$`)

// CheckExpiry is nil when LXD takes an expiry such as "1H 30d": spans of seconds (S), minutes (M), hours (H), days (d),
// weeks (w), months (m) and years (y), separated by one space, each unit once. Blank is no expiry.
func CheckExpiry(text string) error {
	trimmed := strings.TrimSpace(text)
	if trimmed == "" {
		return nil
	}
	used := map[string]bool{}
	for part := range strings.SplitSeq(trimmed, " ") {
		match := span().FindStringSubmatch(part)
		if match == nil {
			if onlyNumber().MatchString(trimmed) {
				return fmt.Errorf("%q is not an expiry: write %sd for days", text, trimmed)
			}
			if meant := expiryMeant(text); meant != "" {
				return fmt.Errorf("%q is not an expiry: write %s", text, meant)
			}
			if strings.EqualFold(trimmed, "never") || strings.EqualFold(trimmed, "none") {
				return fmt.Errorf("%q is not an expiry: leave the key out for none", text)
			}
			return fmt.Errorf("%q is not an expiry: write numbers with S, M, H, d, w, m or y and one space between them, such as 30d or 1d 12H", text)
		}
		number, unit := match[1], match[2]
		count, err := strconv.Atoi(number)
		if err != nil {
			return fmt.Errorf("%q is not an expiry: %s is too large", text, number)
		}
		if used[unit] {
			return fmt.Errorf("%q is not an expiry: write %s only once", text, unit)
		}
		used[unit] = count > 0 // LXD lets a unit come again after 0
	}
	return nil
}
