package applier

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"tarn/lxd"
	"tarn/lxd/schema"
	"tarn/planner/plan"
)

func (e *executor) createVolume(ctx context.Context, action plan.CreateVolume, retried bool, tell tell) error {
	look := func() error {
		volume, err := e.client.Volume(ctx, action.Volume)
		if err != nil {
			return err
		}
		content := cmp.Or(action.ContentType, lxd.ContentFilesystem)
		return asCreated(volume.ContentType == content, plan.VolumeAttributes(volume), action.Attributes)
	}
	return e.create(retried, look, func() error {
		op, err := e.client.CreateVolume(ctx, action.Volume, createOf(action))
		return e.await(ctx, op, err, tell)
	})
}

func (e *executor) patchVolume(ctx context.Context, action plan.PatchVolume, tell tell) error {
	volume, values, err := e.readAndMerge(ctx, action)
	if err != nil || len(values) == 0 {
		return err
	}
	if asked, err := e.fits(ctx, action.Volume, volume, values[plan.ConfigAttr("size")]); err != nil {
		return err
	} else if asked {
		// The description goes along and is not protected: it has to be the one of just now.
		if volume, values, err = e.readAndMerge(ctx, action); err != nil || len(values) == 0 {
			return err
		}
	}
	op, err := e.client.PatchVolume(ctx, action.Volume, patchOf(plan.VolumeAttributes(volume), values), volume)
	if err = e.await(ctx, op, err, tell); refused(err) {
		if _, left, readErr := e.readAndMerge(ctx, action); readErr == nil && len(left) == 0 {
			return nil
		}
	}
	return err
}

// readAndMerge reads a volume, and says which values it has to get.
func (e *executor) readAndMerge(ctx context.Context, action plan.PatchVolume) (*lxd.Volume, values, error) {
	volume, err := e.client.Volume(ctx, action.Volume)
	if err != nil {
		return nil, nil, absentSincePlan(err)
	}
	values, err := merge(action.Changes, plan.VolumeAttributes(volume), action.Moved)
	return volume, values, err
}

// fits refuses a size below what a volume holds now: it may have been filled since the plan was made, or have come from a
// pool that could not tell. The server would take the size, and on btrfs the volume could then not even be grown. want is the
// size as text, "" when it does not change. asked tells whether it had to ask how full the volume is.
func (e *executor) fits(ctx context.Context, id lxd.VolumeID, volume *lxd.Volume, want string) (asked bool, err error) {
	size, err := schema.ParseSize(want)
	if err != nil || volume.ContentType != lxd.ContentFilesystem {
		return false, nil // not about the size, or the server's to refuse
	}
	if now, err := schema.ParseSize(volume.Config["size"]); err == nil && size >= now {
		return false, nil
	}
	usage, err := e.client.Used(ctx, id)
	if err != nil {
		return true, absentSincePlan(err)
	}
	if usage.Used > size {
		return true, fmt.Errorf("it holds %s, more than the new size of %s", schema.FormatSize(usage.Used), schema.FormatSize(size))
	}
	return true, nil
}

// rename gives a volume another name in its pool. The server refuses a name that is taken and a volume that is not there. What it cannot
// tell is looked at first: whether an earlier try has done it, and whether it is the volume that the plan saw, where servers give each
// its identity.
func (e *executor) rename(ctx context.Context, action plan.RenameVolume, retried bool, tell tell) error {
	from, to := action.Volume, action.To()
	if identity := e.seen[plan.VolumeObject(from)].Identity; retried || identity != "" {
		volume, err := e.client.Volume(ctx, from)
		if errors.Is(err, lxd.ErrNotFound) {
			_, err = e.renamed(ctx, from, to, retried)
			return err
		}
		if err != nil {
			return err
		}
		if plan.Another(identity, plan.Identity(volume)) {
			return errors.New("another volume has its name now than when the plan was made; plan again")
		}
	}
	op, err := e.client.RenameVolume(ctx, from, action.Name)
	if err = e.await(ctx, op, err, tell); refused(err) {
		done, lookErr := e.renamed(ctx, from, to, retried)
		if done {
			return nil
		}
		return cmp.Or(lookErr, err)
	}
	return err
}

func (e *executor) deleteVolume(ctx context.Context, action plan.DeleteVolume, tell tell) error {
	volume, snapshots, err := e.readWithSnapshots(ctx, action.Volume, action.Seen.Snapshots != nil)
	if errors.Is(err, lxd.ErrNotFound) {
		return nil // perhaps somebody else has just deleted it
	}
	if err != nil {
		return err
	}
	if volume.ContentType != action.Seen.ContentType {
		return fmt.Errorf("it has another content type now (%s) than when the plan was made; plan again", volume.ContentType)
	}
	if err := unchanged(action.Seen, plan.Identity(volume), plan.VolumeAttributes(volume)); err != nil {
		return err
	}
	for _, snapshot := range snapshots {
		if !slices.Contains(action.Seen.Snapshots, snapshot) {
			return fmt.Errorf("it has a snapshot %q that the plan did not show; plan again", snapshot)
		}
	}
	op, err := e.client.DeleteVolume(ctx, action.Volume)
	return goneIsDone(ctx, e.await(ctx, op, err, tell), func() error {
		_, err := e.client.Volume(ctx, action.Volume)
		return err
	})
}

// readWithSnapshots reads a volume, and at the same time the names of its snapshots when these are wanted.
func (e *executor) readWithSnapshots(ctx context.Context, id lxd.VolumeID, wanted bool) (volume *lxd.Volume, snapshots []string, err error) {
	if !wanted {
		volume, err = e.client.Volume(ctx, id)
		return volume, nil, err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		volume, err = e.client.Volume(ctx, id)
		return err
	})
	group.Go(func() (err error) {
		snapshots, err = e.client.KnownSnapshotNames(ctx, id)
		return err
	})
	err = group.Wait()
	return volume, snapshots, err
}

// absentSincePlan words what it means that an object is not there which was when the plan was made.
func absentSincePlan(err error) error {
	if errors.Is(err, lxd.ErrNotFound) {
		return errors.New("it is no longer on the server; plan again")
	}
	return err
}
