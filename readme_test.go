package main

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
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
