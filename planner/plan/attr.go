package plan

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strings"

	"tarn/lxd"
)

// Attr is an attribute of a pool or a volume that can be changed: a field, such as the description, or a key of the config. The zero
// value is none.
type Attr struct {
	Name string // of a field, "" for a config key
	Key  string // of the config, "" for a field
}

// Description is the field of that name.
var Description = Attr{Name: "description"}

const configPrefix = "config."

// Attributes are the values of an object's attributes. A new one that is no config key is a field here, a line in [Attributes.fields] and one
// in each of [PoolAttributes] and [VolumeAttributes] that has it.
type Attributes struct {
	Description string            `diff:"description"`
	Config      map[string]string `diff:"config"`
	Secret      map[string]bool   `diff:"-"` // config keys whose values are not shown
}

// fields are the attributes that are no config keys, in the order in which they are shown, and where their values are.
func (a *Attributes) fields() []field {
	return []field{{Description, &a.Description}}
}

type field struct {
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

// All are the attributes that are set, the fields first, then config keys by name.
func (a *Attributes) All() iter.Seq2[Attr, Value] {
	return func(yield func(Attr, Value) bool) {
		for _, f := range a.fields() {
			if *f.value != "" && !yield(f.attr, Value{Text: *f.value}) {
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

// Fields are the attributes that are no config keys, set or not.
func (a *Attributes) Fields() iter.Seq2[Attr, string] {
	return func(yield func(Attr, string) bool) {
		for _, f := range a.fields() {
			if !yield(f.attr, *f.value) {
				return
			}
		}
	}
}

// Set gives an attribute a value. It fails when there is no such attribute, or a field is to be secret.
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
	for _, f := range a.fields() {
		if f.attr == attr && !value.Secret {
			*f.value = value.Text
			return true
		}
	}
	return false
}

// Get gives the value of an attribute. A key of the config that is empty is not set, and a field always is.
func (a *Attributes) Get(attr Attr) (value string, set bool) {
	if attr.Key != "" {
		return a.Config[attr.Key], a.Config[attr.Key] != ""
	}
	for _, f := range a.fields() {
		if f.attr == attr {
			return *f.value, true
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

// ConfigKey is the key of the config, ok is false for a field.
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

// Compare orders fields as they are shown, before the config, and keys by name.
func (a Attr) Compare(b Attr) int {
	return cmp.Or(cmp.Compare(a.rank(), b.rank()), strings.Compare(a.Key, b.Key))
}

func (a Attr) rank() int {
	all := new(Attributes).fields()
	if i := slices.IndexFunc(all, func(f field) bool { return f.attr == a }); i >= 0 {
		return i
	}
	return len(all)
}

// ParseAttr reads what String writes.
func ParseAttr(text string) (a Attr, ok bool) {
	for _, f := range new(Attributes).fields() {
		if f.attr.Name == text {
			return f.attr, true
		}
	}
	key, ok := strings.CutPrefix(text, configPrefix)
	return Attr{Key: key}, ok && key != ""
}
