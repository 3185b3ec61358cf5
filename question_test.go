//go:build linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// An apply asks on the terminal that it was started from, also when its output or its input is a pipe; a log has the plan and the
// steps, and not the question.
func TestQuestionBesidePipes(t *testing.T) {
	for _, c := range []struct{ name, command string }{
		{"output", "tarn --remote sim: apply storage.hcl | tee log"},
		{"input", "echo no | tarn --remote sim: apply storage.hcl >log"},
		{"both", "echo no | tarn --remote sim: apply storage.hcl | cat >log"},
		{"all", "echo no | tarn --remote sim: apply storage.hcl 2>&1 | cat >log"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "storage.hcl"), []byte(oneVolume), 0o600); err != nil {
				t.Fatal(err)
			}
			text, code := screen{dir: dir, columns: 80, answers: []string{"yes"}}.runCommand(t, exec.Command("sh", "-c", c.command))
			log, err := os.ReadFile(filepath.Join(dir, "log"))
			if err != nil {
				t.Fatal(err)
			}
			if code != 0 || !strings.Contains(text, "Carry out these 2 steps? Type yes to go on: ") {
				t.Errorf("exit code %d, on the terminal: %s", code, text)
			}
			if !strings.Contains(string(log), "Plan: 2 to create.") || !strings.Contains(string(log), "Applied: 2 done.") || strings.Contains(string(log), "Type yes") {
				t.Errorf("in the log: %s", log)
			}
		})
	}
}
