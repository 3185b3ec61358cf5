package schema

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAround(t *testing.T) {
	for _, c := range []struct {
		driver, source string
		want           []string
	}{
		{"dir", "/srv/a/b", []string{"/srv/a", "/srv", "/"}},
		{"dir", "/", nil},
		{"zfs", "/dev/sdb", []string{"/dev", "/"}},
		{"zfs", "pool/dataset", nil},
		{"dir", "srv/a", nil},
		{"", "fs/one", nil}, // of a pool without a driver: it is neither a path nor a name that anything knows
		{"", ".", nil},
		{"cluster", "a", nil},
	} {
		s, ok := SourceOf(c.driver, c.source)
		if !ok {
			t.Fatalf("%s %s: no source", c.driver, c.source)
		}
		var got []string
		for _, around := range s.Around() {
			got = append(got, around.name)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", c.driver, c.source, diff)
		}
	}
}
