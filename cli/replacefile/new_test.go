package replacefile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestNew(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.hcl")
	if err := New(path, []byte("one")); err != nil {
		t.Fatal(err)
	}
	if err := New(path, []byte("two")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over another file: %v", err)
	}
	link := filepath.Join(dir, "link.hcl")
	if err := os.Symlink("nowhere", link); err != nil {
		t.Fatal(err)
	}
	if err := New(link, []byte("two")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over a link: %v", err)
	}
	if err := create(path, []byte("two")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over another file, in its place: %v", err)
	}
	content, err := os.ReadFile(path)
	if err != nil || string(content) != "one" {
		t.Errorf("it holds %q, %v", content, err)
	}
	entries, _ := os.ReadDir(dir)
	if len(entries) != 2 {
		t.Errorf("%v is left", entries)
	}
	reference := filepath.Join(dir, "reference")
	if err := os.WriteFile(reference, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	is, _ := os.Stat(path)
	want, _ := os.Stat(reference)
	if is.Mode() != want.Mode() {
		t.Errorf("its mode is %v, want %v", is.Mode(), want.Mode())
	}
}
