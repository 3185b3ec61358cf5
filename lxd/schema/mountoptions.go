package schema

import (
	"fmt"
	"strings"
	"unicode"
)

// compressions are what btrfs takes for compress and compress-force, each with whatever level behind it (seen on Linux 6.18).
var compressions = []string{"lzo", "no", "zlib", "zstd"}

// checkMountOptions is nil for options that a mount may take. Servers store any text. What the kernel does not take shows when
// they mount the pool or the volume, and a pool whose creation ends so leaves a file behind, which is in the way of the next try
// (seen on LXD 5.0.2). Which options there are the kernel alone knows.
func checkMountOptions(value string) error {
	if strings.ContainsFunc(value, unicode.IsSpace) {
		return fmt.Errorf("%q has white space: write options with a comma between two and nothing else", value)
	}
	for option := range strings.SplitSeq(value, ",") {
		name, algorithm, given := strings.Cut(option, "=")
		if !given || name != "compress" && name != "compress-force" {
			continue
		}
		known := false
		for _, word := range compressions {
			known = known || strings.HasPrefix(algorithm, word)
		}
		if !known {
			return fmt.Errorf("%q is no compression: write %s", algorithm, joined(compressions, "or"))
		}
	}
	return nil
}
