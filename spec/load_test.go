package spec

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// write puts files into a new directory.
func write(t testing.TB, files map[string]string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// dump writes a spec as text, one object a line, with all attributes that are set.
func dump(s *Spec) string {
	var b strings.Builder
	if s.Settings.Ranges.Block.Filename != "" {
		fmt.Fprintf(&b, "tarn%s\n", dumpAttributes(tarnBlock, &s.Settings))
	}
	for _, p := range s.Pools {
		fmt.Fprintf(&b, "%s%s\n", p.Address, dumpAttributes(poolBlock, p))
		for _, m := range p.Members {
			fmt.Fprintf(&b, "  member%s\n", dumpAttributes(memberBlock, m))
		}
		for _, v := range p.Volumes {
			fmt.Fprintf(&b, "  %s%s\n", v.Address, dumpAttributes(volumeBlock, v))
		}
	}
	return b.String()
}

// dumpAttributes writes the fields of an object of the model, in the order of its block's attributes.
func dumpAttributes(t *blockType, object any) string {
	var b strings.Builder
	for _, a := range t.attrs {
		if a.field == nil {
			continue
		}
		switch field := a.field(object).(type) {
		case *string:
			switch {
			case a.name == "name":
				fmt.Fprintf(&b, " %q", *field)
			case *field != "":
				fmt.Fprintf(&b, " %s=%q", a.name, *field)
			}
		case **string:
			if *field != nil {
				fmt.Fprintf(&b, " %s=%q", a.name, **field)
			}
		case *bool:
			if *field {
				fmt.Fprintf(&b, " %s", a.name)
			}
		case **int:
			if *field != nil {
				fmt.Fprintf(&b, " %s=%d", a.name, **field)
			}
		case *[]string:
			if len(*field) > 0 {
				fmt.Fprintf(&b, " %s=%q", a.name, *field)
			}
		case **VolumeRef:
			if *field != nil {
				fmt.Fprintf(&b, " %s=%q", a.name, *field)
			}
		case *Config:
			for _, key := range field.Keys() {
				value := (*field)[key].Text
				if (*field)[key].Sensitive {
					value = "(sensitive) " + value
				}
				fmt.Fprintf(&b, " %s=%q", key, value)
			}
		default:
			fmt.Fprintf(&b, " %s=?", a.name)
		}
	}
	return b.String()
}

func TestLoad(t *testing.T) {
	cases := []struct {
		name  string
		files map[string]string
		paths []string
		opts  Options
		want  string // the spec, or the diagnostics after #!
	}{
		{name: "empty file", files: map[string]string{"a.hcl": ""}},
		{name: "settings", files: map[string]string{"a.hcl": `
tarn {
  owner         = "team"
  remote        = "prod"
  project       = "web"
  ignore_config = ["user.*"]
  max_deletes   = 0
}
pool "fast" {
  driver        = "zfs"
  ignore_config = ["zfs.*"]
  volume "data" { ignore_config = ["size"] }
  volume "logs" {}
}`}, want: `tarn owner="team" remote="prod" project="web" ignore_config=["user.*"] max_deletes=0
pool.fast "fast" driver="zfs" ignore_config=["zfs.*" "user.*"]
  pool.fast.volume.data "data" ignore_config=["size" "zfs.*" "user.*"]
  pool.fast.volume.logs "logs" ignore_config=["zfs.*" "user.*"]
`},
		{name: "every attribute", files: map[string]string{"a.hcl": `
pool "fast" {
  name           = "nvme"
  driver         = "zfs"
  description    = "NVMe"
  config         = { "volume.size" = "20GiB" }
  prevent_delete = true
  exclusive      = true
  member "n1" { config = { source = "/dev/sdb" } }
  volume "data" {
    name           = "pgdata"
    description    = ""
    content_type   = "block"
    project        = "web"
    target         = "n1"
    renamed_from   = "prod:slow/pg"
    prevent_delete = true
    config         = { size = "1GiB" }
  }
  volume "gone" { absent = true }
}
pool "old" { absent = true }
pool "default" { existing = true }
`}, want: `pool.fast "nvme" driver="zfs" description="NVMe" volume.size="20GiB" prevent_delete exclusive
  member "n1" source="/dev/sdb"
  pool.fast.volume.data "pgdata" content_type="block" description="" project="web" target="n1" size="1GiB" renamed_from="prod:slow/pg" prevent_delete
  pool.fast.volume.gone "gone" absent
pool.old "old" absent
pool.default "default" existing
`},
		{name: "null is as absent, and so is an empty config value", files: map[string]string{"a.hcl": `
pool "fast" {
  driver      = "dir"
  name        = null
  description = null
  config      = null
  existing    = null
  volume "data" {
    content_type  = null
    renamed_from  = null
    ignore_config = null
    config        = { size = null, "snapshots.expiry" = "" }
  }
}`}, want: `pool.fast "fast" driver="dir"
  pool.fast.volume.data "data"
`},
		{name: "config values", files: map[string]string{"a.hcl": `
pool "fast" {
  driver = "dir"
  volume "data" {
    config = {
      size               = 10 * 1024 * 1024 * 1024
      "security.shifted" = true
      "user.fraction"    = 0.5
      "user.large"       = 1e21
      "user.negative"    = -3
      "user.${"computed"}" = "x"
      (upper("user") == "USER" ? "user.y" : "user.z") = false
    }
  }
}`}, want: `pool.fast "fast" driver="dir"
  pool.fast.volume.data "data" security.shifted="true" size="10737418240" user.computed="x" user.fraction="0.5" user.large="1000000000000000000000" user.negative="-3" user.y="false"
`},
		{name: "for_each over a set, a map and an object", files: map[string]string{"a.hcl": `
locals { sizes = tomap({ b = "2GiB", a = "1GiB" }) }
pool "fast" {
  driver = "dir"
  volume "set" {
    for_each = toset(["y", "x"])
    name     = "set-${each.value}"
  }
  volume "map" {
    for_each = local.sizes
    name     = "map-${each.key}"
    config   = { size = each.value }
  }
  volume "object" {
    for_each = { "one two" = { absent = true }, "q\"" = { absent = false } }
    name     = "object-${length(each.key)}"
    absent   = each.value.absent
  }
  volume "none" {
    for_each = toset([])
    name     = each.key
  }
}`}, want: `pool.fast "fast" driver="dir"
  pool.fast.volume.set["x"] "set-x"
  pool.fast.volume.set["y"] "set-y"
  pool.fast.volume.map["a"] "map-a" size="1GiB"
  pool.fast.volume.map["b"] "map-b" size="2GiB"
  pool.fast.volume.object["one two"] "object-7" absent
  pool.fast.volume.object["q\""] "object-2"
`},
		{name: "for_each of a pool reaches its volumes, whose own shadows it", files: map[string]string{"a.hcl": `
pool "disk" {
  for_each = { n1 = ["a1"], n2 = ["b1", "b2"] }
  name     = "disk-${each.key}"
  driver   = "dir"
  volume "index" { name = "index-${each.key}" }
  volume "data" {
    for_each = toset(each.value)
    name     = "data-${each.key}"
  }
}`}, want: `pool.disk["n1"] "disk-n1" driver="dir"
  pool.disk["n1"].volume.index "index-n1"
  pool.disk["n1"].volume.data["a1"] "data-a1"
pool.disk["n2"] "disk-n2" driver="dir"
  pool.disk["n2"].volume.index "index-n2"
  pool.disk["n2"].volume.data["b1"] "data-b1"
  pool.disk["n2"].volume.data["b2"] "data-b2"
`},
		{name: "for_each over data of files", files: map[string]string{"a.hcl": `
locals {
  rows  = csvdecode(file("volumes.csv"))
  sites = yamldecode(file("sites.yaml"))
  keep  = jsondecode(file("keep.json"))
}
pool "fast" {
  for_each = { for site in local.sites.sites : site.name => site }
  name     = each.key
  driver   = each.value.driver
  volume "data" {
    for_each = { for row in local.rows : row.name => row if row.site == each.key }
    name     = "${each.value.site}-${each.key}"
    config   = { size = "${each.value.gib}GiB", "snapshots.expiry" = lookup(local.keep, each.key, null) }
  }
}`, "volumes.csv": "site,name,gib\neast,a,1\nwest,b,20\neast,c,3\n", "keep.json": `{"c": "30d"}`,
			"sites.yaml": "sites:\n- {name: west, driver: dir}\n- name: east\n  driver: btrfs\n"}, want: `pool.fast["east"] "east" driver="btrfs"
  pool.fast["east"].volume.data["a"] "east-a" size="1GiB"
  pool.fast["east"].volume.data["c"] "east-c" size="3GiB" snapshots.expiry="30d"
pool.fast["west"] "west" driver="dir"
  pool.fast["west"].volume.data["b"] "west-b" size="20GiB"
`},
		{name: "labels that are not plain words are quoted in addresses", files: map[string]string{"a.hcl": `
pool "a.b" {
  driver = "dir"
  volume "c d" { name = "cd" }
}`}, want: `pool."a.b" "a.b" driver="dir"
  pool."a.b".volume."c d" "cd"
`},
		{name: "locals in any order and over several files", files: map[string]string{
			"a.hcl": "locals {\n  x = \"${local.y}-${var.z}\"\n}\nvariable \"z\" { default = 3 }",
			"b.hcl": "locals { y = upper(local.w) }\nlocals { w = \"w\" }\npool \"fast\" {\n  driver = \"dir\"\n  description = local.x\n}",
		}, want: `pool.fast "fast" driver="dir" description="W-3"
`},
		{name: "files of a directory in the order of names, without hidden ones and subdirectories", files: map[string]string{
			"b.hcl": `pool "bb" { driver = "dir" }`, "a.hcl": `pool "aa" { driver = "dir" }`, ".c.hcl": "broken {", "d.txt": "broken {",
			"sub/e.hcl": "broken {", "f.hcl.json": `{"pool": {"ff": {"driver": "dir"}}}`, "g.json": "broken",
		}, want: `pool.aa "aa" driver="dir"
pool.bb "bb" driver="dir"
pool.ff "ff" driver="dir"
`},
		{name: "several paths, and a file that is named twice", paths: []string{"b/x.hcl", "a", "b"}, files: map[string]string{
			"a/y.hcl": `pool "aa" { driver = "dir" }`, "b/x.hcl": `pool "bb" { driver = "dir" }`, "b/z.hcl": `pool "cc" { driver = "dir" }`,
		}, want: `pool.bb "bb" driver="dir"
pool.aa "aa" driver="dir"
pool.cc "cc" driver="dir"
`},
		{name: "file reads relative to the spec", paths: []string{"a", "b"}, files: map[string]string{
			"a/x.hcl": "pool \"aa\" {\n  driver = \"dir\"\n  description = file(\"text\")\n}", "a/text": "of a",
			"b/x.hcl": "pool \"bb\" {\n  driver = \"dir\"\n  description = file(\"../b/text\")\n}", "b/text": "of b",
		}, want: `pool.aa "aa" driver="dir" description="of a"
pool.bb "bb" driver="dir" description="of b"
`},
		{name: "volumes of a pool in several files", paths: []string{"team", "pools"}, files: map[string]string{
			"pools/a.hcl": `
pool "shard" {
  for_each = toset(["one", "two"])
  name     = "shard-${each.key}"
  driver   = "dir"
  volume "first" {}
}
pool "default" { existing = true }`,
			"team/note.txt": "of the team",
			"team/b.hcl": `
pool "shard" {
  volume "data" { description = "${each.key} ${file("note.txt")}" }
  volume "each" {
    for_each = toset(["x"])
    name     = "each-${each.key}"
  }
}
pool "default" {
  volume "backup" {}
}`,
			"team/c.hcl.json": `{"pool": {"default": {"volume": {"more": {}}}}}`,
		}, want: `pool.shard["one"] "shard-one" driver="dir"
  pool.shard["one"].volume.first "first"
  pool.shard["one"].volume.data "data" description="one of the team"
  pool.shard["one"].volume.each["x"] "each-x"
pool.shard["two"] "shard-two" driver="dir"
  pool.shard["two"].volume.first "first"
  pool.shard["two"].volume.data "data" description="two of the team"
  pool.shard["two"].volume.each["x"] "each-x"
pool.default "default" existing
  pool.default.volume.backup "backup"
  pool.default.volume.more "more"
`},
		{name: "a label in two files", files: map[string]string{
			"a.hcl": `pool "aa" { driver = "dir" }`, "b.hcl": `pool "aa" { driver = "dir" }`,
		}, want: `#! b.hcl 1:1-1:10 error: Duplicate pool
#!     The pool "aa" is declared at a.hcl:1 already. Other blocks may add volumes to it and set nothing else.
`},
		{name: "mistakes in the order of the files", paths: []string{"b.hcl", "a.hcl"}, files: map[string]string{
			"a.hcl": `x = 1`, "b.hcl": "y = 1\nz = 1",
		}, want: `#! b.hcl 1:1-1:2 error: Unsupported attribute
#!     A spec consists of blocks ("tarn", "variable", "locals", "pool" and "acknowledge"); "y" outside of a block has no meaning.
#! b.hcl 2:1-2:2 error: Unsupported attribute
#!     A spec consists of blocks ("tarn", "variable", "locals", "pool" and "acknowledge"); "z" outside of a block has no meaning.
#! a.hcl 1:1-1:2 error: Unsupported attribute
#!     A spec consists of blocks ("tarn", "variable", "locals", "pool" and "acknowledge"); "x" outside of a block has no meaning.
`},
		{name: "paths that look like others", paths: []string{"sotrage.hcl", "team", "dir/storage", "dri"}, files: map[string]string{
			"storage.hcl": "", "team.hcl.json": "{}", "dir/storage.hcl": "",
		}, want: `#! nowhere error: File not found
#!     There is no file or directory "sotrage.hcl". Did you mean "storage.hcl"?
#! nowhere error: File not found
#!     There is no file or directory "team". Did you mean "team.hcl.json"?
#! nowhere error: File not found
#!     There is no file or directory "dir/storage". Did you mean "dir/storage.hcl"?
#! nowhere error: File not found
#!     There is no file or directory "dri". Did you mean "dir"?
`},
		{name: "paths that give nothing", paths: []string{"none", "empty", "none.hcl"}, files: map[string]string{"empty/a.txt": ""},
			want: `#! nowhere error: File not found
#!     There is no file or directory "none".
#! nowhere error: No spec files
#!     The directory "empty" has no *.hcl or *.hcl.json file. Subdirectories are not searched: name them as further paths, or see --recursive.
#! nowhere error: File not found
#!     There is no file or directory "none.hcl".
`},
		{name: "a file that does not parse hides nothing but itself", files: map[string]string{
			"a.hcl": "pool \"aa\" {\n", "b.hcl": "pool {", "c.hcl": "pool \"cc\" { driver = var.declared_in_a }",
		}, want: `#! a.hcl 1:1-1:12 error: Missing closing brace
#!     The block pool "aa" begins here and has no "}". It is most likely missing on this line.
#! b.hcl 1:1-1:7 error: Missing closing brace
#!     The block pool begins here and has no "}". It is most likely missing on this line.
`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			c.opts.Dir = write(t, c.files)
			s, diags := Load(c.paths, c.opts)
			got := dump(s)
			if len(diags) > 0 {
				got = strings.ReplaceAll(describeIn(diags), c.opts.Dir, "DIR")
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Values keep the author's spelling and stand where the author wrote them.
func TestRanges(t *testing.T) {
	dir := write(t, map[string]string{"a.hcl": `pool "fast" {
  driver = "dir"
  name   = null
  volume "data" {
    config = {
      size               = "1GiB"
      "snapshots.expiry" = join("", ["1", "H"])
    }
  }
  volume "logs" {
    config = merge({ size = "1GiB" }, {})
  }
}
`})
	s, diags := Load(nil, Options{Dir: dir})
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	pool := s.Pools[0]
	for _, c := range []struct{ what, got, want string }{
		{"pool", pool.Ranges.Block.String(), "a.hcl:1,1-12"},
		{"driver", pool.Ranges.Of("driver").String(), "a.hcl:2,12-17"},
		{"name, which is null", pool.Ranges.Of("name").String(), "a.hcl:1,1-12"},
		{"volume", pool.Volumes[0].Ranges.Block.String(), "a.hcl:4,3-16"},
		{"config", pool.Volumes[0].Ranges.Of("config").String(), "a.hcl:5,14-8,6"},
		{"size", pool.Volumes[0].Config["size"].Range.String(), "a.hcl:6,28-34"},
		{"computed value", pool.Volumes[0].Config["snapshots.expiry"].Range.String(), "a.hcl:7,28-48"},
		{"value in a computed config", pool.Volumes[1].Config["size"].Range.String(), "a.hcl:11,14-42"},
	} {
		if c.got != c.want {
			t.Errorf("%s is at %s, want %s", c.what, c.got, c.want)
		}
	}
	if pool.Ranges.Given("name") {
		t.Error("name is given, although it is null")
	}
}
