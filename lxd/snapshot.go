package lxd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// Snapshot is a volume as it was at some time.
type Snapshot struct {
	Name        string            `json:"name"` // without the volume's
	Description string            `json:"description"`
	Config      map[string]string `json:"config"`       // the volume's when the snapshot was made, and the pool's defaults
	ContentType string            `json:"content_type"` // "" in lists of LXD 5.0.2
	CreatedAt   time.Time         `json:"created_at"`   // zero on LXD 5.0
	ExpiresAt   time.Time         `json:"expires_at"`   // when the server deletes it, zero for never

	etag string
}

// SnapshotCreate is what a snapshot is created from.
type SnapshotCreate struct {
	Name      string     `json:"name"`                 // "" for the next of snap0, snap1, …; [Operation.Snapshot] tells which
	ExpiresAt *time.Time `json:"expires_at,omitempty"` // nil leaves it to the volume's snapshots.expiry
}

// Snapshots lists the snapshots of a volume in one request, in order of creation. Those of a volume on a member of a
// cluster are in order of name, and take a request each.
func (c *Client) Snapshots(ctx context.Context, id VolumeID) ([]*Snapshot, error) {
	if id.Member != "" {
		return c.memberSnapshots(ctx, id)
	}
	return c.listSnapshots(ctx, id)
}

func (c *Client) listSnapshots(ctx context.Context, id VolumeID) ([]*Snapshot, error) {
	query := id.query()
	query.Set("recursion", "1")
	return getList(ctx, c, id.path("snapshots"), query, func(s *Snapshot) (err error) {
		s.Name, err = snapshotName(s.Name, id.Name)
		return err
	})
}

func (c *Client) memberSnapshots(ctx context.Context, id VolumeID) ([]*Snapshot, error) {
	names, err := c.listedSnapshotNames(ctx, id)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		server, err := c.Server(ctx)
		if err != nil {
			return nil, err
		}
		return c.unlistedSnapshots(ctx, server, id)
	}
	var snapshots []*Snapshot
	for _, name := range names {
		snapshot, err := c.Snapshot(ctx, id, name)
		if errors.Is(err, ErrNotFound) {
			continue // it went away meanwhile
		}
		if err != nil {
			return nil, err
		}
		snapshots = append(snapshots, snapshot)
	}
	return snapshots, nil
}

// memberSnapshotNames names the snapshots of a volume on a member of a cluster: as the volume itself tells where that member is asked, by a list of
// the pool's elsewhere.
func (c *Client) memberSnapshotNames(ctx context.Context, id VolumeID) ([]string, error) {
	server, err := c.Server(ctx)
	if err != nil {
		return nil, err
	}
	if server.Name == id.Member {
		return c.listNames(ctx, id, "snapshots")
	}
	names, err := c.listedSnapshotNames(ctx, id)
	if err != nil || len(names) > 0 {
		return names, err
	}
	snapshots, err := c.unlistedSnapshots(ctx, server, id)
	for _, snapshot := range snapshots {
		names = append(names, snapshot.Name)
	}
	return names, err
}

// listedSnapshotNames takes the names from the list of volumes, which has the snapshots too and is the target's. LXD 5.0.2 looks
// for a volume's own list of snapshots on the member that it is asked on, whatever the target: what it gives is empty, or
// another volume's of the same name.
func (c *Client) listedSnapshotNames(ctx context.Context, id VolumeID) ([]string, error) {
	query := id.query()
	query.Set("recursion", "1")
	if !strings.Contains(id.Name, "\n") {
		query.Set("filter", "name eq ("+patternText(id.Name)+"/.*)")
	}
	var names []string
	err := getEach(ctx, c, path("storage-pools", id.Pool, "volumes", id.Type), query, func(entry *Volume) error {
		if volume, name, ok := strings.Cut(entry.Name, "/"); ok && volume == id.Name {
			names = append(names, name)
		}
		return cmp.Or(misnamed("volume", entry.Name), entry.isOf(id))
	})
	return names, err
}

// unlistedSnapshots are those of a volume on a member of a cluster that lists of volumes do not have. Incus 7.3 was seen to find the
// snapshots of a volume on another member when no member is named; with one nobody has looked. So it is asked both ways.
func (c *Client) unlistedSnapshots(ctx context.Context, server *Server, id VolumeID) ([]*Snapshot, error) {
	if server.ListsSnapshots() {
		return nil, nil
	}
	snapshots, err := c.listSnapshots(ctx, id)
	if err != nil || len(snapshots) > 0 {
		return snapshots, err
	}
	id.Member = ""
	snapshots, err = c.listSnapshots(ctx, id)
	var refused *Error
	if errors.As(err, &refused) {
		return nil, nil // several members have a volume of that name
	}
	return snapshots, err
}

// Snapshot reads one snapshot.
func (c *Client) Snapshot(ctx context.Context, id VolumeID, name string) (*Snapshot, error) {
	snapshot := new(Snapshot)
	etag, err := c.get(ctx, id.path("snapshots", name), id.query(), snapshot)
	if err != nil {
		return nil, err
	}
	said, err := snapshotName(snapshot.Name, id.Name)
	if err == nil {
		err = isAbout("name", said, name)
	}
	if err != nil {
		return nil, c.about(id.path("snapshots", name), err)
	}
	snapshot.Name, snapshot.etag = name, etag
	return snapshot, nil
}

// HasSnapshot tells whether a volume has a snapshot.
func (c *Client) HasSnapshot(ctx context.Context, id VolumeID, name string) (bool, error) {
	_, err := c.Snapshot(ctx, id, name)
	return exists(err)
}

// snapshotLimit is how long CreateSnapshot looks for a name that nobody else takes.
const snapshotLimit = 15 * time.Second

// CreateSnapshot makes a snapshot of a volume. Without a name it takes the next one that is free; when others take each of
// them first for 15 seconds, that is ErrConflict.
func (c *Client) CreateSnapshot(ctx context.Context, id VolumeID, create SnapshotCreate) (*Operation, error) {
	if create.Name != "" {
		return c.createSnapshot(ctx, id, create)
	}
	// The server would choose a name and, before LXD 6, not tell which.
	return backoff.Retry(ctx, func() (*Operation, error) {
		name, err := c.nextSnapshotName(ctx, id)
		if err != nil {
			return nil, backoff.Permanent(err)
		}
		create.Name = name
		op, err := c.createSnapshot(ctx, id, create)
		if err != nil && !errors.Is(err, ErrConflict) {
			return nil, backoff.Permanent(err)
		}
		return op, err // of a conflict: another client has taken the name
	}, backoff.WithBackOff(growing(10*time.Millisecond, time.Second)), backoff.WithMaxElapsedTime(snapshotLimit))
}

func (c *Client) createSnapshot(ctx context.Context, id VolumeID, create SnapshotCreate) (*Operation, error) {
	op, err := c.write(ctx, request{
		method:  http.MethodPost,
		path:    id.path("snapshots"),
		query:   id.query(),
		body:    create,
		object:  id.path(),
		becomes: id,
	})
	if err == nil {
		op.snapshot = create.Name
	}
	return op, err
}

// nextSnapshotName is the name that the server would choose: the first of snap0, snap1, … after all that are there.
func (c *Client) nextSnapshotName(ctx context.Context, id VolumeID) (string, error) {
	snapshots, err := c.Snapshots(ctx, id)
	if err != nil {
		return "", err
	}
	next := 0
	for _, snapshot := range snapshots {
		if n, err := strconv.Atoi(strings.TrimPrefix(snapshot.Name, "snap")); err == nil && snapshot.Name == fmt.Sprintf("snap%d", n) {
			next = max(next, n+1)
		}
	}
	return fmt.Sprintf("snap%d", next), nil
}

// SaveSnapshot writes the description and expiry of a snapshot that was read with [Client.Snapshot] and edited since.
// ErrPrecondition says that it has changed on the server since it was read.
func (c *Client) SaveSnapshot(ctx context.Context, id VolumeID, snapshot *Snapshot) (*Operation, error) {
	body := struct {
		Description string     `json:"description"`
		ExpiresAt   *time.Time `json:"expires_at"`
	}{Description: snapshot.Description}
	if !snapshot.ExpiresAt.IsZero() {
		body.ExpiresAt = &snapshot.ExpiresAt
	}
	return c.write(ctx, request{
		method:  http.MethodPut,
		path:    id.path("snapshots", snapshot.Name),
		query:   id.query(),
		body:    body,
		ifMatch: snapshot.etag,
		object:  id.path(),
		becomes: id,
	})
}

// RenameSnapshot gives a snapshot another name.
func (c *Client) RenameSnapshot(ctx context.Context, id VolumeID, name, to string) (*Operation, error) {
	body := struct {
		Name string `json:"name"`
	}{to}
	op, err := c.write(ctx, request{
		method:  http.MethodPost,
		path:    id.path("snapshots", name),
		query:   id.query(),
		body:    body,
		object:  id.path(),
		becomes: id,
	})
	if err == nil {
		op.snapshot = to
	}
	return op, err
}

// RestoreSnapshot sets a volume's data back to those of a snapshot; its description and config stay as they are. With zfs.remove_snapshots on a
// zfs volume the server deletes the newer snapshots, and without it refuses when there are some.
func (c *Client) RestoreSnapshot(ctx context.Context, id VolumeID, name string) (*Operation, error) {
	body := struct {
		Restore string `json:"restore"`
	}{name}
	return c.write(ctx, request{method: http.MethodPut, path: id.path(), query: id.query(), body: body, becomes: id})
}

// DeleteSnapshot deletes a snapshot.
func (c *Client) DeleteSnapshot(ctx context.Context, id VolumeID, name string) (*Operation, error) {
	return c.write(ctx, request{
		method:  http.MethodDelete,
		path:    id.path("snapshots", name),
		query:   id.query(),
		object:  id.path(),
		becomes: id,
	})
}
