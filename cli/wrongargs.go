package cli

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"tarn/cli/lazyregexp"
	"tarn/lxd/schema"
	"tarn/spec"
)

// flagError words what is wrong with a flag: none of that name, no value, a value of another kind.
func (a *app) flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var valueless *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	var syntax *pflag.InvalidSyntaxError
	switch {
	case errors.As(err, &unknown):
		var hint bool
		if err, hint = a.unknownFlag(cmd, unknown); hint {
			return err
		}
	case errors.As(err, &valueless):
		err = noValue(valueless.GetFlag())
	case errors.As(err, &invalid) && errors.Is(err, errGivenTwice):
		return fmt.Errorf("--%s is given twice, with different values: write it once", invalid.GetFlag().Name)
	case errors.As(err, &invalid):
		err = wrongValue(invalid)
	case errors.As(err, &syntax):
		err = fmt.Errorf("%q is no flag: a flag is --NAME or --NAME=VALUE", syntax.GetSpecifiedFlag())
	}
	return fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())
}

// wrongValue is about a value of a flag that is of another kind than the flag's.
func wrongValue(invalid *pflag.InvalidValueError) error {
	flag, value := invalid.GetFlag(), invalid.GetValue()
	wanted := map[string]string{"int": "a number", "bool": "true or false", "duration": "a time such as 90s or 2m"}[flag.Value.Type()]
	switch {
	case wanted == "":
		return invalid
	case flag.Value.Type() == "duration" && timeMeant(value) != "":
		return fmt.Errorf("--%s is a time such as 90s or 2m, not %q: write --%s %s", flag.Name, value, flag.Name, timeMeant(value))
	case flag.Value.Type() == "duration" && isNumber(value):
		return fmt.Errorf("--%s is a time with a unit, not %q: write --%s %ss", flag.Name, value, flag.Name, value)
	}
	return fmt.Errorf("--%s is %s, not %q", flag.Name, wanted, value)
}

func isNumber(text string) bool {
	_, err := strconv.ParseUint(text, 10, 32)
	return err == nil
}

// noValue is about a flag that ends the command line and needs a value.
func noValue(flag *pflag.Flag) error {
	return fmt.Errorf("--%s needs a value: %s", flag.Name, written(flag))
}

// unknownFlag is about a flag that a command does not have: how it is written, what is meant, or which command has it. hint tells
// whether one of these is known.
func (a *app) unknownFlag(cmd *cobra.Command, unknown *pflag.NotExistError) (_ error, hint bool) {
	given := "--" + unknown.GetSpecifiedName()
	if letters := unknown.GetSpecifiedShortnames(); letters != "" {
		given = a.argumentWith(letters)
	}
	given, _, _ = strings.Cut(given, "=")
	if flag, value, ok := strings.Cut(given, ":"); ok && cmd.Flags().Lookup(strings.TrimLeft(flag, "-")) != nil {
		return fmt.Errorf("%s is no flag: write --%s %s", given, strings.TrimLeft(flag, "-"), value), true
	}
	name := strings.ReplaceAll(strings.TrimLeft(given, "-"), "_", "-")
	if cmd.Flags().Lookup(name) != nil {
		return fmt.Errorf("%s is no flag: write --%s", given, name), true
	}
	missing := fmt.Sprintf("%s has no flag %s", strings.TrimPrefix(cmd.CommandPath(), "tarn "), given)
	other, ok := otherFlagsOf()[cmd.Name()][name]
	if !ok {
		other, ok = otherFlags()[name]
	}
	if ok {
		text := strings.Replace(other.text, "tarn plan storage.hcl", cmd.CommandPath()+" storage.hcl", 1)
		if flag := cmd.Flags().Lookup(other.flag); flag != nil && text == "" {
			text = "write " + written(flag)
		} else if text == "" {
			text = flagOfOthers(cmd, other.flag)
		}
		return fmt.Errorf("%s: %s", missing, text), true
	}
	if text := turnedOff(cmd, name); text != "" {
		return fmt.Errorf("%s: %s", missing, text), true
	}
	var names []string
	cmd.Flags().VisitAll(func(flag *pflag.Flag) {
		if !flag.Hidden {
			names = append(names, flag.Name)
		}
	})
	if near := schema.Suggest(name, names); len(near) > 0 && len(name) > 1 {
		for i := range near {
			near[i] = "--" + near[i]
		}
		return fmt.Errorf("%s: did you mean %s?", missing, strings.Join(near, " or ")), true
	}
	if others := flagOfOthers(cmd, name); others != "" {
		return fmt.Errorf("%s: %s", missing, others), true
	}
	return errors.New(missing), false
}

// argumentWith is the argument in which pflag met letters that are no flags: -out, of which it took each letter for a flag.
func (a *app) argumentWith(letters string) string {
	for _, arg := range a.Args {
		if strings.HasPrefix(arg, "-") && !strings.HasPrefix(arg, "--") && strings.HasSuffix(arg, letters) {
			return arg
		}
	}
	return "-" + letters
}

// written is a flag as one writes it, with a word for its value.
func written(flag *pflag.Flag) string {
	value, _ := pflag.UnquoteUsage(flag)
	switch value {
	case "":
		return "--" + flag.Name
	case "string":
		value = "NAME"
	case "int":
		value = "N"
	case "duration":
		value = "90s"
	}
	return "--" + flag.Name + " " + value
}

// flagOfOthers says which other commands have a flag, "" when none does.
func flagOfOthers(cmd *cobra.Command, name string) string {
	var commands []string
	for _, other := range commandsBeside(cmd) {
		if other.Flags().Lookup(name) != nil {
			commands = append(commands, other.CommandPath())
		}
	}
	if len(commands) == 0 {
		return ""
	}
	last := len(commands) - 1
	list := commands[last]
	if last > 0 {
		list = strings.Join(commands[:last], ", ") + " and " + list
	}
	return fmt.Sprintf("--%s is a flag of %s", name, list)
}

// emptyFlags is about flags whose value is empty, as when a variable of a script is. Nothing is taken for that to mean.
func emptyFlags(cmd *cobra.Command) error {
	var err error
	cmd.Flags().Visit(func(flag *pflag.Flag) {
		empty := flag.Value.Type() == "string" && flag.Value.String() == ""
		if list, ok := flag.Value.(pflag.SliceValue); ok {
			empty = len(list.GetSlice()) == 0 || slices.Contains(list.GetSlice(), "")
		}
		if empty && err == nil {
			err = fmt.Errorf("--%s is empty: write %s, or leave it out", flag.Name, written(flag))
		}
	})
	return err
}

// Texts of cobra about arguments.
var (
	unknownCommand = lazyregexp.New(`^unknown command (".*?[^\\]") for "tarn((?: [a-z]+)*)"`)
	exclusiveFlags = lazyregexp.New(`^if any flags in the group \[.*\] are set none of the others can be; \[(.*)\] were all set$`)
	requiredFlags  = lazyregexp.New(`^required flag\(s\) (".*") not set$`)
	tooManyArgs    = lazyregexp.New(`^accepts (?:at most )?([0-9]+) arg\(s\), received ([0-9]+)$`)
)

// reworded is an error about the arguments in words of tarn's own.
func reworded(cmd *cobra.Command, err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	if m := unknownCommand().FindStringSubmatch(text); m != nil {
		name, unquoteErr := strconv.Unquote(m[1])
		switch {
		case unquoteErr != nil:
			return err
		case m[2] != "":
			return fmt.Errorf("%s takes no argument, and %q is one", strings.TrimSpace(m[2]), name)
		}
		return wrongCommand(cmd.Root(), name)
	}
	if m := exclusiveFlags().FindStringSubmatch(text); m != nil {
		return fmt.Errorf("--%s do not go together", strings.Join(strings.Fields(m[1]), " and --"))
	}
	if m := requiredFlags().FindStringSubmatch(text); m != nil {
		for name := range strings.SplitSeq(m[1], ", ") {
			if flag := cmd.Flags().Lookup(strings.Trim(name, `"`)); flag != nil {
				return fmt.Errorf("%s needs %s", strings.TrimPrefix(cmd.CommandPath(), "tarn "), written(flag))
			}
		}
	}
	if m := tooManyArgs().FindStringSubmatch(text); m != nil {
		return fmt.Errorf("%s takes %s argument, and not %s", strings.TrimPrefix(cmd.CommandPath(), "tarn "), m[1], m[2])
	}
	return err
}

// wrongCommand is about a command that tarn does not have.
func wrongCommand(root *cobra.Command, name string) error {
	missing := fmt.Sprintf("there is no command %q", name)
	var names []string
	for _, cmd := range available(root) {
		names = append(names, cmd.Name())
	}
	if other, ok := otherCommands()[strings.ToLower(name)]; ok {
		return fmt.Errorf("%s: %s", missing, other)
	}
	if info, err := os.Stat(name); err == nil && (info.IsDir() || strings.HasSuffix(name, ".hcl") || strings.HasSuffix(name, ".json")) {
		return fmt.Errorf("%s: to see what a spec means write tarn plan %s", missing, name)
	}
	return errors.New(schema.NoSuch(missing, name, names))
}

// checkPaths is about arguments that are not there as files and probably meant as something else.
func (f *planFlags) checkPaths(a *app, paths []string) error {
	if err := sameTwice(f.only, f.exclude); err != nil {
		return err
	}
	if err := otherCommand(f.cmd, paths); err != nil {
		return err
	}
	for _, path := range paths {
		if _, err := os.Stat(path); err == nil {
			continue
		}
		if path == "-" {
			return fmt.Errorf("%s reads files: of standard input, \"-\", only tarn validate and tarn fmt read", f.cmd.Name())
		}
		if strings.HasPrefix(path, "-") {
			return fmt.Errorf("there is no file %q: behind -- everything is a path, so flags go before it", path)
		}
		if slices.ContainsFunc(f.vars, func(v string) bool { return !strings.Contains(v, "=") }) {
			return errors.New("a variable and its value are one argument: --var NAME=VALUE")
		}
		switch strings.ToLower(path) {
		case "true", "false", "yes", "no", "on", "off":
			return fmt.Errorf("there is no file %q; a flag that is on or off has no value, or one behind an equals sign: --brief, --brief=false", path)
		}
		if strings.HasSuffix(path, ".hcl") || strings.HasSuffix(path, ".json") {
			continue
		}
		want, diags := spec.Load(nil, spec.Options{Vars: f.vars, VarFiles: f.varFiles, Env: a.Env})
		if spec.GaveUp(diags) {
			return a.report(want, diags)
		}
		if diags.HasErrors() {
			continue
		}
		for _, pool := range want.Pools {
			names := []string{pool.Name, pool.Address}
			for _, volume := range pool.Volumes {
				names = append(names, pool.Name+"/"+volume.Name, volume.Address)
			}
			if slices.Contains(names, path) || strings.HasPrefix(path, pool.Name+"/") {
				return fmt.Errorf("there is no file or directory %q; for a part of the spec write --only %s", path, path)
			}
		}
	}
	return nil
}
