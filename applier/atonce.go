package applier

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tarn/lxd"
	"tarn/lxd/schema"
	"tarn/planner/plan"
)

// Two applies of the same spec at once want the same. Of each step one of them is refused, in words that depend on the server and on how far
// the other one was: 404, 409, or 500 with a text of the database or of a file system. So what a refusal means is looked up: what is as
// the step wants it is done.

// refused tells whether an error is a server's refusal, which may be because the step is done.
func refused(err error) bool {
	var refusal *lxd.Error
	return errors.As(err, &refusal) && !errors.Is(err, lxd.ErrTransient) && !errors.Is(err, lxd.ErrForbidden) && !errors.Is(err, lxd.ErrPrecondition)
}

// create sends a creation unless an earlier try turns out to have been one. What is there when the server refuses it, and is what was
// wanted, is done, whoever made it.
func (*executor) create(retried bool, look, send func() error) error {
	if retried {
		if err := look(); !errors.Is(err, lxd.ErrNotFound) {
			return err
		}
	}
	err := send()
	if !refused(err) {
		return err
	}
	switch found := look(); {
	case found == nil:
		return nil
	case errors.Is(err, lxd.ErrConflict) && !errors.Is(found, lxd.ErrNotFound):
		return found
	}
	return err
}

// asCreated tells whether an object that is there already is what a step was to create: of the same kind, with all that was asked for.
// Servers add keys, and may rewrite the source and round the size.
func asCreated(sameKind bool, now, asked plan.Attributes) error {
	var other []string
	if !sameKind {
		other = append(other, "kind")
	}
	for attr, value := range asked.Fields() {
		if is, _ := now.Get(attr); value != "" && is != value {
			other = append(other, attr.Label())
		}
	}
	for key, value := range asked.Config {
		is := now.Config[key]
		if first, known := now.Config["volatile.initial_source"]; key == "source" && is != "" && (!known || first == value) {
			continue // rewritten; LXD keeps what it was of a device
		}
		if !alike(key, value, is) {
			other = append(other, key)
		}
	}
	if len(other) == 0 {
		return nil
	}
	slices.Sort(other)
	return fmt.Errorf("somebody else has created it since the plan was made, with another %s; plan again", strings.Join(other, ", "))
}

// alike tells whether two values mean the same, as far as can be told without the driver.
func alike(key, want, is string) bool {
	if want == is {
		return true
	}
	if a, err := schema.ParseBool(want); err == nil {
		b, err := schema.ParseBool(is)
		return err == nil && a == b
	}
	a, errA := schema.ParseSize(want)
	b, errB := schema.ParseSize(is)
	if errA != nil || errB != nil || is == "" {
		return false
	}
	return a == b || key == "size" && b > a && (b-a <= a/64 || b-a < 8<<10) // rounded up to blocks or extents
}

// goneIsDone takes a deletion for done when the object is gone, whatever the server says of it. Where another client deletes it at the same time,
// that may still be under way.
func goneIsDone(ctx context.Context, err error, look func() error) error {
	if errors.Is(err, lxd.ErrNotFound) {
		return nil
	}
	if !refused(err) || errors.Is(err, lxd.ErrInUse) {
		return err
	}
	const looks, first = 4, 100 * time.Millisecond
	for n := range looks {
		if errors.Is(look(), lxd.ErrNotFound) {
			return nil
		}
		if n == looks-1 {
			break
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(first << n):
		}
	}
	return err
}

// renamed looks whether a volume has got its new name, by an earlier try or by somebody else who wanted the same: the old name is gone, and
// what has the new one is what the plan saw under the old one, but for what this plan is to change of it. retried tells that this run has
// asked for it before, so that nobody else has to have done it.
func (e *executor) renamed(ctx context.Context, from, to lxd.VolumeID, retried bool) (done bool, err error) {
	if _, err := e.client.Volume(ctx, from); !errors.Is(err, lxd.ErrNotFound) {
		return false, err
	}
	volume, err := e.client.Volume(ctx, to)
	if err != nil {
		return false, absentSincePlan(err)
	}
	seen, known := e.seen[plan.VolumeObject(from)]
	switch {
	case retried:
		return true, nil
	case !known:
		return false, errors.New("it has its new name already, which it had not when the plan was made; plan again")
	}
	before := plan.VolumeAttributes(volume)
	before.Config = map[string]string{}
	for key, value := range volume.Config {
		before.Config[key] = value
	}
	for _, change := range e.changes[to] {
		switch {
		case !has(before, change.Attr, change.To):
		case change.From != nil:
			before.Set(change.Attr, plan.Value{Text: *change.From})
		case change.Attr.Key != "":
			delete(before.Config, change.Attr.Key)
		default:
			before.Set(change.Attr, plan.Value{})
		}
	}
	if err := unchanged(seen, plan.Identity(volume), before); err != nil {
		return false, fmt.Errorf("its old name is gone, and what has the new one is not what the plan saw: %w", err)
	}
	return true, nil
}

// expect notes what a plan says of objects, for looks at what others have done.
func (e *executor) expect(p *plan.Plan) {
	e.seen, e.changes = map[plan.Object]plan.Seen{}, map[lxd.VolumeID][]plan.Change{}
	for _, seen := range p.Seen {
		if seen.Remote == "" {
			e.seen[seen.Object] = seen
		}
	}
	for _, step := range p.Steps {
		if action, ok := step.Action.(plan.PatchVolume); ok {
			e.changes[action.Volume] = append(e.changes[action.Volume], action.Changes...)
		}
	}
}
