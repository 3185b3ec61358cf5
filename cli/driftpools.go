package cli

import (
	"context"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"tarn/lxd/live"
	"tarn/planner/drift"
)

// pools are how full the pools are that the spec declares.
func (s *session) pools(ctx context.Context) []drift.Fullness {
	names := map[string]bool{}
	for _, pool := range s.want.Pools {
		names[pool.Name] = true
	}
	var pools []drift.Fullness
	for _, f := range live.ReadFullness(ctx, s.client, s.live, slices.Sorted(maps.Keys(names))) {
		pools = append(pools, drift.Fullness{Pool: f.Pool.Name, Member: f.Pool.Member, Used: f.Used, Total: f.Total})
	}
	return pools
}

// showsPools tells whether something is written that says how full pools are, for which each of them is asked.
func showsPools(cmd *cobra.Command) bool {
	return slices.ContainsFunc([]string{"metrics", "history", "html"}, cmd.Flags().Changed)
}
