package sim

import "testing"

// What LXD 5.0.2 was seen to select of the names vol-00000, vol-00009 and vol-00001/s by some patterns.
func TestFilterPatterns(t *testing.T) {
	names := []string{"vol-00000", "vol-00009", "vol-00001/s"}
	for _, c := range []struct {
		pattern string
		want    int
	}{
		{"vol-0000", 0}, {"^vol-0000", 3}, {"^vol-00000", 1}, {"vol-[^/]", 3}, {"VOL-0000[0-9]", 2}, {"(vol-00000|)", 1}, {"()", 0},
		{"([[:cntrl:][:space:]!-.0-\U0010FFFF]*)", 2},
	} {
		f, err := parseFilter("name eq " + c.pattern)
		if err != nil {
			t.Fatal(err)
		}
		got := 0
		for _, name := range names {
			v := shownVolume{}
			v.Name = name
			if f.match(v) {
				got++
			}
		}
		if got != c.want {
			t.Errorf("%s selects %d, want %d", c.pattern, got, c.want)
		}
	}
}
