package accept

import (
	"context"

	"github.com/hashicorp/hcl/v2"

	"tarn/lxd/live"
	"tarn/planner"
	"tarn/spec"
	"tarn/spec/edit"
)

// Input is a spec, its files, and what a server holds of what it declares.
type Input struct {
	Spec  *spec.Spec
	Paths []string // as [spec.Load] takes them
	Load  spec.Options
	Files edit.Files // what is at the paths

	State   *live.State
	Options planner.Options

	// Read adds to the state what turns out to be needed, see [live.ReadDetails].
	Read func(context.Context, live.Details) error
}

// Result is a spec that has taken over what it could.
type Result struct {
	Spec  *spec.Spec
	Files edit.Files // all, changed or not
	Taken []Taken
	Left  []Left
}

// Taken is a difference that the files have taken over, and where: "storage.hcl:12".
type Taken struct {
	Item
	Place string
}

// Left is one that they have not.
type Left struct {
	Item
	Place string // "" when that is not known
	Why   string // a sentence without a full stop
}

// mostRounds is how often differences are looked for. What was taken over may show others: the config of a volume that was absent.
const mostRounds = 10

// Take takes what the server has into the spec, as far as it can. Diagnostics with errors say that an address in the options names nothing.
func Take(ctx context.Context, in Input) (*Result, hcl.Diagnostics, error) {
	r := &Result{Spec: in.Spec, Files: in.Files}
	for round := range mostRounds {
		differences, diags, err := in.differences(ctx, r.Spec)
		if err != nil || round == 0 && diags.HasErrors() { // later an address may name what is no longer declared
			return nil, diags, err
		}
		items := Items(r.Spec, in.State, in.Options, differences)
		taken, err := r.take(ctx, in, items)
		if err != nil {
			return nil, nil, err
		}
		if !taken {
			break
		}
	}
	return r, nil, nil
}

func (in *Input) differences(ctx context.Context, want *spec.Spec) ([]planner.Difference, hcl.Diagnostics, error) {
	all, missing, diags := planner.Differences(want, in.State, in.Options)
	if missing.None() {
		return all, diags, nil
	}
	if err := in.Read(ctx, missing); err != nil {
		return nil, nil, err
	}
	all, _, diags = planner.Differences(want, in.State, in.Options)
	return all, diags, nil
}

// take changes the files for some differences, and tells whether any was taken over.
func (r *Result) take(ctx context.Context, in Input, items []Item) (any bool, err error) {
	r.Left = nil
	var wishes []edit.Wish
	var of []Item
	for _, item := range items {
		if item.Why != "" {
			r.Left = append(r.Left, Left{item, item.KnownAt, item.Why})
			continue
		}
		wishes, of = append(wishes, item.Wish), append(of, item)
	}
	if len(wishes) == 0 {
		return false, nil
	}
	edited, err := edit.Take(ctx, in.Paths, in.Load, r.Files, wishes)
	if err != nil {
		return false, err
	}
	for _, taken := range edited.Taken {
		r.Taken = append(r.Taken, Taken{of[taken.Wish], taken.Place})
	}
	for _, left := range edited.Left {
		r.Left = append(r.Left, Left{of[left.Wish], left.Place, left.Why})
	}
	r.Spec, r.Files = edited.Spec, edit.Files(edited.Inputs)
	return len(edited.Taken) > 0, nil
}
