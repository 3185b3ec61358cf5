package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"tarn/cli/help"
	"tarn/spec"
)

// README's first screen is the spec and the plan of a script that runs on a real server.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	script, err := txtar.ParseFile("testdata/script/readme.txtar")
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	for _, file := range script.Files {
		if file.Name == "storage.hcl" || file.Name == "plan.txt" {
			shown++
			if !strings.Contains(string(readme), strings.TrimSpace(string(file.Data))) {
				t.Errorf("README.md does not have %s of testdata/script/readme.txtar", file.Name)
			}
		}
	}
	if shown != 2 {
		t.Error("the script has no storage.hcl or no plan.txt")
	}
}

// Every spec that README shows is valid.
func TestReadmeSpecs(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(readme), "```hcl\n")[1:]
	if len(blocks) < 2 {
		t.Fatalf("only %d specs", len(blocks))
	}
	for _, block := range blocks {
		text, _, _ := strings.Cut(block, "```")
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "readme.hcl"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, diags := spec.Load(nil, spec.Options{Dir: dir}); len(diags) > 0 {
			t.Errorf("%v in\n%s", diags, text)
		}
	}
}

// DESIGN.md says where things are. Every path that it names is there, and so is a file that it names without one, somewhere.
func TestDesignPaths(t *testing.T) {
	design, err := os.ReadFile("DESIGN.md")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]bool{}
	err = filepath.WalkDir(".", func(path string, _ os.DirEntry, err error) error {
		files[filepath.Base(path)] = true
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`([a-z0-9_./-]+)`").FindAllStringSubmatch(string(design), -1)
	checked := 0
	for _, match := range named {
		path := match[1]
		folder, _, isPath := strings.Cut(path, "/")
		switch {
		case isPath && files[folder]:
			if found, err := filepath.Glob(path); err != nil || len(found) == 0 {
				t.Errorf("DESIGN.md names %s, which is not there", path)
			}
			checked++
		case !isPath && strings.HasSuffix(path, ".go"):
			if !files[path] {
				t.Errorf("DESIGN.md names %s, which is nowhere", path)
			}
			checked++
		}
	}
	if checked < 40 {
		t.Errorf("only %d paths were found", checked)
	}
}

// README leads to every help topic, as a command and as a page.
func TestReadmeTopics(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range help.Names {
		for _, want := range []string{"`tarn help " + name + "`", "[" + name + "](cli/help/" + name + ".md)"} {
			if !strings.Contains(string(readme), want) {
				t.Errorf("README.md does not have %s", want)
			}
		}
	}
}
