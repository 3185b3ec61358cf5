package lxd

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Volume is a storage volume as the server describes it.
type Volume struct {
	Name        string            `json:"name"`
	Type        string            `json:"type"`
	ContentType string            `json:"content_type"` // ContentFilesystem, ContentBlock or newer ones
	Description string            `json:"description"`
	Config      map[string]string `json:"config"`
	UsedBy      []string          `json:"used_by"`
	Location    string            `json:"location"` // "none" without a cluster, "" in a pool that all members share
	Project     string            `json:"project"`  // where it lives
	Pool        string            `json:"pool"`     // filled in by this package; only the newest servers send it

	etag string
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

// VolumeList says which custom volumes of a pool are asked for. The zero value asks for those of the default project.
type VolumeList struct {
	AnyType     bool // also the volumes of instances and images
	Project     string
	AllProjects bool // LXD 5.0.2 does not say then what uses the volumes

	// Names, when not nil, are the volumes of interest: the server may then leave out the others, which costs it far
	// less. It may also give more than these.
	Names []string

	// Prefix, when set, adds the volumes whose names begin with it.
	Prefix string

	// ConfigKey and ConfigValue, when set, add the volumes that have this key at this value.
	ConfigKey, ConfigValue string

	// Filter tells that the server can select (extension storage_volume_api_filtering).
	Filter bool
}

// maxFilter is how long a filter may get. LXD takes about one megabyte of request line; escaping triples some of it.
const maxFilter = 256 << 10

// Volumes lists custom volumes of a pool in one request, in order of name, without their snapshots.
func (c *Client) Volumes(ctx context.Context, pool string, list VolumeList) ([]*Volume, error) {
	all, err := c.VolumesAndSnapshots(ctx, pool, list)
	// No volume's name has a slash.
	return slices.DeleteFunc(all, func(entry *Volume) bool { return strings.Contains(entry.Name, "/") }), err
}

// VolumesAndSnapshots lists what Volumes does and the snapshots, each as VOLUME/SNAPSHOT.
func (c *Client) VolumesAndSnapshots(ctx context.Context, pool string, list VolumeList) ([]*Volume, error) {
	query := recursion()
	if list.AllProjects {
		query.Set("all-projects", "true")
	} else if list.Project != "" {
		query.Set("project", list.Project)
	}
	if filter := list.filter(); filter != "" && len(filter) <= maxFilter {
		query.Set("filter", filter)
	}
	segments := []string{"storage-pools", pool, "volumes", TypeCustom}
	if list.AnyType {
		segments = segments[:3]
	}
	all, err := getList[Volume](ctx, c, path(segments...), query)
	for _, volume := range all {
		volume.Pool = pool
	}
	return all, err
}

// filter words the list for the server, "" for everything.
//
// LXD 5.0.2 selects before it works out what uses a volume, which is what makes a list slow. It reads the value as a
// regular expression that has to match all of the text, in any case, and splits the filter at spaces.
func (l VolumeList) filter() string {
	if !l.Filter || l.Names == nil || slices.ContainsFunc(l.Names, func(name string) bool { return strings.Contains(name, "\n") }) {
		return "" // the pattern's dot does not match a line feed
	}
	var clauses []string
	if len(l.Names) > 0 || l.Prefix != "" {
		patterns := make([]string, len(l.Names))
		for i, name := range l.Names {
			patterns[i] = pattern(name)
		}
		if l.Prefix != "" {
			patterns = append(patterns, pattern(l.Prefix)+".*")
		}
		clauses = append(clauses, "name eq ("+strings.Join(patterns, "|")+")")
	}
	if l.ConfigKey != "" {
		clauses = append(clauses, "config."+l.ConfigKey+" eq ("+pattern(l.ConfigValue)+")")
	}
	if len(clauses) == 0 {
		return "name eq ()" // no volume has an empty name
	}
	return strings.Join(clauses, " or ")
}

// pattern is a regular expression that matches text and, where text has characters that the filter's grammar could
// stumble over, a little more.
func pattern(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return '.'
	}, text)
}

// Volume reads one volume.
func (c *Client) Volume(ctx context.Context, id VolumeID) (*Volume, error) {
	volume := new(Volume)
	etag, err := c.get(ctx, id.path(), id.query(), volume)
	if err != nil {
		return nil, err
	}
	volume.Pool, volume.etag = id.Pool, etag
	return volume, nil
}

// HasVolume tells whether a volume exists.
func (c *Client) HasVolume(ctx context.Context, id VolumeID) (bool, error) {
	_, err := c.Volume(ctx, id)
	return exists(err)
}

// CreateVolume creates an empty custom volume.
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
	if seen != nil {
		r.ifMatch = seen.etag
	}
	return c.write(ctx, r)
}

// PutVolume replaces the description and config of a custom volume. Keys that it does not have are gone, also those that
// the server has filled in. seen is as for [Client.PatchVolume].
func (c *Client) PutVolume(ctx context.Context, id VolumeID, put Put, seen *Volume) (*Operation, error) {
	put.Config = orEmpty(put.Config)
	r := request{method: http.MethodPut, path: id.path(), query: id.query(), body: put, becomes: id}
	if seen != nil {
		r.ifMatch = seen.etag
	}
	return c.write(ctx, r)
}

// SaveVolume makes a volume as it was read with [Client.Volume], and edited since, what the server has: description and
// config. ErrPrecondition says that somebody else has changed the config since it was read; servers do not protect the
// description so.
func (c *Client) SaveVolume(ctx context.Context, volume *Volume) (*Operation, error) {
	return c.PutVolume(ctx, volume.ID(), Put{Description: volume.Description, Config: volume.Config}, volume)
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

// MoveVolume takes a volume to another pool or project, under the name that to has. The server copies the data and the
// snapshots, then deletes the old volume.
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

// DeleteVolume deletes a volume and, without asking, its snapshots.
func (c *Client) DeleteVolume(ctx context.Context, id VolumeID) (*Operation, error) {
	return c.write(ctx, request{method: http.MethodDelete, path: id.path(), query: id.query(), becomes: id})
}

// Usage is how full a volume is.
type Usage struct {
	Used      int64    // bytes, -1 when the server cannot tell
	Total     int64    // bytes that it may have, 0 when nothing limits it
	Snapshots []string // names, in order of creation
	Backups   []string // names
}

// Usage reads how full a volume is and what snapshots and backups it has. Of a volume on another member of a cluster than
// the one that answers it is not known how full it is.
func (c *Client) Usage(ctx context.Context, id VolumeID) (usage *Usage, err error) {
	if id.Member != "" {
		usage, err = c.memberUsage(ctx, id)
	} else if usage, err = c.used(ctx, id); err == nil {
		usage.Snapshots, err = c.names(ctx, id, "snapshots")
	}
	if err != nil {
		return nil, err
	}
	usage.Backups, err = c.names(ctx, id, "backups")
	if errors.Is(err, ErrNotFound) { // the server is too old to have any
		err = nil
	}
	return usage, err
}

// names lists what a volume has of a kind.
func (c *Client) names(ctx context.Context, id VolumeID, kind string) ([]string, error) {
	var urls, names []string
	if _, err := c.get(ctx, id.path(kind), id.query(), &urls); err != nil {
		return nil, err
	}
	for _, raw := range urls {
		name := raw[strings.LastIndexByte(raw, '/')+1:]
		name, _, _ = strings.Cut(name, "?")
		if text, err := url.PathUnescape(name); err == nil {
			name = text
		}
		names = append(names, name)
	}
	return names, nil
}

// memberUsage is Usage of a volume on a member of a cluster. LXD 5.0.2 looks for the state of a volume on the member that
// it is asked on, whatever the target, and would tell of another volume of the same name.
func (c *Client) memberUsage(ctx context.Context, id VolumeID) (*Usage, error) {
	server, err := c.Server(ctx)
	if err != nil {
		return nil, err
	}
	usage := &Usage{Used: -1}
	if server.Name == id.Member {
		usage, err = c.used(ctx, id)
	} else {
		_, err = c.Volume(ctx, id)
	}
	if err != nil {
		return nil, err
	}
	usage.Snapshots, err = c.memberSnapshotNames(ctx, id)
	return usage, err
}

// used reads how full a volume is.
func (c *Client) used(ctx context.Context, id VolumeID) (*Usage, error) {
	usage := &Usage{Used: -1}
	var state struct {
		Usage *struct {
			Used  *int64 `json:"used"`
			Total int64  `json:"total"`
		} `json:"usage"`
	}
	switch _, err := c.get(ctx, id.path("state"), id.query(), &state); err.(type) {
	case nil:
		if state.Usage != nil {
			usage.Total = state.Usage.Total
			if state.Usage.Used != nil {
				usage.Used = *state.Usage.Used
			}
		}
	case *Error: // a driver that cannot tell; dir without quotas is one
		if errors.Is(err, ErrNotFound) {
			return nil, err
		}
	default:
		return nil, err
	}
	return usage, nil
}
