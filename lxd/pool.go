package lxd

import (
	"context"
	"maps"
	"net/http"
)

// Pool is a storage pool as the server describes it.
type Pool struct {
	Name        string            `json:"name"`
	Driver      string            `json:"driver"`
	Description string            `json:"description"`
	Config      map[string]string `json:"config"` // nil when the server does not show it (restricted certificate)
	Status      string            `json:"status"` // StatusCreated when all is well
	UsedBy      []string          `json:"used_by"`
	Locations   []string          `json:"locations"` // members that have it, ["none"] without a cluster

	etag string
}

// Status of a pool. Every other status than StatusCreated means that the pool needs repair.
const StatusCreated = "Created"

// PoolCreate is what a pool is created from.
type PoolCreate struct {
	Name        string            `json:"name"`
	Driver      string            `json:"driver"`
	Description string            `json:"description"`
	Config      map[string]string `json:"config"`
}

// Patch changes some of an object and leaves the rest.
type Patch struct {
	// Description is sent always: every server clears the description of an object that is patched without one.
	Description string `json:"description"`

	// Config holds the keys to change, with "" for those to remove.
	Config map[string]string `json:"config"`
}

// Pools lists all pools, with their config and what uses them, in one request.
func (c *Client) Pools(ctx context.Context) ([]*Pool, error) {
	var pools []*Pool
	_, err := c.get(ctx, path("storage-pools"), recursion(), &pools)
	return pools, err
}

// Pool reads one pool.
func (c *Client) Pool(ctx context.Context, id PoolID) (*Pool, error) {
	pool := new(Pool)
	etag, err := c.get(ctx, id.path(), id.query(), pool)
	if err != nil {
		return nil, err
	}
	pool.etag = etag
	return pool, nil
}

// CreatePool creates a pool; with a member in id, that member's side of a pool that does not exist yet.
func (c *Client) CreatePool(ctx context.Context, id PoolID, create PoolCreate) (*Operation, error) {
	create.Name = id.Name
	create.Config = orEmpty(create.Config)
	return c.write(ctx, request{method: http.MethodPost, path: path("storage-pools"), query: id.query(), body: create})
}

// PatchPool changes a pool. seen, when not nil, is the pool as it was read with [Client.Pool]: the server then refuses
// with ErrPrecondition when the pool has changed since.
func (c *Client) PatchPool(ctx context.Context, id PoolID, patch Patch, seen *Pool) (*Operation, error) {
	patch.Config = orEmpty(patch.Config)
	r := request{method: http.MethodPatch, path: id.path(), query: id.query(), body: patch}
	if seen != nil {
		r.ifMatch = seen.tag()
	}
	return c.write(ctx, r)
}

// DeletePool deletes a pool and, without asking, what is in it that is no volume.
func (c *Client) DeletePool(ctx context.Context, id PoolID) (*Operation, error) {
	return c.write(ctx, request{method: http.MethodDelete, path: id.path(), query: id.query()})
}

// tag is what If-Match has to say about the pool as it was read. LXD 5.0.2 sends no ETag for a pool and checks one all the
// same, over name, driver and config.
func (p *Pool) tag() string {
	if p.etag != "" {
		return p.etag
	}
	return etag(p.Name, p.Driver, orEmpty(p.Config))
}

func orEmpty(config map[string]string) map[string]string {
	if config == nil {
		return map[string]string{}
	}
	return maps.Clone(config)
}
