package schema

import (
	"cmp"
	"slices"
)

// Variant is what is different about a key on some servers. A field with its zero value is no difference.
type Variant struct {
	Product   string `json:"product,omitempty"`   // the servers that it is about, as in Key; at least one of the three is set
	Extension string `json:"extension,omitempty"` // from this API extension on
	Dropped   string `json:"dropped,omitempty"`   // until this API extension

	Kind     Kind     `json:"type,omitempty"`
	Values   []string `json:"values,omitempty"`
	Default  string   `json:"default,omitempty"`
	Multiple int64    `json:"multiple,omitempty"`
	Member   bool     `json:"member_specific,omitempty"`
	Content  string   `json:"content_type,omitempty"`
}

// appliesTo reports whether a variant is about a server.
func (v *Variant) appliesTo(product string, has func(extension string) bool) bool {
	return knows(v.Product, v.Extension, v.Dropped, product, has)
}

// isNoDifference reports whether a variant leaves a key as it is.
func (v *Variant) isNoDifference() bool {
	return v.Kind == Text && v.Values == nil && v.Default == "" && v.Multiple == 0 && !v.Member && v.Content == ""
}

// on is a key as the servers of the variant have it.
func (v *Variant) on(k Key) Key {
	k.Kind = cmp.Or(v.Kind, k.Kind)
	k.Default = cmp.Or(v.Default, k.Default)
	k.Multiple = cmp.Or(v.Multiple, k.Multiple)
	k.Member = v.Member || k.Member
	k.Content = cmp.Or(v.Content, k.Content)
	if v.Values != nil {
		k.Values = v.Values
	}
	return k
}

// On is the key as a server has it: product is LXD or Incus, has reports an API extension of the server. Whether it has the
// key at all is Known's to say.
func (k Key) On(product string, has func(extension string) bool) Key {
	variants := k.Variants
	k.Variants = nil
	for i := range variants {
		if variants[i].appliesTo(product, has) {
			k = variants[i].on(k)
		}
	}
	return k
}

// CheckAnywhere is Check for when the server is not known: nil when some server takes the value. The error is that of Check.
func (k Key) CheckAnywhere(value string) error {
	err := k.Check(value)
	if err == nil || slices.ContainsFunc(k.Variants, func(v Variant) bool { return v.on(k).Check(value) == nil }) {
		return nil
	}
	return err
}

// MemberSomewhere reports whether the key has a value for each member of a cluster on some server.
func (k Key) MemberSomewhere() bool {
	return k.Member || slices.ContainsFunc(k.Variants, func(v Variant) bool { return v.Member })
}
