package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"tarn/lxd/live"
	"tarn/lxd/schema"
	"tarn/planner/adopt"
	"tarn/planner/plan"
	"tarn/spec/write"
)

// importFlags say what is imported, and how it is written.
type importFlags struct {
	pools       []string
	allProjects bool
	owner       string
	secret      []string
	notSecret   []string
	secrets     secretsFile
	noFold      bool
	tofu        string // the directory of a configuration, "" for none
	preseed     string // a file, "" for none
	out         specFiles
}

func (a *app) importCommand() *cobra.Command {
	var flags importFlags
	cmd := &cobra.Command{
		Use:   "import",
		Short: "Write a spec of what a server has",
		Long: `Read a server and write a spec of its pools and custom volumes to standard output: only what an author would have written,
neither what the server has filled in nor what volumes have inherited from their pools. A plan for it has nothing to do.
Nothing is changed on the server.

Many like volumes are written as one block with for_each, where that is shorter; --no-fold writes a block for each. What uses
a volume, and its snapshots, stand in comments. A value that is secret is a sensitive variable, whose value is not written anywhere.
What cannot be declared is told on standard error and in a comment, with the reason.

With --tofu no server is asked: the spec declares what a configuration of OpenTofu or Terraform does, with its expressions. With
--preseed it declares what a preseed of LXD or Incus does.

What carries an owner's mark is that owner's: it is imported with --owner, and then nothing else is. "tarn help importing" says
more.

Exit code: 0, 1 for an error or when there is nothing to write, 5 when a server cannot be reached or does not answer.`,
		Example: `  tarn import > imported.hcl
  tarn import --pool fast --out specs --secrets secrets.vars
  tarn import --all-projects --no-fold
  tarn import --tofu infra > storage.hcl
  tarn import --preseed preseed.yaml > storage.hcl`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if flags.allProjects && a.project != "" {
				return errors.New("--project is one project and --all-projects are all: write one of them")
			}
			if err := cmp.Or(flags.out.check(), flags.secrets.check()); err != nil {
				return err
			}
			if cmd.Flags().Changed("preseed") {
				return a.importPreseed(cmd, &flags)
			}
			if cmd.Flags().Changed("tofu") {
				return a.importTofu(cmd, &flags)
			}
			adopted, err := a.adopt(cmd.Context(), &flags)
			if err != nil {
				return err
			}
			return a.writeSpec(adopted, &flags)
		},
	}
	cmd.Flags().StringArrayVar(&flags.pools, "pool", nil, "import the pool `NAME` alone; may be given more than once")
	cmd.Flags().BoolVar(&flags.allProjects, "all-projects", false, "import the volumes of all projects")
	cmd.Flags().StringVar(&flags.owner, "owner", "", "import what carries the mark of this owner")
	cmd.Flags().StringArrayVar(&flags.secret, "secret-config", nil, "the values of config keys that match the `PATTERN` are secret, besides those that are anyway; may be given more than once")
	cmd.Flags().StringArrayVar(&flags.notSecret, "not-secret", nil, "the values of config keys that match the `PATTERN` are not secret, whatever the keys are called; may be given more than once")
	cmd.Flags().StringVar(&flags.secrets.path, "secrets", "", "write the secret values to the new file `FILE`, which is for --var-file and for nobody else to read")
	cmd.Flags().BoolVar(&flags.noFold, "no-fold", false, "write a block for each volume")
	cmd.Flags().StringVar(&flags.tofu, "tofu", "", "ask no server: write what the OpenTofu or Terraform configuration in `DIR` declares")
	_ = cmd.MarkFlagDirname("tofu")
	cmd.Flags().StringVar(&flags.preseed, "preseed", "", `ask no server: write the storage in a preseed of LXD or Incus, from a `+"`FILE`"+` or "-" for standard input`)
	flags.out.register(cmd)
	return cmd
}

// adopt reads the server and works out what a spec has to say of it.
func (a *app) adopt(ctx context.Context, flags *importFlags) (*adopt.Adopted, error) {
	secrecy, err := a.secrecy(ctx, flags)
	if err != nil {
		return nil, err
	}
	a.asked = a.remote
	found, client, err := a.connect(a.remote)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	project := cmp.Or(a.project, found.Project)
	if flags.allProjects {
		project = ""
	}
	scope := live.Scope{Pools: map[string]live.Names{}}
	for _, name := range flags.pools {
		scope.Pools[name] = nil
	}
	if !flags.allProjects {
		scope.Projects = []string{project}
	}
	state, err := live.ReadWhole(ctx, client, scope)
	if err != nil {
		return nil, err
	}
	for _, name := range flags.pools {
		if state.Pools[name] == nil {
			return nil, errors.New(schema.NoSuch(fmt.Sprintf("%s at %s has no pool %q", state.Server, state.Address, name), name, slices.Sorted(maps.Keys(state.Pools))))
		}
	}
	opts := adopt.Options{
		Remote: a.remote, Project: project, AllProjects: flags.allProjects, Pools: flags.pools, Owner: flags.owner, Secrecy: secrecy,
	}
	a.secrets.Add(adopt.SecretsOn(state, secrecy)...)
	adopted, err := orInterrupted(ctx, func() *adopt.Adopted { return adopt.New(state, opts) })
	if err != nil {
		return nil, err
	}
	for _, line := range adopted.Remarks("") {
		fmt.Fprintln(a.messages(), a.forPeople("Left out: "+line))
	}
	if len(adopted.File.Pools) == 0 {
		what := "nothing to declare"
		if flags.owner != "" {
			what = fmt.Sprintf("nothing that carries the mark of the owner %q; without --owner what belongs to nobody is imported", flags.owner)
		}
		return nil, fmt.Errorf("%s at %s has %s", state.Server, state.Address, what)
	}
	return adopted, nil
}

// writeSpec writes what was adopted, and says how much that is.
func (a *app) writeSpec(adopted *adopt.Adopted, flags *importFlags) error {
	text := (*write.File).Fold
	if flags.noFold {
		text = (*write.File).Bytes
	}
	var whole []byte
	var parts []specPart
	if flags.out.dir == "" {
		whole = text(adopted.File)
	} else {
		for _, part := range adopted.File.Split(adopted.Remarks) {
			parts = append(parts, specPart{part.Name, text(part.File)})
		}
	}
	if err := a.writeParts(whole, parts, flags); err != nil {
		return err
	}
	if err := a.interrupts.whole(func() error { return flags.secrets.write(adopted.Secrets) }); err != nil {
		return err
	}
	volumes := 0
	for _, pool := range adopted.File.Pools {
		volumes += len(pool.Volumes)
	}
	fmt.Fprintln(a.messages(), a.forPeople(fmt.Sprintf("Declared %d %s and %d %s%s.", len(adopted.File.Pools), plan.Plural(len(adopted.File.Pools), "pool"),
		volumes, plan.Plural(volumes, "volume"), flags.out.where())))
	a.tellByName(adopted.ByName)
	if len(adopted.Secrets) > 0 {
		fmt.Fprintln(a.messages(), a.forPeople(flags.secrets.howToGive(slices.Sorted(maps.Keys(adopted.Secrets)))))
	}
	return nil
}
