package schema

import (
	"fmt"
	"math"
	"testing"
)

// The texts were sent to LXD 5.0.2, and it took or refused them as the tables say.
func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "00": 0, "10": 10, "010": 10, "10B": 10, "10 bytes": 10,
		"1kB": 1000, "1MB": 1e6, "1GB": 1e9, "1TB": 1e12, "1PB": 1e15, "9EB": 9e18,
		"1KiB": 1 << 10, "1MiB": 1 << 20, "1GiB": 1 << 30, "1TiB": 1 << 40, "8191PiB": 8191 << 50, "7EiB": 7 << 60,
		"9223372036854775807": math.MaxInt64, "9223372036854775807B": math.MaxInt64,
	} {
		if got, err := ParseSize(text); err != nil || got != want {
			t.Errorf("ParseSize(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
}

func TestParseSizeRefuses(t *testing.T) {
	const (
		general  = `%q is not a size: write a whole number and a unit without a space, such as 10GiB or 10GB`
		meant    = `%q is not a size: write %s`
		negative = `%q is less than nothing: write a whole number and a unit without a space, such as 10GiB`
		noLimit  = `%q is not a size: leave the key out for no limit of its own, or write one such as 10GiB`
		share    = `%q is not a size, and LXD takes no shares: write a whole number and a unit without a space, such as 10GiB`
		tooLarge = `%q is too large: LXD counts to just under 8EiB`
	)
	for text, want := range map[string]string{
		"":                    fmt.Sprintf(general, ""),
		"max":                 fmt.Sprintf(noLimit, "max"),
		"GiB":                 fmt.Sprintf(general, "GiB"),
		"-1":                  fmt.Sprintf(negative, "-1"),
		"+1":                  fmt.Sprintf(general, "+1"),
		" 1GiB":               fmt.Sprintf(meant, " 1GiB", "1GiB"),
		"50%":                 fmt.Sprintf(share, "50%"),
		"0x10":                fmt.Sprintf(general, "0x10"),
		"1_000":               fmt.Sprintf(meant, "1_000", "1000"),
		"1e3":                 fmt.Sprintf(general, "1e3"),
		"10bytes":             fmt.Sprintf(meant, "10bytes", "10B"),
		"1EiBs":               fmt.Sprintf(meant, "1EiBs", "1EiB"),
		"1iB":                 fmt.Sprintf(general, "1iB"),
		"1Ki":                 fmt.Sprintf(meant, "1Ki", "1KiB"),
		"١GiB":                fmt.Sprintf(general, "١GiB"),
		"10 GB":               fmt.Sprintf(meant, "10 GB", "10GB"),
		"1GiB ":               fmt.Sprintf(meant, "1GiB ", "1GiB"),
		"1GiB\n":              fmt.Sprintf(meant, "1GiB\n", "1GiB"),
		"10b":                 fmt.Sprintf(meant, "10b", "10B"),
		"1KB":                 fmt.Sprintf(meant, "1KB", "1kB"),
		"1Kib":                fmt.Sprintf(meant, "1Kib", "1KiB"),
		"1mb":                 fmt.Sprintf(meant, "1mb", "1MB"),
		"1k":                  fmt.Sprintf(meant, "1k", "1KiB or 1kB"),
		"20G":                 fmt.Sprintf(meant, "20G", "20GiB or 20GB"),
		"1.5GiB":              fmt.Sprintf(meant, "1.5GiB", "1536MiB"),
		"1,5GiB":              fmt.Sprintf(meant, "1,5GiB", "1536MiB"),
		"10,5GB":              fmt.Sprintf(meant, "10,5GB", "10500MB"),
		"0.5TiB":              fmt.Sprintf(meant, "0.5TiB", "512GiB"),
		"1.50 GiB":            fmt.Sprintf(meant, "1.50 GiB", "1536MiB"),
		"10,500GiB":           fmt.Sprintf(general, "10,500GiB"), // ten thousand, or ten and a half
		"10 gigabytes":        fmt.Sprintf(meant, "10 gigabytes", "10GB"),
		"10Gi/s":              fmt.Sprintf(meant, "10Gi/s", "10GiB"),
		"8EiB":                fmt.Sprintf(tooLarge, "8EiB"),
		"10EB":                fmt.Sprintf(tooLarge, "10EB"),
		"8192PiB":             fmt.Sprintf(tooLarge, "8192PiB"),
		"9007199254740993KiB": fmt.Sprintf(tooLarge, "9007199254740993KiB"),
		"9223372036854775808": fmt.Sprintf(tooLarge, "9223372036854775808"),
	} {
		if got, err := ParseSize(text); err == nil {
			t.Errorf("ParseSize(%q) = %d", text, got)
		} else if err.Error() != want {
			t.Errorf("ParseSize(%q)\n got %s\nwant %s", text, err, want)
		}
	}
}

func FuzzParseSize(f *testing.F) {
	for _, text := range []string{"", "0", "10GiB", "10 bytes", "1.5GiB", "20G", "8EiB", "9223372036854775808", "1 kB", "١"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		bytes, err := ParseSize(text)
		if err != nil {
			return
		}
		if bytes < 0 {
			t.Fatalf("ParseSize(%q) = %d", text, bytes)
		}
		if again, err := ParseSize(fmt.Sprint(bytes)); err != nil || again != bytes {
			t.Fatalf("ParseSize(%q) = %d, which reads as %d, %v", text, bytes, again, err)
		}
		FormatSize(bytes)
	})
}

func TestFormatSize(t *testing.T) {
	for bytes, want := range map[int64]string{
		0:             "0 B",
		1:             "1 B",
		1023:          "1023 B",
		1024:          "1 KiB",
		1536:          "1.5 KiB",
		1<<20 - 1:     "1 MiB",
		1288490189:    "1.2 GiB",
		20 << 30:      "20 GiB",
		1 << 40:       "1 TiB",
		math.MaxInt64: "8 EiB",
		-1536:         "-1.5 KiB",
		math.MinInt64: "-8 EiB",
	} {
		if got := FormatSize(bytes); got != want {
			t.Errorf("FormatSize(%d) = %q, want %q", bytes, got, want)
		}
	}
}
