package spec

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// parted are sources with places where a part may not end though it seems so, besides those of files.
func parted(t testing.TB) map[string]string {
	sources := lexed(t)
	for name, text := range map[string]string{
		"lists":           "a = [\n  1,\n  2, # two\n\n  3\n  ,\n  4,\n]\nb = f([\n\"x\",\n\"${[\n1,\n2,\n]}\",\n], {\nk = 1\nl = 2, m = 3\n\nn = 4\n}...)\n",
		"blocks":          "a \"b\" {\n\n  c {}\n  d = 1\n  e \"f\" \"g\" {\n    h = 1\n    i = 2\n  }\n  j {\n  }\n\n\n}\n\n\nk = 1\nl {\nm = 1\nn = 2\n}",
		"twice":           "a {\n  b = 1\n  b = 2\n  c = 1\n  c = 2\n}\nd = 1\nd = 2\n",
		"for":             "a = { for k, v in {\n  x = 1\n  y = 2\n  } :\n  k => v\n}\nb = [\nfor v in [\n1,\n2,\n] :\nv,\n]\n",
		"ends of comment": "a = [\n1, # */\n2,\n/* */\n3,\n]\nb = 1\n/*\nc = 2\n*/\nd = 3\ne = 4\n",
		"heredocs":        "a = [\n1,\n<<X\n2,\n3,\nX\n,\n4,\n<<-Y\n  Y\n,\n5,\n]\nb = {\nc = <<X\n X\nd = 1\n}\n",
		"false heredocs":  "a = [\n<<X\n 1,\n X \n2,\n3,\nX\n,\n4,\n]\nb = [\n<<X\n$${\nX\n,\n1,\n2,\n]\n",
		"letters":         "a = [\n\"e\u0301\", # e\u0301\n\u0301\n\"\u0301\",\n\"b\", \"\u0301c\",\n\"d\",\n]\n",
		"templates":       "a = \"$${\"\nb = \"%{ if x }\n\"\nc = \"\\${\"\nd = \"${\"}\"}\"\ne = 1\nf = 2\n",
		"returns":         "a = 1\r\nb = 2\r\nc {\r\n  d = 1\r\n  e = [\r\n1,\r\n2,\r\n3\r\n]\r\n}\r\nf = 3\r\n",
		"a mark of order": "a = 1\n\ufeffb = 2\nc = 3\n",
		"brackets":        "a = [\n1,\n2,\n)\n]\nb = 1\nc = (\n1\n)\nd = [(\n1),\n2,\n3]\n",
		"one line":        "a {}\nb { c = 1 }\nd { e = [1, 2] }\nf {}\n",
		"no end":          "a = 1\nb = 2\nc = [\n1,\n2,\n",
		"not together":    "a = [\n1,\n-\n2,\n3,\n]\nb = {\nc = 1,\nd = 2,\n\ne = 3,\n}\nf = {\ng =\n1\nh = 2\n}\n",
	} {
		sources["text: "+name] = text
	}
	return sources
}

// A file that is parsed in parts, wherever these may end, is what the parser makes of the whole.
func TestParseInParts(t *testing.T) {
	inParts := 0
	for name, text := range parted(t) {
		t.Run(name, func(t *testing.T) {
			for _, least := range []int{1, 5, 40, 300} {
				for _, size := range []int{1, 12, 100, 1 << 20} {
					if checkParseInParts(t, []byte(text), least, size) {
						inParts++
					}
				}
			}
		})
	}
	if inParts < 500 {
		t.Errorf("%d files were parsed in parts", inParts)
	}
}

// Parts of lines that are taken from files by chance are mostly no specs, and often nearly ones.
func FuzzParseInParts(f *testing.F) {
	for _, text := range parted(f) {
		f.Add([]byte(text), uint8(1), uint8(1))
	}
	f.Fuzz(func(t *testing.T, src []byte, least, size uint8) {
		if at, _ := tooDeep(src, "a.hcl"); at >= 0 || notText(src) >= 0 {
			return // no parser gets it
		}
		checkParseInParts(t, src, int(least), int(size))
	})
}

// checkParseInParts tells whether the file was parsed in parts.
func checkParseInParts(t *testing.T, src []byte, least, size int) bool {
	t.Helper()
	whole, diags := hclsyntax.ParseConfig(src, "a.hcl", hcl.InitialPos)
	file := parseInParts(src, "a.hcl", least, size)
	if file == nil {
		return false
	}
	if len(diags) > 0 {
		t.Fatalf("nothing is said of\n%s\nwhere the parser says %v", src, diags)
	}
	if !reflect.DeepEqual(file.Body, whole.Body) {
		t.Fatalf("another tree of\n%s\n%s", src, cmp.Diff(described(whole), described(file)))
	}
	if string(file.Bytes) != string(src) || !reflect.DeepEqual(file.Nav, whole.Nav) {
		t.Fatal("the file has other bytes or surroundings")
	}
	return true
}

// described are the nodes of a file with their places.
func described(file *hcl.File) string {
	var b strings.Builder
	_ = hclsyntax.VisitAll(file.Body.(*hclsyntax.Body), func(node hclsyntax.Node) hcl.Diagnostics {
		fmt.Fprintf(&b, "%T %v\n", node, node.Range())
		return nil
	})
	return b.String()
}

// Errors in a large file are those of the parser, and at their places.
func TestMistakesInParts(t *testing.T) {
	var large strings.Builder
	large.WriteString("pool \"p\" {\n  driver = \"dir\"\n")
	for i := range 5000 {
		fmt.Fprintf(&large, "  volume \"v%d\" {\n    config = { \"user.a\" = \"1\" }\n  }\n", i)
	}
	text := large.String()
	middle := strings.Index(text, "  volume \"v2500\"")
	for name, src := range map[string]string{
		"no brace":   text,
		"two values": text[:middle] + "  volume \"w\" { a = 1 b = 2 }\n" + text[middle:] + "}\n",
		"twice":      text[:middle] + "  driver = \"zfs\"\n" + text[middle:] + "}\n",
		"a quote":    text[:middle] + "  volume \"w {}\n" + text[middle:] + "}\n",
	} {
		t.Run(name, func(t *testing.T) {
			_, want := hclsyntax.ParseConfig([]byte(src), "a.hcl", hcl.InitialPos)
			_, diags := parseNative([]byte(src), "a.hcl")
			if len(want) == 0 || !reflect.DeepEqual(diags, want) {
				t.Errorf("%v, want %v", diags, want)
			}
		})
	}
}

// largeSource is a spec of volumes that are written out, or elements of a for_each.
func largeSource(kind string, volumes int) []byte {
	var b strings.Builder
	b.WriteString("pool \"p\" {\n  driver = \"dir\"\n")
	switch kind {
	case "blocks":
		for i := range volumes {
			fmt.Fprintf(&b, "  volume \"vol-%05d\" {\n    config = { \"user.kind\" = \"data\" }\n  }\n", i)
		}
	case "list":
		b.WriteString("  volume \"v\" {\n    for_each = toset([\n")
		for i := range volumes {
			fmt.Fprintf(&b, "      \"vol-%05d\",\n", i)
		}
		b.WriteString("    ])\n    name = each.key\n    config = { \"user.kind\" = \"data\" }\n  }\n")
	case "map":
		b.WriteString("  volume \"v\" {\n    for_each = {\n")
		for i := range volumes {
			fmt.Fprintf(&b, "      vol-%05d = \"data\"\n", i)
		}
		b.WriteString("    }\n    name = each.key\n    config = { \"user.kind\" = each.value }\n  }\n")
	}
	b.WriteString("}\n")
	return []byte(b.String())
}

var largeKinds = []string{"blocks", "list", "map"}

// Large files of all the usual shapes are parsed in parts, and what the parser makes of the whole.
func TestLargeFilesAreParsedInParts(t *testing.T) {
	for _, kind := range largeKinds {
		src := largeSource(kind, 5000)
		if !checkParseInParts(t, src, leastRun, partSize) {
			t.Errorf("%s: parsed as a whole", kind)
		}
		again := []byte(strings.ReplaceAll(string(src), "\n", "\r\n"))
		if !checkParseInParts(t, again, leastRun, partSize) {
			t.Errorf("%s with returns: parsed as a whole", kind)
		}
	}
}

// BenchmarkParseLarge parses files of 20,000 volumes: whole as HCL does it, and in parts.
func BenchmarkParseLarge(b *testing.B) {
	for _, kind := range largeKinds {
		src := largeSource(kind, 20_000)
		for way, parse := range map[string]func([]byte, string) (*hcl.File, hcl.Diagnostics){
			"parts": parseNative,
			"whole": func(src []byte, name string) (*hcl.File, hcl.Diagnostics) {
				return hclsyntax.ParseConfig(src, name, hcl.InitialPos)
			},
		} {
			b.Run(kind+"/"+way, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, diags := parse(src, "a.hcl"); len(diags) > 0 {
						b.Fatal(diags)
					}
				}
			})
		}
	}
}

// BenchmarkLoadLarge loads such specs.
func BenchmarkLoadLarge(b *testing.B) {
	for _, kind := range largeKinds {
		b.Run(kind, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "a.hcl")
			if err := os.WriteFile(path, largeSource(kind, 20_000), 0o600); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, diags := Load([]string{path}, Options{}); len(diags) > 0 {
					b.Fatal(diags)
				}
			}
		})
	}
}
