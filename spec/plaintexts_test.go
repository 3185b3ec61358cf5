package spec

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// The short way for plain texts gives what the parser does, and leaves all other lines to that.
func TestPlainTexts(t *testing.T) {
	for text, short := range map[string]bool{
		"\"a\",\n":                             true,
		"  \"vol-1\",\n\t\"a b{}#//<<'\",\n":   true,
		"\"a\",\n\"~ !\",\n   \"[ ( , = \",\n": true,
		"":                                     false,
		"\"\",\n":                              false,
		"\"a\"\n":                              false,
		"\"a\", \n":                            false,
		"\"a\",\r\n":                           false,
		"\"a\", \"b\",\n":                      false,
		"\"a\",\n\n":                           false,
		"\"a\", # b\n":                         false,
		"\"a\\n\",\n":                          false,
		"\"$${a}\",\n":                         false,
		"\"${a}\",\n":                          false,
		"\"%{ if a }%{ endif }\",\n":           false,
		"\"%\",\n":                             false,
		"\"$\",\n":                             false,
		"\"\u00e4\",\n":                        false,
		"\"e\u0301\",\n":                       false,
		"\"\t\",\n":                            false,
		"\"\x7f\",\n":                          false,
		"\"a\",\n1,\n":                         false,
		"a,\n":                                 false,
		"\"a\",":                               false,
	} {
		at := hcl.Pos{Line: 7, Column: 1, Byte: 100}
		got, ok := plainTexts([]byte(text), "a.hcl", at)
		if ok != short {
			t.Errorf("%q: %t", text, ok)
		}
		if !ok {
			continue
		}
		want := inBrackets("[", []byte(text), "\n]", "a.hcl", at).(*hclsyntax.TupleConsExpr).Exprs
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %#v, not %#v", text, got, want)
		}
		for i, expr := range want {
			value, diags := expr.Value(nil)
			if plain, ok := textOfPlain(expr); !ok || len(diags) > 0 || !plain.RawEquals(value) {
				t.Errorf("%q: element %d is %#v, not %#v", text, i, plain, value)
			}
		}
	}
}

// A set of written names costs little more than what is made of it. With the lexer, the parser and a context for each it took 8 KB.
func TestPlainTextsTakeLittle(t *testing.T) {
	const names = 20_000
	var text strings.Builder
	text.WriteString("pool \"p\" {\n  existing = true\n  volume \"v\" {\n    name     = each.key\n    for_each = toset([\n")
	for i := range names {
		fmt.Fprintf(&text, "      \"vol-%05d\",\n", i)
	}
	text.WriteString("    ])\n  }\n}\n")
	dir := write(t, map[string]string{"a.hcl": text.String()})
	result := testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			if s, diags := Load([]string{dir}, Options{}); len(diags) > 0 || len(s.Pools[0].Volumes) != names {
				t.Fatal(diags)
			}
		}
	})
	if each := result.AllocedBytesPerOp() / names; each > 3200 {
		t.Errorf("each name takes %d bytes", each)
	}
}
