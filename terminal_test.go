//go:build linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/creack/pty"
	"github.com/mattn/go-runewidth"

	"tarn/cli/help"
	"tarn/lxd/schema"
	"tarn/spec"
)

// screen runs tarn on a terminal of its own and gives what it wrote there, without colours. The answers are typed when it ends a
// line with a question.
type screen struct {
	dir     string
	columns uint16
	rows    uint16
	env     []string
	answers []string
}

func (term screen) run(t *testing.T, args ...string) (text string, code int) {
	t.Helper()
	return term.runCommand(t, exec.Command("tarn", args...))
}

func (term screen) runCommand(t *testing.T, cmd *exec.Cmd) (text string, code int) {
	t.Helper()
	cmd.Dir = term.dir
	cmd.Env = append(append(os.Environ(), "TERM=xterm", "LC_ALL=C.UTF-8", "COLUMNS=", "NO_COLOR=", "PAGER=cat"), term.env...)
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: term.columns, Rows: max(term.rows, 24)})
	if err != nil {
		t.Fatal(err)
	}
	defer tty.Close()
	var out bytes.Buffer
	buffer := make([]byte, 1<<16)
	answers := term.answers
	for {
		n, err := tty.Read(buffer)
		out.Write(buffer[:n])
		if len(answers) > 0 && strings.HasSuffix(strings.TrimRight(out.String(), " "), ":") && strings.Contains(lastLines(out.String(), 3), "Type yes") {
			fmt.Fprintln(tty, answers[0])
			answers = answers[1:]
		}
		if err != nil {
			break // EIO: nobody has the other end any more
		}
	}
	_ = cmd.Wait()
	return strings.ReplaceAll(out.String(), "\r\n", "\n"), cmd.ProcessState.ExitCode()
}

// The tests have no terminal of their own but those that they make, or an apply in one of them would ask whoever runs them.
func init() {
	if !strings.HasSuffix(filepath.Base(os.Args[0]), ".test") {
		return // a program that a test runs
	}
	if tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0); err == nil {
		_, _, _ = syscall.Syscall(syscall.SYS_IOCTL, tty.Fd(), syscall.TIOCNOTTY, 0)
		tty.Close()
	}
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

var escapes = regexp.MustCompile("\x1b\\[[0-9;?]*[A-Za-z]")

// columnsOf is how wide a line is for a terminal.
func columnsOf(line string) int {
	return (&runewidth.Condition{}).StringWidth(escapes.ReplaceAllString(line, ""))
}

// word is what stays whole: a value in quotes, or what has no space in it.
var word = regexp.MustCompile(`(?:(?:→|->) )?"(?:[^"\\]|\\.)*"\S*|\S+`)

// tooWide gives the lines that are wider than a terminal and need not be. A line of code or a command needs to be whole, as people copy
// it, and so does a single name or value.
func tooWide(text string, columns int, code *regexp.Regexp) (wide []string) {
	for line := range strings.Lines(text) {
		line = strings.TrimRight(escapes.ReplaceAllString(line, ""), "\n")
		line = line[strings.LastIndexByte(line, '\r')+1:]
		if columnsOf(line) <= columns || len(word.FindAllString(line, -1)) == 1 || code.MatchString(line) {
			continue
		}
		wide = append(wide, line)
	}
	return wide
}

// wideSpec has all that a plan can be made wide by.
const wideSpec = `
pool "main" {
  driver      = "dir"
  description = "a description of some length, which stays in one line, as it is a value"
  config      = { source = "/srv/somewhere/far/down/the/tree/of/directories/main" }
  volume "notes" { config = { "user.note" = "字符 字符 字符 字符 字符 字符 字符 字符 字符 字符 字符" } }
  volume "a-volume-whose-name-goes-on-and-on-and-on-until-it-is-long" { content_type = "filesystem" }
  volume "changed" {
    description = "after"
    config      = { "user.a" = "a value that is new and rather long", "snapshots.schedule" = "@daily" }
  }
  volume "new-name-of-it" { renamed_from = "old-name-of-it" }
  volume "gone" { absent = true }
}
`

const wideState = `{"format": 1, "drivers": ["dir"], "pools": {"main": {"driver": "dir", "config": {"source": "/srv/somewhere/far/down/the/tree/of/directories/main"}, "volumes": {
  "default/custom/changed": {"content_type": "filesystem", "description": "before", "config": {"user.a": "a value that is old and rather long as well", "user.b": "goes"}},
  "default/custom/old-name-of-it": {"content_type": "filesystem"}, "default/custom/gone": {"content_type": "filesystem"},
  "default/custom/nobody-has-declared-this-one-and-it-is-left-alone": {"content_type": "filesystem"}}}}}`

const wrongSpec = `
pool "main" {
  driver = "dir"
  volume "vol" { config = { size = "10Gi", descripton = "a line that is itself much wider than most of the terminals that anybody has", "zfs.use_refquota" = "true" } }
  volume "other" { descripton = "${local.nothing}" }
}
`

// No command writes a line that is wider than the terminal, but for names, values and commands that are themselves.
func TestNothingIsWiderThanTheTerminal(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"wide.hcl": wideSpec, "wide.json": wideState, "wrong/wrong.hcl": wrongSpec, "blocked/blocked.hcl": wideSpec + "\ntarn { max_deletes = 0 }\n"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	runs := [][]string{
		{"--help"}, {"version"}, {"--version"}, {"plna"}, {"plan", "--nope"}, {"help", "nothing"}, {"--color", "sometimes", "plan"},
		{"schema"}, {"schema", "nothing"}, {"completion", "--help"}, {"completion", "bash", "--help"}, {"help", "help"},
		{"validate", "wrong"}, {"validate", "nowhere.hcl"}, {"plan", "nowhere.hcl"}, {"validate", "wide.hcl"}, {"fmt", "--check", "nowhere.hcl"},
		{"--remote", "nobody-knows-this-server-here", "plan", "wide.hcl"}, {"--remote", "unix:/nowhere/at/all/on/this/machine.sock", "drift", "wide.hcl"},
	}
	for _, command := range []string{"apply", "drift", "fmt", "import", "plan", "schema", "show", "sim", "validate", "version"} {
		runs = append(runs, []string{command, "--help"})
	}
	for _, topic := range help.Names {
		runs = append(runs, []string{"help", topic})
	}
	for _, name := range append(append(schema.Drivers(), spec.BlockNames()...), "size", "zfs.block_mode", "alletra.target", "functions") {
		runs = append(runs, []string{"schema", name})
	}
	plans := len(runs) // from here on a plan is shown
	for _, args := range [][]string{
		{"plan"}, {"plan", "--brief"}, {"plan", "--show-unmanaged"}, {"plan", "--rehearse"}, {"plan", "--debug"}, {"drift"}, {"drift", "--brief"}, {"apply"}, {"apply", "--brief"},
	} {
		runs = append(runs, append([]string{"--remote", "sim:wide.json"}, append(args, "wide.hcl")...))
	}
	for _, args := range [][]string{{}, {"main", "main/gone"}, {"main/*", "--usage=false"}, {"main/changed", "main/gone", "--spec", "wide.hcl"}, {"--spec", "wide.hcl"}} {
		runs = append(runs, append([]string{"--remote", "sim:wide.json", "show"}, args...))
	}
	runs = append(runs, []string{"--remote", "sim:wide.json", "plan", "blocked"}, []string{"--remote", "sim:wide.json", "drift", "blocked"}, []string{"--remote", "sim:wide.json", "plan", "--out", "a-plan-with-a-long-name.json", "wide.hcl"})
	for _, columns := range []int{40, 80, 120, 200} {
		t.Run(fmt.Sprint(columns), func(t *testing.T) {
			for _, env := range [][]string{nil, {"LC_ALL=C", "TERM=dumb"}} {
				for i, args := range runs {
					text, _ := screen{dir: dir, columns: uint16(columns), env: env, answers: []string{"no"}}.run(t, append(args, "--no-pager")...)
					if strings.TrimSpace(text) == "" || i >= plans && !strings.Contains(text, "gone") {
						t.Errorf("tarn %s wrote %q", strings.Join(args, " "), text)
					}
					code := regexp.MustCompile(`^  tarn `) // an example
					if args[0] == "schema" {
						code = regexp.MustCompile(`^ {4}.* (=|\{) |^  tarn `)
					}
					if args[0] == "help" {
						code = regexp.MustCompile(`^    `)
					}
					for _, line := range tooWide(text, columns, code) {
						t.Errorf("tarn %s %v: %d columns: %s", strings.Join(args, " "), env, columnsOf(line), line)
					}
				}
			}
		})
	}
}
