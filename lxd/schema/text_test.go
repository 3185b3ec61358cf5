package schema

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// Every key is shown, and no line is wider than the terminal.
func TestWriteText(t *testing.T) {
	for _, name := range Drivers() {
		d, _ := Lookup(name)
		for _, width := range []int{0, 72, 80, 100, 132, 300} {
			var b bytes.Buffer
			if err := d.WriteText(&b, TextOptions{Width: width}); err != nil {
				t.Fatal(err)
			}
			shown := map[string]bool{}
			for line := range strings.Lines(b.String()) {
				line = strings.TrimSuffix(line, "\n")
				if n := utf8.RuneCountInString(line); width > 0 && n > width {
					t.Errorf("%s: %d columns of %d: %s", name, n, width, line)
				}
				if strings.TrimRight(line, " ") != line {
					t.Errorf("%s: spaces at the end of %q", name, line)
				}
				for word := range strings.FieldsSeq(line) {
					shown[strings.TrimSuffix(word, ",")] = true
				}
			}
			keys := d.PoolKeys()
			if len(d.Contents) > 0 {
				keys = append(keys, d.VolumeKeys("")...)
			}
			for _, key := range keys {
				if !shown[key.Name] && !(len(d.Contents) == 0 && strings.HasPrefix(key.Name, volumePrefix)) {
					t.Errorf("%s at width %d: %s is missing", name, width, key.Name)
				}
			}
		}
	}
}

func TestNotes(t *testing.T) {
	cases := []struct {
		key  Key
		want string
	}{
		{Key{}, ""},
		{Key{Note: "Why."}, "Why."},
		{Key{Required: true, Secret: true}, "Required; secret."},
		{Key{Kind: Enum, Values: []string{"ext4", "xfs"}, Immutable: true}, "ext4 or xfs; immutable."},
		{Key{Kind: Bool, Values: []string{"rebase"}}, "Or rebase."},
		{Key{Kind: Int, Min: 1, Max: 255}, "1 to 255."},
		{Key{Kind: Size, Multiple: 512}, "In multiples of 512 B."},
		{Key{Member: true, Filled: true, Note: "Why."}, "Filled in by the server; member-specific. Why."},
		{Key{ServerOnly: true, Product: LXD}, "Written by the server alone; LXD only."},
		{Key{CreateOnly: true, Extension: "x"}, "Read at creation only; since API extension x."},
		{Key{Product: Incus, Extension: "x"}, "Incus only, since API extension x."},
		{Key{Dropped: "y"}, "Until API extension y."},
		{Key{Extension: "x", Dropped: "y"}, "Since API extension x, until API extension y."},
	}
	for _, c := range cases {
		if got := c.key.notes(); got != c.want {
			t.Errorf("%+v: %q, want %q", c.key, got, c.want)
		}
	}
}

func TestWriteJSON(t *testing.T) {
	var all []*Driver
	for _, name := range Drivers() {
		d, _ := Lookup(name)
		all = append(all, d)
	}
	var b bytes.Buffer
	if err := WriteJSON(&b, all); err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Drivers []struct {
			Name       string
			PoolKeys   []map[string]any `json:"pool_keys"`
			VolumeKeys []map[string]any `json:"volume_keys"`
		}
	}
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	for i, d := range all {
		got := doc.Drivers[i]
		if got.Name != d.Name || len(got.PoolKeys) != len(d.PoolKeys()) || len(got.VolumeKeys) != len(d.volumeRows()) {
			t.Errorf("%s: %d pool keys and %d volume keys", d.Name, len(got.PoolKeys), len(got.VolumeKeys))
		}
		for _, key := range append(got.PoolKeys, got.VolumeKeys...) {
			if key["name"] == "" || key["type"] == "" {
				t.Errorf("%s: %v", d.Name, key)
			}
		}
	}
}
