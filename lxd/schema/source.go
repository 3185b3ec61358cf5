package schema

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"tarn/cli/lazyregexp"
)

// Source is what a pool is made of, for comparison with the sources of others: a path, or the name of a dataset, volume group or pool that
// only drivers of one kind know.
type Source struct {
	kind string // "" for a path
	name string
}

// SourceOf reads a pool's source, as far as text can tell: two paths may still lead to one device. ok is false for none.
func SourceOf(driver, source string) (s Source, ok bool) {
	if source == "" {
		return Source{}, false
	}
	if path.IsAbs(source) {
		return Source{name: path.Clean(source)}, true
	}
	return Source{kind: strings.TrimSuffix(driver, "cluster"), name: strings.TrimSuffix(source, "/")}, true
}

// Around gives what a source is inside of, from the nearest on: the directories above a path, none above a name. A directory's pool deletes
// all that is below it when it goes.
func (s Source) Around() []Source {
	var around []Source
	for name := s.name; path.IsAbs(name) && name != "/"; {
		name = path.Dir(name)
		around = append(around, Source{name: name})
	}
	return around
}

// CheckSource is nil unless a driver cannot use a source of that form.
func CheckSource(driver, source string) error {
	if source != "" && !path.IsAbs(source) && slices.Contains([]string{"dir", "btrfs"}, driver) {
		return fmt.Errorf("%q is not an absolute path: %s", source, pathMeant(source))
	}
	return nil
}

var driveLetter = lazyregexp.New(`^[A-Za-z]:[\\/]`)

// pathMeant says what to write for a path that is not absolute.
func pathMeant(source string) string {
	switch {
	case driveLetter().MatchString(source), strings.HasPrefix(source, `\\`):
		return "the pool is on the server, which runs Linux; write a path of it, such as /srv/pool"
	case strings.HasPrefix(source, "~"), strings.Contains(source, "$"):
		return "no shell reads it; write the whole path on the server"
	case strings.HasPrefix(source, "file://"):
		return "write " + path.Clean("/"+strings.TrimPrefix(source, "file://")) + ", without file://"
	}
	return "the server would look for it where it was started; begin with a slash"
}
