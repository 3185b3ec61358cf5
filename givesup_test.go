//go:build linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// TestGivesUp: in each form of output a spec that takes too much is one error with its place, and no other spec is read after it.
func TestGivesUp(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a.hcl":     "locals {\n  r = range(1000)\n  x = [for a in local.r : [for b in local.r : [for c in local.r : [for d in local.r : 1]]]]\n}\n",
		"later.hcl": "pool \"later\" { drvier = \"dir\" }\n",
		"plain.hcl": onePool,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		args  []string
		limit string // TARN_SPEC_LIMIT
		says  string
		code  int
	}{
		{[]string{"validate", "a.hcl"}, "0.1", `^Error: Too much work\n\n  on a.hcl line 3\n\nTo read the spec`, 1},
		{[]string{"validate", "--json", "a.hcl"}, "0.1", `(?s)"error_count": 1,.*"line": 3,`, 1},
		{[]string{"validate", "--format", "github", "a.hcl"}, "0.1", `^::error file=a.hcl,line=3,.*title=Too much work`, 1},
		{[]string{"validate", "--format", "sarif", "a.hcl"}, "0.1", `"startLine": 3`, 1},
		{[]string{"validate", "--format", "junit", "a.hcl"}, "0.1", `a.hcl:3: To read the spec`, 1},
		{[]string{"validate", "--format", "gitlab", "a.hcl"}, "0.1", `"begin": 3`, 1},
		{[]string{"validate", "--each", "file", "a.hcl", "later.hcl"}, "0.1", `^Error: Too much work\n\n  on a.hcl line 3\n\n[^\n]*\n+$`, 1},
		{[]string{"plan", "--remote", "sim:", "a.hcl"}, "0.1", `on a.hcl line 3`, 1},
		{[]string{"plan", "--remote", "sim:", "--json", "a.hcl"}, "0.1", `(?s)"code": "spec".*"line": 3`, 1},
		{[]string{"drift", "--remote", "sim:", "--markdown", "a.hcl"}, "0.1", "`a.hcl:3`: Error: Too much work", 1},
		{[]string{"apply", "--remote", "sim:", "--auto-approve", "a.hcl"}, "0.1", `on a.hcl line 3`, 1},
		{[]string{"__complete", "plan", "a.hcl", "--only", ""}, "0.1", `^:`, 0},
		{[]string{"validate", "plain.hcl"}, "many", `^Error: Invalid TARN_SPEC_LIMIT\n`, 1},
		{[]string{"fmt", "--check", "plain.hcl"}, "many", `^Error: Invalid TARN_SPEC_LIMIT\n`, 1},
		{[]string{"validate", "plain.hcl"}, "0", `^Valid: 1 pool`, 0},
	} {
		cmd := exec.Command("tarn", c.args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "TARN_SPEC_LIMIT="+c.limit)
		out, _ := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); code != c.code || !regexp.MustCompile(c.says).Match(out) {
			t.Errorf("%v: exit code %d, it says\n%s", c.args, code, out)
		}
	}
}
