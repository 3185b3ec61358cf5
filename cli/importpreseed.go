package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"tarn/cli/readfile"
	"tarn/planner/adopt"
	"tarn/spec/preseed"
)

// importPreseed writes the spec of the storage in a preseed. Nothing is asked of a server.
func (a *app) importPreseed(cmd *cobra.Command, flags *importFlags) error {
	if err := onlyWith(cmd, "preseed", "pool", "no-fold", "out", "overwrite", "secrets"); err != nil {
		return err
	}
	name := flags.preseed
	var text []byte
	var err error
	if name == "-" {
		name = "standard input"
		text, err = readfile.From(a.Stdin, readfile.Config)
	} else {
		text, err = readfile.Named(name, readfile.Config)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	adopted, left, err := a.adoptPreseed(cmd, text, flags)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for _, l := range left {
		fmt.Fprintln(a.messages(), a.forPeople(fmt.Sprintf("Left out: %s, line %d: %s: %s", name, l.Line, l.What, l.Why)))
	}
	for _, line := range adopted.Remarks("") {
		fmt.Fprintln(a.messages(), a.forPeople("Left out: "+line))
	}
	if len(adopted.File.Pools) == 0 {
		return fmt.Errorf("%s has no storage pools or volumes that a spec could have", name)
	}
	return a.writeSpec(adopted, flags)
}

// adoptPreseed works out what a spec has to say of a preseed.
func (a *app) adoptPreseed(cmd *cobra.Command, text []byte, flags *importFlags) (*adopt.Adopted, []preseed.Left, error) {
	type outcome struct {
		adopted *adopt.Adopted
		left    []preseed.Left
		secrets []string
		err     error
	}
	secrecy, err := a.secrecy(cmd.Context(), flags)
	if err != nil {
		return nil, nil, err
	}
	o, err := orInterrupted(cmd.Context(), func() (o outcome) {
		var p *preseed.Preseed
		if p, o.err = preseed.Read(text); o.err != nil {
			return o
		}
		o.secrets = adopt.SecretsIn(p, secrecy)
		o.adopted, o.left = adopt.Preseed(p, adopt.Options{Remote: a.remote, Pools: flags.pools, Secrecy: secrecy})
		return o
	})
	if err = errors.Join(err, o.err); err != nil {
		return nil, nil, err
	}
	a.secrets.Add(o.secrets...)
	return o.adopted, o.left, nil
}
