package planner_test

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tarn/lxd/migrate"
	"tarn/planner"
	"tarn/planner/plan"
)

// The help's table has each mark that plans and moves put on a server, and no other.
func TestMarksInHelp(t *testing.T) {
	p, diags := planner.New(loadSpec(t, `tarn { owner = "storage" }
pool "fast" {
  driver         = "btrfs"
  prevent_delete = true
  volume "new" { prevent_delete = true }
}`), newState(), planner.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	marks := []string{migrate.MovingKey, migrate.MigratingKey, migrate.ArrivedKey}
	for _, step := range p.Steps {
		if action, ok := step.Action.(plan.CreateVolume); ok {
			for key := range action.Config {
				marks = append(marks, key)
			}
		}
	}
	topic, err := os.ReadFile("../cli/help/safety.md")
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	for _, row := range regexp.MustCompile("(?m)^\\| `user\\.tarn.*?\\|").FindAll(topic, -1) {
		for _, name := range regexp.MustCompile("`(?:user\\.tarn)?(\\.[a-z_]+)`").FindAllSubmatch(row, -1) {
			listed = append(listed, "user.tarn"+string(name[1]))
		}
	}
	slices.Sort(marks)
	slices.Sort(listed)
	if diff := cmp.Diff(marks, listed); diff != "" {
		t.Errorf("the marks, and those in the help: %s", diff)
	}
}
