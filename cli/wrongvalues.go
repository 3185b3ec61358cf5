package cli

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"tarn/cli/lazyregexp"
	"tarn/lxd/schema"
)

// errGivenTwice is about a flag that takes one value and was given two.
var errGivenTwice = errors.New("given twice")

// onceValue is the value of a flag that may be given again only as it was: of two servers or two files the last would count, and the
// author of a script would not know that the first does not.
type onceValue struct {
	pflag.Value
	given *string
}

func (v *onceValue) Set(text string) error {
	if v.given != nil && *v.given != text {
		return errGivenTwice
	}
	if err := v.Value.Set(text); err != nil {
		return err
	}
	v.given = &text
	return nil
}

// takeOnce makes all flags of a command and of those below it, but those that may be given more than once, take one value.
func takeOnce(cmd *cobra.Command) {
	for _, flags := range []*pflag.FlagSet{cmd.PersistentFlags(), cmd.Flags()} {
		flags.VisitAll(func(flag *pflag.Flag) {
			_, many := flag.Value.(pflag.SliceValue)
			if _, already := flag.Value.(*onceValue); !many && !already {
				flag.Value = &onceValue{Value: flag.Value}
			}
		})
	}
	for _, sub := range cmd.Commands() {
		takeOnce(sub)
	}
}

// notOneOf is about a flag whose value is none of those that it takes.
func notOneOf(flag, value string, values []string) error {
	last := len(values) - 1
	text := fmt.Sprintf("--%s is %s or %s, not %q", flag, strings.Join(values[:last], ", "), values[last], value)
	if near := schema.Suggest(value, values); len(near) == 1 {
		text += "; did you mean " + near[0] + "?"
	}
	return errors.New(text)
}

var timeWithUnit = lazyregexp.New(`^(\d+) *([A-Za-z]+)$`)

// timeMeant is how a time is written that has a unit in another spelling, "" when that is not known.
func timeMeant(text string) string {
	m := timeWithUnit().FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return ""
	}
	units := map[string]string{"s": "s", "sec": "s", "secs": "s", "second": "s", "seconds": "s", "m": "m", "min": "m", "mins": "m", "minute": "m", "minutes": "m",
		"h": "h", "hr": "h", "hour": "h", "hours": "h", "ms": "ms"}
	unit, known := units[strings.ToLower(m[2])]
	if !known {
		return ""
	}
	return m[1] + unit
}

// oddDash is about an argument that begins with a dash of typography, which word processors and web pages make of two plain ones.
func oddDash(args []string) error {
	for _, arg := range args {
		if arg == "--" {
			return nil
		}
		for _, dash := range []string{"\u2014", "\u2013", "\u2212"} {
			if rest := strings.TrimLeft(arg, dash+"-"); strings.HasPrefix(arg, dash) && rest != "" {
				return fmt.Errorf("%q begins with a dash that no keyboard has: write --%s", arg, rest)
			}
		}
	}
	return nil
}

// turnedOff is about --no-NAME for a flag that is on or off, "" when the command has none of that name.
func turnedOff(cmd *cobra.Command, name string) string {
	flag := cmd.Flags().Lookup(strings.TrimPrefix(name, "no-"))
	if flag == nil || !strings.HasPrefix(name, "no-") || flag.Value.Type() != "bool" {
		return ""
	}
	return fmt.Sprintf("leave --%s out, or write --%[1]s=false", flag.Name)
}

// sameTwice is about an address that is given to both --only and --exclude.
func sameTwice(only, exclude []string) error {
	for _, address := range only {
		if slices.Contains(exclude, address) {
			return fmt.Errorf("--only and --exclude are both given %s, so that nothing is left of it", address)
		}
	}
	return nil
}

// otherCommand is about a path that is not there and has the name of a command.
func otherCommand(cmd *cobra.Command, paths []string) error {
	for _, path := range paths {
		if _, err := os.Stat(path); err == nil {
			continue
		}
		if isCommand(path) {
			return fmt.Errorf("there is no file %q, and %s and %[1]s are two commands: run one after the other", path, cmd.Name())
		}
	}
	return nil
}

// addCompletion adds the command that writes completions for a shell, which is an error without one that it knows.
func addCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() != completionName {
			continue
		}
		var shells []string
		for _, sub := range cmd.Commands() {
			shells = append(shells, sub.Name())
			mendScript(sub)
		}
		slices.Sort(shells)
		cmd.Args = cobra.ArbitraryArgs
		cmd.RunE = func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fmt.Errorf("completion needs the name of a shell: %s", strings.Join(shells, ", "))
			}
			return errors.New(schema.NoSuch(fmt.Sprintf("there is no completion for %q", args[0]), args[0], shells))
		}
	}
}
