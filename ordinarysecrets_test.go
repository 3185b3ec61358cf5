//go:build linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const ordinarySpec = `
variable "pw" { sensitive = true }
pool "main" {
  driver = "dir"
  volume "one" {
    description = "default true 1 dir"
    config      = { "user.a" = var.pw, "user.b" = "x${var.pw}", "user.c" = "default main true 1 dir", "user.token" = var.pw }
  }
  volume "each" {
    for_each = { a = var.pw }
    name     = each.key
    config   = { "user.a" = each.value }
  }
}
`

// Secrets that are short, or words that are everywhere, hide no more than what is theirs: the output is the same as for one that nobody
// has ever seen. It goes by the key whose value is secret.
func TestOrdinarySecrets(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("storage.hcl", ordinarySpec)
	write("wrong.hcl", strings.Replace(ordinarySpec, "description =", "descripton =", 1))
	write("unknown.hcl", ordinarySpec+"pool \"other\" {\n  driver = \"dir\"\n  config = { sizzz = var.pw }\n}\n")
	changing := regexp.MustCompile(`\d{4}-\d\d-\d\d[T ][0-9:.]+( UTC|Z)|"(fingerprint|digest)": ?"[^"]*"|"seconds":[0-9.e-]+|[0-9.]+(ms|µs)|in [0-9.]+ s`)
	run := func(pw string, args ...string) string {
		t.Helper()
		cmd := exec.Command("tarn", append(args, "--var", "pw="+pw)...)
		cmd.Dir = dir
		out, _ := cmd.CombinedOutput()
		return changing.ReplaceAllString(string(out), "")
	}
	commands := [][]string{
		{"--remote", "sim:", "plan", "--debug", "storage.hcl"}, {"--remote", "sim:", "plan", "--json", "storage.hcl"}, {"--remote", "sim:", "plan", "--markdown", "storage.hcl"},
		{"--remote", "sim:", "plan", "--rehearse", "storage.hcl"}, {"--remote", "sim:", "drift", "storage.hcl"},
		{"--remote", "sim:", "apply", "--auto-approve", "--parallelism", "1", "storage.hcl"}, {"--remote", "sim:", "apply", "--auto-approve", "--parallelism", "1", "--json", "storage.hcl"},
		{"validate", "wrong.hcl"}, {"validate", "--json", "wrong.hcl"}, {"validate", "--format", "sarif", "unknown.hcl"}, {"validate", "unknown.hcl"}, {"validate", "storage.hcl"},
		{"__complete", "plan", "storage.hcl", "--only", ""}, {"__complete", "plan", "storage.hcl", "--var", ""},
	}
	for _, args := range commands {
		want := run("Qz81hfk2Ap", args...)
		if strings.Contains(want, "Qz81hfk2Ap") || want == "" {
			t.Errorf("%v: %s", args, want)
		}
		for _, pw := range []string{"true", "1", "dir", "10GiB", "main", "default", "volume", "create", "config", "one", "(secret)", "storage.hcl"} {
			if diff := cmp.Diff(want, run(pw, args...)); diff != "" {
				t.Errorf("%v with the secret %q: %s", args, pw, diff)
			}
		}
	}
}
