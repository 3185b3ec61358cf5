package lxd

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"tarn/lxd/schema"
)

// CreateClusterPool creates a pool on all members of a cluster. create holds what is the same everywhere, members the
// config of single ones (source, size and such), by their names; a member that is not among them has none.
//
// In a cluster a pool is defined on each member first, and then created. Where an earlier call has stopped half way this one
// goes on: it corrects the config of members that have the pool defined, and leaves members alone that have created it. A
// pool that is complete gives ErrConflict. The call returns when the pool is there and has the description and config that
// create says.
func (c *Client) CreateClusterPool(ctx context.Context, create PoolCreate, members map[string]map[string]string) error {
	names, err := c.membersFor(ctx, members)
	if err != nil {
		return err
	}
	id := PoolID{Name: create.Name}
	pool, err := c.Pool(ctx, id)
	switch {
	case errors.Is(err, ErrNotFound):
		pool = &Pool{Name: create.Name, Driver: create.Driver, Status: StatusPending}
	case err != nil:
		return err
	case pool.Status != StatusPending && pool.Status != StatusErrored:
		return &Error{Code: http.StatusConflict, Message: fmt.Sprintf("the pool exists already, its status is %s", pool.Status)}
	case pool.Driver != create.Driver:
		return fmt.Errorf("the pool has been defined with driver %s on %s: delete it first", pool.Driver, strings.Join(pool.Locations, ", "))
	}
	for _, name := range names {
		if err := c.definePool(ctx, pool, name, members[name]); err != nil {
			return fmt.Errorf("on member %s: %w", name, err)
		}
	}

	global := create
	if pool.Status == StatusErrored {
		// The config of the first try is stored, and the server refuses to be told any.
		global.Config = nil
	}
	op, err := c.CreatePool(ctx, id, global)
	if err == nil {
		err = op.Wait(ctx, nil)
	}
	if err != nil {
		return err
	}
	return c.completePool(ctx, create)
}

// membersFor gives the names of all members, in order, and checks that those of the config are among them.
func (c *Client) membersFor(ctx context.Context, config map[string]map[string]string) ([]string, error) {
	all, err := c.Members(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the members: %w", err)
	}
	var names []string
	for _, member := range all {
		names = append(names, member.Name)
	}
	slices.Sort(names)
	for _, name := range slices.Sorted(maps.Keys(config)) {
		if slices.Contains(names, name) {
			continue
		}
		return nil, errors.New(schema.NoSuch(fmt.Sprintf("the cluster has no member %q", name), name, names))
	}
	return names, nil
}

// definePool sees to it that a member has the pool defined with this config.
func (c *Client) definePool(ctx context.Context, pool *Pool, member string, config map[string]string) error {
	id := PoolID{Name: pool.Name, Member: member}
	if !slices.Contains(pool.Locations, member) {
		op, err := c.CreatePool(ctx, id, PoolCreate{Driver: pool.Driver, Config: config})
		if err == nil {
			err = op.Wait(ctx, nil)
		}
		if !errors.Is(err, ErrConflict) {
			return err
		} // an earlier call that broke off was under way
	}
	side, err := c.Pool(ctx, id)
	if err != nil {
		return err
	}
	if side.Status == StatusCreated {
		return nil // its source can be changed no more, and is what the server has made of it
	}
	changes := map[string]string{}
	for key, value := range config {
		if side.Config[key] != value {
			changes[key] = value
		}
	}
	for key := range side.Config {
		// What is shown here and not of the pool as a whole is the member's own.
		if _, shared := pool.Config[key]; !shared && config[key] == "" {
			changes[key] = ""
		}
	}
	if len(changes) == 0 {
		return nil
	}
	// A description that is not sent would be cleared, of the pool as a whole.
	op, err := c.PatchPool(ctx, id, Patch{Description: side.Description, Config: changes}, nil)
	if err != nil {
		return err
	}
	return op.Wait(ctx, nil)
}

// completePool adds what a creation has lost: LXD 5.0.2 forgets the description of a pool to whose config it has nothing
// to add, and the config of a second try is the first one's.
func (c *Client) completePool(ctx context.Context, create PoolCreate) error {
	pool, err := c.Pool(ctx, PoolID{Name: create.Name})
	if err != nil {
		return err
	}
	changes := map[string]string{}
	for key, value := range create.Config {
		if pool.Config[key] != value {
			changes[key] = value
		}
	}
	if pool.Description == create.Description && len(changes) == 0 {
		return nil
	}
	op, err := c.PatchPool(ctx, PoolID{Name: create.Name}, Patch{Description: create.Description, Config: changes}, pool)
	if err != nil {
		return err
	}
	return op.Wait(ctx, nil)
}
