package cli

import (
	"encoding/json"

	"tarn/planner"
	"tarn/planner/accept"
	"tarn/planner/plan"
)

// acceptedJSON is what accept --json writes.
type acceptedJSON struct {
	FormatVersion string             `json:"format_version"`
	Written       bool               `json:"written"`
	Files         []string           `json:"files"`
	Taken         []acceptedItemJSON `json:"taken"`
	Left          []acceptedItemJSON `json:"left"`
	StillToDo     []string           `json:"still_to_do"`
}

// acceptedItemJSON is one difference.
type acceptedItemJSON struct {
	Difference string  `json:"difference"` // changed, gone, renamed, present, undeclared
	Object     string  `json:"object"`
	Address    string  `json:"address,omitempty"`
	Member     string  `json:"member,omitempty"`
	Attribute  string  `json:"attribute,omitempty"`
	Spec       *string `json:"spec,omitempty"`
	Server     *string `json:"server,omitempty"`
	Place      string  `json:"place,omitempty"`
	Why        string  `json:"why,omitempty"`
}

var differenceNames = map[planner.DifferenceKind]string{
	planner.Changed: "changed", planner.Gone: "gone", planner.Renamed: "renamed", planner.Present: "present", planner.Undeclared: "undeclared",
}

// acceptJSON writes the files, and says as JSON what was done.
func (a *app) acceptJSON(found *acceptance, flags *acceptFlags) error {
	out := acceptedJSON{FormatVersion: "1.0", Files: []string{}, Taken: []acceptedItemJSON{}, Left: []acceptedItemJSON{}, StillToDo: []string{}}
	for _, file := range found.files {
		out.Files = append(out.Files, file.Name)
	}
	for _, item := range found.taken {
		out.Taken = append(out.Taken, a.itemJSON(item.Item, item.Place, ""))
	}
	for _, item := range found.left {
		out.Left = append(out.Left, a.itemJSON(item.Item, item.Place, item.Why))
	}
	for _, text := range found.after {
		out.StillToDo = append(out.StillToDo, a.forPeople(text))
	}
	if !flags.diff && len(found.files) > 0 {
		if err := a.interrupts.whole(func() error { return writeAccepted(found.files) }); err != nil {
			return err
		}
		out.Written = true
	}
	encoder := json.NewEncoder(jsonOut{a.Stdout})
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(out); err != nil {
		return err
	}
	return found.exit(flags)
}

func (a *app) itemJSON(item accept.Item, place, why string) acceptedItemJSON {
	out := acceptedItemJSON{
		Difference: differenceNames[item.Kind], Object: item.Object.String(), Address: item.Address, Member: item.Member,
		Place: place, Why: a.forPeople(why),
	}
	switch {
	case item.Kind == planner.Renamed:
		name := plan.VolumeName(item.Live)
		out.Server = &name
	case item.Kind == planner.Changed:
		out.Attribute = item.Attr.String()
		if !item.Secret {
			out.Spec, out.Server = item.Spec, item.Server
		}
	}
	return out
}
