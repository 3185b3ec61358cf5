package planner_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tarn/applier"
	"tarn/lxd"
	"tarn/lxd/lxdtest"
	"tarn/planner/plan"
)

// An uploaded image on a real Incus is described, renamed and kept, and the plan is empty afterwards. That its config cannot be changed
// is why it gets no marks.
func TestUploadedImage(t *testing.T) {
	server := lxdtest.NewIncus(t)
	w := realWorld(t, server)
	image := filepath.Join(t.TempDir(), "image.iso")
	if err := os.WriteFile(image, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	server.Run(t, "storage", "create", "fast", "dir")
	server.Run(t, "storage", "volume", "import", "fast", image, "debian", "--type", "iso")
	if refusal := w.call(t, "PATCH", "/1.0/storage-pools/fast/volumes/custom/debian", object{"config": object{"user.tarn.owner": "x"}}); !strings.Contains(refusal, "config cannot be changed") {
		t.Errorf("a mark: %q", refusal)
	}
	const text = `tarn { owner = "storage" }
		pool "fast" {
		  existing  = true
		  volume "installer" {
		    content_type = "iso"
		    description  = "of Debian"
		    existing     = true
		    renamed_from = "debian"

		    prevent_delete = true
		  }
		}`
	p := w.plan(t, text, nil)
	if len(p.Steps) != 2 || len(p.Blockers) > 0 || len(p.Notices) != 1 || p.Notices[0].Code != plan.NoMark {
		t.Fatal(written(t, func(out io.Writer) error { return p.WriteText(out, plan.TextOptions{}) }))
	}
	report := applier.Apply(context.WithoutCancel(t.Context()), w.client, p, applier.Options{Parallelism: 1})
	for _, outcome := range report.Outcomes {
		if outcome.Err != nil {
			t.Error(outcome.Err)
		}
	}
	if p := w.plan(t, text, nil); !p.Empty() || len(p.Blockers) > 0 {
		t.Error(written(t, func(out io.Writer) error { return p.WriteText(out, plan.TextOptions{}) }))
	}
	volume, err := w.client.Volume(t.Context(), lxd.VolumeID{Pool: "fast", Type: lxd.TypeCustom, Name: "installer"})
	if err != nil || volume.Description != "of Debian" || volume.ContentType != "iso" {
		t.Error(volume, err)
	}
}
