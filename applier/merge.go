package applier

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/planner"
)

// merge makes the patch that brings an object to what the changes say. needed is false when it is so already. What a
// change touches must be as the plan saw it, or as it is to be; the rest may have changed. moved tells that a move has
// just rewritten the config, so that only what it is to be counts.
func merge(changes []planner.Change, description string, config map[string]string, moved bool) (patch lxd.Patch, needed bool, err error) {
	// The description goes along whatever changes: the server would clear it.
	patch = lxd.Patch{Description: description, Config: map[string]string{}}
	for _, change := range changes {
		key, isConfig := strings.CutPrefix(change.Attr, "config.")
		now, set := config[key], config[key] != ""
		if !isConfig {
			now, set = description, true
		}
		switch {
		case same(change.To, now, set):
			continue
		case !moved && !same(change.From, now, set):
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

func same(value *string, now string, set bool) bool {
	if value == nil {
		return !set
	}
	return set && *value == now
}

// unchanged tells what is different from what the plan saw.
func unchanged(seen planner.Seen, description string, config map[string]string) error {
	if description != seen.Description {
		return fmt.Errorf("its description has changed since the plan was made; plan again")
	}
	keys := maps.Clone(config)
	if keys == nil {
		keys = map[string]string{}
	}
	maps.Copy(keys, seen.Config)
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if !strings.HasPrefix(key, "volatile.") && config[key] != seen.Config[key] {
			return fmt.Errorf("its config key %s has changed since the plan was made; plan again", key)
		}
	}
	return nil
}
