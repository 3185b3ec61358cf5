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

	key      Key
	snapshot string // "" for the volume itself
	serial   int64
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
		key: key, serial: v.Serial,
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
	shown := []shownVolume{}
	add := func(v shownVolume) {
		if clauses.match(v) {
			shown = append(shown, v)
		}
	}
	for key, v := range pool.Volumes {
		if kind != "" && key.Type != kind || project != "" && key.Project != project || target != "" && key.Member != "" && key.Member != target {
			continue
		}
		add(s.showVolume(poolName, key, v))
		for _, snapshot := range v.Snapshots {
			if s.product.HidesSnapshots {
				break
			}
			entry := s.showVolume(poolName, key, v)
			entry.Name, entry.snapshot = entry.Name+"/"+snapshot.Name, snapshot.Name
			entry.Config, entry.Description = snapshot.Config, snapshot.Description
			entry.CreatedAt = s.createdAt(snapshot.CreatedAt)
			add(entry)
		}
	}
	slices.SortFunc(shown, func(a, b shownVolume) int {
		return cmp.Or(strings.Compare(a.Type, b.Type), strings.Compare(a.Name, b.Name), cmp.Compare(a.serial, b.serial))
	})
	if !c.recursive() {
		urls := []string{}
		for _, v := range shown {
			urls = append(urls, s.volumeURL(poolName, v.key, v.snapshot))
		}
		return syncReply(urls), nil
	}
	users := s.findVolumeUsers(anyUse)
	for i, v := range shown {
		shown[i].Config = maps.Clone(v.Config)
		shown[i].UsedBy = users.of(poolName, v.key)
		if own := s.usedByServer(poolName, v.key, s.state.Self()); own != nil && v.snapshot == "" {
			shown[i].UsedBy = own
		}
		if all && !s.product.AllProjectsHaveProfiles {
			shown[i].UsedBy = slices.DeleteFunc(shown[i].UsedBy, func(user string) bool { return strings.HasPrefix(user, "/1.0/profiles/") })
		}
	}
	return syncReply(shown), nil
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
