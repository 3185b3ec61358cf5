package cli

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"tarn/planner"
	"tarn/planner/plan"
	"tarn/spec"
)

// named leaves out the checks that have nothing of what --only names, and says so once for each spec. What none of several has that --only or
// --exclude names is an error, unless there is no plan for one of them, which may have it.
func (a *app) named(checks []*driftCheck) ([]*driftCheck, error) {
	var nowhere []plan.Unnamed
	for i, c := range checks {
		if c.Plan == nil {
			nowhere = nil
			break
		}
		if i == 0 {
			nowhere = slices.Clone(c.Plan.Unnamed)
			continue
		}
		nowhere = slices.DeleteFunc(nowhere, func(u plan.Unnamed) bool { return c.lacks(u.Flag, u.Address) == nil })
		for j := range nowhere {
			all := append(slices.Clip(nowhere[j].Names), c.lacks(nowhere[j].Flag, nowhere[j].Address).Names...)
			slices.Sort(all)
			nowhere[j].Names = slices.Compact(all)
		}
	}
	var diags hcl.Diagnostics
	for _, u := range nowhere {
		diags = append(diags, planner.NothingNamed(u, "no spec has a pool or a volume of that name or address"))
	}
	if err := a.report(&spec.Spec{}, diags); err != nil {
		return nil, err
	}
	var left []*driftCheck
	var specs []string
	remotes := map[string][]string{} // where a spec has nothing of it, by specs
	for _, c := range checks {
		if c.Plan == nil || len(c.Plan.Only) == 0 || slices.ContainsFunc(c.Plan.Only, func(address string) bool { return c.lacks("--only", address) == nil }) {
			left = append(left, c)
			continue
		}
		if remotes[c.Spec] == nil {
			specs = append(specs, c.Spec)
		}
		remotes[c.Spec] = append(remotes[c.Spec], c.Remote)
	}
	for _, name := range specs {
		on := ""
		if slices.ContainsFunc(left, func(c *driftCheck) bool { return c.Spec == name }) {
			on = " on " + plan.List(remotes[name])
		}
		fmt.Fprintf(a.messages(), "%s%s has nothing of what --only names, and is left out.\n", a.forPeople(plan.Plain(name)), a.forPeople(on))
	}
	return left, nil
}

// lacks is that an address names nothing in the check, nil when it names something.
func (c *driftCheck) lacks(flag, address string) *plan.Unnamed {
	i := slices.IndexFunc(c.Plan.Unnamed, func(u plan.Unnamed) bool { return u.Flag == flag && u.Address == address })
	if i < 0 {
		return nil
	}
	return &c.Plan.Unnamed[i]
}
