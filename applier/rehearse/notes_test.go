package rehearse_test

import (
	"context"
	"slices"
	"testing"

	"tarn/applier/rehearse"
	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/planner/plan"
)

// A rehearsal says which version it was on when that is not the version of the server.
func TestNoteOfVersion(t *testing.T) {
	for _, c := range []struct{ product, version, note string }{
		{"lxd-5.0", "5.0.2", ""},
		{"lxd-5.0", "5.0.4", "sim: is LXD 5.0.4, and was rehearsed as LXD 5.0.2"},
		{"lxd-5.21", "5.21.7", ""},
		{"lxd-5.21", "5.21.4", "sim: is LXD 5.21.4, and was rehearsed as LXD 5.21.7"},
		{"lxd-6", "6.9", ""},
		{"lxd-6", "6.8", "sim: is LXD 6.8, and was rehearsed as LXD 6.9"},
		{"incus-6", "6.0.4", ""},
		{"incus-6", "6.0.5", "sim: is Incus 6.0.5, and was rehearsed as Incus 6.0.4"},
		{"incus-7", "7.3", ""},
		{"incus-7", "7.4", "sim: is Incus 7.4, and was rehearsed as Incus 7.3"},
	} {
		client := connect(t, c.product)
		scope := live.Scope{Projects: []string{"default"}, Pools: map[string]live.Names{"d": nil}}
		state, err := live.Read(t.Context(), client, scope)
		if err != nil {
			t.Fatal(err)
		}
		state.Server.Version = c.version
		p := &plan.Plan{Steps: []plan.Step{{Number: 1, Action: create(id("d", "first"), "")}}}
		rehearsal, err := rehearse.Run(t.Context(), p, rehearse.Server{Client: client, Live: state}, rehearse.Options{
			Scope: scope,
			Plan:  func(context.Context, *lxd.Client, *live.State) (*plan.Plan, error) { return &plan.Plan{}, nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		if c.note != "" {
			want = []string{c.note}
		}
		if !slices.Equal(rehearsal.Notes, want) {
			t.Errorf("%s as %s: notes %q, want %q", c.product, c.version, rehearsal.Notes, want)
		}
	}
}
