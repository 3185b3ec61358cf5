// Package schema is the one table of what LXD and Incus know about the config of storage pools and custom volumes: which
// keys a driver takes, their types, what the server fills in, what cannot be changed, what a volume inherits, what is
// secret; and of which names the server takes.
//
// Spec validation, the planner's comparison and the simulator all read it. A driver, content type, key or value goes in,
// facts come out. It holds no behaviour of a plan, and it never talks to a server.
//
// Facts carry where they are known from in Key.KnownFrom and Driver.KnownFrom. LXD 5.0.2 is the measure: servers that do not
// have a key are told by its Product, Extension and Dropped, those that have it in another way by its Variants.
//
// Read Key below, then variant.go, then driver.go, which completes the tables in keyscommon.go and drivers*.go; value.go and
// the files that it calls judge values. NoSuch, the message about a name that does not exist, is here because all who look names up import this
// package.
package schema

import "strings"

// Where facts are known from, for Key.KnownFrom and Driver.KnownFrom.
const (
	seen     = "seen on LXD 5.0.2"  // tried on a running server
	read502  = "read for LXD 5.0.2" // the driver could not be run
	read69   = "read for LXD 6.9"
	read73   = "read for Incus 7.3"
	readBoth = "read for LXD 6.9 and Incus 7.3"
	docsLXD  = "LXD documentation"   // newer LXD
	docsInc  = "Incus documentation" // newer Incus
	docsBoth = "LXD and Incus documentation"
)

// Names of products, for Key.Product and Driver.Product. "" is both.
const (
	LXD   = "lxd"
	Incus = "incus"
)

// Content types of custom volumes that have config of their own.
const (
	Filesystem = "filesystem"
	Block      = "block"
	ISO        = "iso" // an uploaded image; servers take no change of its config
)

// Key is what is known about one config key of pools or of volumes. The zero value of each field is the common case: free
// text, changeable, the same on every member and every server.
type Key struct {
	Name    string   `json:"name"`
	Kind    Kind     `json:"type"`
	Does    string   `json:"does,omitempty"`    // what it is for, in sentences
	Example string   `json:"example,omitempty"` // a value that servers take; "" for what the server alone writes
	Values  []string `json:"values,omitempty"`  // Enum: all that is allowed. Bool, Size: words allowed besides

	// Default is what the server does when the key is unset, as it would be written; "" when there is no such value or it
	// depends on the machine. A Filled key is also stored with it.
	Default string `json:"default,omitempty"`

	// Int: the bounds, both included, unless both are 0.
	Min int64 `json:"min,omitempty"`
	Max int64 `json:"max,omitempty"`

	Multiple int64 `json:"multiple,omitempty"` // Size: the unit in bytes that the value must be a whole multiple of, 0 for any

	Required   bool `json:"required,omitempty"`         // no pool of the driver can be created without it
	Immutable  bool `json:"immutable,omitempty"`        // refused when changed after creation; where LXD 5.0.2 stores it all the same, Note says so
	CreateOnly bool `json:"create_only,omitempty"`      // read at creation only; a later change is stored and does nothing
	Transient  bool `json:"transient,omitempty"`        // with CreateOnly: how to create, and nothing that the object is; the server may take it out of the config
	Member     bool `json:"member_specific,omitempty"`  // has a value for each member of a cluster
	Filled     bool `json:"filled_by_server,omitempty"` // the server may write it when the author is silent
	ServerOnly bool `json:"server_only,omitempty"`      // written by the server alone
	Secret     bool `json:"secret,omitempty"`           // never to be shown

	Content string `json:"content_type,omitempty"` // the content type of the volumes that have it, "" for all

	// Needs is another key of the volume that has to be true: the servers refuse this one without it.
	Needs string `json:"needs,omitempty"`

	// InheritedBy is the content type of the volumes that the server copies the pool's volume.* default into, "" for every
	// volume that has the key. Set only where that is less than Content allows.
	InheritedBy string `json:"inherited_by,omitempty"`

	// ChangeExtension is the API extension from which on a change takes effect. Without it the server stores the new value
	// and does nothing. "" when a change always does what it says.
	ChangeExtension string `json:"change_extension,omitempty"`

	GrowsOnly bool `json:"grows_only,omitempty"` // Size: a smaller one is refused after creation

	Product   string `json:"product,omitempty"`   // "" when both have it, LXD or Incus when only that one does
	Extension string `json:"extension,omitempty"` // first API extension that knows it, "" when every server does
	Dropped   string `json:"dropped,omitempty"`   // API extension from which on servers no longer know it, "" for never

	// Variants are how some servers have it in another way; of several that are about one server all count, in their order.
	Variants []Variant `json:"variants,omitempty"`

	Note      string `json:"note,omitempty"`   // what else an author should know, one sentence
	KnownFrom string `json:"source,omitempty"` // "seen on LXD 5.0.2", or which documentation says so
}

// Known reports whether a server takes the key: product is LXD or Incus, has reports an API extension of the server.
func (k Key) Known(product string, has func(extension string) bool) bool {
	return knows(k.Product, k.Extension, k.Dropped, product, has)
}

// knows reports whether a server is one of those that a product ("" for both), a first API extension and one that ended it
// stand for.
func knows(only, extension, dropped, product string, has func(extension string) bool) bool {
	return (only == "" || only == product) && (extension == "" || has(extension)) && (dropped == "" || !has(dropped))
}

// namespace is how the name of a row ends that stands for all keys that begin alike: user.*.
const namespace = ".*"

// findKey looks a key up by name, among those of a content type unless that is "". A row that is a namespace gives its facts
// to every key in it. LXD 5.0.2 takes "user." itself, but not "user".
func findKey(keys []Key, contentType, name string) (Key, bool) {
	for i := range keys {
		prefix, isNamespace := strings.CutSuffix(keys[i].Name, "*")
		if keys[i].Name != name && !(isNamespace && strings.HasPrefix(name, prefix)) || !keys[i].appliesTo(contentType) {
			continue
		}
		key := keys[i]
		key.Name = name
		return key, true
	}
	return Key{}, false
}

// appliesTo reports whether volumes of a content type ("" for any) have the key.
func (k *Key) appliesTo(contentType string) bool {
	return contentType == "" || k.Content == "" || k.Content == contentType
}
