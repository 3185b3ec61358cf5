package lxd

import (
	"context"
	"net/http"
)

// Copy says how a volume is copied within a server. The zero value copies it with its snapshots, description and config.
type Copy struct {
	Snapshot    string            // copy this snapshot instead of the volume as it is
	VolumeOnly  bool              // leave the snapshots out
	Refresh     bool              // bring a volume that exists up to date
	Description string            // "" for the source's
	Config      map[string]string // nil for the source's
}

// CopyVolume creates a volume from another one, or from a snapshot, of the same server. On LXD 5.0 the members of a cluster
// find only what they hold themselves; between members a volume is migrated, see [Client.SendVolume] and package migrate.
func (c *Client) CopyVolume(ctx context.Context, from, to VolumeID, how Copy) (*Operation, error) {
	type source struct {
		Type       string `json:"type"`
		Pool       string `json:"pool"`
		Name       string `json:"name"`
		Project    string `json:"project,omitempty"`
		Location   string `json:"location,omitempty"` // LXD 6.9 wants it in a cluster
		VolumeOnly bool   `json:"volume_only"`
		Refresh    bool   `json:"refresh"`
	}
	body := struct {
		Name        string            `json:"name"`
		Description string            `json:"description"`
		Config      map[string]string `json:"config,omitempty"` // {} would empty it
		Source      source            `json:"source"`
	}{
		Name:        to.Name,
		Description: how.Description,
		Config:      how.Config,
		Source: source{
			Type:       "copy",
			Pool:       from.Pool,
			Name:       from.Name,
			Project:    from.Project,
			Location:   from.Member,
			VolumeOnly: how.VolumeOnly || how.Snapshot != "",
			Refresh:    how.Refresh,
		},
	}
	if how.Snapshot != "" {
		body.Source.Name += "/" + how.Snapshot
	}
	return c.write(ctx, request{
		method:  http.MethodPost,
		path:    path("storage-pools", to.Pool, "volumes", to.Type),
		query:   to.query(),
		body:    body,
		object:  to.path(),
		becomes: to,
	})
}
