package spec

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"golang.org/x/tools/txtar"

	"github.com/google/go-cmp/cmp"
)

// twoValues is a spec for the rules that look at more than one value.
const twoValues = "two values"

// validSpecs are the specs of planner's cases and of the examples, those that have no mistake.
func validSpecs(t *testing.T) map[string]string {
	t.Helper()
	specs := map[string]string{}
	cases, err := filepath.Glob("../planner/testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range cases {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range archive.Files {
			if file.Name == "storage.hcl" {
				specs[filepath.Base(name)] = string(file.Data)
			}
		}
	}
	examples, err := filepath.Glob("../examples/*/*.hcl")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range examples {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		specs[name] = string(text)
	}
	specs[twoValues] = `
pool "needs" {
  driver = "cephobject"
  config = { "cephobject.radosgw.endpoint" = "https://ceph:8443" }
}
pool "gone" {
  driver = "cephobject"
  absent = true
}
pool "device" {
  driver = "btrfs"
  config = { source = "/dev/sdb", size = "1MiB" }
}
pool "cluster" {
  driver = "btrfs"
  member "n1" { config = { source = "/dev/sdb", size = "1MiB" } }
}
pool "shared" {
  driver = "lvm"
  config = { source = "vg", "lvm.vg.force_reuse" = true }
}
pool "sharing" {
  driver = "lvm"
  config = { source = "vg" }
}
pool "old" {
  driver = "dir"
  absent = true
  config = { source = "/srv/pool" }
  volume "data" { absent = true }
}
pool "new" {
  driver = "dir"
  config = { source = "/srv/pool" }
  volume "data" { target = "n1" }
  volume "two" {
    name         = "data"
    target       = "n2"
    renamed_from = "old"
  }
  volume "four" {
    target       = "n3"
    renamed_from = "old"
  }
  volume "three" {
    name    = "data"
    project = "shop"
  }
}
pool "snapshots" {
  driver = "zfs"
  config = { "volume.zfs.block_mode" = true, "volume.block.filesystem" = "ext4", "volume.size" = "8MiB" }
  volume "small" { config = { size = "8MiB", "block.filesystem" = "ext4", "zfs.block_mode" = true } }
  volume "same" { config = { "snapshots.pattern" = "{{ creation_date|date:'15-04' }}", "snapshots.schedule" = "@daily", "snapshots.expiry" = "1H" } }
  volume "image" {
    content_type = "iso"
    existing     = true
  }
}
`
	return specs
}

// expressions are the places of all values of attributes in a body, and of what is in their object constructors.
func expressions(body *hclsyntax.Body) []hcl.Range {
	var found []hcl.Range
	var within func(expr hclsyntax.Expression)
	within = func(expr hclsyntax.Expression) {
		found = append(found, expr.Range())
		switch expr := expr.(type) {
		case *hclsyntax.ObjectConsExpr:
			for _, item := range expr.Items {
				within(item.ValueExpr)
			}
		case *hclsyntax.TupleConsExpr:
			for _, item := range expr.Exprs {
				within(item)
			}
		case *hclsyntax.FunctionCallExpr:
			for _, arg := range expr.Args {
				within(arg)
			}
		case *hclsyntax.ConditionalExpr:
			within(expr.Condition)
		}
	}
	for _, attr := range body.Attributes {
		within(attr.Expr)
	}
	for _, block := range body.Blocks {
		if block.Type != "variable" { // what describes a variable is constant
			found = append(found, expressions(block.Body)...)
		}
	}
	return found
}

// A spec that is right with some value is never found wrong without that value, whichever it is.
func TestLackingValueIsNoMistake(t *testing.T) {
	tried, dir := 0, t.TempDir()
	for name, text := range validSpecs(t) {
		load := func(text string) hcl.Diagnostics {
			if err := os.WriteFile(filepath.Join(dir, "a.hcl"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, diags := Load([]string{"a.hcl"}, Options{Dir: dir, Portable: true, ValuesMayLack: true})
			return diags
		}
		file, diags := hclsyntax.ParseConfig([]byte(text), "a.hcl", hcl.InitialPos)
		if right := load(text); diags.HasErrors() || len(right) > 0 {
			if name == twoValues {
				t.Error(describe(right))
			}
			continue
		}
		for _, at := range expressions(file.Body.(*hclsyntax.Body)) {
			tried++
			without := text[:at.Start.Byte] + "var.lacking" + text[at.End.Byte:] + "\nvariable \"lacking\" {}\n"
			if diags := load(without); len(diags) > 0 {
				t.Errorf("%s:\n%s\ngives\n%s", name, without, describe(diags))
			}
		}
	}
	if tried < 500 {
		t.Errorf("only %d values were left out", tried)
	}
}

// What a value's type tells, and what does not depend on the value, is found without it.
func TestLackingValueHidesNoMistake(t *testing.T) {
	const variables = `
variable "text" { type = string }
variable "list" { type = list(string) }
variable "sizes" { type = map(string) }
variable "shape" {
  type = object({ name = string, size = optional(string) })
}
variable "any" {}
variable "token" {
  type      = string
  sensitive = true
}
`
	for _, c := range []struct{ name, text, want string }{
		{"nothing wrong", `pool "p" {
  driver = "dir"
  volume "v" {
    for_each = var.sizes
    name     = "v-${each.key}"
    config   = { size = each.value }
  }
}`, ""},
		{"a list where a text belongs", `pool "p" {
  driver      = "dir"
  description = var.list
}`, `#! 3:17-3:25 error: Wrong type
#!     "description" must be text, and this is a list.
`},
		{"a list where a config value belongs", `pool "p" {
  driver = "dir"
  config = { "user.note" = var.list }
}`, `#! 3:28-3:36 error: Wrong type
#!     The value of "user.note" must be text, a number or a boolean, and this is a list.
`},
		{"a text where config belongs", `pool "p" {
  driver = "dir"
  config = var.text
}`, `#! 3:12-3:20 error: Wrong type
#!     "config" must be an object, { key = value, … }, and this is text.
`},
		{"a list for for_each", `pool "p" {
  driver = "dir"
  volume "v" {
    for_each = var.list
    name     = each.key
  }
}`, `#! 4:16-4:24 error: Invalid for_each
#!     for_each needs a map or a set of texts. It is a list, and what stands at a place of a list would be another object whenever the list changes. Write toset(…) around it.
`},
		{"an attribute that the type does not have", `pool "p" {
  driver = "dir"
  volume "v" { description = var.shape.colour }
}`, `#! 3:39-3:46 error: Unsupported attribute
#!     This object does not have an attribute named "colour".
`},
		{"a key that does not exist", `pool "p" {
  driver = "zfs"
  config = { sizzz = var.text }
}`, `#! 3:14-3:19 error: Unsupported config key
#!     There is no config key "sizzz" of pools with the driver zfs. Keys of your own start with "user.".
`},
		{"a key that no driver has", `pool "p" {
  driver = var.text
  volume "v" { config = { sizzz = 1 } }
}`, `#! 3:27-3:32 error: Unsupported config key
#!     There is no config key "sizzz" of volumes. Keys of your own start with "user.".
`},
		{"in a for_each that is not known", `pool "p" {
  driver = "dir"
  volume "v" {
    for_each = toset(var.list)
    name     = each.key
    config   = { size = "1G" }
  }
  volume "w" {
    for_each = var.any
    name     = each.key
    target   = each.valeu
  }
}`, `#! 6:25-6:29 error: Invalid config value
#!     The value of "size" is wrong: "1G" is not a size: write 1GiB or 1GB.
#! 11:16-11:26 error: Unknown reference
#!     There are each.key and each.value, and nothing else of each. Did you mean each.value?
`},
		{"elements of a map of which only values lack", `pool "p" {
  driver = "dir"
  volume "v" {
    for_each = { "a/b" = var.any, c = "1G" }
    name     = each.key
    config   = { size = each.value }
  }
}`, `#! 5:16-5:24 error: Invalid volume name
#!     LXD does not take this name: "a/b" has a slash: write it without. For the volume "b" of the pool "a", write pool "a" { volume "b" { … } }.
#! 6:25-6:35 error: Invalid config value
#!     with each.key as "c"
#!     with each.value as "1G"
#!     The value of "size" is wrong: "1G" is not a size: write 1GiB or 1GB.
`},
		{"a local of which a part lacks", `locals { conf = { size = "1G", "user.note" = var.any } }
pool "p" {
  driver = "dir"
  volume "v" { config = local.conf }
}`, `#! 4:25-4:35 error: Invalid config value
#!     The value of "size" is wrong: "1G" is not a size: write 1GiB or 1GB.
`},
		{"a sensitive value where one would show it", `pool "p" {
  driver = "dir"
  volume "v" { description = var.token }
}`, `#! 3:30-3:39 error: Sensitive value
#!     "description" would be shown in plans, so it cannot come from a sensitive variable. Only the values of config can.
`},
		{"another variable's validation", `variable "size" {
  default = "1G"
  validation {
    condition     = endswith(var.size, "iB")
    error_message = "${var.text} is the unit."
  }
}
variable "lacks" {
  validation {
    condition     = length(var.lacks) > 3
    error_message = "Too short."
  }
}`, `#! 2:13-2:17 error: Invalid value for variable
#!     The error message uses a variable without a value, so it is not shown.
#!
#!     The variable "size" is validated at a.hcl:4.
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := write(t, map[string]string{"a.hcl": c.text, "b.hcl": variables})
			s, diags := Load([]string{"a.hcl", "b.hcl"}, Options{Dir: dir, ValuesMayLack: true})
			if diff := cmp.Diff(c.want, describe(diags)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if len(s.Lacking) < 6 {
				t.Errorf("lacking: %q", s.Lacking)
			}
			if len(diags) == 0 {
				_, diags = Load([]string{"a.hcl", "b.hcl"}, Options{Dir: dir})
				if !strings.Contains(describe(diags), `The variable "any" has no default, so it must be given`) {
					t.Errorf("values may lack where they are needed:\n%s", describe(diags))
				}
			}
		})
	}
}
