package product

import (
	"slices"
	"testing"

	"tarn/lxd/schema"
)

// What the schema says of which server announces an API extension is what the lists of the servers say.
func TestAnnouncedExtensions(t *testing.T) {
	var tried []string
	for _, p := range products {
		tried = append(tried, p.String())
		extensions := p.Extensions()
		check := func(extension string) {
			if extension != "" && schema.Announces(p.String(), extension) != slices.Contains(extensions, extension) {
				t.Errorf("%s: the schema is wrong about %s", p, extension)
			}
		}
		for _, name := range schema.Drivers() {
			d, _ := schema.Lookup(name)
			check(d.Extension)
			for _, key := range append(d.PoolKeys(), d.VolumeKeys("")...) {
				check(key.Extension)
				check(key.Dropped)
				check(key.ChangeExtension)
				for _, v := range key.Variants {
					check(v.Extension)
					check(v.Dropped)
				}
			}
		}
	}
	if !slices.Equal(tried, schema.TriedServers()) {
		t.Errorf("the servers are %q, and the schema has %q", tried, schema.TriedServers())
	}
}
