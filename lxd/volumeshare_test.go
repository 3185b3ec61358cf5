package lxd

import (
	"maps"
	"reflect"
	"testing"
)

// Volumes of a list hold what is alike once, and nothing that is not alike.
func TestVolumesOfAListShare(t *testing.T) {
	one := func() *Volume {
		return &Volume{Name: "a", Type: TypeCustom, Location: "none", Config: map[string]string{"user.kind": "data"}}
	}
	for _, c := range []struct {
		name   string
		change func(*Volume)
		shared bool
	}{
		{"alike", func(*Volume) {}, true},
		{"another value", func(v *Volume) { v.Config["user.kind"] = "more" }, false},
		{"a key more", func(v *Volume) { v.Config["size"] = "1GiB" }, false},
		{"a key less", func(v *Volume) { delete(v.Config, "user.kind") }, false},
		{"no config, as restricted clients see it", func(v *Volume) { v.Config = nil }, false},
		{"another text", func(v *Volume) { v.Description, v.Type, v.Location = "x", "image", "n1" }, true},
	} {
		before, v, want := one(), one(), one()
		c.change(v)
		c.change(want)
		v.share(before)
		if !reflect.DeepEqual(v, want) {
			t.Errorf("%s: it has become %+v, not %+v", c.name, v, want)
		}
		if !maps.Equal(before.Config, one().Config) {
			t.Errorf("%s: the one before has become %+v", c.name, before)
		}
		if shared := reflect.ValueOf(v.Config).Pointer() == reflect.ValueOf(before.Config).Pointer(); shared != c.shared {
			t.Errorf("%s: shared is %t", c.name, shared)
		}
	}
}
