package product

import (
	"fmt"
	"net/http"
	"strings"
	"unicode"
)

// Names judges the names of new objects: each gives the error's code and text, 0 for a name that can be. A nil one judges
// nothing; the rules of LXD 5.0.2, which looks for slashes and white space here and there, are in the handlers.
type Names struct {
	Volume    func(name string) (code int, text string) // before anything else is looked at
	Snapshot  func(name string) (code int, text string)
	NewName   func(name string) (code int, text string) // of a snapshot that is renamed
	PoolFirst func(name string) (code int, text string) // of a pool, before anything else
	Pool      func(name string) (code int, text string) // of a pool, when it is created
}

func bad(format string, args ...any) (int, string) {
	return http.StatusBadRequest, fmt.Sprintf(format, args...)
}

// lxdVolumeName is the rule of LXD 5.21 and newer.
func lxdVolumeName(what string) func(string) (int, string) {
	return func(name string) (int, string) {
		reason := ""
		switch {
		case name == "":
			reason = "Cannot be empty"
		case strings.ContainsFunc(name, unicode.IsSpace):
			reason = "Cannot contain white space"
		case strings.Contains(name, "/"):
			reason = "Cannot contain slashes"
		case strings.Contains(name, `\`):
			reason = "Cannot contain backslashes"
		case name == "..":
			reason = "Cannot be \"..\""
		default:
			return 0, ""
		}
		return bad("Invalid %s name %q: %s", what, name, reason)
	}
}

// lxdPoolName is the rule of LXD 5.21 and newer for pools, and for new snapshots too.
func lxdPoolName(code int) func(string) (int, string) {
	return func(name string) (int, string) {
		reason := ""
		switch {
		case name == "":
			reason = "Cannot be empty"
		case strings.Contains(name, "/"):
			reason = "Cannot contain slashes"
		case strings.ContainsFunc(name, unicode.IsSpace):
			reason = "Cannot contain white space"
		case name[0] == '.':
			reason = "Cannot start with a dot"
		case name[0] == '-':
			reason = "Cannot start with a hyphen"
		default:
			return 0, ""
		}
		return code, fmt.Sprintf("Invalid pool name %q: %s", name, reason)
	}
}

// asciiName is what LXD 6 asks of a pool's name first.
func asciiName(name string) (int, string) {
	for _, r := range name {
		if r > unicode.MaxASCII {
			return bad("Name contains non-ASCII character %q", r)
		}
	}
	return 0, ""
}

// incusName is the rule of Incus 7 for everything.
func incusName(what string) func(string) (int, string) {
	const refused = `/?&+'"*$`
	alphanumeric := func(c byte) bool {
		return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
	}
	return func(name string) (int, string) {
		reason := ""
		switch {
		case strings.ContainsFunc(name, unicode.IsSpace):
			reason = "Name cannot contain white space"
		case strings.ContainsAny(name, refused):
			i := strings.IndexFunc(refused, func(r rune) bool { return strings.ContainsRune(name, r) })
			reason = fmt.Sprintf("Name contains invalid character %q", refused[i:i+1])
		case name == "" || !alphanumeric(name[0]) || !alphanumeric(name[len(name)-1]):
			reason = "Names must start and end with an alphanumeric character"
		case len(name) > 64:
			reason = "Maximum name length is 64 characters"
		default:
			return 0, ""
		}
		return bad("Invalid %s name: %s", what, reason)
	}
}
