package lxd

import (
	"context"
	"net/http"
	"time"
)

// Volume is a storage volume as the server describes it.
type Volume struct {
	Name        string            `json:"name"`
	Type        string            `json:"type"`
	ContentType string            `json:"content_type"` // ContentFilesystem, ContentBlock or newer ones
	Description string            `json:"description"`
	Config      map[string]string `json:"config"` // not to be changed: volumes of a list share it
	UsedBy      []string          `json:"used_by"`
	Location    string            `json:"location"`   // "none" without a cluster, "" in a pool that all members share
	Project     string            `json:"project"`    // where it lives
	Pool        string            `json:"pool"`       // filled in by this package; only the newest servers send it
	CreatedAt   time.Time         `json:"created_at"` // zero on LXD 5.0

	etag *string // nil in a list, which may be long
}

// What a volume holds.
const (
	ContentFilesystem = "filesystem"
	ContentBlock      = "block"
)

// ID is the volume's name among all of the server's.
func (v *Volume) ID() VolumeID {
	id := VolumeID{Project: v.Project, Pool: v.Pool, Type: v.Type, Name: v.Name, Member: v.Location}
	if id.Project == "" {
		id.Project = DefaultProject
	}
	if id.Member == "none" {
		id.Member = ""
	}
	return id
}

// VolumeCreate is what a volume is created from.
type VolumeCreate struct {
	Name        string            `json:"name"`
	Description string            `json:"description"`
	ContentType string            `json:"content_type,omitempty"` // "" is a filesystem
	Config      map[string]string `json:"config"`
}

// Patch is the patch of a volume as it was read that changes these keys of its config and nothing else. Servers clear what a
// patch does not say.
func (v *Volume) Patch(config map[string]string) Patch {
	return Patch{Description: v.Description, Config: config}
}

// Put gives a volume as it was read this config and nothing else.
func (v *Volume) Put(config map[string]string) Put { return Put(v.Patch(config)) }

// Create is what a volume like this one is created from, with another config.
func (v *Volume) Create(config map[string]string) VolumeCreate {
	return VolumeCreate{Description: v.Description, ContentType: v.ContentType, Config: config}
}

// Volume reads one volume.
func (c *Client) Volume(ctx context.Context, id VolumeID) (*Volume, error) {
	volume := new(Volume)
	etag, err := c.get(ctx, id.path(), id.query(), volume)
	if err != nil {
		return nil, err
	}
	if err := volume.is(id); err != nil {
		return nil, c.about(id.path(), err)
	}
	volume.Pool, volume.etag = id.Pool, &etag
	return volume, nil
}

// HasVolume tells whether a volume exists.
func (c *Client) HasVolume(ctx context.Context, id VolumeID) (bool, error) {
	_, err := c.Volume(ctx, id)
	return exists(err)
}

// CreateVolume creates an empty custom volume. The names are those of id; create.Name is ignored.
func (c *Client) CreateVolume(ctx context.Context, id VolumeID, create VolumeCreate) (*Operation, error) {
	create.Name = id.Name
	create.Config = orEmpty(create.Config)
	return c.write(ctx, request{
		method:  http.MethodPost,
		path:    path("storage-pools", id.Pool, "volumes", id.Type),
		query:   id.query(),
		body:    create,
		object:  id.path(),
		becomes: id,
	})
}

// PatchVolume changes a custom volume. seen, when not nil, is the volume as it was read with [Client.Volume]: the server
// then refuses with ErrPrecondition when the volume's config has changed since.
func (c *Client) PatchVolume(ctx context.Context, id VolumeID, patch Patch, seen *Volume) (*Operation, error) {
	patch.Config = orEmpty(patch.Config)
	r := request{method: http.MethodPatch, path: id.path(), query: id.query(), body: patch, becomes: id}
	if seen != nil && seen.etag != nil {
		r.ifMatch = *seen.etag
	}
	return c.write(ctx, r)
}

// PutVolume replaces the description and config of a custom volume. Config keys that it does not have are removed, also those
// that the server has filled in. seen is as for [Client.PatchVolume].
func (c *Client) PutVolume(ctx context.Context, id VolumeID, put Put, seen *Volume) (*Operation, error) {
	put.Config = orEmpty(put.Config)
	r := request{method: http.MethodPut, path: id.path(), query: id.query(), body: put, becomes: id}
	if seen != nil && seen.etag != nil {
		r.ifMatch = *seen.etag
	}
	return c.write(ctx, r)
}

// SaveVolume writes the description and config of a volume that was read with [Client.Volume] and edited since.
// ErrPrecondition says that the config on the server has changed since it was read; servers do not look at the description.
// Every save is such a change too: call [Client.SyncVolume] before the next one.
func (c *Client) SaveVolume(ctx context.Context, volume *Volume) (*Operation, error) {
	return c.PutVolume(ctx, volume.ID(), volume.Put(volume.Config), volume)
}

// RenameVolume gives a volume another name in its pool. Data and snapshots stay; the devices of instances and profiles
// that use it follow.
func (c *Client) RenameVolume(ctx context.Context, id VolumeID, name string) (*Operation, error) {
	body := struct {
		Name string `json:"name"`
	}{name}
	becomes := id
	becomes.Name = name
	return c.write(ctx, request{method: http.MethodPost, path: id.path(), query: id.query(), body: body, becomes: becomes})
}

// MoveVolume moves a volume to another pool or project of its server, under the name that to has; to's member is ignored. The
// server copies the data and the snapshots, and then deletes the old volume: when it stops in between, both are there.
func (c *Client) MoveVolume(ctx context.Context, id, to VolumeID) (*Operation, error) {
	// The pool is named even when only the project changes: LXD 5.0.2 finds none otherwise.
	body := struct {
		Name    string `json:"name"`
		Pool    string `json:"pool"`
		Project string `json:"project,omitempty"`
	}{Name: to.Name, Pool: to.Pool}
	if to.Project != id.Project {
		body.Project = to.Project
	}
	to.Type, to.Member = id.Type, id.Member // it stays on its member
	return c.write(ctx, request{method: http.MethodPost, path: id.path(), query: id.query(), body: body, becomes: to})
}

// DeleteVolume deletes a volume and its snapshots.
func (c *Client) DeleteVolume(ctx context.Context, id VolumeID) (*Operation, error) {
	return c.write(ctx, request{method: http.MethodDelete, path: id.path(), query: id.query(), becomes: id})
}
