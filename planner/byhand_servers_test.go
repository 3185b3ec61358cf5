package planner_test

import (
	"io"
	"testing"

	"tarn/lxd/lxdtest"
	"tarn/planner/plan"
)

// What somebody has done to a real Incus that no server takes back, such as to make a pool larger, is a blocker beside all else that differs, and once the
// spec says it there is nothing to do.
func TestMadeOtherwiseByHand(t *testing.T) {
	server := lxdtest.NewIncus(t)
	w := realWorld(t, server)
	server.Run(t, "storage", "create", "grown", "btrfs", "size=300MiB")
	server.Run(t, "storage", "create", "anew", "dir")
	server.Run(t, "storage", "volume", "create", "grown", "data")
	server.Run(t, "storage", "volume", "create", "anew", "kind")
	server.Run(t, "storage", "set", "grown", "size", "400MiB") // by hand
	spec := func(size, driver, content string) string {
		return `pool "grown" {
		  driver = "btrfs"
		  config = { size = "` + size + `" }
		  volume "data" { description = "by the spec" }
		}
		pool "anew" {
		  driver = "` + driver + `"
		  volume "kind" { content_type = "` + content + `" }
		}
		pool "gone" { existing = true }`
	}
	codes := func(p *plan.Plan) map[string]plan.BlockerCode {
		found := map[string]plan.BlockerCode{}
		for _, blocker := range p.Blockers {
			found[blocker.Object.String()] = blocker.Code
		}
		return found
	}
	p := w.plan(t, spec("300MiB", "btrfs", "block"), nil)
	found := codes(p)
	if len(p.Steps) != 2 || len(found) != 4 || found["pool grown"] != plan.CannotShrink || found["pool anew"] != plan.CannotChange ||
		found["volume anew/kind"] != plan.CannotChange || found["pool gone"] != plan.NotThere {
		t.Error(written(t, func(out io.Writer) error { return p.WriteText(out, plan.TextOptions{}) }))
	}
	if refusal := w.call(t, "PATCH", "/1.0/storage-pools/grown", object{"config": object{"size": "300MiB"}}); refusal == "" {
		t.Error("the server has made the pool smaller")
	}
	server.Run(t, "storage", "create", "gone", "dir") // lifts the one
	p = w.plan(t, spec("400MiB", "dir", "filesystem"), nil)
	if len(p.Steps) != 1 || len(p.Blockers) > 0 {
		t.Error(written(t, func(out io.Writer) error { return p.WriteText(out, plan.TextOptions{}) }))
	}
}
