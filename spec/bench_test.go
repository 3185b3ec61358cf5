package spec

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// written is a spec of n volumes, each with its own block.
func written(n int) string {
	var b strings.Builder
	b.WriteString("pool \"fast\" {\n  driver = \"zfs\"\n")
	for i := range n {
		fmt.Fprintf(&b, `  volume "data-%05d" {
    description = "volume %d"
    config      = { size = "%dGiB", "snapshots.schedule" = "@daily" }
  }
`, i, i, 1+i%100)
	}
	b.WriteString("}\n")
	return b.String()
}

// byForEach gives them with one block.
const byForEach = `
pool "fast" {
  driver = "zfs"
  volume "data" {
    for_each    = toset([for n in range(10000) : format("%05d", n)])
    name        = "data-${each.key}"
    description = "volume ${each.value}"
    config      = { size = "${1 + parseint(each.value, 10) % 100}GiB", "snapshots.schedule" = "@daily" }
  }
}
`

func BenchmarkLoad(b *testing.B) {
	for _, bench := range []struct{ name, text string }{{"written", written(10000)}, {"for_each", byForEach}} {
		b.Run(bench.name, func(b *testing.B) {
			dir := write(b, map[string]string{"a.hcl": bench.text})
			b.ReportAllocs()
			for b.Loop() {
				s, diags := Load(nil, Options{Dir: dir})
				if len(diags) > 0 || len(s.Pools[0].Volumes) != 10000 {
					b.Fatal(diags)
				}
			}
		})
	}
}

// BenchmarkParse is what the parser alone needs, to compare BenchmarkLoad with.
func BenchmarkParse(b *testing.B) {
	dir := write(b, map[string]string{"a.hcl": written(10000)})
	b.ReportAllocs()
	for b.Loop() {
		src, err := os.ReadFile(filepath.Join(dir, "a.hcl"))
		if err != nil {
			b.Fatal(err)
		}
		if _, diags := hclsyntax.ParseConfig(src, "a.hcl", hcl.InitialPos); diags.HasErrors() {
			b.Fatal(diags)
		}
	}
}
