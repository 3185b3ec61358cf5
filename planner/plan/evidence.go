package plan

import (
	"fmt"
	"strings"

	"tarn/lxd/schema"
)

// Evidence is what the class of a step rests on. The zero value is none.
type Evidence struct {
	Used               *int64 // bytes that are in it; nil when nobody knows
	Snapshots, Backups int    // that go with it
	UsedBy             []User // that notice it
}

// None tells that there is nothing to say.
func (e Evidence) None() bool { return e.String() == "" }

// String words the evidence: 1.2 GiB used, 2 snapshots.
func (e Evidence) String() string {
	var parts []string
	if e.Used != nil {
		parts = append(parts, schema.FormatSize(*e.Used)+" used")
	}
	for _, held := range []struct {
		n     int
		thing string
	}{{e.Snapshots, "snapshot"}, {e.Backups, "backup"}} {
		if held.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", held.n, Plural(held.n, held.thing)))
		}
	}
	if len(e.UsedBy) > 0 {
		parts = append(parts, "used by "+ListUsers(e.UsedBy))
	}
	return strings.Join(parts, ", ")
}
