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

	Objects []Object // that it means, in the order of [CompareObjects]
	Ended   bool     // the day that the plan was made for is after Until
}

// CoversAny tells whether it is about all of one of these objects, which are names of one.
func (a *Acknowledgment) CoversAny(objects []Object) bool { return a.Keys == nil && a.means(objects) }

func (a *Acknowledgment) means(objects []Object) bool {
	return slices.ContainsFunc(objects, func(object Object) bool {
		_, found := slices.BinarySearchFunc(a.Objects, object, CompareObjects)
		return found
	})
}

// CoversChange tells whether it is about a change of an attribute of one of these objects, which are names of one.
func (a *Acknowledgment) CoversChange(objects []Object, attr Attr) bool {
	if !a.means(objects) {
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

// Ends says until when something is acknowledged.
func (a *Acknowledgment) Ends() string {
	if a.Until == "" {
		return "acknowledged"
	}
	return "acknowledged until " + a.Until
}

// KnownBy are the acknowledgments by which something is known today, and, when there is none, by which it was until they ran out; nil for
// none. Of several it is the one that holds longest.
func (p *Plan) KnownBy(covers func(*Acknowledgment) bool) (known, expired *Acknowledgment) {
	for i := range p.Acknowledgments {
		a := &p.Acknowledgments[i]
		if !covers(a) {
			continue
		}
		to := &known
		if a.Ended {
			to = &expired
		}
		if *to == nil || (*to).Until != "" && (a.Until == "" || a.Until > (*to).Until) {
			*to = a
		}
	}
	if known != nil {
		expired = nil
	}
	return known, expired
}

// Uses are the acknowledgments by which something of the plan is known, or was until they ran out. Of several for one thing these are those that
// hold longest.
func (p *Plan) Uses() map[*Acknowledgment]bool {
	used := map[*Acknowledgment]bool{}
	use := func(covers func(*Acknowledgment) bool) {
		known, expired := p.KnownBy(covers)
		used[known], used[expired] = true, true
	}
	whole := func(objects ...Object) { use(func(a *Acknowledgment) bool { return a.CoversAny(objects) }) }
	for i := range p.Steps {
		objects, changes := p.Steps[i].Objects(), ChangesOf(p.Steps[i].Action)
		if changes == nil {
			whole(objects...)
		}
		for _, change := range changes {
			use(func(a *Acknowledgment) bool { return a.CoversChange(objects, change.Attr) })
		}
	}
	for _, object := range slices.Concat(p.Orphans, p.Strangers) {
		whole(object)
	}
	for _, blocker := range p.Blockers {
		whole(blocker.Object)
	}
	for _, notice := range p.Notices {
		if notice.Unfinished() {
			whole(notice.Object)
		}
	}
	delete(used, nil)
	return used
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

func (a *Acknowledgment) json() jsonAcknowledgment {
	out := jsonAcknowledgment{Address: a.Address, Keys: a.Keys, Reason: a.Reason, Until: a.Until, Ended: a.Ended, Objects: make([]jsonObject, len(a.Objects)), Range: a.Place}
	for i, object := range a.Objects {
		out.Objects[i] = object.json()
	}
	return out
}

func (in *jsonAcknowledgment) acknowledgment() (Acknowledgment, error) {
	a := Acknowledgment{Address: in.Address, Keys: in.Keys, Reason: in.Reason, Until: in.Until, Ended: in.Ended, Place: in.Range}
	for _, object := range in.Objects {
		o, err := object.object()
		if err != nil {
			return a, err
		}
		a.Objects = append(a.Objects, o)
	}
	return a, nil
}

// Verbs are all that Verb gives, in the order of a plan's summary.
func Verbs() []string { return slices.Clone(verbs) }
