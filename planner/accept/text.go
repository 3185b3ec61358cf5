package accept

import (
	"fmt"

	"tarn/planner"
	"tarn/planner/plan"
)

// Text says what the difference is, for people: the object, and what of it.
func (i Item) Text() string {
	of := i.Object.String()
	switch i.Kind {
	case planner.Gone:
		return of + ": not on the server"
	case planner.Renamed:
		return fmt.Sprintf("%s: %s on the server", of, plan.VolumeName(i.Live))
	case planner.Present:
		return of + ": on the server, and absent in the spec"
	case planner.Undeclared:
		return of + ": not in the spec"
	}
	if i.Member != "" {
		of += " on member " + plan.Plain(i.Member)
	}
	return fmt.Sprintf("%s: %s %s → %s", of, i.Attr.Label(), plan.Shown(i.Spec, i.Secret), plan.Shown(i.Server, i.Secret))
}
