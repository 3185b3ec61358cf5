package lxd_test

import (
	"os/exec"
	"strings"
	"testing"
	"unicode"

	"tarn/lxd"
)

// What a shell makes of the word is the text, and the word shows all of it. bash is the judge, and sh where the word needs no more than that.
func TestShellWord(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"fast":                        "fast",
		"plan.json":                   "plan.json",
		"unix:/run/lxd.socket":        "unix:/run/lxd.socket",
		"":                            "''",
		"a b":                         "'a b'",
		"it's":                        `'it'\''s'`,
		"$(touch x)":                  "'$(touch x)'",
		"`x`":                         "'`x`'",
		"a;b&c|d>e<f#g*h?i[j]{k}~!":   "'a;b&c|d>e<f#g*h?i[j]{k}~!'",
		`a"b\c`:                       `'a"b\c'`,
		"~":                           "'~'",
		"größe":                       "'größe'",
		"a\x1b[31m'b\\\n1":            `$'a\033[31m\'b\\\0121'`,
		"x\u202ey\u200b\u009b":        `$'x\342\200\256y\342\200\213\302\233'`,
		"\xff":                        `$'\377'`,
		strings.Repeat("long ", 2000): "'" + strings.Repeat("long ", 2000) + "'",
	} {
		word := lxd.ShellWord(text)
		if word != want {
			t.Errorf("%q: got %s, want %s", text, word, want)
		}
		if strings.ContainsFunc(word, func(r rune) bool { return r != ' ' && !unicode.IsPrint(r) }) {
			t.Errorf("%q: %q has what is not shown", text, word)
		}
		for _, shell := range []string{"bash", "sh"} {
			if _, err := exec.LookPath(shell); err != nil || shell == "sh" && strings.HasPrefix(word, "$") {
				continue
			}
			out, err := exec.Command(shell, "-c", "printf %s "+word).CombinedOutput()
			if err != nil || string(out) != text {
				t.Errorf("%s makes %q of %s, %v", shell, out, word, err)
			}
		}
	}
	if got := lxd.ShellPath("-rf"); got != "./-rf" {
		t.Error(got)
	}
}
