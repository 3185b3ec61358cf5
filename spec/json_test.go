package spec

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The JSON syntax says the same as the native one.
func TestJSON(t *testing.T) {
	cases := []struct{ name, text, want string }{
		{"everything", `{
  "//": "a comment",
  "tarn": { "owner": "team", "max_deletes": 5 },
  "variable": { "size": { "type": "string", "default": "20GiB",
    "validation": { "condition": "${endswith(var.size, \"GiB\")}", "error_message": "Sizes are in GiB." } } },
  "locals": { "shards": ["a", "b"] },
  "pool": {
    "fast": {
      "driver": "zfs",
      "prevent_delete": true,
      "config": { "volume.size": "${var.size}" },
      "member": { "n1": { "config": { "source": "/dev/sdb" } }, "*": { "config": { "zfs.pool_name": "tank" } },
        "of": { "for_each": { "n2": "/dev/sdc" }, "name": "${each.key}", "config": { "source": "${each.value}" } } },
      "volume": {
        "data": { "config": { "size": 1073741824, "security.shifted": true, "snapshots.expiry": null } },
        "shard": { "for_each": "${toset(local.shards)}", "name": "shard-${each.key}" }
      }
    },
    "default": { "existing": true }
  }
}`, `tarn owner="team" max_deletes=5
pool.fast "fast" driver="zfs" volume.size="20GiB" prevent_delete
  member "n1" source="/dev/sdb"
  member "*" zfs.pool_name="tank"
  member "n2" source="/dev/sdc"
  pool.fast.volume.data "data" security.shifted="true" size="1073741824"
  pool.fast.volume.shard["a"] "shard-a"
  pool.fast.volume.shard["b"] "shard-b"
pool.default "default" existing
`},
		{"misspelled", `{"pool": {"fast": {"driver": "zfs", "descripton": "", "size": "1GiB", "col\u006fur": 1}}, "pol": {}}`,
			`#! a.hcl.json 1:37-1:49 error: Unsupported attribute
#!     A pool block has no attribute "descripton". Did you mean "description"?
#! a.hcl.json 1:55-1:61 error: Unsupported attribute
#!     A pool block has no attribute "size". It is a key of LXD: write config = { size = … }.
#! a.hcl.json 1:71-1:84 error: Unsupported attribute
#!     A pool block has no attribute "colour", only "for_each", "name", "driver", "description", "config", "existing", "absent", "prevent_delete", "exclusive" and "ignore_config".
#! a.hcl.json 1:91-1:96 error: Unsupported block
#!     A spec has no block "pol". Did you mean "pool"?
`},
		{"wrong values", `{"pool": {"fast": {"driver": ["zfs"], "config": {"siz": "1GiB", "volume.size": []}},
"slow": {"driver": "dir", "volume": {"data": {"name": "${var.name}"}, "more": {"config": {"size": "1G"}}}}}}`,
			`#! a.hcl.json 1:30-1:37 error: Wrong type
#!     "driver" must be text, and this is a list.
#! a.hcl.json 1:50-1:55 error: Unsupported config key
#!     There is no config key "siz" of pools. Did you mean "size"?
#! a.hcl.json 1:80-1:82 error: Wrong type
#!     The value of "volume.size" must be text, a number or a boolean, and this is a list.
#! a.hcl.json 2:58-2:66 error: Unknown reference
#!     There is no variable "name", and there are no others.
#! a.hcl.json 2:99-2:103 error: Invalid config value
#!     The value of "size" is wrong: "1G" is not a size: write 1GiB or 1GB.
`},
		{"not an object", `{"pool": {"fast": 5}, "tarn": [], "locals": null}`, `#! a.hcl.json 1:19-1:20 error: Wrong type
#!     Blocks of one kind are an object here, by their labels: { "LABEL": { … } }. Those without a label are an object by themselves.
`},
		{"text for the blocks", `{"pool": {"fast": {"driver": "dir", "driver": "zfs", "volume": "data"}}}`, `#! a.hcl.json 1:37-1:45 error: Attribute twice
#!     The block has a value for "driver" already. Keep one of the two.
#! a.hcl.json 1:64-1:70 error: Wrong type
#!     Blocks of one kind are an object here, by their labels: { "LABEL": { … } }. Those without a label are an object by themselves.
`},
		{"a comma too many", "{\n  \"pool\": {\n    \"fast\": {\"driver\": \"dir\",}\n  }\n}", `#! a.hcl.json 3:30-3:31 error: Invalid JSON
#!     A key in quotes belongs here, and not "}".
`},
		{"text without quotes, and more brackets open than closed", `{"pool": {"fast": {"driver": dir}`, `#! a.hcl.json 1:30-1:31 error: Invalid JSON
#!     A value belongs here, and not "d".
`},
		{"single quotes", `{'pool': {}}`, `#! a.hcl.json 1:2-1:3 error: Invalid JSON
#!     A key in quotes belongs here, and not "'". Text is in double quotes.
`},
		{"the native syntax", `pool "fast" { driver = "dir" }`, `#! a.hcl.json 1:1-1:2 error: Invalid JSON
#!     This is not JSON, which the ending of the name says. A spec in the native syntax is in a file whose name ends in .hcl alone.
`},
		{"places of two declarations", `{"pool": {"fast": [{"driver": "zfs"}, {"driver": "dir"}]}}`, `#! a.hcl.json 1:11-1:17 error: Duplicate pool
#!     The pool "fast" is declared at a.hcl.json:1 already. Other blocks may add volumes to it and set nothing else.
`},
		{"missing driver", `{"pool": {"fast": {}}}`, `#! a.hcl.json 1:11-1:17 error: Missing driver
#!     A pool needs a driver, one of "alletra", "btrfs", "ceph", "cephfs", "cephobject", "dir", "linstor", "lvm", "lvmcluster", "powerflex", "powerstore", "pure", "truenas" and "zfs". A pool that somebody else looks after is declared with existing = true.
`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s, diags := Load(nil, Options{Dir: write(t, map[string]string{"a.hcl.json": c.text})})
			got := dump(s)
			if len(diags) > 0 {
				got = describeIn(diags)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
