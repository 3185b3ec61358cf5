package applier

import (
	"context"
	"errors"
	"fmt"

	"tarn/lxd"
	"tarn/planner/plan"
)

func (e *executor) createPool(ctx context.Context, action plan.CreatePool, again bool, tell tell) error {
	id := lxd.PoolID{Name: action.Pool}
	create := lxd.PoolCreate{
		Name: action.Pool, Driver: action.Driver, Description: action.Description, Config: action.Config,
	}
	look := func() error {
		pool, err := e.client.Pool(ctx, id)
		if err != nil {
			return err
		}
		if pool.Status != "" && pool.Status != lxd.StatusCreated {
			return fmt.Errorf("the server broke off creating it, and its status is %s: delete it and apply again", pool.Status)
		}
		if err := ours(pool.Driver == action.Driver, pool.Config, action.Config); err != nil || pool.Description == action.Description {
			return err
		}
		// LXD 5.0.2 may forget it in a cluster, and the try that would have noticed was broken off.
		op, err := e.client.PatchPool(ctx, id, lxd.Patch{Description: action.Description}, pool)
		return e.finish(ctx, op, err, tell)
	}
	if action.Members != nil {
		err := e.client.CreateClusterPool(ctx, create, action.Members)
		if again && errors.Is(err, lxd.ErrConflict) {
			return look() // the last attempt got through, and its answer was lost
		}
		return err
	}
	return e.create(again, look, func() error {
		op, err := e.client.CreatePool(ctx, id, create)
		return e.finish(ctx, op, err, tell)
	})
}

// create sends a creation unless an earlier try turns out to have been one, before it or while it is under way.
func (*executor) create(again bool, look, send func() error) error {
	if !again {
		return send()
	}
	if err := look(); !errors.Is(err, lxd.ErrNotFound) {
		return err
	}
	err := send()
	if errors.Is(err, lxd.ErrConflict) {
		return look()
	}
	return err
}

// ours tells whether an object that is there when a creation is tried again is the one that the first try made. The
// server adds keys and may rewrite the source, so it is enough that what was asked for is there.
func ours(sameKind bool, live, asked map[string]string) error {
	for key, value := range asked {
		if key != "source" && key != "size" && live[key] != value {
			sameKind = false
		}
	}
	if sameKind {
		return nil
	}
	return errors.New("somebody else has created it with other settings since the plan was made; plan again")
}

func (e *executor) patchPool(ctx context.Context, action plan.PatchPool, tell tell) error {
	id := lxd.PoolID{Name: action.Pool}
	pool, err := e.client.Pool(ctx, id)
	if err != nil {
		return vanished(err)
	}
	patch, needed, err := merge(action.Changes, pool.Description, pool.Config, false)
	if err != nil || !needed {
		return err
	}
	op, err := e.client.PatchPool(ctx, id, patch, pool)
	return e.finish(ctx, op, err, tell)
}

func (e *executor) deletePool(ctx context.Context, action plan.DeletePool, tell tell) error {
	id := lxd.PoolID{Name: action.Pool}
	pool, err := e.client.Pool(ctx, id)
	if errors.Is(err, lxd.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if pool.Driver != action.Seen.Driver {
		return fmt.Errorf("it has another driver now (%s) than when the plan was made; plan again", pool.Driver)
	}
	if err := unchanged(action.Seen, pool.Description, pool.Config); err != nil {
		return err
	}
	op, err := e.client.DeletePool(ctx, id)
	return gone(e.finish(ctx, op, err, tell))
}
