package schema

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// The units of LXD, which it reads case-sensitively: kB is one, KB and k are not.
var units = map[string]int64{
	"": 1, "B": 1, " bytes": 1, // the last is the only one after a space
	"kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "PB": 1e15, "EB": 1e18,
	"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40, "PiB": 1 << 50, "EiB": 1 << 60,
}

// ParseSize reads a number of bytes as LXD does: digits and a unit, with nothing between them. The empty string is an
// error; LXD takes it as unset.
func ParseSize(text string) (int64, error) {
	unit := strings.TrimLeft(text, "0123456789")
	digits := text[:len(text)-len(unit)]
	if digits == "" {
		return 0, fmt.Errorf("%q is not a size: write a whole number and a unit such as GB or GiB without a space", text)
	}
	factor, ok := units[unit]
	if !ok {
		return 0, unitError(text, digits, unit)
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if errors.Is(err, strconv.ErrRange) || n > math.MaxInt64/factor {
		return 0, fmt.Errorf("%q is too large: LXD counts to just under 8EiB", text)
	}
	return n * factor, nil
}

// unitError explains why what follows the digits is no unit, with the likely spelling where there is one.
func unitError(text, digits, unit string) error {
	word := strings.ToLower(strings.TrimSpace(unit))
	if len(word) == 1 && strings.Contains("kmgtpe", word) {
		binary, decimal := unitLike(word+"ib"), unitLike(word+"b")
		return fmt.Errorf("%q is not a size: write %s%s or %s%s", text, digits, binary, digits, decimal)
	}
	if meant := unitLike(word); meant != "" {
		return fmt.Errorf("%q is not a size: write %s%s", text, digits, meant)
	}
	if word != "" && (word[0] == '.' || word[0] == ',') {
		return fmt.Errorf("%q is not a size: write a whole number of a smaller unit, such as 1536MiB", text)
	}
	return fmt.Errorf("%q is not a size: write a whole number and a unit such as GB or GiB without a space", text)
}

// unitLike is the unit that a lower-case word spells, "" for none.
func unitLike(word string) string {
	for unit := range units {
		if strings.ToLower(unit) == word {
			return unit
		}
	}
	return ""
}

// FormatSize writes a number of bytes for people: 1.2 GiB, with one decimal at most.
func FormatSize(bytes int64) string {
	if bytes > -1024 && bytes < 1024 {
		return strconv.FormatInt(bytes, 10) + " B"
	}
	value := float64(bytes)
	for _, unit := range []string{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"} {
		value /= 1024
		// What would round to 1024 is one of the next unit.
		if math.Abs(value) < 1023.95 || unit == "EiB" {
			return strings.TrimSuffix(strconv.FormatFloat(value, 'f', 1, 64), ".0") + " " + unit
		}
	}
	panic("unreachable")
}
