package sim

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"tarn/lxd"
	"tarn/lxd/schema"
	"tarn/lxd/sim/product"
	"tarn/lxd/sim/state"
)

// shownVolume is a volume, or a snapshot in a list, as the API shows it.
type shownVolume struct {
	Config map[string]string `json:"config"`
	state.Text
	Name        string   `json:"name"`
	Type        string   `json:"type"`
	UsedBy      []string `json:"used_by"`
	Location    string   `json:"location"`
	ContentType string   `json:"content_type"`
	Pool        string   `json:"pool,omitempty"` // of newer LXD
	Project     string   `json:"project"`
	CreatedAt   string   `json:"created_at"`
}

// showVolume is without what uses the volume, and shares its config.
func (s *Server) showVolume(pool string, key Key, v *Volume) shownVolume {
	if !s.product.ShowsPoolOfVolume {
		pool = ""
	}
	location := key.Member // none in a pool that all members share
	if !s.state.Clustered() {
		location = "none"
	}
	return shownVolume{
		Config: v.Config, Text: v.Text, Name: key.Name, Type: key.Type,
		Location: location, ContentType: v.ContentType, Pool: pool, Project: key.Project, CreatedAt: s.createdAt(v.CreatedAt),
	}
}

// createdAt is what the server says of the time at which something was created.
func (s *Server) createdAt(at time.Time) string {
	if !s.product.ShowsCreation {
		at = time.Time{}
	}
	return at.UTC().Format(time.RFC3339Nano)
}

func (s *Server) listVolumes(c call) (reply, error) {
	target, _, err := s.target(c)
	if err != nil {
		return reply{}, err
	}
	kind := ""
	if len(c.path) > 3 {
		kind = c.path[3]
		if err := checkType(kind); err != nil {
			return reply{}, err
		}
	}
	var clauses filter
	if text := c.query.Get("filter"); text != "" {
		var err error
		if clauses, err = parseFilter(text); err != nil {
			return reply{}, serverError("Invalid filter: %v", err)
		}
	}
	poolName, pool, err := s.pool(c)
	if err != nil {
		return reply{}, err
	}
	all := isTrueOr(c.query.Get("all-projects"), false)
	if all && c.query.Get("project") != "" {
		return reply{}, httpError(http.StatusBadRequest, "Cannot specify a project when requesting all projects")
	}
	project := ""
	if !all {
		if project, err = s.project(c); err != nil {
			return reply{}, httpError(http.StatusNotFound, "Project not found")
		}
	}
	listed := make([]listedVolume, 0, len(pool.Volumes))
	add := func(l listedVolume) {
		if l.name = l.key.Name; l.snapshot != nil {
			l.name += "/" + l.snapshot.Name
		}
		if len(clauses) == 0 || clauses.match(s.showListed(poolName, l)) {
			listed = append(listed, l)
		}
	}
	for key, v := range pool.Volumes {
		if kind != "" && key.Type != kind || project != "" && key.Project != project || target != "" && key.Member != "" && key.Member != target {
			continue
		}
		add(listedVolume{key: key, volume: v})
		for _, snapshot := range v.Snapshots {
			if s.product.HidesSnapshots {
				break
			}
			add(listedVolume{key: key, volume: v, snapshot: snapshot})
		}
	}
	slices.SortFunc(listed, func(a, b listedVolume) int {
		return cmp.Or(strings.Compare(a.key.Type, b.key.Type), strings.Compare(a.name, b.name), cmp.Compare(a.volume.Serial, b.volume.Serial))
	})
	list := &listReply{}
	if !c.recursive() {
		for _, l := range listed {
			snapshot := ""
			if l.snapshot != nil {
				snapshot = l.snapshot.Name
			}
			list.add(s.volumeURL(poolName, l.key, snapshot))
		}
		return syncReply(list), nil
	}
	users := s.findVolumeUsers(anyUse)
	for _, l := range listed {
		shown := s.showListed(poolName, l)
		shown.UsedBy = users.of(poolName, l.key)
		if own := s.usedByServer(poolName, l.key, s.state.Self()); own != nil && l.snapshot == nil {
			shown.UsedBy = own
		}
		if all && !s.product.AllProjectsHaveProfiles {
			shown.UsedBy = slices.DeleteFunc(shown.UsedBy, func(user string) bool { return strings.HasPrefix(user, "/1.0/profiles/") })
		}
		list.add(shown)
	}
	return syncReply(list), nil
}

// listedVolume is an entry of a list of volumes: a volume, or a snapshot of one.
type listedVolume struct {
	key      Key
	volume   *Volume
	snapshot *Snapshot // nil for the volume itself
	name     string    // with that of the snapshot
}

// showListed is showVolume for an entry of a list.
func (s *Server) showListed(pool string, l listedVolume) shownVolume {
	shown := s.showVolume(pool, l.key, l.volume)
	if l.snapshot != nil {
		shown.Name, shown.Config, shown.Description = l.name, l.snapshot.Config, l.snapshot.Description
		shown.CreatedAt = s.createdAt(l.snapshot.CreatedAt)
	}
	return shown
}

func (s *Server) getVolume(c call) (reply, error) {
	a, v, err := s.volume(c)
	if err != nil {
		return reply{}, err
	}
	shown := s.showVolume(a.poolName, a.key, v)
	shown.Config, shown.UsedBy = maps.Clone(v.Config), s.usersOf(a)
	if own := s.usedByServer(a.poolName, a.key, a.member); own != nil {
		shown.UsedBy = own
	}
	answer := syncReply(shown)
	answer.etag = etagOf(a.key.Name, a.key.Type, v.Config)
	return answer, nil
}

// getState answers for the member that is asked, whatever the target, as LXD 5.0.2 does.
func (s *Server) getState(c call) (reply, error) {
	if kind := c.path[3]; kind == "image" {
		return reply{}, httpError(http.StatusBadRequest, "Invalid storage volume type %q", kind)
	}
	a, err := s.volumeAddress(c)
	if err != nil {
		return reply{}, err
	}
	if a.key.Type != lxd.TypeCustom && s.state.Instances[Key{Project: a.key.Project, Name: a.key.Name}] == nil {
		if s.product.NamesMissingInstance {
			return reply{}, httpError(http.StatusNotFound, "Failed to fetch instance %q in project %q: Instance not found", a.key.Name, a.key.Project)
		}
		return reply{}, httpError(http.StatusNotFound, "Instance not found")
	}
	v := a.pool.Volumes[a.key]
	if v == nil {
		return reply{}, httpError(http.StatusNotFound, "%s", notFoundText(a.poolName, a.key))
	}
	if a.pool.Driver == "dir" || a.pool.Driver == "btrfs" && !*a.pool.QuotasOn(a.member) {
		size, _ := schema.ParseSize(v.Config["size"])
		switch s.product.UnknownUsage {
		case product.UsageIsNull:
			return syncReply(map[string]any{"usage": nil}), nil
		case product.UsageIsSize:
			return syncReply(map[string]any{"usage": map[string]any{"used": 0, "total": size}}), nil
		case product.UsageIsTotal:
			return syncReply(map[string]any{"usage": map[string]any{"total": 0}}), nil
		}
		return reply{}, serverError("Not supported")
	}
	type usage struct {
		Used  int64 `json:"used"`
		Total int64 `json:"total"`
	}
	total := int64(0)
	if s.product.ShowsTotal {
		total, _ = schema.ParseSize(v.Config["size"])
	}
	return syncReply(struct {
		Usage usage `json:"usage"`
	}{usage{max(v.Used, 16384), total}}), nil
}
