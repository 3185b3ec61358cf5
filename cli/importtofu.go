package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tarn/planner/plan"
	"tarn/spec"
	"tarn/spec/tofu"
	"tarn/spec/write"
)

// importTofu writes the spec of a configuration of OpenTofu or Terraform. Nothing is asked of a server.
func (a *app) importTofu(cmd *cobra.Command, flags *importFlags) error {
	if err := onlyWith(cmd, "tofu", "out", "overwrite"); err != nil {
		return err
	}
	converted, err := a.convert(cmd.Context(), flags)
	if err != nil {
		return err
	}
	for _, left := range converted.Left {
		fmt.Fprintln(a.messages(), a.forPeople("Left out: "+left.String()))
	}
	s, err := a.specOf(converted, flags.tofu)
	if err != nil {
		return err
	}
	names := make([]string, len(s.Pools))
	for i, part := range s.Pools {
		names[i] = part.Label
	}
	var parts []specPart
	if s.Common != "" {
		parts = append(parts, specPart{write.Common, []byte(s.Common)})
	}
	for i, name := range write.FileNames(names) {
		parts = append(parts, specPart{name, []byte(s.Pools[i].Text)})
	}
	if err := a.writeParts([]byte(s.Text), parts, flags); err != nil {
		return err
	}
	fmt.Fprintln(a.messages(), a.forPeople(fmt.Sprintf("Wrote %d %s of pools and %d of volumes%s.", len(s.Pools), plan.Plural(len(s.Pools), "block"),
		s.Volumes, flags.out.where())))
	return a.checkWritten([]byte(s.Text), flags)
}

// onlyWith is an error when a flag was given that does not go with another one.
func onlyWith(cmd *cobra.Command, name string, others ...string) error {
	for _, other := range []string{"tofu", "preseed", "pool", "project", "all-projects", "owner", "no-fold", "out", "overwrite", "secrets"} {
		if other != name && cmd.Flags().Changed(other) && !slices.Contains(others, other) {
			return fmt.Errorf("--%s does not go with --%s", other, name)
		}
	}
	return nil
}

// convert reads the configuration.
func (a *app) convert(ctx context.Context, flags *importFlags) (*tofu.Result, error) {
	type outcome struct {
		result *tofu.Result
		err    error
	}
	secrecy, err := a.secrecy(ctx, flags)
	if err != nil {
		return nil, err
	}
	o, err := orInterrupted(ctx, func() outcome {
		result, err := tofu.Convert(flags.tofu, tofu.Options{SpecDir: flags.out.dir, IsSecret: secrecy.IsSecret})
		return outcome{result, err}
	})
	if err != nil {
		return nil, err
	}
	return o.result, o.err
}

// specOf is the spec of the server that was asked for, or of the only one.
func (a *app) specOf(converted *tofu.Result, dir string) (*tofu.Spec, error) {
	var servers []string
	for i, s := range converted.Specs {
		name := cmp.Or(s.Remote, "local")
		if name == a.remote || a.remote == "" && len(converted.Specs) == 1 {
			return &converted.Specs[i], nil
		}
		servers = append(servers, name)
	}
	switch {
	case len(servers) == 0:
		return nil, fmt.Errorf("%s declares no storage pool or volume of the LXD or the Incus provider that a spec could have", dir)
	case a.remote == "":
		return nil, fmt.Errorf("%s declares storage on several servers, and a spec is for one: choose it with --remote %s", dir, strings.Join(servers, ", --remote "))
	}
	return nil, fmt.Errorf("%s declares no storage on %q, but on %s", dir, a.remote, strings.Join(servers, ", "))
}

// specPart is a file of a spec with its name in the directory.
type specPart struct {
	name    string
	content []byte
}

// writeParts writes a spec to standard output, or in parts into the directory that was asked for.
func (a *app) writeParts(whole []byte, parts []specPart, flags *importFlags) error {
	if flags.out.dir == "" {
		_, err := a.Stdout.Write(whole)
		return err
	}
	for _, part := range parts {
		flags.out.add(part.name, part.content)
	}
	if err := a.interrupts.whole(flags.out.write); err != nil {
		return err
	}
	for _, file := range flags.out.files {
		fmt.Fprintln(a.text(), a.forPeople(file.path))
	}
	return nil
}

// where says into which directory files were written.
func (f *specFiles) where() string {
	if f.dir == "" {
		return ""
	}
	return " in " + f.dir
}

// checkWritten validates a spec that was written, and shows what is wrong with it: a configuration may say what tarn or the server would
// not take.
func (a *app) checkWritten(text []byte, flags *importFlags) error {
	name, options := "<stdout>", spec.Options{Env: a.Env, ValuesMayLack: true}
	paths := []string{name}
	if flags.out.dir == "" {
		options.Inputs = map[string][]byte{name: text}
	} else {
		paths = paths[:0]
		for _, file := range flags.out.files {
			paths = append(paths, file.path)
		}
	}
	written, diags := spec.Load(paths, options)
	return a.report(written, diags)
}
