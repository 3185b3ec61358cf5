package product_test

import (
	"slices"
	"strings"
	"testing"

	"tarn/lxd"
	"tarn/lxd/schema"
	"tarn/lxd/sim/product"
)

// Every row has what every server has.
func TestRowsAreWhole(t *testing.T) {
	ids := product.IDs()
	for old, id := range map[string]string{"": "lxd-5.0", "incus": "incus-6"} {
		if p, ok := product.Find(old); !ok || p.ID != id {
			t.Errorf("%q is not %s in state files", old, id)
		}
	}
	for i, id := range ids {
		p, ok := product.Find(id)
		if !ok || slices.Index(ids, id) != i {
			t.Errorf("%q is not found or not alone", id)
			continue
		}
		if p.Name == "" || p.Version == "" || p.Schema == "" || p.Root == "" || p.ThinPool == "" || p.ConnectLimit <= 0 {
			t.Errorf("%q lacks something: %+v", id, *p)
		}
		if len(p.Extensions()) == 0 || len(p.Features) == 0 || len(p.MemberKeys) == 0 || p.Text.NoZFS == "" || p.Text.ProjectNotEmpty == "" {
			t.Errorf("%q lacks something: %+v", id, *p)
		}
		if p.Since != "" && !slices.Contains(p.Extensions(), p.Since) {
			t.Errorf("%q is told by an extension that it does not announce", id)
		}
	}
	if _, ok := product.Find("lxd-99"); ok {
		t.Error("a product is found that there is not")
	}
}

// What a row announces is simulated as that row.
func TestNearest(t *testing.T) {
	for _, id := range product.IDs() {
		p, _ := product.Find(id)
		server := &lxd.Server{Product: p.Name, Version: p.Version, Extensions: p.Extensions()}
		if got := product.Nearest(server); got != p {
			t.Errorf("%s is simulated as %s", server, got)
		}
	}
}

// A server of a kind refuses the names for volumes that package schema says that it refuses.
func TestVolumeNamesAreThoseOfSchema(t *testing.T) {
	for id, rules := range map[string]schema.NameRules{"lxd-5.21": schema.NamesLXD521, "lxd-6": schema.NamesLXD6, "incus-7": schema.NamesIncus7} {
		p, _ := product.Find(id)
		for _, name := range []string{"v", "v1", "a b", "a\tb", "a/b", `a\b`, ".", "..", ".a", "-a", "a-", "a?b", "a+b", "a%b", "é", "aé", "a'b", `a"b`, "a*b", "a$b", "a&b", "a(b)", "a#b", "0", "_a", "a_b", strings.Repeat("n", 65)} {
			code, text := p.Names.Volume(name)
			refused := schema.CheckVolumeName("default", name) != nil || rules.CheckVolume(name) != nil
			if (code != 0) != refused {
				t.Errorf("%s, %q: %d %s, refused after package schema: %v", id, name, code, text, refused)
			}
		}
	}
}

// A newer server of a name has every extension that the older one has, but for those that went with what they were for, as its
// recorded answers have it.
func TestExtensionsAreKept(t *testing.T) {
	gone := map[string][]string{
		"lxd-5.0 → lxd-5.21": {"candid_authentication", "candid_config", "candid_config_key", "macaroon_authentication", "rbac"},
		"lxd-5.21 → lxd-6":   {"instances_placement_scriptlet", "maas_network", "nvidia_runtime", "nvidia_runtime_config", "storage_buckets_local"},
		"incus-6 → incus-7":  nil,
	}
	for step, want := range gone {
		from, to, _ := strings.Cut(step, " → ")
		older, _ := product.Find(from)
		newer, _ := product.Find(to)
		missing := slices.DeleteFunc(slices.Sorted(slices.Values(older.Extensions())), func(extension string) bool {
			return slices.Contains(newer.Extensions(), extension)
		})
		if !slices.Equal(missing, want) {
			t.Errorf("%s: %q went, want %q", step, missing, want)
		}
	}
}
