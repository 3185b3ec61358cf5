package spec

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What for_each takes a short way for means what it does as a set that cty has made.
func TestSetsOfForEach(t *testing.T) {
	for _, list := range []string{
		`["b", "a", "b", "B", "ab", "", "é", "e\u0301", "\U0001f600"]`, `[]`, `["a", null]`, `["1", 1, 2.50, true]`, `[["a"]]`, `null`, `"a"`, `{ a = "b" }`,
		`tolist(["z", "y"])`, `[for i in range(12) : tostring(11 - i)]`, `var.secret`, `[var.secret[0]]`, `var.lacks`, `["a", var.lack]`, `toset(["b", "a"])`,
	} {
		t.Run(list, func(t *testing.T) {
			const variables = `
variable "secret" {
  type      = list(string)
  sensitive = true
  default   = ["a"]
}
variable "lacks" { type = list(string) }
variable "lack" { type = string }
`
			describe := func(set, before string) (said []string) {
				dir := write(t, map[string]string{"a.hcl": variables + before + fmt.Sprintf(`
pool "fast" {
  driver = "dir"
  volume "v" {
    for_each    = %s
    name        = "v-${each.key}"
    description = each.value
    config      = { size = "1GiB" }
  }
}
`, set)})
				s, diags := Load([]string{dir}, Options{ValuesMayLack: true})
				for _, d := range diags {
					said = append(said, d.Summary+": "+d.Detail)
				}
				for _, p := range s.Pools {
					for _, v := range p.Volumes {
						said = append(said, fmt.Sprintf("%s %q %q %s", v.Address, v.Name, *v.Description, v.Config["size"].Text))
					}
				}
				return said
			}
			if diff := cmp.Diff(describe("local.set", "locals { set = toset("+list+") }\n"), describe("toset("+list+")", "locals { set = 0 }\n")); diff != "" {
				t.Errorf("local.set (-), toset (+)\n%s", diff)
			}
		})
	}
}

// Objects of one block share what is the same for all of them, and nothing that is not.
func TestElementsShare(t *testing.T) {
	dir := write(t, map[string]string{"a.hcl": `
locals { sizes = { a = "1GiB", b = "1GiB", c = null, d = "2GiB" } }
pool "fast" {
  driver = "dir"
  volume "v" {
    for_each    = local.sizes
    name        = each.key
    description = each.value
    config      = { "user.kind" = "data", "user.note" = each.value }
  }
}
`})
	s, diags := Load([]string{dir}, Options{})
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	for i, want := range []struct{ note, description string }{{"1GiB", "1GiB"}, {"1GiB", "1GiB"}, {"", ""}, {"2GiB", "2GiB"}} {
		v := s.Pools[0].Volumes[i]
		if v.Config["user.kind"].Text != "data" || v.Config["user.note"].Text != want.note || v.Ranges.Given("description") != (want.description != "") {
			t.Errorf("%s: %v, %v", v.Address, v.Config, v.Ranges.Attrs)
		}
		if want.description != "" && *v.Description != want.description {
			t.Errorf("%s: description %q", v.Address, *v.Description)
		}
	}
	a, b := s.Pools[0].Volumes[0], s.Pools[0].Volumes[1]
	if fmt.Sprintf("%p %p", a.Config, a.Ranges) != fmt.Sprintf("%p %p", b.Config, b.Ranges) {
		t.Error("two objects that are alike have a config or places of their own")
	}
}

// What is the same for all elements of a for_each is evaluated once, and what differs for each; what is wrong is told once.
func TestConstantConfig(t *testing.T) {
	for name, c := range map[string]struct {
		config string
		maps   int // different ones of three volumes
		unset  int // keys that each volume shall not have
	}{
		"constant":            {`{ size = "1GiB", "user.a" = var.a }`, 1, 0},
		"of the element":      {`{ size = "1GiB", "user.a" = each.key }`, 3, 0},
		"its key too":         {`{ size = "1GiB", "user.${each.key}" = "a" }`, 3, 0},
		"with an empty value": {`{ size = "", "user.a" = null }`, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			src := "variable \"a\" { default = \"x\" }\npool \"p\" {\n  driver = \"zfs\"\n  volume \"v\" {\n    for_each = toset([\"1\", \"2\", \"3\"])\n" +
				"    name = each.key\n    config = " + c.config + "\n  }\n}\n"
			s, diags := Load([]string{"a.hcl"}, Options{Inputs: map[string][]byte{"a.hcl": []byte(src)}})
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			different := map[uintptr]bool{}
			for _, v := range s.Pools[0].Volumes {
				different[reflect.ValueOf(v.Config).Pointer()] = true
				if len(v.Unset) != c.unset || len(v.Config) == 0 && c.unset == 0 {
					t.Errorf("%v, without %v", v.Config, v.Unset)
				}
			}
			if len(different) != c.maps {
				t.Errorf("%d maps", len(different))
			}
		})
	}
	src := "pool \"p\" {\n  driver = \"zfs\"\n  volume \"v\" {\n    for_each = toset([\"1\", \"2\", \"3\"])\n    name = each.key\n    config = { size = [], sise = \"1GiB\" }\n  }\n}\n"
	if _, diags := Load([]string{"a.hcl"}, Options{Inputs: map[string][]byte{"a.hcl": []byte(src)}}); len(diags) != 2 {
		t.Errorf("%d diagnostics: %v", len(diags), diags)
	}
}
