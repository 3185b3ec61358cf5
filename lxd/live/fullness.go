package live

import (
	"context"
	"sync"

	"golang.org/x/sync/errgroup"

	"tarn/lxd"
)

// Fullness is how full a pool is, or a member's side of it.
type Fullness struct {
	Pool lxd.PoolID
	lxd.Space
}

// ReadFullness reads how full pools are, in bytes, and -1 where the server does not tell: a request for each, or for each member's side of one in a
// cluster, some at a time, but for those of which the state knows already. Pools that the state does not have are left out.
func ReadFullness(ctx context.Context, c *lxd.Client, state *State, pools []string) []Fullness {
	var all []Fullness
	for _, name := range pools {
		if pool := state.Pools[name]; pool != nil {
			for _, side := range state.Sides(pool) {
				all = append(all, Fullness{side, lxd.Space{Used: -1, Total: -1}})
			}
		}
	}
	var group errgroup.Group
	group.SetLimit(atOnce)
	var mu sync.Mutex
	for i := range all {
		group.Go(func() error {
			mu.Lock()
			resources := state.Resources[all[i].Pool]
			mu.Unlock()
			if resources == nil {
				var err error
				if resources, err = c.PoolResources(ctx, all[i].Pool); err != nil { // for people to know, not to decide by
					return nil
				}
			}
			if resources.Space.Total > 0 {
				all[i].Space = resources.Space
			}
			return nil
		})
	}
	_ = group.Wait() // nothing fails
	return all
}
