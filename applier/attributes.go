package applier

import (
	"fmt"
	"strings"

	"tarn/lxd"
	"tarn/planner/plan"
)

// has tells whether an attribute is what a plan says of it; nil is not set.
func has(now plan.Attributes, attr plan.Attr, want *string) bool {
	value, set := now.Get(attr)
	if want == nil {
		return !set
	}
	return set && value == *want
}

// values are what attributes are to be; "" unsets a key of the config.
type values map[plan.Attr]string

// createOf is what a volume is created from.
func createOf(action plan.CreateVolume) lxd.VolumeCreate {
	return lxd.VolumeCreate{Description: action.Description, ContentType: action.ContentType, Config: action.Config}
}

// patchOf is the request that changes these values and no others. The fields go along whatever changes, the description for one:
// the server would clear it.
func patchOf(now plan.Attributes, values values) lxd.Patch {
	send := now
	send.Config = map[string]string{}
	for attr, value := range values {
		send.Set(attr, plan.Value{Text: value})
	}
	return lxd.Patch{Description: send.Description, Config: send.Config}
}

// merge gives the values that an object has to get to be what the changes say, none when it is so already. What a change
// touches must be as the plan saw it, or as it is to be; the rest may have changed. moved tells that a move has just rewritten
// the config, so that only what it is to be counts.
func merge(changes []plan.Change, now plan.Attributes, moved bool) (values, error) {
	needed := values{}
	for _, change := range changes {
		_, set := now.Get(change.Attr)
		switch {
		case has(now, change.Attr, change.To):
			continue
		case !moved && !has(now, change.Attr, change.From) && !(secretLeftOut(change) && set):
			return nil, fmt.Errorf("%s has changed since the plan was made; plan again", change.Attr)
		}
		needed[change.Attr] = ""
		if change.To != nil {
			needed[change.Attr] = *change.To
		}
	}
	return needed, nil
}

// otherFields are the values that an object has to get to have the fields that were asked for.
func otherFields(now, asked plan.Attributes) values {
	needed := values{}
	for attr, value := range asked.Fields() {
		if !has(now, attr, &value) {
			needed[attr] = value
		}
	}
	return needed
}

// secretLeftOut tells whether a change does not say what it was before: a saved plan holds no secrets.
func secretLeftOut(change plan.Change) bool {
	return change.Secret && change.From != nil && *change.From == ""
}

// unchanged tells in what an object that is to be deleted is no longer as the plan saw it.
func unchanged(seen plan.Seen, identity string, now plan.Attributes) error {
	if what := seen.Differs(seen.With(identity, now)); len(what) > 0 {
		return fmt.Errorf("it has changed since the plan was made: %s; plan again", strings.Join(what, "; "))
	}
	return nil
}
