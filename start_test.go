package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
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

// TestStart holds what packages make before main to little, for each run of each command pays for it. Those of tarn make a table that few runs need when it is used, as sync.OnceValue does:
// a map of some hundred entries that is not fails here, and so does a library that is new and makes as much as a dozen others.
func TestStart(t *testing.T) {
	program := filepath.Join(t.TempDir(), "tarn")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.Command(program, "version")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	var trace bytes.Buffer
	cmd.Stderr = &trace
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	const mostOfTarn, mostOfAll = 64 << 10, 640 << 10
	ofTarn, ofAll, packages := 0, 0, 0
	var large strings.Builder
	for _, m := range regexp.MustCompile(`(?m)^init (\S+) .* ms clock, (\d+) bytes, \d+ allocs$`).FindAllStringSubmatch(trace.String(), -1) {
		n, err := strconv.Atoi(m[2])
		if err != nil {
			t.Fatal(err)
		}
		packages++
		ofAll += n
		if strings.HasPrefix(m[1], "tarn/") {
			ofTarn += n
		}
		if n > 4<<10 {
			fmt.Fprintf(&large, "\n%s: %d bytes", m[1], n)
		}
	}
	if packages < 50 || ofTarn == 0 {
		t.Fatalf("it tells of %d packages:\n%s", packages, trace.String())
	}
	if ofTarn > mostOfTarn || ofAll > mostOfAll {
		t.Errorf("before main are made %d bytes, by tarn %d of them, and not at most %d and %d:%s", ofAll, ofTarn, mostOfAll, mostOfTarn, large.String())
	}
}
