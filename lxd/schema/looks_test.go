package schema

import (
	"strconv"
	"testing"
)

func TestQuoted(t *testing.T) {
	for text, want := range map[string]string{
		"plain":              `"plain"`,
		"caf\u00e9":          "\"caf\u00e9\"",
		"cafe\u0301":         `"cafe\u0301"`,
		"\u043a\u0438\u0306": "\"\u043a\u0438\\u0306\"",
		"\u212b":             `"\u212b"`,
		"x\u0302":            "\"x\u0302\"", // there is no one character for it
		"a\"\u0301\n":        `"a\"\u0301\n"`,
		"\U0002f800":         `"\U0002f800"`,
	} {
		got := Quoted(text)
		if text == "a\"\u0301\n" {
			want = "\"a\\\"\u0301\\n\"" // normal as it stands
		}
		if got != want {
			t.Errorf("%+q is quoted as %s, want %s", text, got, want)
		}
		if back, err := strconv.Unquote(got); back != text || err != nil {
			t.Errorf("%s means %+q, %v", got, back, err)
		}
	}
}

func TestLook(t *testing.T) {
	for _, same := range [][]string{
		{"caf\u00e9", "cafe\u0301", "cafe\u0301\u200b", "caf\u00e9 ", " caf\u00e9"},
		{"\u00c5", "\u212b", "A\u030a"},
		{"a b", "a  b", "a\u00a0b", "a\tb"},
		{"ab", "a\u200db", "a\u00adb", "ab\ufe0f", "ab\n"},
	} {
		for _, name := range same {
			if Look(name) != Look(same[0]) {
				t.Errorf("%+q looks otherwise than %+q", name, same[0])
			}
		}
	}
	for _, pair := range [][2]string{{"cafe", "caf\u00e9"}, {"a", "A"}, {"ab", "a b"}, {"a-b", "a_b"}} {
		if Look(pair[0]) == Look(pair[1]) {
			t.Errorf("%q and %q look the same", pair[0], pair[1])
		}
	}
}
