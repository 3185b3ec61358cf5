package applier

import "strings"

// howFar is what a server says of a long operation without the name that it has for the volume: "default_pg: 1.20GB
// (310.11MB/s)".
func howFar(text string) string {
	if name, rest, ok := strings.Cut(text, ": "); ok && !strings.Contains(name, " ") {
		return rest
	}
	return text
}
