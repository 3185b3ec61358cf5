package spec

import (
	"testing"

	"pgregory.net/rapid"
)

// What is written in quotes is read as it was.
func TestQuote(t *testing.T) {
	piece := rapid.SampledFrom([]string{"$", "{", "}", "%", "%{", "${", "$${", "%%{", "\\", `"`, "\n", "\r", "\t", "\x00", "\x7f", " ", "a", "e\u0301", "\u00e9", "\u202e", "\u200b", "\U000E01EF",
		"\U0001F600", "\u212b", "if", "<<EOT", "\u2028", "\ufeff", "~", "#", "//"})
	rapid.Check(t, func(t *rapid.T) {
		text := ""
		for _, p := range rapid.SliceOfN(piece, 0, 8).Draw(t, "text") {
			text += p
		}
		source := "pool \"p\" {\n  driver = \"dir\"\n  description = " + Quote(text) + "\n  config = { " + ConfigKey("user."+text) + " = " + Quote("x"+text) + " }\n}\n"
		if formatted, diags := Format([]byte(source), "q.hcl"); diags.HasErrors() {
			t.Fatalf("%v\n%s", diags, formatted)
		}
		want, diags := Load([]string{"q.hcl"}, Options{Inputs: map[string][]byte{"q.hcl": []byte(source)}})
		if diags.HasErrors() {
			t.Fatalf("%v\n%s", diags, source)
		}
		pool := want.Pools[0]
		if *pool.Description != text || pool.Config["user."+text].Text != "x"+text {
			t.Fatalf("%q became %q, %v", text, *pool.Description, pool.Config)
		}
	})
}
