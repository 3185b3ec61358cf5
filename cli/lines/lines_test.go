package lines

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestWidth(t *testing.T) {
	for text, want := range map[string]int{
		"":                       0,
		"pool":                   4,
		"a → b…":                 6,
		"数据":                     4, // two columns each
		"cafe\u0301":             4, // the accent stands on the e
		"👍🏽":                     2, // with a skin colour
		"\x1b[31;1mred\x1b[0m":   3,
		"\x1b[1m\x1b[22m":        0,
		Keep("two words"):        9 + Width(joint) - 1,
		"\u30d7\u30fc\u30eb/vol": 10,
	} {
		if got := Width(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
	if Width(joint) != 1 {
		t.Errorf("a joint takes %d columns, but becomes a space", Width(joint))
	}
	if got := Fill("数据", 6) + "|"; got != "数据  |" {
		t.Error(got)
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		name, text, indent, further string
		width                       int
		want                        string
	}{
		{"fits", "one two", "  ", "    ", 9, "  one two"},
		{"no width", "one two three", "  ", "    ", 0, "  one two three"},
		{"breaks", "one two three", "  ", "    ", 9, "  one two\n    three"},
		{"spaces stay within a line", "one   two three", "", "", 9, "one   two\nthree"},
		{"spaces go at a break", "one      two", "", "  ", 8, "one\n  two"},
		{"line feeds stay", "one\ntwo three", "", "  ", 7, "one\n  two\n  three"},
		{"a long word is whole", "a http://10.0.0.1:8443/1.0 b", "", "  ", 10, "a\n  http://10.0.0.1:8443/1.0\n  b"},
		{"a word has less indent when it needs the columns", "a 123456789", "", "    ", 10, "a\n 123456789"},
		{"kept together", "see " + Keep("tarn apply") + " now", "", "", 8, "see\ntarn apply\nnow"},
		{"wide characters", "数据 数据 数据", "", "", 9, "数据 数据\n数据"},
		{"tabs", "a\tb c", "", "", 7, "a    b\nc"},
		{"colours", "\x1b[31mone two\x1b[0m three", "", " ", 6, "\x1b[31mone\x1b[0m\n \x1b[31mtwo\x1b[0m\n three"},
		{"two colours", "\x1b[1mone\x1b[22m \x1b[31mtwo three\x1b[0m", "", "", 7, "\x1b[1mone\x1b[22m \x1b[31mtwo\x1b[0m\n\x1b[31mthree\x1b[0m"},
		{"leading spaces", "  one two", "", "", 5, "  one\ntwo"},
		{"nothing", "", "  ", "", 5, "  "},
	} {
		if diff := cmp.Diff(c.want, Wrap(c.text, c.indent, c.further, c.width)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
	if got := WrapAfter("two three", 6, "", "  ", 10); got != "two\n  three" {
		t.Errorf("%q", got)
	}
	if got := Wrap(KeepQuoted(`is "a b" now`), "", "", 6); got != "is\n\"a b\"\nnow" {
		t.Errorf("%q", got)
	}
}

// Whatever the text is, its words are all there in their order, and a line is too wide only when it is one word.
func TestWrapProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOf(rapid.StringMatching(`[a-z数é→]{1,12}`)).Draw(t, "words")
		width := rapid.IntRange(1, 30).Draw(t, "width")
		further := strings.Repeat(" ", rapid.IntRange(0, 8).Draw(t, "further"))
		text := Wrap(strings.Join(words, " "), "", further, width)
		if diff := cmp.Diff(strings.Join(words, " "), strings.Join(strings.Fields(text), " ")); diff != "" {
			t.Fatal(diff)
		}
		for _, line := range strings.Split(text, "\n") {
			if Width(line) > width && strings.ContainsRune(strings.TrimSpace(line), ' ') {
				t.Fatalf("%q is wider than %d", line, width)
			}
		}
	})
}

func TestWrapAsItStands(t *testing.T) {
	for _, c := range []struct {
		line  string
		width int
		want  string
	}{
		{"  apply  bring the server to it", 21, "  apply  bring the\n         server to it"},
		{"tarn: something is wrong", 16, "tarn: something\n  is wrong"},
		{"    a much-longer-term  what it means", 20, "    a\n    much-longer-term\n      what it means"},
		{"short", 20, "short"},
		{"not wrapped at all", 0, "not wrapped at all"},
	} {
		if diff := cmp.Diff(c.want, WrapAsItStands(c.line, 0, c.width)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestASCII(t *testing.T) {
	for text, want := range map[string]string{
		"plain":                      "plain",
		"fast/a → fast/b":            "fast/a -> fast/b",
		"and so on…":                 "and so on...",
		"café/数":                     `caf\u00e9/\u6570`,
		"\xff":                       `\xff`,
		"\ufffd":                     `\ufffd`,
		"\x1b[31mé\x1b[0m":           "\x1b[31m\\u00e9\x1b[0m",
		"\U0001f44d":                 `\U0001f44d`,
		Wrap(Keep("a b"), "", "", 0): "a b",
	} {
		if got := ASCII(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// What goes on in a line that has something already begins with a space, which is no indent.
func TestWrapAsItGoesOn(t *testing.T) {
	const want = " Read again:\n  the server is\n  as the spec\n  says."
	if diff := cmp.Diff(want, WrapAsItStands(" Read again: the server is as the spec says.", 5, 17)); diff != "" {
		t.Error(diff)
	}
}
