package cli_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"tarn/cli"
)

// limited takes so many bytes and fails then, as a disk does that is full or a pipe that nobody reads.
type limited struct {
	buf   bytes.Buffer
	most  int // -1 for no limit
	fails error
}

func (l *limited) Write(p []byte) (int, error) {
	n := len(p)
	if l.most >= 0 {
		n = min(n, l.most-l.buf.Len())
	}
	l.buf.Write(p[:n])
	if n < len(p) {
		return n, &os.PathError{Op: "write", Path: "/dev/stdout", Err: l.fails}
	}
	return n, nil
}

// lost are commands, with the exit code that they have when all is written.
var lost = []struct {
	name string
	args []string
	code int
	file string // that the command makes when all goes well
}{
	{"validate", []string{"validate", "storage.hcl"}, 0, ""},
	{"validate --json", []string{"validate", "--json", "storage.hcl"}, 0, ""},
	{"validate --format github", []string{"validate", "--format", "github", "warns.hcl"}, 0, ""},
	{"fmt", []string{"fmt", "untidy.hcl"}, 0, ""},
	{"fmt --check", []string{"fmt", "--check", "untidy.hcl"}, 2, ""},
	{"fmt --diff", []string{"fmt", "--diff", "untidy.hcl"}, 0, ""},
	{"fmt -", []string{"fmt", "-"}, 0, ""},
	{"fmt - --diff", []string{"fmt", "-", "--diff"}, 0, ""},
	{"help of a command", []string{"plan", "--help"}, 0, ""},
	{"help", []string{"--help"}, 0, ""},
	{"help COMMAND", []string{"help", "apply"}, 0, ""},
	{"help TOPIC", []string{"help", "spec"}, 0, ""},
	{"no command", nil, 0, ""},
	{"schema", []string{"schema"}, 0, ""},
	{"schema DRIVER", []string{"schema", "zfs"}, 0, ""},
	{"schema KEY", []string{"schema", "size"}, 0, ""},
	{"schema FUNCTION", []string{"schema", "merge", "--json"}, 0, ""},
	{"schema --json", []string{"schema", "--json"}, 0, ""},
	{"schema BLOCK", []string{"schema", "volume"}, 0, ""},
	{"schema --plan", []string{"schema", "--plan"}, 0, ""},
	{"version", []string{"version"}, 0, ""},
	{"--version", []string{"--version"}, 0, ""},
	{"completion", []string{"completion", "bash"}, 0, ""},
	{"completion of a shell", []string{"__complete", "plan", "--color", ""}, 0, ""},
	{"show", []string{"show", "--remote", "sim:state.json"}, 0, ""},
	{"show --json", []string{"show", "--remote", "sim:state.json", "--json"}, 0, ""},
	{"plan", []string{"plan", "--remote", "sim:state.json", "storage.hcl"}, 0, ""},
	{"plan --detailed-exitcode", []string{"plan", "--remote", "sim:state.json", "--detailed-exitcode", "storage.hcl"}, 2, ""},
	{"plan --json", []string{"plan", "--remote", "sim:state.json", "--json", "storage.hcl"}, 0, ""},
	{"plan --markdown", []string{"plan", "--remote", "sim:state.json", "--markdown", "storage.hcl"}, 0, ""},
	{"plan --rehearse", []string{"plan", "--remote", "sim:state.json", "--rehearse", "storage.hcl"}, 0, ""},
	{"plan --out", []string{"plan", "--remote", "sim:state.json", "--out", "plan.json", "storage.hcl"}, 0, "plan.json"},
	{"drift", []string{"drift", "--remote", "sim:state.json", "storage.hcl"}, 2, ""},
	{"drift --json", []string{"drift", "--remote", "sim:state.json", "--json", "storage.hcl"}, 2, ""},
	{"drift --markdown", []string{"drift", "--remote", "sim:state.json", "--markdown", "storage.hcl"}, 2, ""},
	{"apply", []string{"apply", "--remote", "sim:state.json", "--auto-approve", "storage.hcl"}, 0, "state.json"},
	{"apply --json", []string{"apply", "--remote", "sim:state.json", "--auto-approve", "--json", "storage.hcl"}, 0, "state.json"},
	{"apply --detailed-exitcode", []string{"apply", "--remote", "sim:state.json", "--auto-approve", "--detailed-exitcode", "storage.hcl"}, 2, "state.json"},
	{"apply FILE", []string{"apply", "--auto-approve", "saved.json"}, 0, "saved-state.json"},
}

// What could not be written to the standard output is told, and never ends as if it had been.
func TestLostOutput(t *testing.T) {
	const untidy = "pool \"main\" {\n   driver = \"dir\"\n}\n"
	folder := func(t *testing.T) {
		t.Chdir(t.TempDir())
		for name, text := range map[string]string{
			"storage.hcl": "pool \"main\" {\n  driver = \"dir\"\n  volume \"vol\" {}\n}\n",
			"warns.hcl":   "pool \"main\" {\n  driver = \"novel\"\n}\n",
			"untidy.hcl":  untidy,
		} {
			if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	run := func(args []string, stdout io.Writer) (int, string) {
		var stderr strings.Builder
		code := cli.Run(cli.Process{Args: args, Stdin: strings.NewReader(untidy), Stdout: stdout, Stderr: &stderr})
		return code, stderr.String()
	}
	for _, c := range lost {
		t.Run(c.name, func(t *testing.T) {
			prepare := func() {
				folder(t)
				if c.args != nil && c.args[len(c.args)-1] == "saved.json" {
					if code, said := run([]string{"plan", "--remote", "sim:saved-state.json", "--out", "saved.json", "storage.hcl"}, io.Discard); code != 0 {
						t.Fatal(said)
					}
					os.Remove("saved-state.json")
				}
			}
			prepare()
			whole := &limited{most: -1}
			if code, said := run(c.args, whole); code != c.code || whole.buf.Len() == 0 {
				t.Fatalf("with all written it exits with %d, not %d, after %d bytes:\n%s", code, c.code, whole.buf.Len(), said)
			}
			last := whole.buf.Len() - 1
			if c.args != nil && c.args[0] == "apply" {
				last -= 40 // it says how long it took
			}
			for _, most := range []int{0, whole.buf.Len() / 2, last} {
				prepare()
				code, said := run(c.args, &limited{most: most, fails: syscall.ENOSPC})
				if code != 1 || !strings.Contains(said, "write standard output: no space left on device\n") {
					t.Errorf("a disk that is full after %d of %d bytes: exit code %d and\n%s", most, whole.buf.Len(), code, said)
				}
				if _, err := os.Stat(c.file); c.file != "" && most == 0 && !errors.Is(err, os.ErrNotExist) {
					t.Errorf("%s was written, and nobody was shown why", filepath.Base(c.file))
				}
				prepare()
				code, said = run(c.args, &limited{most: most, fails: syscall.EPIPE})
				applies := c.args != nil && c.args[0] == "apply"
				if want := max(c.code, 1); code != want && !applies || code != 1 && applies || strings.Contains(said, "pipe") != applies {
					t.Errorf("a reader that goes after %d of %d bytes: exit code %d and\n%s", most, whole.buf.Len(), code, said)
				}
			}
		})
	}
}
