package plan

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"

	"tarn/lxd"
)

// JSONVersion is the version of the JSON form. A reader can rely on what it knows of a version for as long as the number
// before the dot stays; the one behind it grows with what is added.
const JSONVersion = "1.1"

// WriteJSON writes the plan as one JSON object, from which [Read] makes the plan again. Values that must not be shown are
// left out, and marked as secret.
func (p *Plan) WriteJSON(w io.Writer) error {
	out := jsonPlan{
		FormatVersion: JSONVersion,
		Server:        p.Server.json(),
		Steps:         make([]jsonStep, 0, len(p.Steps)),
		Blockers:      blockersJSON(p.Blockers),
		Notices:       append([]string{}, p.Notices...),
		Orphans:       make([]jsonObject, 0, len(p.Orphans)),
		Seen:          make([]jsonSeen, 0, len(p.Seen)),
		Summary: map[string]int{
			"unchanged": p.Unchanged,
			"unmanaged": p.UnmanagedPools + p.UnmanagedVolumes, "unmanaged_pools": p.UnmanagedPools, "unmanaged_volumes": p.UnmanagedVolumes,
		},
		Rehearsal: p.Rehearsal.json(),
	}
	if len(p.Only) > 0 {
		out.Only, out.Summary["left_out"] = p.Only, p.LeftOut
	}
	for _, verb := range verbs {
		out.Summary[verb] = 0
	}
	for _, source := range p.From {
		out.Sources = append(out.Sources, source.json())
	}
	for i := range p.Steps {
		out.Steps = append(out.Steps, p.Steps[i].json())
		out.Summary[p.Steps[i].Action.verb()]++
	}
	for _, orphan := range p.Orphans {
		out.Orphans = append(out.Orphans, orphan.json())
	}
	for _, unmanaged := range p.Unmanaged {
		out.Unmanaged = append(out.Unmanaged, jsonUnmanaged{unmanaged.Object.json(), unmanaged.UsedBy})
	}
	for _, seen := range p.Seen {
		out.Seen = append(out.Seen, seen.json())
	}
	whole, err := json.Marshal(out)
	if err != nil {
		return err
	}
	if out.Digest, err = digest(whole); err != nil {
		return err
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(out)
}

// digest is that of what a JSON document says, but for its digest: however it is laid out, and whether this version knows
// all of it or not.
func digest(document []byte) (string, error) {
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber()
	var content map[string]any
	if err := decoder.Decode(&content); err != nil {
		return "", err
	}
	delete(content, "digest")
	canonical, err := json.Marshal(content) // sorts the keys
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(canonical)
	return "sha256:" + hex.EncodeToString(sum[:]), nil
}

type jsonPlan struct {
	FormatVersion string          `json:"format_version"`
	Server        jsonServer      `json:"server"`
	Sources       []jsonServer    `json:"sources,omitempty"` // servers that volumes come from
	Only          []string        `json:"only,omitempty"`
	Steps         []jsonStep      `json:"steps"`
	Blockers      []jsonBlocker   `json:"blockers"`
	Notices       []string        `json:"notices"`
	Orphans       []jsonObject    `json:"orphans"`
	Unmanaged     []jsonUnmanaged `json:"unmanaged,omitempty"`
	Summary       map[string]int  `json:"summary"`
	Seen          []jsonSeen      `json:"seen"`
	Rehearsal     *jsonRehearsal  `json:"rehearsal,omitempty"`
	Digest        string          `json:"digest"`
}

type jsonServer struct {
	Remote      string `json:"remote"`
	Version     string `json:"version"`
	Address     string `json:"address"`
	Project     string `json:"project"`
	Fingerprint string `json:"fingerprint,omitempty"`
}

type jsonObject struct {
	Kind    string `json:"kind"` // pool or volume
	Remote  string `json:"remote,omitempty"`
	Pool    string `json:"pool"`
	Name    string `json:"name,omitempty"`
	Project string `json:"project,omitempty"`
	Member  string `json:"member,omitempty"`
}

type jsonStep struct {
	Number   int          `json:"number"`
	Action   string       `json:"action"`
	Object   jsonObject   `json:"object"`       // as it is called before the step
	To       *jsonObject  `json:"to,omitempty"` // as it is called afterwards, when that is something else
	Reason   string       `json:"reason"`
	Class    string       `json:"class"` // safe, disruptive or destroys-data
	Evidence []string     `json:"evidence,omitempty"`
	Needs    []int        `json:"needs,omitempty"`
	Changes  []jsonChange `json:"changes,omitempty"`
	Members  []string     `json:"members,omitzero"` // of a cluster, for which a pool is created with config of their own
	Moved    bool         `json:"moved,omitempty"`  // a step before this one may have changed the config
	Finish   bool         `json:"finish,omitempty"` // an earlier run has begun with it
}

type jsonChange struct {
	Attribute string  `json:"attribute"`
	Member    string  `json:"member,omitempty"` // whose config it is, in a cluster
	From      *string `json:"from"`             // null when it is not set
	To        *string `json:"to"`               // null when it is to be unset
	Secret    bool    `json:"secret,omitempty"`

	// Of a secret both values are null, and these tell which of them there are.
	FromSecret bool `json:"from_secret,omitempty"`
	ToSecret   bool `json:"to_secret,omitempty"`
}

type jsonBlocker struct {
	Object *jsonObject `json:"object,omitempty"`
	Why    string      `json:"why"`
	Hint   string      `json:"hint"`
}

type jsonUnmanaged struct {
	Object jsonObject `json:"object"`
	UsedBy []string   `json:"used_by,omitzero"`
}

type jsonSeen struct {
	Object      jsonObject         `json:"object"`
	Driver      string             `json:"driver,omitempty"`
	Status      string             `json:"status,omitempty"`
	ContentType string             `json:"content_type,omitempty"`
	Description string             `json:"description,omitempty"`
	Config      map[string]*string `json:"config,omitzero"` // null is a secret
	UsedBy      []string           `json:"used_by,omitzero"`
	Snapshots   []string           `json:"snapshots,omitzero"`
}

func (s Server) json() jsonServer { return jsonServer(s) }

func blockersJSON(blockers []Blocker) []jsonBlocker {
	out := make([]jsonBlocker, 0, len(blockers))
	for _, blocker := range blockers {
		b := jsonBlocker{Why: blocker.Why, Hint: blocker.Hint}
		if blocker.Object != (Object{}) {
			object := blocker.Object.json()
			b.Object = &object
		}
		out = append(out, b)
	}
	return out
}

func (o Object) json() jsonObject {
	if o.IsPool() {
		return jsonObject{Kind: "pool", Pool: o.Pool}
	}
	return volumeJSON(o.Volume)
}

func volumeJSON(id lxd.VolumeID) jsonObject {
	return jsonObject{Kind: "volume", Pool: id.Pool, Name: id.Name, Project: id.Project, Member: id.Member}
}

// classNames are the classes as programs read them.
var classNames = [...]string{Safe: "safe", Disruptive: "disruptive", DestroysData: "destroys-data"}

func (s *Step) json() jsonStep {
	step := jsonStep{
		Number:   s.Number,
		Action:   s.Action.verb(),
		Object:   s.Action.Object().json(),
		Reason:   s.Reason,
		Class:    classNames[s.Class],
		Evidence: s.Evidence,
		Needs:    s.Needs,
	}
	switch action := s.Action.(type) {
	case CreatePool:
		step.Changes = set(step.Changes, "driver", action.Driver, false)
		step.Changes = set(step.Changes, "description", action.Description, false)
		step.Changes = setConfig(step.Changes, "", action.Config, action.Secret)
		if action.Members != nil {
			step.Members = append([]string{}, slices.Sorted(maps.Keys(action.Members))...)
		}
		for _, member := range step.Members {
			step.Changes = setConfig(step.Changes, member, action.Members[member], action.Secret)
		}
	case CreateVolume:
		step.Changes = set(step.Changes, "content_type", action.ContentType, false)
		step.Changes = set(step.Changes, "description", action.Description, false)
		step.Changes = setConfig(step.Changes, "", action.Config, action.Secret)
	case PatchPool:
		step.Changes = changesJSON(action.Changes)
	case PatchVolume:
		step.Changes = changesJSON(action.Changes)
		step.Moved = action.Moved
	case RenameVolume:
		to := volumeJSON(action.To())
		step.To = &to
	case MoveVolume:
		to := volumeJSON(action.To)
		step.To, step.Finish = &to, action.Finish
	case MigrateVolume:
		to := volumeJSON(action.To)
		step.Object, step.To, step.Finish = volumeJSON(action.Volume), &to, action.Finish
		step.Object.Remote = action.Remote
	}
	return step
}

func setConfig(changes []jsonChange, member string, config map[string]string, secret map[string]bool) []jsonChange {
	for _, key := range slices.Sorted(maps.Keys(config)) {
		for _, change := range set(nil, memberPrefix(member)+"config."+key, config[key], secret[key]) {
			change.Member = member
			changes = append(changes, change)
		}
	}
	return changes
}

// memberPrefix is what the attributes of a cluster member's config begin with.
func memberPrefix(member string) string {
	if member == "" {
		return ""
	}
	return fmt.Sprintf("member.%s.", member)
}

func set(changes []jsonChange, attribute, value string, secret bool) []jsonChange {
	switch {
	case secret:
		return append(changes, jsonChange{Attribute: attribute, Secret: true, ToSecret: true})
	case value == "":
		return changes
	}
	return append(changes, jsonChange{Attribute: attribute, To: &value})
}

func changesJSON(changes []Change) []jsonChange {
	out := make([]jsonChange, len(changes))
	for i, change := range changes {
		out[i] = jsonChange{Attribute: change.Attr.String(), From: change.From, To: change.To, Secret: change.Secret}
		if change.Secret {
			out[i].FromSecret, out[i].ToSecret = change.From != nil, change.To != nil
			out[i].From, out[i].To = nil, nil
		}
	}
	return out
}

func (s *Seen) json() jsonSeen {
	seen := jsonSeen{
		Object: s.Object.json(), Driver: s.Driver, Status: s.Status, ContentType: s.ContentType,
		Description: s.Description, UsedBy: s.UsedBy, Snapshots: s.Snapshots,
	}
	seen.Object.Remote = s.Remote
	if s.Config != nil {
		seen.Config = make(map[string]*string, len(s.Config)+len(s.Secret))
		for key, value := range s.Config {
			seen.Config[key] = &value
		}
		for key := range s.Secret {
			seen.Config[key] = nil
		}
	}
	return seen
}
