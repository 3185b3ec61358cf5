package applier

import (
	"fmt"
	"strings"

	"tarn/lxd"
	"tarn/planner/plan"
)

// merge makes the patch that brings an object to what the changes say. needed is false when it is so already. What a
// change touches must be as the plan saw it, or as it is to be; the rest may have changed. moved tells that a move has
// just rewritten the config, so that only what it is to be counts.
func merge(changes []plan.Change, description string, config map[string]string, moved bool) (patch lxd.Patch, needed bool, err error) {
	// The description goes along whatever changes: the server would clear it.
	patch = lxd.Patch{Description: description, Config: map[string]string{}}
	for _, change := range changes {
		key, isConfig := change.Attr.ConfigKey()
		now, set := config[key], config[key] != ""
		if !isConfig {
			now, set = description, true
		}
		switch {
		case same(change.To, now, set):
			continue
		case !moved && !same(change.From, now, set) && !(withheld(change) && set):
			return lxd.Patch{}, false, fmt.Errorf("%s has changed since the plan was made; plan again", change.Attr)
		}
		needed = true
		to := ""
		if change.To != nil {
			to = *change.To
		}
		if isConfig {
			patch.Config[key] = to
		} else {
			patch.Description = to
		}
	}
	return patch, needed, nil
}

// withheld tells whether a change does not say what it was before: a saved plan holds no secrets.
func withheld(change plan.Change) bool {
	return change.Secret && change.From != nil && *change.From == ""
}

func same(value *string, now string, set bool) bool {
	if value == nil {
		return !set
	}
	return set && *value == now
}

// unchanged tells in what an object that is to be deleted is no longer as the plan saw it.
func unchanged(seen plan.Seen, description string, config map[string]string) error {
	if what := seen.Differs(seen.Again(description, config)); len(what) > 0 {
		return fmt.Errorf("it has changed since the plan was made: %s; plan again", strings.Join(what, "; "))
	}
	return nil
}
