package schema

import (
	"fmt"
	"slices"
	"testing"
)

func TestSuggest(t *testing.T) {
	keys := []string{"rsync.bwlimit", "size", "source", "volume.size", "volume.zfs.blocksize", "zfs.pool_name"}
	members := []string{"n1", "n2", "n4"}
	for _, c := range []struct {
		word       string
		candidates []string
		want       []string
	}{
		{"sizes", keys, []string{"size"}},
		{"Size", keys, []string{"size"}},
		{"sorce", keys, []string{"source"}},
		{"volume.szie", keys, []string{"volume.size"}},
		{"pool_name", keys, []string{"zfs.pool_name"}}, // the last part alone
		{"blocksize", keys, []string{"volume.zfs.blocksize"}},
		{"zfs.size", keys, []string{"size"}}, // a last part too many
		{"zfs.poolname", keys, []string{"zfs.pool_name"}},
		{"compression", keys, nil},
		{"", keys, nil},
		{"x", keys, nil},
		{"zsf", []string{"btrfs", "dir", "zfs"}, []string{"zfs"}},
		{"n3", members, members},
		{"n3", append(members, "n5"), nil}, // four are meant as well as none
		{"N4", members, []string{"n4"}},
	} {
		if got := Suggest(c.word, c.candidates); !slices.Equal(got, c.want) {
			t.Errorf("Suggest(%q, %q) = %q, want %q", c.word, c.candidates, got, c.want)
		}
	}
}

func TestNoSuch(t *testing.T) {
	many := make([]string, 20)
	for i := range many {
		many[i] = fmt.Sprintf("volume-%02d", i)
	}
	for _, c := range []struct {
		name             string
		names            []string
		clause, sentence string
	}{
		{"prud", []string{"local", "prod"}, `; did you mean "prod"?`, `. Did you mean "prod"?`},
		{"n3", []string{"n1", "n2"}, `; did you mean "n1" or "n2"?`, `. Did you mean "n1" or "n2"?`},
		{"x", []string{"dir"}, `, only "dir"`, `, only "dir".`},
		{"x", []string{"btrfs", "dir", "zfs"}, `, only "btrfs", "dir" and "zfs"`, `, only "btrfs", "dir" and "zfs".`},
		{"x", many, `, only "volume-00", "volume-01", "volume-02", "volume-03", "volume-04", "volume-05" and 14 more`,
			`, only "volume-00", "volume-01", "volume-02", "volume-03", "volume-04", "volume-05" and 14 more.`},
		{"x", nil, `, and there are no others`, `, and there are no others.`},
	} {
		if got, want := NoSuch("there is none", c.name, c.names), "there is none"+c.clause; got != want {
			t.Errorf("NoSuch of %q:\n%s\nwant:\n%s", c.name, got, want)
		}
		if got, want := NoSuchSentence("There is none", c.name, c.names), "There is none"+c.sentence; got != want {
			t.Errorf("NoSuchSentence of %q:\n%s\nwant:\n%s", c.name, got, want)
		}
	}
}
