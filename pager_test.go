//go:build linux

package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// What does not fit on the terminal goes through the pager that the user has, as with git. The pager here keeps what it is given, and
// the settings that it is given for less.
func TestPager(t *testing.T) {
	dir := t.TempDir()
	keep := filepath.Join(dir, "keeps")
	script := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text), 0o700); err != nil {
			t.Fatal(err)
		}
		return path
	}
	keeps := script("keeps.sh", `cat >"`+keep+`"; echo "$LESS" >>"`+keep+`"; echo seen`+"\n")
	first := script("first.sh", "head -n 1; echo left\n") // as somebody who leaves with q
	fails := script("fails.sh", "exit 3\n")
	const long, end = "The spec: files, blocks", "yamlencode, zipmap."
	for _, c := range []struct {
		name  string
		env   []string
		args  []string
		pager string // a piece of what the pager got; "" when none was used
		shown bool   // the text is on the terminal
		other string // something else that is
	}{
		{"PAGER", []string{"PAGER=" + keeps}, []string{"help", "spec"}, "\nFRX\n", false, "seen"},
		{"TARN_PAGER comes first", []string{"PAGER=false", "TARN_PAGER=" + keeps}, []string{"help", "spec"}, end, false, "seen"},
		{"LESS of the user", []string{"PAGER=" + keeps, "LESS=i"}, []string{"help", "spec"}, "\ni\n", false, "seen"},
		{"words for the shell", []string{"PAGER=cat | " + keeps}, []string{"help", "spec"}, end, false, "seen"},
		{"empty", []string{"PAGER="}, []string{"help", "spec"}, "", true, ""},
		{"cat", []string{"PAGER=cat"}, []string{"help", "spec"}, "", true, ""},
		{"--no-pager", []string{"PAGER=" + keeps}, []string{"help", "spec", "--no-pager"}, "", true, ""},
		{"a terminal that is none", []string{"PAGER=" + keeps, "TERM=dumb"}, []string{"help", "spec"}, "", true, ""},
		{"what fits", []string{"PAGER=" + keeps}, []string{"version"}, "", false, "tarn "},
		{"a pager that is not there", []string{"PAGER=/nowhere/pager"}, []string{"help", "spec"}, "", true, ""},
		{"nor for the shell", []string{"PAGER=/nowhere/pager 2>/dev/null"}, []string{"help", "spec"}, "", true, ""},
		{"a pager that fails", []string{"PAGER=" + fails}, []string{"help", "spec"}, "", true, ""},
		{"left early", []string{"PAGER=" + first}, []string{"help", "spec"}, "", false, "left"},
		{"schema", []string{"PAGER=" + keeps}, []string{"schema", "zfs"}, "zfs.use_refquota", false, "seen"},
		{"help of a command", []string{"PAGER=" + keeps}, []string{"sim", "--help"}, "--fault", false, "seen"},
	} {
		t.Run(c.name, func(t *testing.T) {
			os.Remove(keep)
			text, code := screen{dir: dir, columns: 80, env: c.env}.run(t, c.args...)
			got, _ := os.ReadFile(keep)
			if code != 0 || !strings.Contains(string(got), c.pager) || (c.pager == "") != (len(got) == 0) {
				t.Errorf("exit code %d; the pager got %q", code, got)
			}
			if shown := strings.Contains(text, long) && strings.Contains(text, end); shown != c.shown || !strings.Contains(text, c.other) {
				t.Errorf("on the terminal: %s", text)
			}
		})
	}
}

// A long plan is read before the question, which says once more what the plan comes to; to a pipe or as JSON it has no pager.
func TestPagerBeforeTheQuestion(t *testing.T) {
	dir := t.TempDir()
	spec := "pool \"main\" {\n  driver = \"dir\"\n  volume \"v\" {\n    for_each = toset([for i in range(200) : format(\"%03d\", i)])\n    name = each.key\n  }\n}\n"
	if err := os.WriteFile(filepath.Join(dir, "storage.hcl"), []byte(spec), 0o600); err != nil {
		t.Fatal(err)
	}
	term := screen{dir: dir, columns: 80, env: []string{"PAGER=head -n 3"}, answers: []string{"no"}}
	text, code := term.run(t, "--remote", "sim:", "apply", "storage.hcl")
	if code != 1 || strings.Contains(text, "create volume main/199") || !strings.Contains(escapes.ReplaceAllString(text, ""), "\nPlan: 201 to create.") || !strings.Contains(text, "Carry out these 201 steps?") {
		t.Errorf("exit code %d:\n%s", code, text)
	}
	text, code = term.run(t, "--remote", "sim:", "plan", "--detailed-exitcode", "storage.hcl")
	if code != 2 || strings.Contains(text, "create volume main/199") {
		t.Errorf("exit code %d:\n%s", code, text)
	}
	text, code = term.run(t, "--remote", "sim:", "plan", "--json", "storage.hcl")
	if code != 0 || !strings.Contains(text, "\"digest\"") {
		t.Errorf("exit code %d:\n%s", code, text)
	}
}

// While a pager runs, Ctrl-C is the pager's; TERM, HUP and QUIT end it and tarn.
func TestSignalsWhileAPagerRuns(t *testing.T) {
	dir := t.TempDir()
	pager := filepath.Join(dir, "pager.sh")
	// It has the signals sent as a terminal and an administrator would, and says which came.
	text := "#!/bin/sh\ntrap 'echo told; exit 0' TERM\ncat >/dev/null\nkill -INT $PPID\necho goes on\n[ -z \"$END\" ] && exit 0\nkill -$END $PPID\nwhile :; do sleep 0.1; done\n"
	if err := os.WriteFile(pager, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	out, code := screen{dir: dir, columns: 80, env: []string{"PAGER=" + pager}}.run(t, "help", "spec")
	if code != 0 || !strings.Contains(out, "goes on") || strings.Contains(out, "interrupted") {
		t.Errorf("after %v: exit code %d: %s", syscall.SIGINT, code, out)
	}
	for _, end := range []string{"TERM", "HUP", "QUIT"} {
		out, code = screen{dir: dir, columns: 80, env: []string{"PAGER=" + pager, "END=" + end}}.run(t, "help", "spec")
		if code != 1 || !strings.Contains(out, "interrupted") || !strings.Contains(out, "told") {
			t.Errorf("after %s: exit code %d: %s", end, code, out)
		}
	}
}
