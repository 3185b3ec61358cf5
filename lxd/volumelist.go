package lxd

import (
	"cmp"
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// VolumeList says which custom volumes of a pool are asked for. The zero value asks for those of the default project.
type VolumeList struct {
	AnyType     bool // also the volumes of instances and images
	Project     string
	AllProjects bool // LXD 5.0.2 does not say then what uses the volumes

	// Names, when not nil, are the volumes of interest: the server may then leave out the others, which costs it far
	// less. It may also give more than these.
	Names []string

	// Held, when not nil, names what is known to be there. It decides how little is asked for: with so many names that it costs
	// the server more to look for them, all are.
	Held []string

	// Entries is how many entries a list of all has, with those of snapshots; 0 when that is not known.
	Entries int

	// Prefix, when set, adds the volumes whose names begin with it.
	Prefix string

	// ConfigKey and ConfigValue, when set, add the volumes that have this key at this value.
	ConfigKey, ConfigValue string

	// Server, when not nil, says what the server can do: it is then asked to select, if it can.
	Server *Server

	snapshots bool // are wanted too
}

// filteringExtension is what a server has that selects.
const filteringExtension = "storage_volume_api_filtering"

// maxFilter is how many bytes a filter may have. LXD accepts a request line of about one megabyte, and escaping makes up to
// three bytes of one.
const maxFilter = 256 << 10

// Volumes lists custom volumes of a pool in one request, in order of name, without their snapshots.
func (c *Client) Volumes(ctx context.Context, pool string, list VolumeList) ([]*Volume, error) {
	return c.listVolumes(ctx, pool, list)
}

// VolumesAndSnapshots is as Volumes, with the snapshots as entries of their own whose names are VOLUME/SNAPSHOT.
func (c *Client) VolumesAndSnapshots(ctx context.Context, pool string, list VolumeList) ([]*Volume, error) {
	list.snapshots = true
	return c.listVolumes(ctx, pool, list)
}

// VolumeNames names the custom volumes of a pool in one project, with how many snapshots each has as far as lists have those, see
// [Server.ListsSnapshots]. It takes the server a twentieth of a list that describes them.
func (c *Client) VolumeNames(ctx context.Context, server *Server, pool, project string) (map[VolumeID]int, error) {
	var urls []string
	query := url.Values{}
	if project != "" {
		query.Set("project", project)
	}
	if _, err := c.get(ctx, path("storage-pools", pool, "volumes", TypeCustom), query, &urls); err != nil {
		return nil, err
	}
	snapshots := map[VolumeID]int{}
	for i, use := range server.Uses(urls) {
		if use.Volume.Pool != pool || use.Volume.Type != TypeCustom {
			return nil, c.noAnswer(badAnswer("its list of volumes has %s", brief(urls[i])))
		}
		id := use.Volume
		id.Project = cmp.Or(project, DefaultProject)
		snapshots[id] += 0
		if use.Kind == UsedBySnapshot {
			snapshots[id]++
		}
	}
	return snapshots, nil
}

// expected is about how many volumes are listed, 0 when nobody knows.
func (l VolumeList) expected() int {
	if l.Names == nil || l.ConfigKey != "" {
		return len(l.Held)
	}
	return min(len(l.Names), len(l.Held))
}

func (c *Client) listVolumes(ctx context.Context, pool string, list VolumeList) ([]*Volume, error) {
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
	of := VolumeID{Project: list.Project, Pool: pool, Type: TypeCustom}
	if list.AnyType {
		of.Type = ""
	}
	if list.AllProjects {
		of.Project = AllProjects
	}
	reader := &volumeReader{held: list.Held}
	all := make([]*Volume, 0, list.expected())
	err := getEachAs(ctx, c, path(segments...), query, reader.read, func(v *Volume) error {
		if err := cmp.Or(misnamed("volume", v.Name), v.isOf(of)); err != nil {
			return err
		}
		if v.Pool = pool; list.snapshots || !strings.Contains(v.Name, "/") { // no volume's name has a slash
			all = append(all, v)
		}
		return nil
	})
	if err == nil {
		err = noTwins(c, all, func(x, y *Volume) int { return x.ID().Compare(y.ID()) }, func(v *Volume) string { return v.Name })
	}
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return all, nil
}

// share takes what is alike from the volume that stands before it in a list, instead of holding it twice: of most lists nearly all.
func (v *Volume) share(before *Volume) {
	if before == nil {
		return
	}
	for _, text := range []struct{ own, other *string }{
		{&v.Type, &before.Type}, {&v.ContentType, &before.ContentType}, {&v.Description, &before.Description},
		{&v.Location, &before.Location}, {&v.Project, &before.Project},
	} {
		if *text.own == *text.other {
			*text.own = *text.other
		}
	}
	if v.Config != nil && before.Config != nil && maps.Equal(v.Config, before.Config) {
		v.Config = before.Config
	}
}

// UnlistedVolumes are the volumes of a pool, in all projects, that are not among what the server says that uses it; those of images
// left out, which go with it. LXD 5.21.7 and 6.9 do not name volumes with a percent sign in their names there.
func (c *Client) UnlistedVolumes(ctx context.Context, server *Server, pool *Pool) ([]VolumeID, error) {
	if !server.Has("storage_volumes_all_projects") {
		return nil, nil
	}
	volumes, err := c.Volumes(ctx, pool.Name, VolumeList{AnyType: true, AllProjects: true})
	listed := map[VolumeID]bool{}
	instances := map[InstanceID]bool{}
	for _, use := range server.Uses(pool.UsedBy) {
		listed[use.Volume] = true
		instances[use.Instance()] = use.Kind == UsedByInstance
	}
	var unlisted []VolumeID
	for _, volume := range volumes {
		id := volume.ID()
		ofInstance := volume.Type != TypeCustom && instances[InstanceID{id.Project, id.Name}]
		if volume.Type != "image" && !listed[id] && !ofInstance {
			unlisted = append(unlisted, id)
		}
	}
	return unlisted, err
}

// filter words the list for the server, "" for everything.
//
// LXD 5.0.2 selects before it works out what uses a volume, which is what makes a list slow. It reads the value as a
// regular expression, in any case, that has to match all of the text unless it has a ^ or a $ anywhere, and splits the filter at spaces.
func (l VolumeList) filter() string {
	if l.Server == nil || !l.Server.Has(filteringExtension) {
		return ""
	}
	var clauses []string
	if l.ConfigKey != "" {
		clauses = append(clauses, "config."+l.ConfigKey+" eq ("+patternText(l.ConfigValue)+")")
	}
	if l.Prefix != "" {
		clauses = append(clauses, "name eq ("+patternText(l.Prefix)+".*)")
	}
	rest := expression{strings.Join(clauses, " or "), len(clauses)}
	switch {
	case l.Names == nil, slices.ContainsFunc(l.Names, func(name string) bool { return strings.Contains(name, "\n") }): // no dot matches a line feed
		return l.all()
	case len(l.Names) > 0:
		var pattern string
		var pays bool
		switch first := l.Server.SelectsFirst(); {
		case first && l.Held != nil:
			pattern, pays = selection(l.Names, l.Held, rest)
		case first:
			pattern, pays = exactly(l.Names, 0.5)
		case l.Held == nil:
			pattern, pays = exactly(l.Names, 0.05) // the answer is shorter
		}
		if !pays {
			return l.all()
		}
		clauses = slices.Insert(clauses, 0, "name eq "+pattern)
	case len(clauses) == 0:
		return "name eq ()" // no volume has an empty name
	}
	return strings.Join(clauses, " or ")
}

// all is the filter for all that is there.
func (l VolumeList) all() string {
	if l.snapshots || !l.Server.SelectsFirst() { // it saves nothing
		return ""
	}
	return "name eq " + whole(anything)
}
