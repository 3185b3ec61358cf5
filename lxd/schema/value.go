package schema

import (
	"errors"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Check is nil when LXD 5.0.2 takes the value, or when the key is that of another server (see On), that one. The error says what is wrong and what would be right, without the key's
// name. The empty string is always right: it unsets the key.
func (k Key) Check(value string) error {
	if value == "" {
		return nil
	}
	switch k.Kind {
	case Bool:
		if slices.Contains(k.Values, value) {
			return nil
		}
		_, err := ParseBool(value)
		if err != nil && len(k.Values) > 0 {
			return fmt.Errorf("%w, or %s", err, joined(k.Values, "or"))
		}
		return err
	case Size:
		return k.checkSize(value)
	case Blocksize:
		return checkBlocksize(value)
	case Int:
		return k.checkInt(value)
	case Expiry:
		return CheckExpiry(value)
	case Schedule:
		return CheckSchedule(value)
	case Cron:
		return checkCron(value)
	case Compression:
		return checkCompression(value)

	case Enum:
		if !slices.Contains(k.Values, value) {
			if meant := enumMeant(value, k.Values); meant != "" {
				return fmt.Errorf("%q is not known: write %s", value, meant)
			}
			return fmt.Errorf("%q is not known: write %s", value, joined(k.Values, "or"))
		}
	case URL:
		if u, err := url.Parse(value); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			if u, err := url.Parse("https://" + value); err == nil && u.Host == value {
				return fmt.Errorf("%q is not a URL: write https://%s", value, value)
			}
			return fmt.Errorf("%q is not a URL: write it with scheme and host, such as https://storage.example.com:8080", value)
		}
	case Path:
		if !path.IsAbs(value) {
			return fmt.Errorf("%q is not an absolute path: start it with a slash", value)
		}
	case Mode:
		if _, err := strconv.ParseUint(value, 8, 12); err != nil {
			return fmt.Errorf("%q is not a file mode: write it in octal, such as 0711", value)
		}
	case MountOptions:
		return checkMountOptions(value)
	}
	return nil
}

// CheckUse is nil unless the servers take the value and cannot use it: they store some without a look, and nobody is told when that
// goes wrong later.
func (k Key) CheckUse(value string) error {
	switch {
	case value == "":
	case k.Kind == Pattern:
		return CheckPattern(value)
	case k.Name == "ceph.rbd.features":
		for feature := range strings.SplitSeq(value, ",") {
			if feature = strings.TrimSpace(feature); !slices.Contains(rbdFeatures, feature) {
				return errors.New(NoSuch(fmt.Sprintf("RBD has no feature %q", feature), feature, rbdFeatures))
			}
		}
	case k.Name == "ceph.osd.pg_num":
		if n, err := parseInt(value); err != nil || n < 1 {
			return fmt.Errorf("%q is no number of placement groups: write a whole number from 1 up", value)
		}
	}
	return nil
}

// rbdFeatures are those of images (Ceph documentation).
var rbdFeatures = []string{"layering", "striping", "exclusive-lock", "object-map", "fast-diff", "deep-flatten", "journaling", "data-pool"}

// Equal reports whether two values mean the same: 1GiB and 1024MiB, true and on, @daily and @Daily. A value that LXD would
// not take is equal to itself only. An unset key ("") is not equal to its default.
func (k Key) Equal(a, b string) bool {
	if a == b {
		return true
	}
	if a == "" || b == "" {
		return false
	}
	switch k.Kind {
	case Bool:
		return sameValue(ParseBool, a, b)
	case Size, Blocksize:
		return sameValue(ParseSize, a, b)
	case Int:
		return sameValue(parseInt, a, b)
	case Mode:
		return sameValue(func(s string) (uint64, error) { return strconv.ParseUint(s, 8, 12) }, a, b)
	case Schedule, Cron:
		return k.CheckAnywhere(a) == nil && k.CheckAnywhere(b) == nil && strings.EqualFold(a, b)
	default:
		return false
	}
}

// sameValue reports whether two texts are read as one value.
func sameValue[T comparable](parse func(string) (T, error), a, b string) bool {
	x, errA := parse(a)
	y, errB := parse(b)
	return errA == nil && errB == nil && x == y
}

// ParseBool reads the words that LXD takes for a boolean, in any case.
func ParseBool(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "true", "yes", "1", "on":
		return true, nil
	case "false", "no", "0", "off":
		return false, nil
	}
	if meant := boolMeant(text); meant != "" {
		return false, fmt.Errorf("%q is not a boolean: write %s", text, meant)
	}
	return false, fmt.Errorf("%q is not a boolean: write true or false", text)
}

func (k Key) checkSize(value string) error {
	if slices.Contains(k.Values, value) {
		return nil
	}
	bytes, err := ParseSize(value)
	if err != nil {
		return err
	}
	if k.Multiple > 0 && bytes%k.Multiple != 0 {
		return fmt.Errorf("%q is not a multiple of %s", value, FormatSize(k.Multiple))
	}
	return nil
}

func checkBlocksize(value string) error {
	const smallest, largest = 512, 16 << 20
	bytes, err := ParseSize(value)
	if err != nil {
		return err
	}
	if bytes < smallest || bytes > largest || bytes&(bytes-1) != 0 {
		return fmt.Errorf("%q is not a block size: write a power of two from 512 to 16MiB", value)
	}
	return nil
}

func checkCompression(value string) error {
	algorithm, _, _ := strings.Cut(value, ":")
	if algorithms := []string{"lzo", "no", "none", "zlib", "zstd"}; !slices.Contains(algorithms, algorithm) {
		return fmt.Errorf("%q is not known: write %s, with a level if need be, such as zstd:3", value, joined(algorithms, "or"))
	}
	return nil
}

func (k Key) checkInt(value string) error {
	n, err := parseInt(value)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return fmt.Errorf("%q is out of range", value)
	case err != nil:
		return fmt.Errorf("%q is not a whole number", value)
	case k.Min == 0 && k.Max == 0:
		return nil
	case n < k.Min || n > k.Max:
		return fmt.Errorf("%q is out of range: write a number from %d to %d", value, k.Min, k.Max)
	}
	return nil
}

func parseInt(text string) (int64, error) { return strconv.ParseInt(text, 10, 64) }
