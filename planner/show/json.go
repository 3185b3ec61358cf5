package show

import (
	"encoding/json"
	"io"
	"time"

	"tarn/lxd"
	"tarn/planner"
	"tarn/planner/plan"
)

// JSONVersion is the version of the JSON form. A reader can rely on what it knows of a version for as long as the number before the dot
// stays; the one behind it grows with what is added.
const JSONVersion = "1.0"

// jsonOverview is an overview for programs. What is null is not known; what is missing was not asked for.
type jsonOverview struct {
	FormatVersion string       `json:"format_version"`
	TarnVersion   string       `json:"tarn_version,omitempty"`
	CreatedAt     string       `json:"created_at,omitempty"`
	Server        plan.Server  `json:"server"`
	Pools         []jsonPool   `json:"pools"`
	Volumes       []jsonVolume `json:"volumes"`
	NotThere      int          `json:"not_on_server"`
	Warnings      []string     `json:"warnings"`
}

type jsonPool struct {
	Name        string      `json:"name"`
	Driver      string      `json:"driver"`
	Status      string      `json:"status"`
	Description string      `json:"description"`
	Members     []string    `json:"members,omitempty"`
	Space       []jsonSpace `json:"space"`
	Volumes     int         `json:"volumes"`
	jsonObject
}

type jsonSpace struct {
	Member string `json:"member,omitempty"`
	Used   *int64 `json:"used_bytes"`
	Total  *int64 `json:"total_bytes"`
}

type jsonVolume struct {
	Pool        string  `json:"pool"`
	Name        string  `json:"name"`
	Project     string  `json:"project"`
	Member      string  `json:"member,omitempty"`
	ContentType string  `json:"content_type"`
	Description string  `json:"description"`
	CreatedAt   string  `json:"created_at,omitempty"`
	Size        *string `json:"size"` // as the config has it
	Used        *int64  `json:"used_bytes"`
	Snapshots   *int    `json:"snapshots"`
	jsonObject
	History []jsonSnapshot `json:"snapshot_list,omitzero"`
	Backups []string       `json:"backups,omitzero"`
}

// jsonObject is what pools and volumes have in common.
type jsonObject struct {
	UsedBy    []plan.User      `json:"used_by"`
	Owner     *string          `json:"owner"`
	IsCopy    bool             `json:"is_copy,omitempty"`
	Protected bool             `json:"protected"`
	Declared  *jsonDeclaration `json:"declared"`
	Config    []jsonSetting    `json:"config,omitzero"`
	Hidden    bool             `json:"config_hidden,omitempty"`
}

type jsonDeclaration struct {
	Address  string    `json:"address"`
	File     string    `json:"file"`
	Line     int       `json:"line"`
	Existing bool      `json:"existing,omitempty"`
	Absent   bool      `json:"absent,omitempty"`
	Becomes  *jsonName `json:"becomes,omitempty"`
}

type jsonName struct {
	Pool    string `json:"pool"`
	Name    string `json:"name"`
	Project string `json:"project"`
	Member  string `json:"member,omitempty"`
}

type jsonSetting struct {
	Key       string         `json:"key"`
	Member    string         `json:"member,omitempty"`
	Value     *string        `json:"value"` // null when it is not set, and of a secret
	Secret    bool           `json:"secret,omitempty"`
	From      planner.Origin `json:"from"`
	Wanted    *string        `json:"wanted,omitempty"`
	PoolKey   string         `json:"pool_key,omitempty"`
	PoolValue *string        `json:"pool_value,omitempty"`
}

type jsonSnapshot struct {
	Name      string `json:"name"`
	CreatedAt string `json:"created_at,omitempty"`
	ExpiresAt string `json:"expires_at,omitempty"`
}

// WriteJSON writes the overview as one JSON object.
func (o *Overview) WriteJSON(w io.Writer) error {
	out := jsonOverview{
		FormatVersion: JSONVersion, TarnVersion: o.Made.Version, CreatedAt: o.Made.CreatedAt(), Server: o.Server,
		Pools: make([]jsonPool, 0, len(o.Pools)), Volumes: make([]jsonVolume, 0, len(o.Volumes)),
		NotThere: o.NotThere, Warnings: append([]string{}, o.Warnings...),
	}
	for i := range o.Pools {
		out.Pools = append(out.Pools, o.Pools[i].json(o.Details))
	}
	for i := range o.Volumes {
		out.Volumes = append(out.Volumes, o.Volumes[i].json(o.Details))
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(out)
}

func (p *Pool) json(details bool) jsonPool {
	out := jsonPool{
		Name: p.Name, Driver: p.Driver, Status: p.Status, Description: p.Description, Members: p.Members, Volumes: p.Volumes,
		Space: make([]jsonSpace, 0, len(p.Sides)), jsonObject: p.Object.json(p.Users, details),
	}
	for _, side := range p.Sides {
		space := jsonSpace{Member: side.Member}
		if side.Space != nil {
			space.Used, space.Total = &side.Space.Used, &side.Space.Total
		}
		out.Space = append(out.Space, space)
	}
	return out
}

func (v *Volume) json(details bool) jsonVolume {
	out := jsonVolume{
		Pool: v.ID.Pool, Name: v.ID.Name, Project: v.ID.Project, Member: v.ID.Member, ContentType: v.ContentType, Description: v.Description,
		CreatedAt: timeJSON(v.Created), Used: v.Used, Snapshots: v.Snapshots, jsonObject: v.Object.json(v.Users, details),
	}
	if v.Size != "" {
		out.Size = &v.Size
	}
	if !details {
		return out
	}
	out.History, out.Backups = []jsonSnapshot{}, append([]string{}, v.Backups...)
	for _, snapshot := range v.History {
		out.History = append(out.History, jsonSnapshot{snapshot.Name, timeJSON(snapshot.CreatedAt), timeJSON(snapshot.ExpiresAt)})
	}
	return out
}

func (o *Object) json(users []plan.User, details bool) jsonObject {
	out := jsonObject{UsedBy: append([]plan.User{}, users...), IsCopy: o.IsCopy, Protected: o.Protected, Hidden: o.Hidden}
	if o.Owner != "" {
		out.Owner = &o.Owner
	}
	if d := o.Declaration; d != nil {
		out.Declared = &jsonDeclaration{Address: d.Address, File: d.Place.Filename, Line: d.Place.Start.Line, Existing: d.Existing, Absent: d.Absent}
		if to := d.Becomes; to != (lxd.VolumeID{}) {
			out.Declared.Becomes = &jsonName{to.Pool, to.Name, to.Project, to.Member}
		}
	}
	if !details {
		return out
	}
	out.Config = []jsonSetting{}
	for _, s := range o.Settings {
		setting := jsonSetting{Key: s.Key, Member: s.Member, Secret: s.Secret, From: s.From, PoolKey: s.PoolKey}
		if !s.Secret {
			setting.Value, setting.Wanted = s.Value, s.Wanted
			if s.PoolKey != "" {
				setting.PoolValue = &s.PoolValue
			}
		}
		out.Config = append(out.Config, setting)
	}
	return out
}

// timeJSON is a time in seconds of UTC, "" for none.
func timeJSON(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}
