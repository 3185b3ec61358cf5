package page

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"tarn/planner/drift"
)

// written is a run as a page. TARN_PAGES names a folder in which all pages that the tests write are left, to be looked at.
func written(t *testing.T, name string, run *drift.Run) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, run, Options{}); err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("TARN_PAGES"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name+".html"), out.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}
