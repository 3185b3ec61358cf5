package spec

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// A quote, a bracket or an equals sign that is missing, or there twice, is told in words of tarn's own and on the line that it is on, wherever in an
// example that is. A closing brace that is missing is told where its block begins.
func TestSlipsInExamples(t *testing.T) {
	files, err := filepath.Glob("../examples/*/*.hcl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	var slips, known, onLine int
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tokens, _ := hclsyntax.LexConfig(src, "a.hcl", hcl.InitialPos)
		for _, token := range tokens {
			switch token.Type {
			case hclsyntax.TokenOBrace, hclsyntax.TokenCBrace, hclsyntax.TokenOBrack, hclsyntax.TokenCBrack, hclsyntax.TokenOParen, hclsyntax.TokenCParen,
				hclsyntax.TokenOQuote, hclsyntax.TokenCQuote, hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateSeqEnd, hclsyntax.TokenEqual:
			default:
				continue
			}
			from, to := token.Range.Start.Byte, token.Range.End.Byte
			for _, broken := range []string{string(src[:from]) + string(src[to:]), string(src[:to]) + string(src[from:])} {
				_, diags := hclsyntax.ParseConfig([]byte(broken), "a.hcl", hcl.InitialPos)
				if !diags.HasErrors() {
					continue
				}
				slips++
				told := explainSyntax([]byte(broken), "a.hcl", diags)
				if len(told) == 0 {
					t.Fatalf("%s: nothing is said of\n%s", file, broken)
				}
				for _, d := range told {
					if d.Subject.Start.Byte > len(broken) || d.Subject.End.Byte > len(broken) || d.Subject.Start.Byte > d.Subject.End.Byte {
						t.Fatalf("%s: %s is at %v in a file of %d bytes", file, d.Summary, d.Subject, len(broken))
					}
				}
				own := true
				for _, d := range diags {
					own = own && d.Summary != told[0].Summary
				}
				if own {
					known++
				}
				if told[0].Subject.Start.Line == token.Range.Start.Line {
					onLine++
				}
			}
		}
	}
	if slips < 100 || known < slips*98/100 || onLine < slips*95/100 {
		t.Errorf("of %d slips %d are known, and %d told on their line", slips, known, onLine)
	}
}

// Lines that end as those of old Macs are told as such, and once.
func TestCarriageReturns(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.hcl")
	if err := os.WriteFile(name, []byte("pool \"fast\" {\r  driver = \"zfs\"\r}\r"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, diags := Load([]string{name}, Options{})
	if len(diags) != 1 || diags[0].Summary != "Odd line end" || diags[0].Subject.Start.Line != 1 {
		t.Errorf("diagnostics:\n%s", describe(diags))
	}
}
