package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tarn/spec/edit"
)

// Of several files all are written, or none: one that somebody has changed since it was read is left alone, and the others get back what
// they held.
func TestWriteAccepted(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	files := []edit.File{
		{Name: path("a.hcl"), Before: []byte("a"), After: []byte("new a")},
		{Name: path("b.hcl"), Before: []byte("b"), After: []byte("new b")},
		{Name: path("c.hcl"), Before: []byte("c"), After: []byte("new c")},
	}
	holds := func(want map[string]string) {
		t.Helper()
		for name, text := range want {
			if got, err := os.ReadFile(path(name)); err != nil || string(got) != text {
				t.Errorf("%s holds %q, want %q (%v)", name, got, text, err)
			}
		}
	}
	for name, text := range map[string]string{"a.hcl": "a", "b.hcl": "b", "c.hcl": "changed meanwhile"} {
		if err := os.WriteFile(path(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	err := writeAccepted(files)
	if err == nil || !strings.Contains(err.Error(), "c.hcl: it was changed meanwhile, so it is left alone") {
		t.Errorf("error %v", err)
	}
	holds(map[string]string{"a.hcl": "a", "b.hcl": "b", "c.hcl": "changed meanwhile"})

	if err := os.WriteFile(path("c.hcl"), []byte("c"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writeAccepted(files); err != nil {
		t.Error(err)
	}
	holds(map[string]string{"a.hcl": "new a", "b.hcl": "new b", "c.hcl": "new c"})
}
