package schema

import (
	"errors"
	"fmt"
	"math"
	"slices"
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
		return 0, sizeError(text)
	}
	factor, ok := units[unit]
	if !ok {
		return 0, sizeError(text)
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if errors.Is(err, strconv.ErrRange) || n > math.MaxInt64/factor {
		return 0, fmt.Errorf("%q is too large: LXD counts to just under 8EiB", text)
	}
	return n * factor, nil
}

// sizeError says what would be a size in place of a text that is none.
func sizeError(text string) error {
	word := strings.ToLower(strings.TrimSpace(strings.TrimLeft(text, "0123456789 ")))
	meant := sizeMeant(text)
	switch {
	case len(word) == 1 && strings.Contains("kmgtpe", word) && meant != "":
		return fmt.Errorf("%q is not a size: write %s or %s%s", text, meant, strings.TrimRight(meant, "KMGTPEiB"), unitLike(word+"b"))
	case meant != "":
		return fmt.Errorf("%q is not a size: write %s", text, meant)
	case strings.HasSuffix(word, "%"):
		return fmt.Errorf("%q is not a size, and LXD takes no shares: write a whole number and a unit without a space, such as 10GiB", text)
	case strings.HasPrefix(strings.TrimSpace(text), "-"):
		return fmt.Errorf("%q is less than nothing: write a whole number and a unit without a space, such as 10GiB", text)
	case slices.Contains([]string{"unlimited", "max", "none", "auto", "infinite", "default"}, word):
		return fmt.Errorf("%q is not a size: leave the key out for no limit of its own, or write one such as 10GiB", text)
	}
	return fmt.Errorf("%q is not a size: write a whole number and a unit without a space, such as 10GiB or 10GB", text)
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
