package spec

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// lexed are sources whose lines do not always end where a part may.
func lexed(t testing.TB) map[string]string {
	sources := map[string]string{
		"template over lines": "a = \"${\n[\n1\n]\n}\"\nb = 1\n",
		"heredocs":            "a = <<EOT\n}\n\"\n${\nx }\n%{ if y }\nEOT\nz\n%{ endif }\nEOT\nb = <<-EOT\n  EOT\nc = {\n\n# for\nfor k, v in {} : k => v }\n",
		"comments":            "/* \n \" \n */ a = 1 // \"\n# ${\nb = 2\r\nc = 3",
		"broken":              "a = \"x\nb = [ } ) \n\"${ ( }\"\nc = <<EOT\nnever\nends\n",
		"stray ends":          "} ] ) \n a = 1\n}\n b = \"${ {} }\"\n",
		"empty":               "",
		"letters":             "ä = \"\u00e4\U0001f600 e\u0301\"\nö = 1\n\xff\n",
	}
	for _, pattern := range []string{"../testdata/invalid/*.hcl", "../examples/*/*.hcl"} {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			t.Fatal(pattern, err)
		}
		for _, path := range paths {
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			sources[path] = string(src)
		}
	}
	return sources
}

// What is cut into tokens in parts gives the tokens that the whole does.
func TestLexInParts(t *testing.T) {
	for name, text := range lexed(t) {
		t.Run(name, func(t *testing.T) {
			for _, size := range []int{1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 1000} {
				checkLexInParts(t, []byte(text), size)
			}
		})
	}
}

func FuzzLexInParts(f *testing.F) {
	for _, text := range lexed(f) {
		f.Add([]byte(text), uint8(7))
	}
	f.Fuzz(func(t *testing.T, src []byte, size uint8) { checkLexInParts(t, src, 1+int(size)) })
}

func checkLexInParts(t *testing.T, src []byte, size int) {
	whole, _ := hclsyntax.LexConfig(src, "", hcl.InitialPos)
	next := 0
	lexInParts(src, size, func([]byte) int { return 0 }, func(p part) bool {
		for _, token := range p.tokens[:p.count] {
			if next == len(whole) {
				t.Fatalf("%d at once: there are more than %d tokens", size, next)
			}
			want := whole[next]
			if token.Type != want.Type || !bytes.Equal(token.Bytes, want.Bytes) || p.start+token.Range.Start.Byte != want.Range.Start.Byte {
				t.Fatalf("%d at once: token %d is %s %q at %d, not %s %q at %d", size, next, token.Type, token.Bytes,
					p.start+token.Range.Start.Byte, want.Type, want.Bytes, want.Range.Start.Byte)
			}
			next++
		}
		return true
	})
	if next != len(whole) {
		t.Fatalf("%d at once: %d tokens, not %d", size, next, len(whole))
	}
}

// How deep something is nested does not depend on the parts.
func TestTooDeepInParts(t *testing.T) {
	for name, text := range map[string]string{
		"brackets":         strings.Repeat("[\n", maxDepth+1),
		"a brace, for":     strings.Repeat("a = {\n\n# x\nfor k, v in\n", maxDepth+1),
		"lines that end":   strings.Repeat("a = -b\n", 2*maxDepth),
		"operators":        "a = (" + strings.Repeat("-\n", maxDepth+1) + "b)",
		"templates":        "x = 1\n" + strings.Repeat("a = \"${\n", maxDepth),
		"many, and a last": strings.Repeat("a = [1]\n", 500) + "a = " + strings.Repeat("(", maxDepth+1),
		"a long number":    "a = 1\nb = [\n" + strings.Repeat("1", maxDigits+1) + "\n]\n",
		"in a comment":     "a = 1 /*" + strings.Repeat("[", 4*maxDepth) + "*/\nb = 2\n",
		"not too deep":     strings.Repeat("a = [\n", maxDepth/2),
		"names":            "a = [\n" + strings.Repeat("\"x\",\n", 100) + strings.Repeat("(\n", maxDepth+1),
		"a deep name":      "a = [\n" + strings.Repeat("-\n", maxDepth-1) + strings.Repeat("\"x\",\n", 100),
		"names, not deep":  "a = [\n" + strings.Repeat(strings.Repeat("-\n", maxDepth/2)+"\"x\",\n\"y\",\n\"z\",\n", 10),
		"a heredoc":        "a = <<X\n" + strings.Repeat("\"x\",\n", 100) + "${" + strings.Repeat("(\n", maxDepth) + "X\n",
	} {
		tokens, _ := hclsyntax.LexConfig([]byte(text), "", hcl.InitialPos)
		at, detail := tooDeepTokens(tokens, true)
		for _, size := range []int{1, 7, 64, 1024, 1 << 20} {
			if got, said := tooDeepInParts([]byte(text), size); got != at || said != detail {
				t.Errorf("%s, %d at once: %s, not %s", name, size, fmt.Sprint(got, said), fmt.Sprint(at, detail))
			}
		}
	}
}
