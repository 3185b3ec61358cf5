package preseed_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tarn/spec/preseed"
)

// A preseed as the documentation has it: quotes, numbers, texts of several lines, empty values, other sections.
func TestRead(t *testing.T) {
	p, err := preseed.Read([]byte(`# how the server is set up
config:
  core.https_address: 192.0.2.1:9999
networks:
- name: lxdbr0
  type: bridge
storage_pools:
- name: data
  driver: zfs
  config:
    source: my-zfs-pool/my-zfs-dataset
    volume.size: 10GiB
    rsync.bwlimit: 5
    zfs.clone_copy: false
    user.digits: 0o17
    user.empty: ""
    user.null: ~
- {name: "odd: name", driver: dir, description: 'it''s "odd"'}
storage_volumes:
  - name: my-vol
    pool: data
    content_type: block
    project: shop
    config:
      size: 1GiB
      user.text: |
        two
        lines
  - name: copy
    Pool: data
    source: {type: copy, name: my-vol, pool: data}
  - name: dumped
    pool: data
    source:
      type: ""
profiles: []
projects:
- name: shop
  config:
    features.storage.volumes: "true"
cluster:
  server_name: n1
  enabled: true
  member_config:
  - entity: storage-pool
    name: data
    key: source
    value: /dev/sdb
  - entity: network
    name: br0
    key: parent
    value: eth0
  - entity: storage-pool
    name: data
    key: size
    value: ""
`))
	if err != nil {
		t.Fatal(err)
	}
	want := &preseed.Preseed{
		Pools: []preseed.Pool{
			{Name: "data", Driver: "zfs", Line: 8, Config: map[string]string{
				"source": "my-zfs-pool/my-zfs-dataset", "volume.size": "10GiB", "rsync.bwlimit": "5", "zfs.clone_copy": "false", "user.digits": "0o17",
			}},
			{Name: "odd: name", Driver: "dir", Description: `it's "odd"`, Line: 18},
		},
		Volumes: []preseed.Volume{
			{Name: "my-vol", Pool: "data", Project: "shop", ContentType: "block", Line: 20, Config: map[string]string{"size": "1GiB", "user.text": "two\nlines\n"}},
			{Name: "copy", Pool: "data", Copied: true, Line: 29},
			{Name: "dumped", Pool: "data", Line: 32},
		},
		Projects:     map[string]map[string]string{"shop": {"features.storage.volumes": "true"}},
		Member:       "n1",
		MemberConfig: map[string]map[string]string{"data": {"source": "/dev/sdb"}},
		Left: []preseed.Left{
			{2, "config", "the server's own config is not tarn's"},
			{4, "networks", "it is not storage that tarn manages"},
			{37, "projects", "projects are not tarn's"},
			{41, "cluster", "clusters are not tarn's; what members have of pools for themselves is taken over"},
		},
	}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Error(diff)
	}
}

// What is no preseed is an error that names the line, soon, and never shows what stands there.
func TestHostile(t *testing.T) {
	const secret = "Tr0ub4dor"
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "it is empty"},
		{"only a comment", "# nothing\n", "it is empty"},
		{"a text", "hello", "line 1: a preseed is a mapping"},
		{"a list", "- a\n- b\n", "line 1: a preseed is a mapping"},
		{"pools that are none", "storage_pools: 7\n", "line 1: storage_pools has to be a list"},
		{"a pool that is none", "storage_pools:\n- seven\n", "line 2: what is in storage_pools has to be a mapping"},
		{"a pool without a driver", "storage_pools:\n- name: x\n", "line 2: a pool needs a name and a driver"},
		{"a pool twice", "storage_pools:\n- {name: x, driver: dir}\n- {name: x, driver: dir}\n", "line 3: the pool \"x\" is on line 2 already"},
		{"a volume without a pool", "storage_volumes:\n- name: x\n", "line 2: a volume needs a name and a pool"},
		{"config that is none", "storage_pools:\n- name: x\n  driver: dir\n  config: [" + secret + "]\n", "line 4: config has to be a mapping"},
		{"a value that is none", "storage_pools:\n- name: x\n  driver: dir\n  config:\n    size: [" + secret + "]\n", "line 5: size has to be a text"},
		{"broken", "storage_pools:\n- name: \"" + secret + "\n", "line 2: "},
		{"tabs", "storage_pools:\n\t- name: " + secret + "\n", "line 2: "},
		{"zero bytes", "a\x00b", "bytes that are zero"},
		{"an alias", "a: &a [1]\nb: [*a, *a]\n", "line 2: it has an alias"},
		{"brackets", "a: " + strings.Repeat("[", 400_000), "nested more than 100 deep"},
		{"brackets on lines", strings.Repeat("[\n", 100_000), "nested more than 100 deep"},
		{"braces", "a: " + strings.Repeat("{a: ", 100_000), "nested more than 100 deep"},
		{"lists on one line", strings.Repeat("- ", 300_000) + "x\n", "nested more than 100 deep"},
		{"keys on one line", strings.Repeat("? ", 300_000) + "x\n", "nested more than 100 deep"},
		{"a stair", stair(1100), "nested more than 100 deep"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := preseed.Read([]byte(c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

func stair(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

func FuzzRead(f *testing.F) {
	f.Add("storage_pools:\n- name: x\n  driver: dir\n  config: {size: 1GiB}\n")
	f.Add("storage_volumes:\n- {name: a, pool: b, config: {a: ~, b: !!str 7, c: 'x'}}\ncluster: {enabled: true}\n")
	f.Fuzz(func(t *testing.T, text string) {
		if p, err := preseed.Read([]byte(text)); err == nil && p == nil {
			t.Error("neither a preseed nor an error")
		}
	})
}
