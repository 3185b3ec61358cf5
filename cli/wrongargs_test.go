package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
)

// What is said of wrong arguments: each paragraph of testdata/wrongargs.txt is a command line and the answer. UPDATE=1 rewrites the
// answers; the difference is then read as prose.
func TestWrongArguments(t *testing.T) {
	golden, err := filepath.Abs("testdata/wrongargs.txt")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	const spec = "pool \"fast\" {\n  driver = \"dir\"\n  volume \"pgdata\" {}\n}\n"
	if err := os.WriteFile("storage.hcl", []byte(spec), 0o600); err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for line := range strings.Lines(string(text)) {
		command, ok := strings.CutPrefix(strings.TrimSpace(line), "$ tarn ")
		if !ok {
			continue
		}
		args := strings.Fields(command)
		for i := range args {
			args[i] = strings.ReplaceAll(args[i], "''", "")
		}
		var stdout, stderr strings.Builder
		code := Run(Process{Args: args, Env: []string{"HOME=" + t.TempDir()}, Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr})
		if code != exitError || stdout.Len() > 0 {
			t.Errorf("tarn %s: exit code %d, output %q", command, code, stdout.String())
		}
		fmt.Fprintf(&got, "$ tarn %s\n%s\n", command, stderr.String())
	}
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(text), got.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, raw := range []string{"unknown shorthand", "unknown flag", "unknown command", "flag needs an argument", "invalid argument", "were all set", "not set", "arg(s)"} {
		if strings.Contains(got.String(), raw) {
			t.Errorf("the answers have the words of a library: %q", raw)
		}
	}
}

// What is suggested in place of flags and commands of other tools exists, and these do not.
func TestOtherFlags(t *testing.T) {
	root := (&app{}).root()
	root.InitDefaultCompletionCmd()
	flags, commands := map[string]bool{"help": true, "version": true}, map[string]bool{"help": true}
	root.PersistentFlags().VisitAll(func(flag *pflag.Flag) { flags[flag.Name] = true })
	for _, cmd := range root.Commands() {
		commands[cmd.Name()] = true
		cmd.Flags().VisitAll(func(flag *pflag.Flag) { flags[flag.Name] = true })
	}
	mentionedFlag, mentionedCommand := regexp.MustCompile(`--([a-z-]+)`), regexp.MustCompile(`\btarn ([a-z]+)`)
	check := func(name, text string) {
		for _, m := range mentionedFlag.FindAllStringSubmatch(text, -1) {
			if !flags[m[1]] {
				t.Errorf("%s: there is no flag --%s: %s", name, m[1], text)
			}
		}
		for _, m := range mentionedCommand.FindAllStringSubmatch(text, -1) {
			if !commands[m[1]] && m[1] != "makes" && m[1] != "runs" && m[1] != "does" && m[1] != "keeps" && m[1] != "destroys" {
				t.Errorf("%s: there is no command tarn %s: %s", name, m[1], text)
			}
		}
	}
	for name, other := range otherFlags() {
		if other.flag != "" && !flags[other.flag] {
			t.Errorf("%s: there is no flag --%s", name, other.flag)
		}
		if other.flag == "" && other.text == "" {
			t.Errorf("%s: nothing is said", name)
		}
		check(name, other.text)
	}
	for name, text := range otherCommands() {
		if commands[name] {
			t.Errorf("%s is a command of tarn", name)
		}
		check(name, text)
	}
}
