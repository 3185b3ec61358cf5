package remote

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"
)

// A configuration that would take all memory or time is refused with its line, and one that people write is not.
func TestHostileConfiguration(t *testing.T) {
	bomb := func(alias string) string {
		var b strings.Builder
		b.WriteString("a0: &a0 {addr: x}\n")
		for i := range 30 {
			fmt.Fprintf(&b, "a%d: &a%[1]d {%s}\n", i+1, strings.ReplaceAll(alias, "BEFORE", fmt.Sprintf("*a%d", i)))
		}
		return b.String() + "remotes: {x: *a30}\n"
	}
	var wide strings.Builder
	for _, unit := range utf16.Encode([]rune("\ufeffremotes: {}\n")) {
		wide.Write([]byte{byte(unit), byte(unit >> 8)})
	}
	deep := "nested more than 100 deep"
	for name, c := range map[string]struct{ text, says string }{
		"brackets":          {strings.Repeat("[", 100_000), "line 1: it is " + deep},
		"brackets on lines": {strings.Repeat("[\n", 100_000), "line 101: it is " + deep},
		"braces":            {strings.Repeat("{a: ", 100_000), deep},
		"lists":             {strings.Repeat("- ", 100_000), deep},
		"keys":              {strings.Repeat("? ", 100_000), deep},
		"tags":              {strings.Repeat("!!binary ", 10_000), deep},
		"anchors":           {strings.Repeat("&a ", 10_000), deep},
		"aliases":           {bomb("p: BEFORE, q: BEFORE"), "more than 16 aliases (*NAME)"},
		"merges":            {bomb("<<: [BEFORE,BEFORE]"), "more than 16 aliases (*NAME)"},
		"UTF-16":            {wide.String(), "it is in UTF-16; save it as UTF-8"},
		"Latin-1":           {"remotes:\n  x:\n    addr: unix:/caf\xe9\n", "bytes that are not UTF-8 text"},
		"wrong types":       {"remotes: 7\n", "was used where mapping is expected"},
		"a list":            {"- a\n", "was used where mapping is expected"},
		"a key twice":       {"remotes: {}\nremotes: {}\n", "already defined"},
		"BOM":               {"\ufeffremotes:\n  x:\n    addr: unix:/s\n", ""},
		"CRLF":              {"remotes:\r\n  x:\r\n    addr: unix:/s\r\n", ""},
		"one alias":         {"x: &x\n  addr: unix:/s\nremotes:\n  x: *x\n  y:\n    <<: *x\n", ""},
		"texts":             {"aliases:\n  a: 'list - - - [ * *'\nremotes:\n  x:\n    addr: unix:/s\n", ""},
		"a huge key":        {strings.Repeat("k", 900_000) + ": 1\nremotes:\n  x:\n    addr: unix:/s\n", ""},
		"many comments":     {strings.Repeat("# - - [\n", 90) + "remotes:\n  x:\n    addr: unix:/s\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			remotes, err := parseRemotes([]byte(c.text))
			switch {
			case c.says == "" && (err != nil || remotes["x"].Addr != "unix:/s"):
				t.Errorf("%v, %v", remotes, err)
			case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says) || len(err.Error()) > 200):
				t.Errorf("%v, want %q", err, c.says)
			}
		})
	}
}
