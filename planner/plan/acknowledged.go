package plan

import (
	"maps"
	"path"
	"slices"
)

// Acknowledgment is drift that somebody knows of, as a spec says it. It changes nothing about a plan; what looks for drift counts apart
// what it covers.
type Acknowledgment struct {
	Address string   // of the objects, as the spec has it
	Keys    []string // globs of config keys, and description; nil for all about the objects
	Reason  string
	Until   string // the last day that it holds, 2026-12-31; "" for ever
	Place   *Range // in the spec

	Objects []Object // that it means, of those that the plan is about
	Ended   bool     // the day that the plan was made for is after Until
}

// Covers tells whether it is about all of an object.
func (a *Acknowledgment) Covers(object Object) bool {
	return a.Keys == nil && slices.Contains(a.Objects, object)
}

// CoversChange tells whether it is about a change of an attribute of an object.
func (a *Acknowledgment) CoversChange(object Object, attr Attr) bool {
	if !slices.Contains(a.Objects, object) {
		return false
	}
	return a.Keys == nil || slices.ContainsFunc(a.Keys, func(glob string) bool {
		if key, ok := attr.ConfigKey(); ok {
			matched, _ := path.Match(glob, key)
			return matched
		}
		return glob == attr.Name
	})
}

// Objects are what a step is about, as it is called before and after.
func (s *Step) Objects() []Object {
	objects := []Object{s.Action.Object()}
	switch action := s.Action.(type) {
	case RenameVolume:
		objects = append(objects, VolumeObject(action.To()))
	case MoveVolume:
		objects = append(objects, VolumeObject(action.To))
	}
	return objects
}

// ChangesOf are the changes of an action that patches, nil for any other.
func ChangesOf(action Action) []Change {
	switch action := action.(type) {
	case PatchPool:
		return action.Changes
	case PatchVolume:
		return action.Changes
	}
	return nil
}

// WithChanges is an action that patches with these changes in place of its own.
func WithChanges(action Action, changes []Change) Action {
	switch action := action.(type) {
	case PatchPool:
		action.Changes = changes
		return action
	case PatchVolume:
		action.Changes = changes
		return action
	}
	return action
}

// Verb is what an action does: create, copy, patch, rename, move, migrate or delete.
func Verb(action Action) string { return action.verb() }

// Finishes tells whether an action ends what an earlier run has begun.
func Finishes(action Action) bool {
	switch action := action.(type) {
	case MoveVolume:
		return action.Finish
	case MigrateVolume:
		return action.Finish
	}
	return false
}

// Created are the attributes of what an action creates, as changes from nothing; nil for any other action.
func Created(action Action) []Change {
	switch action := action.(type) {
	case CreatePool:
		changes := createdChanges("driver", action.Driver, "", action.Attributes)
		for _, member := range slices.Sorted(maps.Keys(action.Members)) {
			changes = append(changes, createdChanges("", "", memberPrefix(member), action.member(member))...)
		}
		return changes
	case CreateVolume:
		return createdChanges("content_type", action.ContentType, "", action.Attributes)
	}
	return nil
}

func createdChanges(name, kind, prefix string, attributes Attributes) []Change {
	var changes []Change
	if kind != "" {
		changes = append(changes, Change{Attr: Attr{Name: name}, To: &kind})
	}
	for attr, value := range attributes.All() {
		if prefix != "" {
			attr = Attr{Name: prefix + attr.String()}
		}
		changes = append(changes, Change{Attr: attr, To: &value.Text, Secret: value.Secret})
	}
	return changes
}
