package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestNothingIsCompiledAtTheStart holds all packages of the program to compile regular expressions when they are used, as each run of
// each command would pay for them else; and those that are compiled later have to be right, as no start tells any more.
func TestNothingIsCompiledAtTheStart(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-f", `{{if .Module}}{{if .Module.Main}}{{$dir := .Dir}}{{range .GoFiles}}{{$dir}}/{{.}}{{"\n"}}{{end}}{{end}}{{end}}`, ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	files := token.NewFileSet()
	for _, path := range strings.Fields(string(out)) {
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, declared := range file.Decls {
			if function, ok := declared.(*ast.FuncDecl); ok && (function.Name.Name != "init" || function.Recv != nil) {
				continue
			}
			ast.Inspect(declared, func(node ast.Node) bool {
				if _, later := node.(*ast.FuncLit); later {
					return false
				}
				if call, ok := node.(*ast.CallExpr); ok && isLazyRegexp(call.Fun) {
					text, err := strconv.Unquote(call.Args[0].(*ast.BasicLit).Value)
					if err == nil {
						_, err = regexp.Compile(text)
					}
					if err != nil {
						t.Errorf("%s: it would panic when it is used: %v", files.Position(call.Pos()), err)
					}
				}
				if called, ok := node.(*ast.SelectorExpr); ok {
					if pkg, ok := called.X.(*ast.Ident); ok && pkg.Name == "regexp" && strings.Contains(called.Sel.Name, "Compile") {
						t.Errorf("%s: it is compiled at each start; lazyregexp.New does so when it is used", files.Position(called.Pos()))
					}
				}
				return true
			})
		}
	}
}

func isLazyRegexp(function ast.Expr) bool {
	called, ok := function.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	pkg, ok := called.X.(*ast.Ident)
	return ok && pkg.Name == "lazyregexp"
}

// TestOnlyMethodsThatAreCalledAreLinked holds the program to call no method by a name that is known only when it runs, as templates do: the linker
// keeps every exported method of every type then, a quarter of the code more, and each start of each command takes longer by a tenth.
func TestOnlyMethodsThatAreCalledAreLinked(t *testing.T) {
	_, dependencies := built(t)
	for line := range strings.Lines(dependencies) {
		if _, called, ok := strings.Cut(line, " -> "); ok && strings.HasSuffix(called, " <ReflectMethod>\n") {
			t.Errorf("this calls methods by their names: %s", line)
		}
	}
}

// built builds the program, and tells what in it needs what, as "a -> b" in lines.
func built(t *testing.T) (path, dependencies string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "tarn")
	out, err := exec.Command("go", "build", "-ldflags=-dumpdep", "-o", path, ".").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%.2000s", err, out)
	}
	if !strings.Contains(string(out), "main.main -> tarn/cli.Run") {
		t.Fatalf("the linker does not tell what needs what: %.2000s", out)
	}
	return path, string(out)
}
