package lxd

import (
	"context"
	"slices"
	"strings"
)

// ServerVolume is a custom volume in which a server keeps something of its own. It lets nobody rename, move or delete that.
type ServerVolume struct {
	Key    string // the server's config key that says so: storage.backups_volume
	Volume VolumeID
}

// ServerVolumes reads in which volumes the server keeps backups, images and the like of its own, in order of the keys. In a
// cluster each member has its own ones: member says whose; "" is the member that answers. Of a client that may not see the
// server's config the list is empty.
//
// What uses a volume says so only in part: LXD 5.0.2 names it "/1.0" there, but in a cluster only when the member itself is
// asked for that volume, and Incus 6.0.4 never does.
func (c *Client) ServerVolumes(ctx context.Context, member string) ([]ServerVolume, error) {
	var raw struct {
		Config map[string]any `json:"config"`
	}
	if _, err := c.get(ctx, path(), at("", member), &raw); err != nil {
		return nil, err
	}
	var found []ServerVolume
	for key, value := range raw.Config {
		text, _ := value.(string)
		pool, name, ok := strings.Cut(text, "/")
		if ok && strings.HasPrefix(key, "storage.") && strings.HasSuffix(key, "_volume") {
			id := VolumeID{Project: DefaultProject, Pool: pool, Type: TypeCustom, Name: name, Member: member}
			found = append(found, ServerVolume{Key: key, Volume: id})
		}
	}
	slices.SortFunc(found, func(x, y ServerVolume) int { return strings.Compare(x.Key, y.Key) })
	return found, nil
}
