package lxd

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
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

	// Managed tells whether the server manages the pool, nil when it does not say. LXD 5.0.2 and Incus 6.0 do not: every pool
	// that they list is one that they manage. It is said of networks, among which are those of the host.
	Managed *bool `json:"managed,omitempty"`

	etag   string
	member string // whose side of the pool was read, "" for the whole
}

// ID is the pool's name, with the member whose side of it was read.
func (p *Pool) ID() PoolID { return PoolID{Name: p.Name, Member: p.member} }

// Status of a pool. Every other status than StatusCreated means that the pool needs repair.
const (
	StatusCreated = "Created"
	StatusPending = "Pending" // defined on some members of a cluster and not created yet
	StatusErrored = "Errored" // created on some members of a cluster only
)

// PoolCreate is what a pool is created from.
type PoolCreate struct {
	Name        string            `json:"name"`
	Driver      string            `json:"driver"`
	Description string            `json:"description"`
	Config      map[string]string `json:"config"`
}

// Patch is what to change of an object; what is not in it stays as it is.
type Patch struct {
	// Description is sent always: every server clears the description of an object that is patched without one.
	Description string `json:"description"`

	// Config holds the keys to change, with "" for those to remove.
	Config map[string]string `json:"config"`
}

// poolsLimit is how long a list of pools that the server does not find is asked for again.
const poolsLimit = 15 * time.Second

// Pools lists all pools, with their config and what uses them, in one request. LXD 5.21.7 answers that the list is not there
// while it deletes a pool, so that it is asked again then.
func (c *Client) Pools(ctx context.Context) ([]*Pool, error) {
	return backoff.Retry(ctx, func() ([]*Pool, error) {
		pools, err := getList(ctx, c, path("storage-pools"), recursion(), func(p *Pool) error { return misnamed("pool", p.Name) })
		if err == nil {
			err = noTwins(c, pools, func(x, y *Pool) int { return strings.Compare(x.Name, y.Name) }, func(p *Pool) string { return p.Name })
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return nil, backoff.Permanent(err)
		}
		return pools, err
	}, backoff.WithBackOff(growing(20*time.Millisecond, time.Second)), backoff.WithMaxElapsedTime(poolsLimit))
}

// Pool reads one pool.
func (c *Client) Pool(ctx context.Context, id PoolID) (*Pool, error) {
	pool := new(Pool)
	etag, err := c.get(ctx, id.path(), id.query(), pool)
	if err != nil {
		return nil, err
	}
	if err := isAbout("name", pool.Name, id.Name); err != nil {
		return nil, c.about(id.path(), err)
	}
	if etag == "" {
		etag = pool.tag()
	}
	pool.etag, pool.member = etag, id.Member
	return pool, nil
}

// HasPool tells whether a pool exists, whatever its status.
func (c *Client) HasPool(ctx context.Context, id PoolID) (bool, error) {
	_, err := c.Pool(ctx, id)
	return exists(err)
}

// Space is how full something is, in the unit that is said with it.
type Space struct {
	Used  int64 `json:"used"`
	Total int64 `json:"total"`
}

// Resources are how much a pool can hold, and how much it holds.
type Resources struct {
	Space  Space `json:"space"`  // bytes
	Inodes Space `json:"inodes"` // both 0 where the driver has none to count
}

// PoolResources reads how full a pool is. In a cluster that is the member's side of the pool: of the member in id, or else of
// the one that answers.
func (c *Client) PoolResources(ctx context.Context, id PoolID) (*Resources, error) {
	resources := new(Resources)
	_, err := c.get(ctx, id.path("resources"), id.query(), resources)
	return resources, err
}

// CreatePool creates a pool. With a member in id it only defines that member's side of a pool that is to be created in a
// cluster, see [Client.CreateClusterPool].
func (c *Client) CreatePool(ctx context.Context, id PoolID, create PoolCreate) (*Operation, error) {
	create.Name = id.Name
	create.Config = orEmpty(create.Config)
	return c.write(ctx, request{
		method: http.MethodPost,
		path:   path("storage-pools"),
		query:  id.query(),
		body:   create,
		object: id.path(),
	})
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

// DeletePool deletes a pool, together with the images that the server keeps in it. ErrInUse says that something
// else is in it or uses it.
func (c *Client) DeletePool(ctx context.Context, id PoolID) (*Operation, error) {
	return c.write(ctx, request{method: http.MethodDelete, path: id.path(), query: id.query()})
}

// Put is the whole of what can be changed of an object: an empty description clears it, and config keys that are not here are
// removed.
type Put struct {
	Description string            `json:"description"`
	Config      map[string]string `json:"config"`
}

// PutPool replaces the description and config of a pool. The config has to have the keys that the server has filled in, with
// their values (source above all), or the server refuses; [Client.PatchPool] does not need them. seen is as for PatchPool.
func (c *Client) PutPool(ctx context.Context, id PoolID, put Put, seen *Pool) (*Operation, error) {
	put.Config = orEmpty(put.Config)
	r := request{method: http.MethodPut, path: id.path(), query: id.query(), body: put}
	if seen != nil {
		r.ifMatch = seen.tag()
	}
	return c.write(ctx, r)
}

// SavePool writes the description and config of a pool that was read with [Client.Pool] and edited since. ErrPrecondition
// says that the pool on the server has changed since it was read. Every save is such a change too: call [Client.SyncPool]
// before the next one.
func (c *Client) SavePool(ctx context.Context, pool *Pool) (*Operation, error) {
	if pool.Config == nil {
		return nil, &Error{Code: http.StatusForbidden,
			Message: "the pool's config is not shown, so it cannot be saved: the certificate is restricted to projects"}
	}
	return c.PutPool(ctx, pool.ID(), Put{Description: pool.Description, Config: pool.Config}, pool)
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
