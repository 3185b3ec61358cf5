package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"tarn/cli"
)

// TestPreCommit runs the command lines that pre-commit makes of .pre-commit-hooks.yaml, on a repository with a good and a
// bad spec: the entry, the arguments, and those of the changed files that match.
func TestPreCommit(t *testing.T) {
	text, err := os.ReadFile(".pre-commit-hooks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var hooks []struct {
		ID       string
		Entry    string
		Args     []string
		Language string
		Files    string
	}
	if err := yaml.Unmarshal(text, &hooks); err != nil {
		t.Fatal(err)
	}
	const bad = "pool \"slow\" {\n driver = \"dir\"\n  volume \"logs\" { descripton = 1 }\n}\n"
	repository := map[string]string{
		"good/storage.hcl":         "pool \"fast\" {\n  driver = var.driver\n}\n",
		"good/variables.hcl":       "variable \"driver\" { default = \"btrfs\" }\n",
		"good/more.hcl.json":       `{"pool": {"more": {"driver": "dir"}}}`,
		"bad/storage.hcl":          bad,
		".hidden.hcl":              "lock",
		"README.md":                "# no spec",
		"good/.terraform.lock.hcl": "lock",
	}
	t.Chdir(t.TempDir())
	run := func(id string, changed ...string) (code int, out string) {
		for _, hook := range hooks {
			if hook.ID != id {
				continue
			}
			words := strings.Fields(hook.Entry)
			if words[0] != "tarn" || hook.Language != "golang" {
				t.Fatalf("%s is not tarn: %+v", id, hook)
			}
			args, files := append(words[1:], hook.Args...), regexp.MustCompile(hook.Files)
			for _, file := range changed {
				if files.MatchString(file) {
					args = append(args, file)
				}
			}
			var output bytes.Buffer
			code = cli.Run(cli.Process{Args: args, Stdin: strings.NewReader(""), Stdout: &output, Stderr: &output})
			return code, output.String()
		}
		t.Fatalf("there is no hook %s", id)
		return 0, ""
	}
	write := func() {
		for name, text := range repository {
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	write()

	if code, out := run("tarn-validate", "README.md", ".hidden.hcl", "good/.terraform.lock.hcl", "good/storage.hcl"); code != 0 ||
		out != "Valid: 2 pools and 0 volumes in 3 files.\n" {
		t.Errorf("half of a good spec: exit code %d\n%s", code, out)
	}
	code, out := run("tarn-validate", "bad/storage.hcl", "good/more.hcl.json")
	want := `Error: Unsupported attribute

  on bad/storage.hcl line 3, in pool "slow":
   3:   volume "logs" { descripton = 1 }

A volume block has no attribute "descripton". Did you mean "description"?

`
	if diff := cmp.Diff(want, out); code != 1 || diff != "" {
		t.Errorf("a bad spec: exit code %d (-want +got):\n%s", code, diff)
	}

	// pre-commit fails a hook that changes files.
	if code, out := run("tarn-fmt", "good/storage.hcl", "good/variables.hcl", "good/more.hcl.json", "bad/storage.hcl"); code != 0 {
		t.Errorf("fmt: exit code %d\n%s", code, out)
	}
	for name, before := range repository {
		after, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if changed := string(after) != before; changed != (name == "bad/storage.hcl") {
			t.Errorf("fmt changed %s: %v", name, changed)
		}
	}
}
