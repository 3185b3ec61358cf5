package lxd

import (
	"context"
	"fmt"
)

// The calls in this file take an object as it was read, wait for the end of what they change, and leave the object as the
// server has it then. The raw calls (PatchPool, PutPool …) take a name, give an [Operation], and read nothing.

// SyncPool reads a pool again and overwrites pool with it; what was edited and not saved is lost. After an error pool is as it
// was.
func (c *Client) SyncPool(ctx context.Context, pool *Pool) error {
	now, err := c.Pool(ctx, pool.ID())
	if err != nil {
		return err
	}
	*pool = *now
	return nil
}

// UpdatePool patches a pool that was read with [Client.Pool], waits for the end, and overwrites pool with what the server has
// then; what was edited and not saved is lost. ErrPrecondition says that the pool on the server has changed since it was
// read. After an error pool is as it was. The raw form is [Client.PatchPool].
func (c *Client) UpdatePool(ctx context.Context, pool *Pool, patch Patch) error {
	op, err := c.PatchPool(ctx, pool.ID(), patch, pool)
	return thenSync(ctx, op, err, func() error { return c.SyncPool(ctx, pool) })
}

// ReplacePool is as UpdatePool, with what [Client.PutPool] does in place of a patch.
func (c *Client) ReplacePool(ctx context.Context, pool *Pool, put Put) error {
	op, err := c.PutPool(ctx, pool.ID(), put, pool)
	return thenSync(ctx, op, err, func() error { return c.SyncPool(ctx, pool) })
}

// SyncVolume reads a volume again and overwrites volume with it; what was edited and not saved is lost. A volume from a list
// can be saved after it. After an error volume is as it was.
func (c *Client) SyncVolume(ctx context.Context, volume *Volume) error {
	now, err := c.Volume(ctx, volume.ID())
	if err != nil {
		return err
	}
	*volume = *now
	return nil
}

// UpdateVolume patches a volume that was read with [Client.Volume], waits for the end, and overwrites volume with what the
// server has then; what was edited and not saved is lost. ErrPrecondition says that the config on the server has changed since
// it was read. After an error volume is as it was. The raw form is [Client.PatchVolume].
func (c *Client) UpdateVolume(ctx context.Context, volume *Volume, patch Patch) error {
	op, err := c.PatchVolume(ctx, volume.ID(), patch, volume)
	return thenSync(ctx, op, err, func() error { return c.SyncVolume(ctx, volume) })
}

// ReplaceVolume is as UpdateVolume, with what [Client.PutVolume] does in place of a patch.
func (c *Client) ReplaceVolume(ctx context.Context, volume *Volume, put Put) error {
	op, err := c.PutVolume(ctx, volume.ID(), put, volume)
	return thenSync(ctx, op, err, func() error { return c.SyncVolume(ctx, volume) })
}

// thenSync waits for a change of an object, and then reads the object.
func thenSync(ctx context.Context, op *Operation, err error, sync func() error) error {
	if err == nil {
		err = op.Wait(ctx, nil)
	}
	if err != nil {
		return err
	}
	if err := sync(); err != nil {
		return fmt.Errorf("the change is made, but the object cannot be read again: %w", err)
	}
	return nil
}
