package schema

import "testing"

// The values in this file were sent to LXD 5.0.2, and it took or refused them as the tables say.

func TestCheckBool(t *testing.T) {
	testCheck(t, Key{Kind: Bool}, map[string]string{
		"": "", "true": "", "TRUE": "", "tRuE": "", "yes": "", "YES": "", "1": "", "on": "", "On": "",
		"false": "", "no": "", "0": "", "off": "", "oFF": "",
		"enabled": `"enabled" is not a boolean: write true`,
		" true":   `" true" is not a boolean: write true`,
		"true\n":  `"true\n" is not a boolean: write true`,
		"t":       `"t" is not a boolean: write true`,
		"y":       `"y" is not a boolean: write true`,
		"2":       `"2" is not a boolean: write true or false`,
		"01":      `"01" is not a boolean: write true or false`,
		"rebase":  `"rebase" is not a boolean: write true or false`,
	})
}

func TestCheckOtherKinds(t *testing.T) {
	tests := []struct {
		name   string
		key    Key
		values map[string]string
	}{
		{"any", Key{}, map[string]string{"": "", " ": "", "{{": ""}},
		{"boolean or word", Key{Kind: Bool, Values: []string{"rebase"}}, map[string]string{
			"rebase": "", "off": "",
			"Rebase": `"Rebase" is not a boolean: write true or false, or rebase`,
		}},
		{"size or word", Key{Kind: Size, Values: []string{"max"}}, map[string]string{"max": "", "1GiB": ""}},
		{"size in units", Key{Kind: Size, Multiple: gib}, map[string]string{
			"0": "", "8GiB": "", "1024MiB": "",
			"8GB": `"8GB" is not a multiple of 1 GiB`,
		}},
		{"mount options", Key{Kind: MountOptions}, map[string]string{
			"": "", "noatime": "", "user_subvol_rm_allowed,compress-force=zstd:15": "", "compress": "", "compress=no": "", "compress=zstd:-3": "",
			"context=\"a:b\"": "", "not-known-here": "",
			"noatime, discard":  `"noatime, discard" has white space: write options with a comma between two and nothing else`,
			"noatime,,discard,": "", "compress=lzo:3": "", "compress=zstd:99": "",
			"compress=zst": `"zst" is no compression: write lzo, no, zlib or zstd`,
		}},
		{"compression", Key{Kind: Compression}, map[string]string{
			"": "", "none": "", "no": "", "zlib": "", "lzo": "", "zstd": "", "zstd:3": "", "zlib:": "",
			"gzip": `"gzip" is not known: write lzo, no, none, zlib or zstd, with a level if need be, such as zstd:3`,
			"ZSTD": `"ZSTD" is not known: write lzo, no, none, zlib or zstd, with a level if need be, such as zstd:3`,
		}},
		{"block size", Key{Kind: Blocksize}, map[string]string{
			"512": "", "16KiB": "", "16777216": "", "16MiB": "",
			"0":    `"0" is not a block size: write a power of two from 512 to 16MiB`,
			"256":  `"256" is not a block size: write a power of two from 512 to 16MiB`,
			"16kB": `"16kB" is not a block size: write a power of two from 512 to 16MiB`,
			"32MB": `"32MB" is not a block size: write a power of two from 512 to 16MiB`,
			"16K":  `"16K" is not a size: write 16KiB or 16kB`,
		}},
		{"whole number", Key{Kind: Int}, map[string]string{
			"0": "", "-1": "",
			"1.5":                 `"1.5" is not a whole number`,
			"9223372036854775808": `"9223372036854775808" is out of range`,
		}},
		{"whole number with bounds", Key{Kind: Int, Min: 1, Max: 255}, map[string]string{
			"1": "", "255": "",
			"0":   `"0" is out of range: write a number from 1 to 255`,
			"256": `"256" is out of range: write a number from 1 to 255`,
		}},
		{"enum", Key{Kind: Enum, Values: []string{"btrfs", "ext4", "xfs"}}, map[string]string{
			"": "", "ext4": "",
			"Ext4": `"Ext4" is not known: write ext4`,
			"ntfs": `"ntfs" is not known: write btrfs, ext4 or xfs`,
		}},
		{"URL", Key{Kind: URL}, map[string]string{
			"https://s3.example.com:8080": "", "http://10.0.0.1": "",
			"s3.example.com":       `"s3.example.com" is not a URL: write https://s3.example.com`,
			"ftp://s3.example.com": `"ftp://s3.example.com" is not a URL: write it with scheme and host, such as https://storage.example.com:8080`,
		}},
		{"path", Key{Kind: Path}, map[string]string{
			"/etc/ceph/rgw.crt": "",
			"rgw.crt":           `"rgw.crt" is not an absolute path: start it with a slash`,
		}},
		{"file mode", Key{Kind: Mode}, map[string]string{
			"0711": "", "711": "",
			"0789": `"0789" is not a file mode: write it in octal, such as 0711`,
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { testCheck(t, test.key, test.values) })
	}
}

// testCheck checks values; want maps each to its error, "" for none.
func testCheck(t *testing.T, key Key, want map[string]string) {
	t.Helper()
	for value, message := range want {
		got := ""
		if err := key.Check(value); err != nil {
			got = err.Error()
		}
		if got != message {
			t.Errorf("Check(%q)\n got %s\nwant %s", value, got, message)
		}
	}
}

func TestEqual(t *testing.T) {
	tests := []struct {
		kind Kind
		a, b string
		want bool
	}{
		{Text, "a", "a", true},
		{Text, "a", "A", false},
		{Text, "1GiB", "1024MiB", false},
		{Text, "", "", true},
		{Bool, "true", "on", true},
		{Bool, "true", "1", true},
		{Bool, "YES", "true", true},
		{Bool, "0", "off", true},
		{Bool, "true", "false", false},
		{Bool, "false", "", false}, // unset is not the default
		{Bool, "rebase", "rebase", true},
		{Bool, "rebase", "true", false},
		{Size, "1GiB", "1024MiB", true},
		{Size, "1GiB", "1073741824", true},
		{Size, "1GiB", "1073741824B", true},
		{Size, "1GiB", "1073741824 bytes", true},
		{Size, "1GiB", "1GB", false},
		{Size, "0", "", false},
		{Size, "1 GiB", "1 GiB", true}, // not a size, but the same text
		{Size, "1 GiB", "1GiB", false},
		{Blocksize, "16KiB", "16384", true},
		{Int, "2", "02", true},
		{Int, "2", "3", false},
		{Mode, "711", "0711", true},
		{Schedule, "@daily", "@Daily", true},
		{Schedule, "0 6 * * mon", "0 6 * * MON", true},
		{Schedule, "@daily", "0 0 * * *", false},
		{Schedule, "@never", "@Never", false},
		{Expiry, "1d", "1d", true},
		{Expiry, "1M", "1m", false},
		{Enum, "ext4", "EXT4", false},
	}
	for _, test := range tests {
		key := Key{Kind: test.kind}
		if got := key.Equal(test.a, test.b); got != test.want {
			t.Errorf("%s: Equal(%q, %q) = %t", test.kind, test.a, test.b, got)
		}
		if got := key.Equal(test.b, test.a); got != test.want {
			t.Errorf("%s: Equal(%q, %q) = %t", test.kind, test.b, test.a, got)
		}
	}
}

func TestKindString(t *testing.T) {
	seen := map[string]bool{}
	for kind := Text; kind <= Mode; kind++ {
		if name := kind.String(); seen[name] {
			t.Errorf("two kinds are called %q", name)
		} else {
			seen[name] = true
		}
	}
}
