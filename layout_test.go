package main

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// imports says which packages of this module each one may use outside of its tests. Data flows one way: files → spec →
// planner → applier; lxd is the wire and knows none of that.
var imports = map[string][]string{
	"":                    {"cli"},
	"cli":                 {"applier", "applier/rehearse", "cli/help", "cli/lazyregexp", "cli/lines", "cli/paint", "cli/readfile", "cli/replacefile", "lxd", "lxd/live", "lxd/remote", "lxd/schema", "lxd/secrets", "lxd/sim", "lxd/sim/fault", "planner", "planner/accept", "planner/adopt", "planner/drift", "planner/drift/history", "planner/drift/metrics", "planner/drift/page", "planner/plan", "planner/show", "spec", "spec/edit", "spec/preseed", "spec/tofu", "spec/write"},
	"cli/help":            {"cli/lazyregexp", "cli/lines", "lxd/schema", "planner/plan", "spec"},
	"cli/junit":           {},                 // for all that write results of tests
	"cli/lazyregexp":      {},                 // for all that have regular expressions
	"cli/lines":           {"cli/lazyregexp"}, // for all that write text
	"cli/paint":           {},                 // for all that write text
	"cli/readfile":        {},                 // for all that read files
	"cli/replacefile":     {},                 // for all that write files
	"spec":                {"cli/junit", "cli/lazyregexp", "cli/lines", "cli/paint", "cli/readfile", "lxd/schema", "lxd/secrets"},
	"spec/edit":           {"cli/lazyregexp", "spec", "spec/write"},
	"spec/preseed":        {},
	"spec/tofu":           {"cli/lazyregexp", "cli/readfile", "lxd/schema", "spec"},
	"spec/write":          {"cli/lazyregexp", "cli/lines", "lxd/schema", "spec"},
	"planner":             {"lxd", "lxd/live", "lxd/migrate", "lxd/schema", "planner/plan", "spec"},
	"planner/accept":      {"lxd", "lxd/live", "lxd/schema", "planner", "planner/adopt", "planner/plan", "spec", "spec/edit", "spec/write"},
	"planner/adopt":       {"cli/lazyregexp", "lxd", "lxd/live", "lxd/migrate", "lxd/schema", "lxd/secrets", "planner", "planner/plan", "spec", "spec/preseed", "spec/write"},
	"planner/drift":       {"cli/junit", "cli/lines", "cli/paint", "lxd", "lxd/live", "lxd/schema", "planner", "planner/plan", "spec"},
	"planner/drift/page":  {"lxd", "lxd/schema", "planner/drift", "planner/plan"},
	"planner/plan":        {"cli/lazyregexp", "cli/lines", "cli/paint", "lxd", "lxd/live", "lxd/migrate", "lxd/schema"},
	"planner/promises":    {}, // tests alone
	"planner/show":        {"cli/lines", "cli/paint", "lxd", "lxd/live", "lxd/schema", "planner", "planner/plan"},
	"applier":             {"cli/lazyregexp", "lxd", "lxd/migrate", "lxd/schema", "planner/plan"},
	"applier/rehearse":    {"applier", "lxd", "lxd/live", "lxd/secrets", "lxd/sim", "planner/plan"},
	"lxd":                 {"lxd/schema", "lxd/secrets"},
	"lxd/schema":          {"cli/lazyregexp", "cli/lines"},
	"lxd/secrets":         {}, // for all that show texts
	"lxd/live":            {"lxd", "lxd/schema"},
	"lxd/migrate":         {"cli/lazyregexp", "lxd", "lxd/schema"},
	"lxd/migrate/trials":  {}, // tests alone
	"lxd/remote":          {"cli/readfile", "lxd", "lxd/schema", "lxd/secrets"},
	"lxd/sim":             {"lxd", "lxd/live", "lxd/schema", "lxd/sim/fault", "lxd/sim/product", "lxd/sim/state"},
	"lxd/sim/fault":       {},
	"lxd/sim/product":     {"lxd", "lxd/schema"},
	"lxd/sim/state":       {"cli/readfile", "lxd/schema", "lxd/sim/product"},
	"lxd/lxdtest":         {}, // for tests
	"lxd/lxdtest/bench":   {"lxd/lxdtest"},
	"lxd/lxdtest/conform": {"lxd", "lxd/live", "lxd/migrate"},
	"lxd/lxdtest/lxc":     {"lxd", "lxd/remote"},
	"lxd/lxdtest/lxdrun":  {"lxd/lxdtest"},

	// Readers of what checks for drift find.
	"planner/drift/metrics": {"cli/lazyregexp", "planner/drift", "planner/plan"},
	"planner/drift/history": {"cli/readfile", "cli/replacefile", "lxd", "planner/drift", "planner/plan"},
}

// TestImports holds the packages to the directions in which they may use each other.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for decoder.More() {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := decoder.Decode(&p); err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, "tarn"), "/")
		allowed, known := imports[name]
		if !known {
			t.Errorf("package %s is new: say here what it may use", name)
		}
		for _, path := range p.Imports {
			if used, ours := strings.CutPrefix(path, "tarn/"); ours && !slices.Contains(allowed, used) {
				t.Errorf("package %s uses %s, which it may not", name, used)
			}
		}
	}
}
