package spec

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
	"pgregory.net/rapid"
)

// TestSpacedAsByHCL holds the spaces within lines to those of HCL's own formatter, of tokens in any order: both only look at tokens.
func TestSpacedAsByHCL(t *testing.T) {
	words := strings.Split(`a|in|for|if|x_1|é|e`+"\u0301"+`|名|1|2.5|""|"a"|"a ${b}"|"${|%{ if a }|%{|}"|~}|"${a}${b}"|"$${"|(|)|[|]|{|}|=|==|!=|=>|<|<=|>|>=|?|:|::|,|...|.|!|-|+|*|/|%|&&|\|\||# c`+"\n"+`|// c`+"\n"+`|/* c */|`+"\n|\n|\n|\n\n", "|")
	for i, word := range words { // a bar that is no end of a word
		if word == `\` {
			words[i] = "||"
		}
	}
	compared := 0
	rapid.Check(t, func(t *rapid.T) {
		var text strings.Builder
		for range rapid.IntRange(1, 60).Draw(t, "words") {
			text.WriteString(rapid.SampledFrom(words).Draw(t, "word"))
			text.WriteString(rapid.SampledFrom([]string{"", " ", " ", "   "}).Draw(t, "space"))
		}
		src := []byte(strings.TrimRight(text.String(), " ")) // those at the end hclwrite keeps
		tokens, _ := hclsyntax.LexConfig(src, "", hcl.InitialPos)
		for _, tok := range tokens {
			if ends := bytes.IndexByte(tok.Bytes, '\n'); ends >= 0 && (ends < len(tok.Bytes)-1 || !endsLine(tok)) {
				return // it is in a comment of several lines, where the two differ, or in quotes, where none may be
			}
		}
		compared++
		if got, want := spaced(src), hclwrite.Format(src); !bytes.Equal(got, want) {
			t.Fatalf("of\n%s\nit makes\n%s\nwant\n%s", src, got, want)
		}
	})
	t.Logf("%d texts were compared", compared)
}

// TestSpecsSpacedAsByHCL does so with all specs of the tests and the examples.
func TestSpecsSpacedAsByHCL(t *testing.T) {
	compared := 0
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".hcl") && !strings.HasSuffix(path, ".tf") && !strings.HasSuffix(path, ".txtar") {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil || bytes.Contains(src, []byte("<<")) || bytes.Contains(src, []byte("/*")) {
			return err
		}
		compared++
		if got, want := spaced(src), hclwrite.Format(src); !bytes.Equal(got, want) {
			t.Errorf("%s:\n%s\nwant\n%s", path, got, want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if compared < 100 {
		t.Errorf("only %d files were compared", compared)
	}
}

// A comment of several lines is as wide as its last line, which is what stands before the rest.
func TestSpacedBehindLongComment(t *testing.T) {
	const src = "/* a comment\nof two */ a = 1 # x\nbb = 2 # y\n"
	const want = "/* a comment\nof two */ a = 1 # x\nbb          = 2 # y\n"
	if got := string(spaced([]byte(src))); got != want {
		t.Errorf("it makes\n%s", got)
	}
}

// TestQuotedAsByHCL holds texts in quotes to those that HCL writes.
func TestQuotedAsByHCL(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.OneOf(rapid.Rune(), rapid.SampledFrom([]rune("$%{\"\\\n\r\t\x00\u00ad\u200b\u202e é")))).Draw(t, "text")
		if !changed(text) {
			if got, want := quoted(text), string(hclwrite.TokensForValue(cty.StringVal(text)).Bytes()); got != want {
				t.Fatalf("%q is %s, want %s", text, got, want)
			}
		}
	})
}

// changed tells whether cty takes a text for another one.
func changed(text string) bool {
	return cty.StringVal(text).AsString() != text || strings.ContainsFunc(text, changeable)
}
