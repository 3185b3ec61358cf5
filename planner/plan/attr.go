package plan

import "strings"

// Attr is an attribute of a pool or a volume that can be changed: its description, or one key of its config. The zero value is
// the description.
type Attr struct {
	Key string // of config, "" for the description
}

// Description is the attribute of that name.
var Description = Attr{}

const (
	description  = "description"
	configPrefix = "config."
)

// ConfigAttr is a key of the config. There is none with an empty name.
func ConfigAttr(key string) Attr { return Attr{key} }

// ConfigKey is the key of the config, ok is false for the description.
func (a Attr) ConfigKey() (key string, ok bool) { return a.Key, a.Key != "" }

// IsConfig tells whether the attribute is this key of the config.
func (a Attr) IsConfig(key string) bool { return a.Key == key && key != "" }

// String is the attribute as it is written and read: description, config.size.
func (a Attr) String() string {
	if a == Description {
		return description
	}
	return configPrefix + a.Key
}

// Label is the attribute for people. Anybody who may write to the server may choose the name of a key, so a name that would
// draw lines of its own is quoted.
func (a Attr) Label() string {
	if a == Description {
		return description
	}
	return configPrefix + Plain(a.Key)
}

// Compare orders the description before the config, and keys by name.
func (a Attr) Compare(b Attr) int { return strings.Compare(a.Key, b.Key) }

// ParseAttr reads what String writes.
func ParseAttr(text string) (a Attr, ok bool) {
	if text == description {
		return Description, true
	}
	key, ok := strings.CutPrefix(text, configPrefix)
	return Attr{key}, ok && key != ""
}
