package drift

import (
	"fmt"
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/planner/plan"
)

// What can only be said of checks when the others of the run are known.

// uncovered are the acknowledgments of a check that cover nothing there, without those that another check of the same spec needs or, because it
// has no plan, may need: a spec for several servers acknowledges what is on one of them.
func (r *Run) uncovered(c *Check) []Acknowledgment {
	return slices.DeleteFunc(slices.Clone(c.Unneeded), func(a Acknowledgment) bool {
		return slices.ContainsFunc(r.Checks, func(other Check) bool {
			return other.Spec == c.Spec && (other.Plan == nil ||
				!slices.ContainsFunc(other.Unneeded, func(u Acknowledgment) bool { return u.Address == a.Address && *u.Place == *a.Place }))
		})
	})
}

// among is the check as it is shown beside the others of the run.
func (r *Run) among(c *Check) *Check {
	shown := *c
	shown.Unneeded = r.uncovered(c)
	return &shown
}

// sameServers says, one line for each, which servers were looked at under several names: what differs there is counted once for each.
func (r *Run) sameServers() []string {
	var servers []plan.Server
	var names [][]string
	for i := range r.Checks {
		c := &r.Checks[i]
		if c.Plan == nil {
			continue
		}
		at := slices.IndexFunc(servers, c.Server.Same)
		if at < 0 {
			at = len(servers)
			servers, names = append(servers, c.Server), append(names, nil)
		}
		if name := lxd.PlainLine(c.Remote); !slices.Contains(names[at], name) {
			names[at] = append(names[at], name)
		}
	}
	var lines []string
	for _, same := range names {
		if n := len(same); n > 1 {
			lines = append(lines, fmt.Sprintf("%s and %s are one server, whose drift is counted for each of these names.", strings.Join(same[:n-1], ", "), same[n-1]))
		}
	}
	return lines
}
