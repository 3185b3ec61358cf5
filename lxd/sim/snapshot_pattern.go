package sim

import (
	"net/http"
	"strconv"
	"strings"
)

// nextSnapshot is the name of a snapshot that was given none. On newer servers it follows the volume's snapshots.pattern, in which %d
// is a number that no other snapshot has; LXD 5.0.2 and Incus 6.0.4 do so only for snapshots that they make by themselves.
func (s *Server) nextSnapshot(v *Volume) (string, error) {
	pattern := v.Config["snapshots.pattern"]
	if pattern == "" || !s.product.FollowsPattern {
		pattern = "snap%d"
	}
	template := strings.Contains(pattern, "{{")
	pattern = creationDate(pattern)
	numbers := strings.Count(pattern, "%d")
	switch {
	case s.product.PatternNeedsNumber && numbers != 1 && !template:
		return "", httpError(http.StatusBadRequest, "Couldn't determine snapshot name")
	case numbers > 1:
		return "", serverError("Snapshot pattern may contain '%%%%d' only once")
	case numbers == 0:
		return pattern, nil
	}
	before, after, _ := strings.Cut(pattern, "%d")
	next := 0
	for _, snapshot := range v.Snapshots {
		rest, ok := strings.CutPrefix(snapshot.Name, before)
		if !ok || !strings.HasSuffix(rest, after) {
			continue
		}
		if n, err := strconv.Atoi(strings.TrimSuffix(rest, after)); err == nil {
			next = max(next, n+1)
		}
	}
	return before + strconv.Itoa(next) + after, nil
}

// creationDate fills in the time that a template asks for in its plainest form. Filters of pongo2 are not simulated.
func creationDate(pattern string) string {
	for _, variable := range []string{"{{ creation_date }}", "{{creation_date}}"} {
		pattern = strings.ReplaceAll(pattern, variable, now().UTC().String())
	}
	return pattern
}
