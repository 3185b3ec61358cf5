package plan

import (
	"encoding/json"
	"fmt"
	"strings"
)

// check tells in what a plan that was read is none that a planner has made. Its parts have been read each by itself: here is how
// they go together.
func (p *Plan) check() error {
	remotes := map[string]bool{} // and whether a step needs them
	for _, remote := range p.Remotes {
		if _, twice := remotes[remote.Remote]; twice || remote.Remote == "" || remote.Address == "" {
			return fmt.Errorf("the remote %q is named twice, or has no name or address", remote.Remote)
		}
		remotes[remote.Remote] = false
	}
	type where struct {
		remote string
		object Object
	}
	seen := map[where]bool{}
	for i, s := range p.Seen {
		at := where{s.Remote, s.Object}
		_, known := remotes[s.Remote]
		switch {
		case seen[at]:
			return fmt.Errorf("seen, entry %d: %s is there twice", i+1, s.Object)
		case s.Remote != "" && (!known || s.Object.IsPool()):
			return fmt.Errorf("seen, entry %d: no volume comes from the remote %q", i+1, s.Remote)
		case !s.Object.IsPool() && (s.Config == nil || s.UsedBy == nil):
			return fmt.Errorf("seen, entry %d: it does not say what config %s had and what used it", i+1, s.Object)
		}
		seen[at] = true
	}
	for _, step := range p.Steps {
		from, ok := SourceOf(step.Action)
		if !ok || from.Remote == "" {
			continue
		}
		if _, known := remotes[from.Remote]; !known {
			return fmt.Errorf("step %d: the remote %q is not among those that volumes come from", step.Number, from.Remote)
		}
		remotes[from.Remote] = true
		if !from.Begun && !seen[where{from.Remote, VolumeObject(from.Volume)}] {
			return fmt.Errorf("step %d: it brings what was not seen", step.Number)
		}
	}
	for remote, needed := range remotes {
		if !needed {
			return fmt.Errorf("no step needs the remote %q", remote)
		}
	}
	return nil
}

// oneSpelling fails when a document has a field in another spelling than tarn writes: programs tell Steps from steps, and the
// decoder does not.
func oneSpelling(content []byte) error {
	var document any
	if err := json.Unmarshal(content, &document); err != nil {
		return err
	}
	var look func(any) error
	look = func(value any) error {
		switch value := value.(type) {
		case []any:
			for _, element := range value {
				if err := look(element); err != nil {
					return err
				}
			}
		case map[string]any:
			for name, field := range value {
				if name != strings.ToLower(name) {
					return fmt.Errorf("it has a field %q, which no plan has", name)
				}
				if name == "attributes" { // its names are those of config keys
					continue
				}
				if err := look(field); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return look(document)
}
