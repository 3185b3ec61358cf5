package spec

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2/hclparse"
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
func byForEach(n int) string {
	return fmt.Sprintf(`
pool "fast" {
  driver = "zfs"
  volume "data" {
    for_each    = toset([for n in range(%d) : format("%%05d", n)])
    name        = "data-${each.key}"
    description = "volume ${each.value}"
    config      = { size = "${1 + parseint(each.value, 10) %% 100}GiB", "snapshots.schedule" = "@daily" }
  }
}
`, n)
}

// BenchmarkLoad tells what Load takes for 10,000 volumes, and how many times as long that is as the parser needs to read
// and evaluate the same volumes written out ("x-parser"). Both take turns, so that the ratio does not depend on the
// machine. 2 is the limit that Load is to stay below.
func BenchmarkLoad(b *testing.B) {
	text := written(10000)
	for _, bench := range []struct{ name, text string }{{"written", text}, {"for_each", byForEach(10000)}} {
		b.Run(bench.name, func(b *testing.B) {
			dir := write(b, map[string]string{"a.hcl": bench.text, "parser/a.hcl": text})
			var load, parser time.Duration
			for b.Loop() {
				start := time.Now()
				loadVolumes(b, dir, 10000)
				middle := time.Now()
				parse(b, filepath.Join(dir, "parser", "a.hcl"))
				load += middle.Sub(start)
				parser += time.Since(middle)
			}
			b.ReportMetric(float64(load)/float64(b.N)/1e6, "ms/load")
			b.ReportMetric(float64(load)/float64(parser), "x-parser")
		})
	}
}

// BenchmarkSize tells how the memory that Load takes grows with the number of volumes.
func BenchmarkSize(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		for _, bench := range []struct {
			name string
			text func(int) string
		}{{"written", written}, {"for_each", byForEach}} {
			b.Run(fmt.Sprintf("%s/%d", bench.name, n), func(b *testing.B) {
				dir := write(b, map[string]string{"a.hcl": bench.text(n)})
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				for b.Loop() {
					loadVolumes(b, dir, n)
				}
				runtime.ReadMemStats(&after)
				b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(b.N)/float64(n), "B/volume")
			})
		}
	}
}

func loadVolumes(b *testing.B, dir string, n int) {
	s, diags := Load(nil, Options{Dir: dir})
	if len(diags) > 0 || len(s.Pools[0].Volumes) != n {
		b.Fatal(diags)
	}
}

// parse is the least that a program can do with a file: hclparse reads it, and every expression is evaluated.
func parse(b *testing.B, name string) {
	file, diags := hclparse.NewParser().ParseHCLFile(name)
	if diags.HasErrors() {
		b.Fatal(diags)
	}
	var decode func(body *hclsyntax.Body)
	decode = func(body *hclsyntax.Body) {
		for _, attr := range body.Attributes {
			if _, diags := attr.Expr.Value(nil); diags.HasErrors() {
				b.Fatal(diags)
			}
		}
		for _, block := range body.Blocks {
			decode(block.Body)
		}
	}
	decode(file.Body.(*hclsyntax.Body))
}
