package lxd

import (
	"fmt"
	"slices"
	"testing"
)

// What a filter that is asked for costs is never much more than a list of all, however many of the held names are wanted and whatever they have in
// common. The costs are those that LXD 5.0.2 was seen to have on 2026-11-26, in microseconds of CPU time for each volume that it holds, by
// the length of the filter; a volume took 1,100 to be described.
func TestSelectionIsNeverMuchDearer(t *testing.T) {
	seen := []struct{ length, cost float64 }{{35, 70}, {119, 135}, {505, 335}, {921, 450}, {1726, 600}, {2390, 690}}
	cost := func(length float64) float64 {
		at := 1
		for at < len(seen)-1 && seen[at].length < length {
			at++
		}
		a, b := seen[at-1], seen[at]
		return a.cost + (length-a.length)*(b.cost-a.cost)/(b.length-a.length)
	}
	const describe, most = 1100, 1.05
	for _, held := range []int{10, 100, 500, 1000, 2500, 5000} {
		for _, part := range []int{1000, 100, 20, 10, 4, 3, 2, 1} {
			n := max(1, held/part)
			all := numbered("vol-%05d", 0, held, 1)
			spread := make([]string, n)
			hashed, hashes := make([]string, held), make([]string, n)
			for i := range hashed {
				hashed[i] = fmt.Sprintf("%08x", uint32(i)*2654435761)
			}
			for i := range n {
				spread[i] = all[i*7919%held]
				hashes[i] = hashed[i*7919%held]
			}
			for name, c := range map[string]struct{ names, held []string }{
				"the first": {all[:n], all}, "spread out": {spread, all}, "hashes": {hashes, hashed},
			} {
				s := newSelector(costDescribe, c.names, c.held)
				choice := s.below(0, len(s.texts), 0)
				if _, ok := selection(c.names, c.held, 0); !ok {
					continue
				}
				names := len(slices.Compact(slices.Sorted(slices.Values(c.names))))
				work := float64(held)*cost(float64(len(choice.pattern))) + describe*float64(names+choice.extra)
				if ratio := work / (float64(held) * describe); ratio > most {
					t.Errorf("%d of %d, %s: %.2f of a list of all, by a filter of %d characters", n, held, name, ratio, len(choice.pattern))
				}
			}
		}
	}
}
