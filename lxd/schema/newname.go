package schema

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// NameRules are what newer servers ask of the name of something new, in a creation and in a rename, besides what LXD 5.0.2
// does. What exists already may have any name.
type NameRules int

// Rules that servers were seen to have. Which version between two of these began with them is not known.
const (
	NamesLXD50  NameRules = iota // nothing more than CheckPoolName and CheckVolumeName
	NamesLXD521                  // LXD 5.21.7
	NamesLXD6                    // LXD 6.9
	NamesIncus7                  // Incus 7.3
)

// CheckPool is nil when the server takes the name for a new pool, as far as these rules go.
func (r NameRules) CheckPool(name string) error {
	switch {
	case r == NamesIncus7:
		return checkIncus(name)
	case r == NamesLXD50:
	case strings.HasPrefix(name, "."), strings.HasPrefix(name, "-"):
		return fmt.Errorf("%q begins with a dot or a dash: write it without", name)
	case r == NamesLXD6 && strings.ContainsFunc(name, func(r rune) bool { return r > unicode.MaxASCII }):
		return fmt.Errorf("%q has a letter that is not ASCII: write it without", name)
	}
	return nil
}

// CheckVolume is nil when the server takes the name for a custom volume, as far as these rules go.
func (r NameRules) CheckVolume(name string) error {
	switch {
	case r == NamesIncus7:
		return checkIncus(name)
	case r == NamesLXD50:
	case strings.ContainsFunc(name, unicode.IsSpace):
		return fmt.Errorf("%q has white space: write it without", name)
	case strings.Contains(name, `\`):
		return fmt.Errorf("%q has a backslash: write it without", name)
	case name == "..":
		return fmt.Errorf("%q means a folder: write another name", name)
	}
	return nil
}

// checkIncus is for names of pools and volumes alike.
func checkIncus(name string) error {
	const longest, refused = 64, `/?&+'"*$`
	alphanumeric := func(b byte) bool { return '0' <= b && b <= '9' || 'A' <= b && b <= 'Z' || 'a' <= b && b <= 'z' }
	switch at := strings.IndexAny(name, refused); {
	case name == "":
		return errors.New("the name is empty")
	case utf8.RuneCountInString(name) > longest:
		return fmt.Errorf("the name is %d characters long: write %d at most", utf8.RuneCountInString(name), longest)
	case strings.ContainsFunc(name, unicode.IsSpace):
		return fmt.Errorf("%q has white space: write it without", name)
	case at >= 0:
		return fmt.Errorf("%q has the character %c: write it without", name, name[at])
	case !alphanumeric(name[0]) || !alphanumeric(name[len(name)-1]):
		return fmt.Errorf("%q does not begin and end with a letter or digit of ASCII: write one that does", name)
	}
	return nil
}
