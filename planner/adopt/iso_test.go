package adopt

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/lxdtest"
)

// An image that was uploaded to a real server is declared as existing, and nothing is to be done for it.
func TestUploadedImage(t *testing.T) {
	server := lxdtest.NewIncus(t)
	image := filepath.Join(t.TempDir(), "x.iso")
	if err := os.WriteFile(image, make([]byte, 1<<20), 0o644); err != nil {
		t.Fatal(err)
	}
	server.Run(t, "storage", "create", "p", "dir", "volume.size=1GiB", "volume.snapshots.expiry=1d")
	server.Run(t, "storage", "volume", "import", "p", image, "install", "--type=iso")
	server.Run(t, "storage", "volume", "create", "p", "data")
	client := lxd.NewUnix(server.Socket(), lxd.Options{})
	defer client.Close()
	state, err := live.ReadWhole(t.Context(), client, live.Scope{Projects: []string{""}})
	if err != nil {
		t.Fatal(err)
	}
	adopted := New(state, Options{})
	text := adopted.File.Fold()
	empty(t, state, adopted, text)
	if len(adopted.LeftOut) > 0 || !bytes.Contains(text, []byte(`content_type = "iso"`)) || !bytes.Contains(text, []byte("existing     = true")) || !bytes.Contains(text, []byte(`volume "data" {}`)) {
		t.Errorf("left out: %v\n%s", adopted.LeftOut, text)
	}
}
