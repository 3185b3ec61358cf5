//go:build linux

package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// hostileFile is a file that takes all memory, all time or the whole stack of a program that is not on its guard.
type hostileFile struct {
	name string
	file string        // its name, a.hcl without one
	text func() string // its content
	says string        // a regular expression for what is said of it
	ok   bool          // it is honest, only large: the exit code is 0
}

func repeated(before, again string, n int, after string) func() string {
	return func() string { return before + strings.Repeat(again, n) + after }
}

const many = 235_000

const nested = `(?s)on a\.hcl line 1.*nested more than 1000 deep`

var hostileFiles = []hostileFile{
	{name: "minus", text: repeated("locals { x = ", "-", many, "1 }"), says: nested},
	{name: "not", text: repeated("locals { x = ", "!", many, "true }"), says: nested},
	{name: "sums", text: repeated("locals { x = 1", "+1", many, " }"), says: nested},
	{name: "sums over lines", text: repeated("locals { x = (1\n", "+1\n", many, ") }"), says: "nested more than"},
	{name: "ands", text: repeated("locals { x = true", "&&true", many, " }"), says: nested},
	{name: "parentheses", text: repeated("locals { x = ", "(", many, ""), says: nested},
	{name: "lists", text: repeated("locals { x = ", "[", many, ""), says: nested},
	{name: "lists whose ends are in texts", text: repeated("locals { x = ", `["]",`, many, ""), says: nested},
	{name: "objects", text: repeated("locals { x = ", "{a=", many, ""), says: nested},
	{name: "blocks", text: repeated("", "a {\n", many, ""), says: "nested more than"},
	{name: "blocks and wrong ends", text: repeated("", "a {\n)\n", many, ""), says: "nested more than"},
	{name: "conditions", text: repeated("locals { x = ", "true ? 1 : ", many, "1 }"), says: nested},
	{name: "indices", text: repeated("locals { x = local.y", "[var.z]", many, " }"), says: nested},
	{name: "splats", text: repeated("locals { x = local.y", "[*]", many, " }"), says: nested},
	{name: "attributes", text: repeated("locals { x = local.y", ".a", many/2, " }"), says: "There is no local value"},
	{name: "calls", text: repeated("locals { x = ", "abs(", many, ""), says: nested},
	{name: "templates", text: repeated("locals { x = ", `"${`, many, ""), says: nested},
	{name: "template ifs", text: repeated(`locals { x = "`, "%{if true}", many, `" }`), says: nested},
	{name: "fors", text: repeated("locals { x = ", "[for a in ", many, ""), says: nested},
	{name: "object fors over lines", text: repeated("locals { x = ", "{for a in [1] : a =>\n", many, ""), says: "nested more than"},
	{name: "heredocs", text: repeated("locals { x = ", "<<A\n${", many, ""), says: "nested more than"},
	{name: "a type", text: repeated("variable \"x\" { type = ", "list(", many, ""), says: nested},
	{name: "JSON lists", file: "a.hcl.json", text: repeated(`{"locals": {"x": `, "[", many, ""), says: "nested more than"},
	{name: "JSON objects", file: "a.hcl.json", text: repeated("", `{"a": `, many, ""), says: "nested more than"},
	{name: "a template in JSON", file: "a.hcl.json", text: repeated(`{"locals": {"x": "${`, "-", many, `1}"}}`), says: "nested more than"},
	{name: "an escaped template in JSON", file: "a.hcl.json", text: repeated(`{"locals": {"x": "\u0024{`, "!", many, `1}"}}`), says: "nested more than"},
	{name: "a number", text: repeated("locals { x = ", "7", 10_000_000, " }"), says: "more than 1000 digits"},
	{name: "a number in JSON", file: "a.hcl.json", text: repeated(`{"locals": {"x": `, "7", 10_000_000, "}}"), says: "more than 1000 digits"},
	{name: "tokens", text: repeated("locals {\n", "a=1\n", 3_000_000, "}\n"), says: "more than 6000000 words and signs"},
	{name: "a huge file", text: repeated("", "# comment\n", 2_000_000, ""), says: "it is too large: more than 16 MiB"},

	{name: "a million comments", ok: true, text: repeated("pool \"a\" { driver = \"dir\" }\n", "# comment\n", 1_000_000, ""), says: "Valid: 1 pool"},
	{name: "a line of 10 MB", ok: true, text: repeated("pool \"a\" {\n driver = \"dir\"\n description = \"", "x", 10_000_000, "\"\n}\n"), says: "Valid: 1 pool"},
}

// TestHostileFiles: whatever is in a file, the command ends soon, without all memory, and says what is wrong and where.
func TestHostileFiles(t *testing.T) {
	program := filepath.Join(t.TempDir(), "tarn")
	itself, err := os.Executable()
	if err == nil {
		err = os.Symlink(itself, program)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range hostileFiles {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if c.file == "" {
				c.file = "a.hcl"
			}
			if err := os.WriteFile(filepath.Join(dir, c.file), []byte(c.text()), 0o600); err != nil {
				t.Fatal(err)
			}
			commands := [][]string{{"validate", "."}}
			if !c.ok {
				commands = append(commands, []string{"drift", "--remote", "sim:", "."})
			}
			for _, args := range commands {
				tryHostileFile(t, program, dir, c, args)
			}
		})
	}
}

func tryHostileFile(t *testing.T, program, dir string, c hostileFile, args []string) {
	t.Helper()
	// The time is against commands that do not end at all: machines are slow at times.
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+dir)
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	err := cmd.Run()
	code, want := cmd.ProcessState.ExitCode(), 1
	if c.ok {
		want = 0
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	took := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	t.Logf("%s: exit code %d, %.1f s, %d MiB", args[0], code, took.Seconds(), usage.Maxrss>>10)
	if code != want || !regexp.MustCompile(c.says).Match(output.Bytes()) || output.Len() > 100_000 {
		t.Errorf("%s: %v, exit code %d; it says\n%.1500s", args, err, code, output.String())
	}
	limit := int64(300 << 10)
	if c.ok {
		limit *= 2 // what is honest may cost what it needs, and how much that is differs between runs
	}
	if usage.Maxrss > limit {
		t.Errorf("%s took %d MiB", args, usage.Maxrss>>10)
	}
	if took > 10*time.Second {
		t.Errorf("%s took %v of a processor", args, took)
	}
}
