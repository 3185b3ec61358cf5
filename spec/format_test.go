package spec

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// format formats a text, and checks that formatting it again changes nothing.
func format(t *testing.T, src string) string {
	t.Helper()
	once, diags := Format([]byte(src), "a.hcl")
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	twice, diags := Format(once, "a.hcl")
	if diags.HasErrors() {
		t.Fatalf("the formatted text does not parse: %v\n%s", diags, once)
	}
	if diff := cmp.Diff(string(once), string(twice)); diff != "" {
		t.Errorf("formatted anew (-once +twice):\n%s", diff)
	}
	return string(once)
}

// unchanged checks that two texts have the same attributes, blocks and comments, whether they mean anything or not.
func unchanged(t *testing.T, before, after string) {
	t.Helper()
	if diff := cmp.Diff(substance(t, before), substance(t, after)); diff != "" {
		t.Errorf("the substance has changed (-before +after):\n%s", diff)
	}
}

// substance is all of a text but its layout: the tokens of each attribute, the blocks by type, the comments.
func substance(t *testing.T, src string) []string {
	t.Helper()
	file, diags := hclsyntax.ParseConfig([]byte(src), "a.hcl", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	tokens, _ := hclsyntax.LexConfig([]byte(src), "a.hcl", hcl.InitialPos)
	var out []string
	var walk func(body *hclsyntax.Body, path string)
	walk = func(body *hclsyntax.Body, path string) {
		for name, attr := range body.Attributes {
			rng := attr.Expr.Range()
			text, heredoc := path+" "+name+" =", 0
			first, _ := slices.BinarySearchFunc(tokens, attr.EqualsRange.End.Byte, func(tok hclsyntax.Token, at int) int {
				return tok.Range.Start.Byte - at
			})
			for _, tok := range tokens[first:] {
				if tok.Range.Start.Byte >= rng.End.Byte {
					break
				}
				switch tok.Type {
				case hclsyntax.TokenOHeredoc:
					heredoc++
				case hclsyntax.TokenCHeredoc:
					heredoc--
				}
				if tok.Type != hclsyntax.TokenComment && (tok.Type != hclsyntax.TokenNewline || heredoc > 0) {
					text += fmt.Sprintf(" %s", tok.Bytes)
				}
			}
			out = append(out, text)
		}
		counts := map[string]int{}
		for _, block := range body.Blocks {
			counts[block.Type]++
			inner := fmt.Sprintf("%s %s %d %q", path, block.Type, counts[block.Type], block.Labels)
			out = append(out, inner)
			walk(block.Body, inner)
		}
	}
	walk(file.Body.(*hclsyntax.Body), "")
	for _, tok := range tokens {
		if tok.Type == hclsyntax.TokenComment {
			out = append(out, strings.ReplaceAll(strings.TrimRight(string(tok.Bytes), " \t\r\n"), "\r\n", "\n"))
		}
	}
	slices.Sort(out)
	return out
}

func TestFormatErrors(t *testing.T) {
	src := "pool \"a\" {\n  driver = \n}\n"
	text, diags := Format([]byte(src), "a.hcl")
	if text != nil || !diags.HasErrors() || diags[0].Subject.String() != "a.hcl:2,3-11" {
		t.Errorf("%q, %v", text, diags)
	}
	deep := strings.Repeat("[", maxDepth+1)
	text, diags = Format([]byte("a = "+deep), "a.hcl")
	if text != nil || !diags.HasErrors() || diags[0].Summary != "Nesting too deep" {
		t.Errorf("%q, %v", text, diags)
	}
}

func TestFormatJSON(t *testing.T) {
	const src = `{"pool":{"a":{"driver":"dir"}}}`
	text, diags := Format([]byte(src), "a.hcl.json")
	if string(text) != src || len(diags) > 0 {
		t.Errorf("%q, %v", text, diags)
	}
}

// Every spec that is broken for other reasons than its syntax can be formatted.
func TestFormatInvalid(t *testing.T) {
	names, _ := filepath.Glob("../testdata/invalid/*.hcl")
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, diags := hclsyntax.ParseConfig(src, name, hcl.InitialPos); diags.HasErrors() {
			continue
		}
		if unparsable(src, name) == nil {
			unchanged(t, string(src), format(t, string(src)))
		}
	}
}

// Formatting keeps what a text says, whatever it says, and changes nothing when done again.
func FuzzFormat(f *testing.F) {
	cases, _ := filepath.Glob("../testdata/invalid/*.hcl")
	examples, _ := filepath.Glob("../examples/*/*.hcl")
	for _, name := range append(cases, examples...) {
		if text, err := os.ReadFile(name); err == nil && len(text) < 1000 && filepath.Base(name) != "too-many-objects.hcl" {
			f.Add(text)
		}
	}
	f.Add([]byte("\xef\xbb\xbfpool \"a\" {\r\n  # b \r\n  name=\"c\"\n  driver = <<-EOT\n  ${ \"d\" }\n  EOT\n  /* e\r\n  f */\r\n}"))
	f.Add([]byte("pool a{/* b */driver=\"dir\"/* c */}//d\npool b { # c\n# d\n\nvolume c {}\n# e\n/*f*/}"))
	f.Add([]byte("tarn {\n  remote = \"r\" # a\n               # b\n  owner = [\n\n-1\n\n,!a.b.0[*]...]\n# c\n}"))
	f.Fuzz(func(t *testing.T, src []byte) {
		if _, diags := Format(src, "a.hcl"); diags.HasErrors() {
			return
		}
		text := format(t, string(src))
		unchanged(t, string(src), text)

		before, diags := Load([]string{"a.hcl"}, Options{Dir: write(t, map[string]string{"a.hcl": string(src)})})
		if diags.HasErrors() {
			return
		}
		after, diags := Load([]string{"a.hcl"}, Options{Dir: write(t, map[string]string{"a.hcl": text})})
		if diff := cmp.Diff(dump(before), dump(after)); diff != "" || diags.HasErrors() {
			t.Errorf("the meaning has changed, %v (-before +after):\n%s", diags, diff)
		}
	})
}
