package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tarn/spec"
)

// The specs that people copy are in canonical layout: those of examples and those that README shows.
func TestExamplesFormatted(t *testing.T) {
	found := 0
	err := filepath.WalkDir("examples", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".hcl") {
			return err
		}
		found++
		src, err := os.ReadFile(name)
		formatted(t, name, src)
		return err
	})
	if err != nil || found == 0 {
		t.Errorf("%d examples, %v", found, err)
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range regexp.MustCompile("(?s)```hcl\n(.*?)```").FindAllSubmatch(readme, -1) {
		formatted(t, "README.md", block[1])
	}
}

func formatted(t *testing.T, name string, src []byte) {
	t.Helper()
	want, diags := spec.Format(src, name)
	if diff := cmp.Diff(string(want), string(src)); diff != "" || diags.HasErrors() {
		t.Errorf("%s: %v (-formatted +is):\n%s", name, diags, diff)
	}
}
