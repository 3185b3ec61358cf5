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
// exists already, or shall go, are not the spec's choice: there is no warning for them.
func (l *loader) checkName(kind, name string, err error, rng hcl.Range, chosen bool) {
	if err != nil {
		for _, line := range strings.Split(err.Error(), "\n") {
			l.errorf(rng, fmt.Sprintf("Invalid %s name", kind), "LXD does not take this name: %s.", line)
		}
		return
	}
	if err := schema.CheckPortable(name); err != nil && chosen && l.opts.Portable {
		l.warnf(rng, "Name is not portable", "%s.", capital(err.Error()))
	}
}
