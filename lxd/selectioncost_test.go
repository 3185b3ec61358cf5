package lxd

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// What a filter that is asked for costs is never much more than a list of all, however many of the held names are wanted and whatever they have in
// common. The costs are those that LXD 5.0.2 was seen to have on 2026-11-26, in microseconds for each of the 500 volumes that it held, by
// the number of alternatives of names that were numbers, hashes or words, whichever took longest. A list took 70 for each that
// it held and 1,170 for one that it described.
func TestSelectionIsNeverMuchDearer(t *testing.T) {
	seen := []struct{ either, cost float64 }{{0, 20}, {19, 50}, {59, 90}, {149, 220}, {249, 280}, {499, 690}, {899, 1320}, {1249, 2020}}
	cost := func(either float64) float64 {
		at := 1
		for at < len(seen)-1 && seen[at].either < either {
			at++
		}
		a, b := seen[at-1], seen[at]
		return a.cost + (either-a.either)*(b.cost-a.cost)/(b.either-a.either)
	}
	const hold, describe, most = 70, 1170, 1.05
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
				pattern, ok := selection(c.names, c.held, expression{})
				if !ok {
					continue
				}
				described, selects := 0, regexp.MustCompile("(?i)"+pattern)
				for _, name := range c.held {
					if selects.MatchString(name) {
						described++
					}
				}
				work := float64(held)*(hold+cost(float64(strings.Count(pattern, "|")))) + describe*float64(described)
				if ratio := work / (float64(held) * (hold + describe)); ratio > most {
					t.Errorf("%d of %d, %s: %.2f of a list of all, by a filter of %d characters", n, held, name, ratio, len(pattern))
				}
			}
		}
	}
}
