package plan

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strings"

	"tarn/lxd"
)

// Attr is an attribute of a pool or a volume that can be changed: one of the plain ones, such as the description, or a key of
// the config. The zero value is none.
type Attr struct {
	Name string // of a plain attribute, "" for a config key
	Key  string // of the config, "" for a plain attribute
}

// Description is the plain attribute of that name.
var Description = Attr{Name: "description"}

const configPrefix = "config."

// Attributes are the values of an object's attributes. A new plain attribute is a field here, a line in [Attributes.plain] and one
// in each of [PoolAttributes] and [VolumeAttributes] that has it.
type Attributes struct {
	Description string            `diff:"description"`
	Config      map[string]string `diff:"config"`
	Secret      map[string]bool   `diff:"-"` // config keys whose values are not shown
}

// plain are the plain attributes, in the order in which they are shown, and where their values are.
func (a *Attributes) plain() []plainAttr {
	return []plainAttr{{Description, &a.Description}}
}

type plainAttr struct {
	attr  Attr
	value *string
}

// PoolAttributes are those that a pool has on a server. Their config is nil when the server does not show it.
func PoolAttributes(pool *lxd.Pool) Attributes {
	return Attributes{Description: pool.Description, Config: pool.Config}
}

// VolumeAttributes are those that a volume has on a server.
func VolumeAttributes(volume *lxd.Volume) Attributes {
	return Attributes{Description: volume.Description, Config: volume.Config}
}

// Value is the value of an attribute.
type Value struct {
	Text   string
	Secret bool // the text is not shown
}

// All are the attributes that are set, the plain ones first, then config keys by name.
func (a *Attributes) All() iter.Seq2[Attr, Value] {
	return func(yield func(Attr, Value) bool) {
		for _, field := range a.plain() {
			if *field.value != "" && !yield(field.attr, Value{Text: *field.value}) {
				return
			}
		}
		for _, key := range slices.Sorted(maps.Keys(a.Config)) {
			if !yield(ConfigAttr(key), Value{a.Config[key], a.Secret[key]}) {
				return
			}
		}
	}
}

// Plain are the plain attributes, set or not.
func (a *Attributes) Plain() iter.Seq2[Attr, string] {
	return func(yield func(Attr, string) bool) {
		for _, field := range a.plain() {
			if !yield(field.attr, *field.value) {
				return
			}
		}
	}
}

// Set gives an attribute a value. It fails when there is no such attribute, or a plain one is to be secret.
func (a *Attributes) Set(attr Attr, value Value) (ok bool) {
	if attr.Key != "" {
		if a.Config == nil {
			a.Config = map[string]string{}
		}
		a.Config[attr.Key] = value.Text
		if value.Secret {
			a.hide(attr.Key)
		}
		return true
	}
	for _, field := range a.plain() {
		if field.attr == attr && !value.Secret {
			*field.value = value.Text
			return true
		}
	}
	return false
}

// Get gives the value of an attribute. A key of the config that is empty is not set, and a plain attribute always is.
func (a *Attributes) Get(attr Attr) (value string, set bool) {
	if attr.Key != "" {
		return a.Config[attr.Key], a.Config[attr.Key] != ""
	}
	for _, field := range a.plain() {
		if field.attr == attr {
			return *field.value, true
		}
	}
	return "", false
}

func (a *Attributes) hide(key string) {
	if a.Secret == nil {
		a.Secret = map[string]bool{}
	}
	a.Secret[key] = true
}

// ConfigAttr is a key of the config. There is none with an empty name.
func ConfigAttr(key string) Attr { return Attr{Key: key} }

// ConfigKey is the key of the config, ok is false for a plain attribute.
func (a Attr) ConfigKey() (key string, ok bool) { return a.Key, a.Key != "" }

// IsConfig tells whether the attribute is this key of the config.
func (a Attr) IsConfig(key string) bool { return a.Key == key && key != "" }

// String is the attribute as it is written and read: description, config.size.
func (a Attr) String() string {
	if a.Key == "" {
		return a.Name
	}
	return configPrefix + a.Key
}

// Label is the attribute for people. Anybody who may write to the server may choose the name of a key, so a name that would
// draw lines of its own is quoted.
func (a Attr) Label() string {
	if a.Key == "" {
		return a.Name
	}
	return configPrefix + Plain(a.Key)
}

// Compare orders plain attributes as they are shown, before the config, and keys by name.
func (a Attr) Compare(b Attr) int {
	return cmp.Or(cmp.Compare(a.rank(), b.rank()), strings.Compare(a.Key, b.Key))
}

func (a Attr) rank() int {
	fields := new(Attributes).plain()
	if i := slices.IndexFunc(fields, func(f plainAttr) bool { return f.attr == a }); i >= 0 {
		return i
	}
	return len(fields)
}

// ParseAttr reads what String writes.
func ParseAttr(text string) (a Attr, ok bool) {
	for _, field := range new(Attributes).plain() {
		if field.attr.Name == text {
			return field.attr, true
		}
	}
	key, ok := strings.CutPrefix(text, configPrefix)
	return Attr{Key: key}, ok && key != ""
}
