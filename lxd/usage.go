package lxd

import (
	"context"
	"errors"
	"net/url"
	"strings"
)

// Usage is how full a volume is.
type Usage struct {
	Used      int64    // bytes, -1 when the server cannot tell
	Total     int64    // bytes that it may have, 0 when nothing limits it
	Snapshots []string // names, in order of creation
	Backups   []string // names

	// Unsupported tells that the driver cannot say how full such a volume is.
	Unsupported bool
}

// Usage reads how full a volume is and what snapshots and backups it has. In a cluster only the member that holds a volume can
// tell how full it is: when another one answers, Used is -1.
func (c *Client) Usage(ctx context.Context, id VolumeID) (usage *Usage, err error) {
	if usage, err = c.Used(ctx, id); err != nil {
		return nil, err
	}
	if usage.Snapshots, err = c.KnownSnapshotNames(ctx, id); err != nil { // Used has found the volume
		return nil, err
	}
	usage.Backups, err = c.BackupNames(ctx, id)
	return usage, err
}

// SnapshotNames names the snapshots of a volume.
func (c *Client) SnapshotNames(ctx context.Context, id VolumeID) ([]string, error) {
	if id.Member != "" {
		if _, err := c.Volume(ctx, id); err != nil {
			return nil, err
		}
	}
	return c.KnownSnapshotNames(ctx, id)
}

// KnownSnapshotNames is SnapshotNames of a volume that is there: of one that is not it may also name none.
func (c *Client) KnownSnapshotNames(ctx context.Context, id VolumeID) ([]string, error) {
	if id.Member != "" {
		return c.memberSnapshotNames(ctx, id)
	}
	return c.listNames(ctx, id, "snapshots")
}

// AllSnapshotNames names the snapshots of the custom volumes of a pool in one project, by the names of the volumes, with one
// request. It is for servers whose lists have snapshots ([Server.ListsSnapshots]). In a cluster, where several volumes may have one name, member says
// whose are meant; it is "" elsewhere and for pools that all members share. Volumes are missing where a name, theirs or a snapshot's, is more than letters, digits and "-_.~": LXD 5.0.2
// escapes these twice, other servers once.
func (c *Client) AllSnapshotNames(ctx context.Context, pool, project, member string) (map[string][]string, error) {
	query := at(project, member)
	names, odd := map[string][]string{}, map[string]bool{}
	err := getEach(ctx, c, path("storage-pools", pool, "volumes", TypeCustom), query, func(text *string) error {
		_, address, is := strings.Cut(*text, "/volumes/"+TypeCustom+"/")
		if !is {
			return badAnswer("its list of volumes has %s", brief(*text))
		}
		address, _, _ = strings.Cut(address, "?")
		volume, snapshot, is := strings.Cut(address, "/snapshots/")
		switch {
		case !isPlain(volume):
		case !is:
			names[volume] = append(names[volume], []string{}...)
		case !isPlain(snapshot):
			odd[volume] = true
		default:
			names[volume] = append(names[volume], snapshot)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for volume := range odd {
		delete(names, volume)
	}
	return names, nil
}

// isPlain tells whether a name is the same in an address.
func isPlain(name string) bool {
	return name != "" && url.PathEscape(name) == name && !strings.ContainsAny(name, "%/")
}

// BackupNames names the backups of a volume.
func (c *Client) BackupNames(ctx context.Context, id VolumeID) ([]string, error) {
	names, err := c.listNames(ctx, id, "backups")
	if errors.Is(err, ErrNotFound) { // the server is too old to have any
		err = nil
	}
	return names, err
}

// listNames lists what a volume has of a kind: "snapshots" or "backups".
func (c *Client) listNames(ctx context.Context, id VolumeID, kind string) ([]string, error) {
	var names []string
	err := getEach(ctx, c, id.path(kind), id.query(), func(text *string) error {
		at := strings.LastIndex(*text, "/"+kind+"/")
		if at < 0 {
			return badAnswer("its list of %s has %s", kind, brief(*text))
		}
		name, _, _ := strings.Cut((*text)[at+len("/"+kind+"/"):], "?")
		if plain, err := url.PathUnescape(name); err == nil {
			name = plain
		}
		names = append(names, name)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return names, nil
}

// Used reads how full a volume is, and nothing else of its usage. It is as with [Client.Usage] in a cluster: LXD 5.0.2 looks for the
// state of a volume on the member that it is asked on, whatever the target, and would tell of another volume of the same name.
func (c *Client) Used(ctx context.Context, id VolumeID) (*Usage, error) {
	if id.Member == "" {
		return c.UsedHere(ctx, id)
	}
	server, err := c.Server(ctx)
	if err != nil {
		return nil, err
	}
	if server.Name == id.Member {
		return c.UsedHere(ctx, id)
	}
	if _, err := c.Volume(ctx, id); err != nil {
		return nil, err
	}
	return &Usage{Used: -1}, nil
}

// UsedHere is Used where a volume of a member is known to be on the one that answers. LXD 5.21.7 and 6.9 say 0 where their driver cannot tell, as dir cannot, and of a btrfs volume
// that has not been written out: nothing that is there takes no space, so that 0 is not believed.
func (c *Client) UsedHere(ctx context.Context, id VolumeID) (*Usage, error) {
	usage := &Usage{Used: -1}
	var state struct {
		Usage *struct {
			Used  *int64 `json:"used"`
			Total int64  `json:"total"`
		} `json:"usage"`
	}
	switch _, err := c.get(ctx, id.path("state"), id.query(), &state); refused := err.(type) {
	case nil:
		if state.Usage != nil {
			usage.Total = state.Usage.Total
			if used := state.Usage.Used; used != nil && *used > 0 {
				usage.Used = *used
			}
		}
	case *Error: // a driver that cannot tell; dir without quotas is one
		if errors.Is(err, ErrNotFound) {
			return nil, err
		}
		usage.Unsupported = strings.Contains(strings.ToLower(refused.Message), "not supported")
	default:
		return nil, err
	}
	return usage, nil
}
