package applier

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tarn/lxd"
	"tarn/planner/plan"
)

// pendingLooks is how often a pool is looked at that is not complete after its creation was refused: 3 s in all.
const pendingLooks = 5

func (e *executor) createPool(ctx context.Context, action plan.CreatePool, retried bool, tell tell) error {
	e.poolDeletion.RLock()
	defer e.poolDeletion.RUnlock()
	id := lxd.PoolID{Name: action.Pool}
	create := lxd.PoolCreate{
		Name: action.Pool, Driver: action.Driver, Description: action.Description, Config: action.Config,
	}
	look := func() error {
		pool, err := e.client.Pool(ctx, id)
		if err != nil {
			return err
		}
		// Somebody else may be at it: in a cluster a pool is Errored until its creation has ended well (seen on LXD 5.0.2).
		unfinished := func() bool {
			return pool.Status == lxd.StatusPending || action.Members != nil && pool.Status == lxd.StatusErrored
		}
		for n := 0; n < pendingLooks && unfinished(); n++ {
			select {
			case <-ctx.Done():
				return context.Cause(ctx)
			case <-time.After(100 * time.Millisecond << n):
			}
			if pool, err = e.client.Pool(ctx, id); err != nil {
				return err
			}
		}
		if pool.Status != "" && pool.Status != lxd.StatusCreated {
			return fmt.Errorf("the server broke off creating it, and its status is %s: delete it and apply again", pool.Status)
		}
		now := plan.PoolAttributes(pool)
		asked := action.Attributes
		if now.Description == "" {
			asked.Description = ""
		}
		if err := asCreated(pool.Driver == action.Driver, now, asked); err != nil {
			return err
		}
		forgotten := otherFields(now, action.Attributes)
		if len(forgotten) == 0 {
			return nil
		}
		// LXD 5.0.2 may forget the description in a cluster, and the try that would have noticed was broken off.
		op, err := e.client.PatchPool(ctx, id, patchOf(now, forgotten), pool)
		return e.await(ctx, op, err, tell)
	}
	if action.Members != nil {
		// It takes up what has been begun, by an earlier try too.
		return e.create(false, look, func() error { return duringDeletion(e.client.CreateClusterPool(ctx, create, action.Members)) })
	}
	return e.create(retried, look, func() error {
		op, err := e.client.CreatePool(ctx, id, create)
		return duringDeletion(e.await(ctx, op, err, tell))
	})
}

// duringDeletion makes a fault that passes of a creation that did not find something: somebody else deletes a pool meanwhile, and
// LXD 6.9 names that one.
func duringDeletion(err error) error {
	if errors.Is(err, lxd.ErrNotFound) {
		return passingError{err}
	}
	return err
}

func (e *executor) patchPool(ctx context.Context, action plan.PatchPool, tell tell) error {
	id := lxd.PoolID{Name: action.Pool}
	pool, err := e.client.Pool(ctx, id)
	if err != nil {
		return absentSincePlan(err)
	}
	now := plan.PoolAttributes(pool)
	values, err := merge(action.Changes, now, false)
	if err != nil || len(values) == 0 {
		return err
	}
	op, err := e.client.PatchPool(ctx, id, patchOf(now, values), pool)
	if err = e.await(ctx, op, err, tell); refused(err) {
		if pool, readErr := e.client.Pool(ctx, id); readErr == nil {
			if left, mergeErr := merge(action.Changes, plan.PoolAttributes(pool), false); mergeErr == nil && len(left) == 0 {
				return nil
			}
		}
	}
	return err
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
	if err := unchanged(action.Seen, "", plan.PoolAttributes(pool)); err != nil {
		return err
	}
	if err := e.mustListAll(ctx, pool); err != nil {
		return err
	}
	e.poolDeletion.Lock()
	defer e.poolDeletion.Unlock()
	op, err := e.client.DeletePool(ctx, id)
	return goneIsDone(ctx, e.await(ctx, op, err, tell), func() error {
		_, err := e.client.Pool(ctx, id)
		return err
	})
}

// mustListAll fails when a pool that is to be deleted holds a volume of which the server does not say that it uses the pool. Of
// the others the server says itself that they are in the way.
func (e *executor) mustListAll(ctx context.Context, pool *lxd.Pool) error {
	server, err := e.client.Server(ctx)
	if err != nil {
		return err
	}
	unlisted, err := e.client.UnlistedVolumes(ctx, server, pool)
	var refused *lxd.Error
	switch {
	case errors.As(err, &refused) && !errors.Is(err, lxd.ErrTransient): // the pool went away or is not complete, or this client may not see all projects
		return nil
	case err != nil:
		return err
	}
	if len(unlisted) > 0 {
		return fmt.Errorf("it holds the volume %s; delete or move it first", plan.VolumeName(unlisted[0]))
	}
	return nil
}
