package applier

import (
	"errors"
	"fmt"
	"strings"

	"tarn/lxd"
	"tarn/planner/plan"
)

// attributes are what a server has for an object, of that which a patch can change. This type and [patchOf] are where an
// attribute is read and written; the rest of the package knows none by name.
type attributes struct {
	description string
	config      map[string]string
}

func poolAttributes(pool *lxd.Pool) attributes { return attributes{pool.Description, pool.Config} }

func volumeAttributes(volume *lxd.Volume) attributes {
	return attributes{volume.Description, volume.Config}
}

// get gives a value. A key of the config that is empty is not set, and a description always is.
func (a attributes) get(attr plan.Attr) (value string, set bool) {
	if key, ok := attr.ConfigKey(); ok {
		return a.config[key], a.config[key] != ""
	}
	return a.description, true
}

// has tells whether an attribute is what a plan says of it; nil is not set.
func (a attributes) has(attr plan.Attr, want *string) bool {
	value, set := a.get(attr)
	if want == nil {
		return !set
	}
	return set && value == *want
}

// values are what attributes are to be; "" unsets a key of the config.
type values map[plan.Attr]string

// patchOf is the request that changes these values and no others. The description goes along whatever changes: the server
// would clear it.
func patchOf(now attributes, values values) lxd.Patch {
	patch := lxd.Patch{Description: now.description, Config: map[string]string{}}
	for attr, value := range values {
		if key, ok := attr.ConfigKey(); ok {
			patch.Config[key] = value
		} else {
			patch.Description = value
		}
	}
	return patch
}

// merge gives the values that an object has to get to be what the changes say, none when it is so already. What a change
// touches must be as the plan saw it, or as it is to be; the rest may have changed. moved tells that a move has just rewritten
// the config, so that only what it is to be counts.
func merge(changes []plan.Change, now attributes, moved bool) (values, error) {
	needed := values{}
	for _, change := range changes {
		_, set := now.get(change.Attr)
		switch {
		case now.has(change.Attr, change.To):
			continue
		case !moved && !now.has(change.Attr, change.From) && !(withheld(change) && set):
			return nil, fmt.Errorf("%s has changed since the plan was made; plan again", change.Attr)
		}
		needed[change.Attr] = ""
		if change.To != nil {
			needed[change.Attr] = *change.To
		}
	}
	return needed, nil
}

// withheld tells whether a change does not say what it was before: a saved plan holds no secrets.
func withheld(change plan.Change) bool {
	return change.Secret && change.From != nil && *change.From == ""
}

// unchanged tells in what an object that is to be deleted is no longer as the plan saw it.
func unchanged(seen plan.Seen, now attributes) error {
	if what := seen.Differs(seen.Again(now.description, now.config)); len(what) > 0 {
		return fmt.Errorf("it has changed since the plan was made: %s; plan again", strings.Join(what, "; "))
	}
	return nil
}

// asCreated tells whether an object that is there when a creation is tried again is the one that the first try made: of the
// same kind, and with all the config that was asked for. The server adds keys, and may rewrite the source and the size.
func asCreated(sameKind bool, now attributes, asked map[string]string) error {
	for key, value := range asked {
		if key != "source" && key != "size" && now.config[key] != value {
			sameKind = false
		}
	}
	if sameKind {
		return nil
	}
	return errors.New("somebody else has created it with other settings since the plan was made; plan again")
}
