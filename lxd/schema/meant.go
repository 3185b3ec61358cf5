package schema

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"sync"

	"tarn/cli/lazyregexp"
)

// What somebody probably means by a value that no server takes. Each of these gives "" when that is not known; what they give is a
// value that servers take.

// otherUnits are words for units of sizes, in lower case.
var otherUnits = sync.OnceValue(func() map[string]string {
	return map[string]string{
		"k": "KiB", "m": "MiB", "g": "GiB", "t": "TiB", "p": "PiB", "e": "EiB",
		"ki": "KiB", "mi": "MiB", "gi": "GiB", "ti": "TiB", "pi": "PiB", "ei": "EiB",
		"byte": "B", "bytes": "B", "meg": "MiB", "megs": "MiB", "gig": "GiB", "gigs": "GiB", "tera": "TiB",
		"kilobyte": "kB", "megabyte": "MB", "gigabyte": "GB", "terabyte": "TB", "petabyte": "PB",
		"kibibyte": "KiB", "mebibyte": "MiB", "gibibyte": "GiB", "tebibyte": "TiB", "pebibyte": "PiB",
	}
})

// unitMeant is the unit that a word spells, "" for none.
func unitMeant(word string) string {
	word = strings.ToLower(strings.TrimSuffix(strings.TrimSpace(word), "/s"))
	for _, w := range []string{word, strings.TrimSuffix(word, "s")} {
		if unit := unitLike(w); unit != "" && w != "" {
			return unit
		}
		if unit, ok := otherUnits()[w]; ok {
			return unit
		}
	}
	return ""
}

var roughSize = lazyregexp.New(`^\s*([0-9][0-9_ ]*)(?:[.,]([0-9]+))?\s*([a-zA-Z/]*)\s*$`)

// sizeMeant is the size that is meant by a text: 10GiB for 10 gib, 1536MiB for 1.5GiB.
func sizeMeant(text string) string {
	meant := sizeOfUnits(text)
	if meant == "" || meant == text {
		return ""
	}
	if _, err := ParseSize(meant); err != nil { // more than servers count to
		return ""
	}
	return meant
}

// sizeOfUnits is sizeMeant for sizes of any number.
func sizeOfUnits(text string) string {
	m := roughSize().FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	whole, fraction, unit := strings.NewReplacer("_", "", " ", "").Replace(m[1]), strings.TrimRight(m[2], "0"), m[3]
	if unit != "" {
		if unit = unitMeant(unit); unit == "" {
			return ""
		}
	}
	if fraction == "" {
		if len(m[2]) > 2 { // 1,000 may be a thousand
			return ""
		}
		return whole + unit
	}
	value, ok := new(big.Rat).SetString(whole + "." + fraction)
	if !ok || unit == "" || len(whole)+len(fraction) > 18 {
		return ""
	}
	if len(m[2]) == 3 && strings.Contains(text, ",") {
		return ""
	}
	bytes := value.Mul(value, new(big.Rat).SetInt64(units[unit]))
	family := []string{"PiB", "TiB", "GiB", "MiB", "KiB", "B"}
	if !strings.Contains(unit, "i") {
		family = []string{"PB", "TB", "GB", "MB", "kB", "B"}
	}
	for _, smaller := range family {
		number := new(big.Rat).Quo(bytes, new(big.Rat).SetInt64(units[smaller]))
		if number.IsInt() && units[smaller] < units[unit] {
			return number.Num().String() + smaller
		}
	}
	return ""
}

// otherBools are words for true and false, in lower case.
var otherBools = map[string]string{
	"y": "true", "t": "true", "enabled": "true", "enable": "true", "active": "true", "ok": "true",
	"n": "false", "f": "false", "disabled": "false", "disable": "false", "none": "false", "never": "false",
}

// boolMeant is true or false, as a word means it.
func boolMeant(text string) string {
	word := strings.ToLower(strings.TrimSpace(text))
	if meant, ok := otherBools[word]; ok {
		return meant
	}
	meant := ""
	for _, near := range Suggest(word, []string{"true", "yes", "false"}) {
		is := map[string]string{"true": "true", "yes": "true", "false": "false"}[near]
		if meant != "" && meant != is {
			return ""
		}
		meant = is
	}
	return meant
}

// otherSpans are words for units of an expiry. m is months to LXD and M minutes, so that single letters stay as they are.
var otherSpans = sync.OnceValue(func() map[string]string {
	return map[string]string{
		"s": "S", "sec": "S", "secs": "S", "second": "S", "seconds": "S",
		"min": "M", "mins": "M", "minute": "M", "minutes": "M", "M": "M",
		"h": "H", "H": "H", "hr": "H", "hrs": "H", "hour": "H", "hours": "H",
		"d": "d", "D": "d", "day": "d", "days": "d",
		"w": "w", "W": "w", "week": "w", "weeks": "w",
		"m": "m", "mo": "m", "mon": "m", "month": "m", "months": "m",
		"y": "y", "Y": "y", "year": "y", "years": "y",
		"S": "S",
	}
})

var (
	roughSpans = lazyregexp.New(`^(?:\s*(?:,|and)?\s*[0-9]+\s*[a-zA-Z]+)+\s*$`)
	roughSpan  = lazyregexp.New(`([0-9]+)\s*([a-zA-Z]+)`)
	isoDays    = lazyregexp.New(`^P([0-9]+)([DWMY])$`)
	onlyNumber = lazyregexp.New(`^[0-9]+$`)
)

// expiryMeant is the expiry that is meant by a text: 1d 2H for "1 day 2 hours".
func expiryMeant(text string) string {
	text = strings.TrimSpace(text)
	if m := isoDays().FindStringSubmatch(text); m != nil {
		return m[1] + strings.ToLower(m[2])
	}
	if !roughSpans().MatchString(text) {
		return ""
	}
	var parts []string
	for _, m := range roughSpan().FindAllStringSubmatch(text, -1) {
		unit, ok := otherSpans()[m[2]]
		if !ok {
			unit, ok = otherSpans()[strings.ToLower(m[2])]
		}
		if !ok || len(m[2]) == 1 && unit != m[2] && strings.EqualFold(unit, "m") {
			return ""
		}
		parts = append(parts, m[1]+unit)
	}
	meant := strings.Join(parts, " ")
	if CheckExpiry(meant) != nil {
		return ""
	}
	return meant
}

var (
	clockTime  = lazyregexp.New(`^([01]?[0-9]|2[0-3]):([0-5][0-9])$`)
	everyWords = map[string]string{
		"every hour": "@hourly", "hour": "@hourly", "every day": "@daily", "day": "@daily", "every night": "@daily", "nightly": "@daily", "@nightly": "@daily",
		"every week": "@weekly", "week": "@weekly", "every month": "@monthly", "month": "@monthly", "every year": "@yearly", "year": "@yearly",
		"@every 1h": "@hourly", "@every 24h": "@daily", "@every 1d": "@daily",
	}
)

// scheduleMeant is the schedule that is meant by a text: @daily for daily, 30 3 * * * for 3:30.
func scheduleMeant(text string) string {
	text = strings.ToLower(strings.TrimSpace(text))
	if m := clockTime().FindStringSubmatch(text); m != nil {
		hour, _ := strconv.Atoi(m[1])
		minute, _ := strconv.Atoi(m[2])
		return fmt.Sprintf("%d %d * * *", minute, hour)
	}
	if meant, ok := everyWords[text]; ok {
		return meant
	}
	if near := Suggest("@"+strings.TrimPrefix(text, "@"), aliases); len(near) == 1 {
		return near[0]
	}
	if fields := strings.Fields(text); len(fields) == 5 && strings.Join(fields, " ") != text && CheckSchedule(strings.Join(fields, " ")) == nil {
		return strings.Join(fields, " ")
	}
	return ""
}

// scheduleFields are those of a cron expression, with what they may be.
var scheduleFields = []struct{ name, values string }{
	{"minute", "0 to 59"}, {"hour", "0 to 23"}, {"day of month", "1 to 31"}, {"month", "1 to 12, or jan to dec"}, {"day of week", "0 to 6, or sun to sat"},
}

// wrongField tells which field of a cron expression of five fields is wrong, "" when it is not clear. parses tells whether an
// expression is right.
func wrongField(expression string, parses func(string) bool) string {
	fields := strings.Split(expression, " ")
	for i, field := range fields {
		only := []string{"*", "*", "*", "*", "*"}
		only[i] = field
		if !parses(strings.Join(only, " ")) {
			return fmt.Sprintf("%q is no %s: write %s, or * for each", field, scheduleFields[i].name, scheduleFields[i].values)
		}
	}
	return ""
}

// enumMeant is the one of some values that is meant by a text.
func enumMeant(text string, values []string) string {
	if near := Suggest(text, values); len(near) == 1 && !slices.Contains(values, text) {
		return near[0]
	}
	return ""
}
