package cli

import (
	"os"
	"path/filepath"
	"testing"
)

// When one file of several cannot be written, all are as they were before.
func TestAllFilesOrNone(t *testing.T) {
	dir := t.TempDir()
	old := filepath.Join(dir, "b.hcl")
	if err := os.WriteFile(old, []byte("before"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := specFiles{dir: dir, overwrite: true}
	f.add("a.hcl", []byte("one"))
	f.add("b.hcl", []byte("two"))
	f.add("nowhere/c.hcl", []byte("three"))
	if err := f.write(); err == nil {
		t.Fatal("no error")
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("%v %v", entries, err)
	}
	if content, err := os.ReadFile(old); err != nil || string(content) != "before" {
		t.Errorf("%q %v", content, err)
	}

	made := specFiles{dir: filepath.Join(dir, "new")}
	made.add("a.hcl", []byte("one"))
	made.add("nowhere/c.hcl", []byte("three"))
	if err := made.write(); err == nil {
		t.Fatal("no error")
	}
	if _, err := os.Stat(made.dir); !os.IsNotExist(err) {
		t.Errorf("the directory is left: %v", err)
	}
}
