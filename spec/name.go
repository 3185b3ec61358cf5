package spec

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"tarn/lxd/schema"
)

// checkNameNotEmpty reports a name attribute that is "". label is what the name is without it.
func (r *reader) checkNameNotEmpty(name, label string) {
	if name == "" && r.ranges.Given("name") && !r.ranges.Unknown["name"] {
		r.l.errorf(r.ranges.Of("name"), "Invalid name", "A name cannot be empty. Leave the attribute out to take the label %q.", label)
	}
}

// checkName reports a name that the server would refuse, and warns of one that only some servers take. Names of what
// exists already, or shall go, are not the spec's choice: there is no warning for them. pool is the name of the pool around a volume.
func (l *loader) checkName(kind, pool, name string, err error, rng hcl.Range, chosen bool) {
	if err != nil {
		for _, line := range strings.Split(err.Error(), "\n") {
			if strings.HasSuffix(line, slashInName) {
				line = strings.TrimSuffix(line, slashInName) + slashInName + whereSlashIs(kind, pool, name)
			}
			l.errorf(rng, fmt.Sprintf("Invalid %s name", kind), "LXD does not take this name: %s.", line)
		}
		return
	}
	if chosen && l.doubtName(name, rng) {
		return
	}
	if err := schema.CheckPortable(name); err != nil && chosen && l.opts.Portable {
		l.warnOnce(rng, "Name is not portable", capital(err.Error())+".")
	}
}

// slashInName ends what the schema says of a name with a slash.
const slashInName = "has a slash: write it without"

// whereSlashIs goes on about a name with a slash, which most likely is pool and volume as lxc and plans write them.
func whereSlashIs(kind, pool, name string) string {
	before, after, _ := strings.Cut(name, "/")
	switch {
	case strings.TrimSpace(before) != before || strings.TrimSpace(after) != after || before == "" || after == "" || strings.Contains(after, "/"):
		return ""
	case kind == "volume" && before == pool:
		return fmt.Sprintf(". The pool is the block around it: the volume is called %q", after)
	}
	return fmt.Sprintf(". For the volume %q of the pool %q, write pool %[2]q { volume %[1]q { … } }", after, before)
}
