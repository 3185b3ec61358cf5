package adopt

import (
	"slices"
	"strconv"

	"tarn/lxd/schema"
)

// Spelled is a value of a server as an author would write it: 10GiB for a number of bytes, true for yes. Such a boolean needs no quotes.
func Spelled(key schema.Key, text string) (spelled string, isBool bool) {
	switch key.Kind {
	case schema.Bool:
		if is, err := schema.ParseBool(text); err == nil && !slices.Contains(key.Values, text) {
			return strconv.FormatBool(is), true
		}
	case schema.Size:
		bytes, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			break
		}
		for _, unit := range []struct {
			name  string
			bytes int64
		}{{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}} {
			if bytes >= unit.bytes && bytes%unit.bytes == 0 {
				return strconv.FormatInt(bytes/unit.bytes, 10) + unit.name, false
			}
		}
	}
	return text, false
}
