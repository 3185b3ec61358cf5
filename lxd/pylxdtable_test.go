package lxd_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strings"
	"testing"
)

// Each row of the table about pools and volumes is compared with pylxd, and each call of it has an example that runs.
func TestPylxdTable(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	examples := map[string]bool{}
	for _, file := range []string{"example_pool_test.go", "example_volume_test.go"} {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range parsed.Decls {
			if f, ok := declaration.(*ast.FuncDecl); ok {
				examples[f.Name.Name] = true
			}
		}
	}
	compared := map[string]bool{}
	for _, row := range pylxdRows {
		compared[row.call] = true
	}
	_, table, _ := strings.Cut(string(doc), "storage_pools.all()")
	table, _, _ = strings.Cut("//\tstorage_pools.all()"+table, "volume.restore_from()")
	known := map[string]bool{}
	columns := regexp.MustCompile(`\s{2,}`)
	for line := range strings.Lines(table) {
		cells := columns.Split(strings.TrimSpace(strings.TrimPrefix(line, "//\t")), -1)
		if len(cells) < 3 || cells[0] == "(none)" {
			continue
		}
		known[cells[0]] = true
		if !compared[cells[0]] {
			t.Errorf("%s is not compared with pylxd", cells[0])
		}
		switch {
		case strings.HasPrefix(cells[1], "fields of "), strings.HasPrefix(cells[1], "Pool."):
		default:
			for call := range strings.SplitSeq(cells[1], ", ") {
				if name := "ExampleClient_" + strings.TrimPrefix(call, "Client."); !examples[name] {
					t.Errorf("%s: there is no %s", cells[0], name)
				}
			}
		}
	}
	for call := range compared {
		if !known[call] {
			t.Errorf("%s is not in the table", call)
		}
	}
	if len(known) < 25 {
		t.Errorf("only %d rows were found", len(known))
	}
}
