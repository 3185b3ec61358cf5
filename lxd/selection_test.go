package lxd

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func numbered(format string, from, to, step int) []string {
	var names []string
	for i := from; i < to; i += step {
		names = append(names, fmt.Sprintf(format, i))
	}
	return names
}

// TestSelection shows what is asked for: a short expression where names have something in common, all where that is cheaper.
func TestSelection(t *testing.T) {
	thousands := numbered("vol-%04d", 0, 5000, 1)
	for _, c := range []struct {
		name        string
		names, held []string
		pattern     string // "" for a list of all
	}{
		{"one of many", []string{"vol-0007"}, thousands, "vol-0007"},
		{"all", thousands, thousands, ""},
		{"nearly all", thousands[:4950], thousands, ""},
		{"a half", thousands[:2500], thousands, "vol-(?:[01][^/]*|2[01234][^/]*)"},
		{"alike to the end", numbered("vol-%04d", 0, 5000, 500), thousands, "vol-[01234][05]00"},
		{"none of them", numbered("new-%03d", 0, 900, 1), thousands, "new-" + anything},
		{"one is the beginning of another", []string{"a", "ab", "abc"}, append(thousands, numbered("abd%d", 0, 50, 1)...), "a(?:|b(?:|c))"},
		{"characters that mean something", []string{"a.b", "a(b", "a-b"}, thousands, "a[^/]b"},
		{"case", []string{"Data"}, append(thousands, "dATA"), "Data"},
	} {
		pattern, ok := selection(c.names, c.held, expression{})
		if !ok {
			pattern = ""
		}
		if pattern = strings.TrimSuffix(strings.TrimPrefix(pattern, "(?:^|$)"), "$"); pattern != c.pattern {
			t.Errorf("%s: %s, not %s", c.name, pattern, c.pattern)
		}
	}
}

// TestSelectionFinds draws names, and tries the pattern as servers do: it has to select each of them, in any case as the whole text, and no
// snapshot. What it makes the server do is never more than a list of all.
func TestSelectionFinds(t *testing.T) {
	name := rapid.StringMatching(`[abA01._ ()é\[-]{1,4}`)
	rapid.Check(t, func(t *rapid.T) {
		held := rapid.SliceOfN(name, 0, 60).Draw(t, "held")
		names := rapid.SliceOfN(name, 1, 20).Draw(t, "names")
		for _, pattern := range []string{firstOf(exactly(names, 1)), firstOf(selection(names, held, expression{}))} {
			selects := regexp.MustCompile("(?i)" + pattern)
			for _, name := range names {
				if !selects.MatchString(name) {
					t.Fatalf("%s does not select %q", pattern, name)
				}
				if selects.MatchString(name + "/snapshot") {
					t.Fatalf("%s selects a snapshot of %q", pattern, name)
				}
			}
		}
		pattern, ok := selection(names, held, expression{})
		selects := regexp.MustCompile("(?i)" + pattern)
		all, described := map[string]bool{}, 0
		for _, name := range append(held, names...) {
			if !all[name] && selects.MatchString(name) {
				described++
			}
			all[name] = true
		}
		work := float64(len(all))*(costTry+costChar*float64(len(pattern))) + costDescribe*float64(described)
		if ok && work > 1.5*costDescribe*float64(len(all)) { // dots let through some that it does not count
			t.Fatalf("%s makes %.0f µs of work for %d volumes", pattern, work, len(all))
		}
	})
}

// Where it is not known what a pool holds, names are looked for as long as that costs less than to describe all; servers that describe all
// anyway are asked for a few.
func TestSelectionOfUnknown(t *testing.T) {
	for _, c := range []struct {
		version   string
		names     int
		selective bool
	}{{"5.0.2", 10, true}, {"5.0.2", 300, true}, {"5.0.2", 600, false}, {"6.9", 10, true}, {"6.9", 300, false}} {
		list := VolumeList{Server: &Server{Product: "LXD", Version: c.version, Extensions: []string{filteringExtension}}}
		for i := range c.names {
			list.Names = append(list.Names, fmt.Sprintf("%08x", uint32(i)*2654435761))
		}
		if filter := list.filter(); strings.Contains(filter, "|") != c.selective {
			t.Errorf("%d names, LXD %s: %.80s", c.names, c.version, filter)
		}
	}
}

func firstOf(pattern string, _ bool) string { return pattern }
