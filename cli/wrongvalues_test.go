package cli

import (
	"fmt"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Every flag of every command, without its value, with an empty one, twice with two values and twice with one, is told about in words of tarn's own
// or taken.
func TestEveryFlag(t *testing.T) {
	t.Chdir(t.TempDir())
	values := map[string][2]string{"bool": {"true", "false"}, "int": {"1", "2"}, "duration": {"1s", "2s"}, "string": {"a", "b"}}
	tried := 0
	root := (&app{}).root()
	for _, cmd := range root.Commands() {
		if !cmd.IsAvailableCommand() {
			continue
		}
		run := func(args ...string) string {
			var stdout, stderr strings.Builder
			p := Process{Args: append([]string{cmd.Name()}, args...), Env: []string{"HOME=" + t.TempDir()}, Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr}
			if code := Run(p); code == exitDone {
				t.Errorf("tarn %s: exit code 0", strings.Join(p.Args, " "))
			}
			tried++
			text := stderr.String()
			for _, raw := range []string{"unknown shorthand", "unknown flag", "flag needs an argument", "invalid argument", "strconv", "parse error", "arg(s)"} {
				if strings.Contains(text, raw) || text == "" {
					t.Errorf("tarn %s has words of a library: %s", strings.Join(p.Args, " "), text)
				}
			}
			return text
		}
		each := func(flag *pflag.Flag) {
			if flag.Name == "help" {
				return
			}
			name, typ := "--"+flag.Name, flag.Value.Type()
			if text := run(name + "="); !strings.Contains(text, name) {
				t.Errorf("%s %s= is told so: %s", cmd.Name(), name, text)
			}
			if flag.NoOptDefVal == "" {
				if text := run(name); !strings.Contains(text, name+" needs a value") {
					t.Errorf("%s %s without a value is told so: %s", cmd.Name(), name, text)
				}
			}
			value, once := values[typ]
			if !once {
				return // it may be given more than once
			}
			if text := run(name+"="+value[0], name+"="+value[1]); !strings.Contains(text, name+" is given twice") {
				t.Errorf("%s %s twice is told so: %s", cmd.Name(), name, text)
			}
		}
		cmd.LocalFlags().VisitAll(each)
		cmd.InheritedFlags().VisitAll(each)
	}
	if tried < 150 {
		t.Errorf("only %d command lines were tried", tried)
	}
}

// A flag that is given again as it was is no mistake.
func TestSameFlagAgain(t *testing.T) {
	for _, name := range []string{"remote", "color", "timeout", "debug"} {
		root := (&app{}).root()
		takeOnce(root)
		value := map[string]string{"timeout": "5s", "debug": "true"}[name]
		if value == "" {
			value = "sim:"
		}
		flag := fmt.Sprintf("--%s=%s", name, value)
		var plan *cobra.Command
		for _, cmd := range root.Commands() {
			if cmd.Name() == "plan" {
				plan = cmd
			}
		}
		if err := plan.ParseFlags([]string{flag, flag}); err != nil {
			t.Errorf("%s twice: %v", flag, err)
		}
		if err := plan.ParseFlags([]string{"--" + name + "=3s"}); err == nil {
			t.Errorf("%s with another value after it: no error", flag)
		}
	}
}
