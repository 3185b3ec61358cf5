package plan

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
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
const JSONVersion = "2.0"

// WriteJSON writes the plan as one JSON object, from which [Read] makes the plan again. Values that must not be shown are
// left out, and marked as secret.
func (p *Plan) WriteJSON(w io.Writer) error { return p.WriteJSONWith(w, Beside{}) }

// Beside is what may stand beside a plan in its JSON, where it is one of several or somebody has judged it.
type Beside struct {
	Spec, Remote string // as the user named them, "" for what needs no name
	Drift        any    // what it comes to as a finding about the server, nil for nothing
}

// WriteJSONWith is WriteJSON with something beside the plan.
func (p *Plan) WriteJSONWith(w io.Writer, beside Beside) error {
	out := jsonPlan{
		Spec:          beside.Spec,
		Remote:        beside.Remote,
		Drift:         beside.Drift,
		FormatVersion: JSONVersion,
		TarnVersion:   p.Made.Version,
		CreatedAt:     p.Made.CreatedAt(),
		Diagnostics:   p.Diagnostics,
		Server:        p.Server.json(),
		Steps:         make([]jsonStep, 0, len(p.Steps)),
		Blockers:      blockersJSON(p.Blockers),
		Notices:       make([]jsonNotice, 0, len(p.Notices)),
		Orphans:       make([]jsonObject, 0, len(p.Orphans)),
		Strangers:     make([]jsonObject, 0, len(p.Strangers)),
		Seen:          make([]jsonSeen, 0, len(p.Seen)),
		Summary: map[string]int{
			"unchanged": p.Unchanged,
			"unmanaged": p.UnmanagedPools + p.UnmanagedVolumes, "unmanaged_pools": p.UnmanagedPools, "unmanaged_volumes": p.UnmanagedVolumes,
			"removed_settings": p.RemovedSettings(), "taken_over": p.TakenOver(),
		},
		Rehearsal: p.Rehearsal.json(),
	}
	if len(p.Only) > 0 {
		out.Only, out.Summary["left_out"] = p.Only, p.LeftOut
	}
	if len(p.Excluded) > 0 {
		out.Excluded, out.Summary["left_out"] = p.Excluded, p.LeftOut
	}
	for _, verb := range verbs {
		out.Summary[verb] = 0
	}
	for _, remote := range p.Remotes {
		out.Remotes = append(out.Remotes, remote.json())
	}
	for _, notice := range p.Notices {
		out.Notices = append(out.Notices, jsonNotice{notice.Code, notice.Object.json(), notice.Text})
	}
	for i := range p.Steps {
		out.Steps = append(out.Steps, p.Steps[i].json())
		out.Summary[p.Steps[i].Action.verb()]++
	}
	for _, stranger := range p.Strangers {
		out.Strangers = append(out.Strangers, stranger.json())
	}
	for _, orphan := range p.Orphans {
		out.Orphans = append(out.Orphans, orphan.json())
	}
	for _, unmanaged := range p.Unmanaged {
		out.Unmanaged = append(out.Unmanaged, jsonUnmanaged{unmanaged.Object.json(), usersJSON(unmanaged.UsedBy)})
	}
	for i := range p.Acknowledgments {
		out.Acknowledgments = append(out.Acknowledgments, p.Acknowledgments[i].json())
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
	FormatVersion   string               `json:"format_version"`
	TarnVersion     string               `json:"tarn_version,omitempty"`
	CreatedAt       string               `json:"created_at,omitempty"`
	Spec            string               `json:"spec,omitempty"`
	Remote          string               `json:"remote,omitempty"`
	Server          jsonServer           `json:"server"`
	Remotes         []jsonServer         `json:"remotes,omitempty"` // servers that volumes come from
	Only            []string             `json:"only,omitempty"`
	Excluded        []string             `json:"excluded,omitempty"`
	Steps           []jsonStep           `json:"steps"`
	Blockers        []jsonBlocker        `json:"blockers"`
	Notices         []jsonNotice         `json:"notices"`
	Diagnostics     []Diagnostic         `json:"diagnostics,omitempty"`
	Orphans         []jsonObject         `json:"orphans"`
	Strangers       []jsonObject         `json:"strangers"`
	Unmanaged       []jsonUnmanaged      `json:"unmanaged,omitempty"`
	Acknowledgments []jsonAcknowledgment `json:"acknowledgments,omitempty"`
	Summary         map[string]int       `json:"summary"`
	Drift           any                  `json:"drift,omitempty"`
	Seen            []jsonSeen           `json:"seen"`
	Rehearsal       *jsonRehearsal       `json:"rehearsal,omitempty"`
	Digest          string               `json:"digest"`
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
	Known    string       `json:"acknowledged,omitempty"`
	Class    string       `json:"class"` // safe, disruptive or destroys-data
	Evidence jsonEvidence `json:"evidence,omitzero"`
	Needs    []int        `json:"needs,omitempty"`
	Changes  []jsonChange `json:"changes,omitempty"`
	Members  []string     `json:"members,omitzero"`     // of a cluster, for which a pool is created with config of their own
	Moved    bool         `json:"moved,omitempty"`      // a step before this one may have changed the config
	Takes    bool         `json:"takes_over,omitempty"` // the object was not the spec's so far
	Snapshot string       `json:"snapshot,omitempty"`   // that is copied, "" for the volume as it is
	Finish   bool         `json:"finish,omitempty"`     // an earlier run has begun with it
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
	Code   BlockerCode `json:"code"`
	Object *jsonObject `json:"object,omitempty"`
	UsedBy []jsonUser  `json:"used_by,omitempty"`
	Why    string      `json:"why"`
	Hint   string      `json:"hint"`
	Range  *Range      `json:"range,omitempty"`
}

type jsonNotice struct {
	Code   NoticeCode `json:"code"`
	Object jsonObject `json:"object"`
	Text   string     `json:"text"`
}

// jsonEvidence is what the class of a step rests on.
type jsonEvidence struct {
	UsedBytes *int64     `json:"used_bytes,omitempty"`
	Snapshots int        `json:"snapshots,omitempty"`
	Backups   int        `json:"backups,omitempty"`
	UsedBy    []jsonUser `json:"used_by,omitempty"`
}

// jsonUser is something that uses an object.
type jsonUser struct {
	Kind    string `json:"kind"`
	Pool    string `json:"pool,omitempty"` // of a volume or a snapshot's volume
	Name    string `json:"name,omitempty"`
	Project string `json:"project,omitempty"`
	Type    string `json:"type,omitempty"` // of a volume or a snapshot's volume
	Member  string `json:"member,omitempty"`

	Status string        `json:"status,omitempty"`
	Of     *jsonInstance `json:"of,omitempty"` // an instance that has the profile
}

type jsonInstance struct {
	Name    string `json:"name"`
	Project string `json:"project"`
}

type jsonUnmanaged struct {
	Object jsonObject `json:"object"`
	UsedBy []jsonUser `json:"used_by,omitzero"`
}

type jsonAcknowledgment struct {
	Address string       `json:"address"`
	Keys    []string     `json:"keys,omitempty"`
	Reason  string       `json:"reason"`
	Until   string       `json:"until,omitempty"`
	Ended   bool         `json:"ended,omitempty"`
	Objects []jsonObject `json:"objects"`
	Range   *Range       `json:"range,omitempty"`
}

type jsonSeen struct {
	Object      jsonObject         `json:"object"`
	Driver      string             `json:"driver,omitempty"`
	Status      string             `json:"status,omitempty"`
	ContentType string             `json:"content_type,omitempty"`
	Attributes  map[string]*string `json:"attributes,omitzero"` // null is a secret
	Identity    string             `json:"identity,omitempty"`
	UsedBy      []jsonUser         `json:"used_by,omitzero"`
	Snapshots   []string           `json:"snapshots,omitzero"`
}

func (s Server) json() jsonServer { return jsonServer(s) }

func blockersJSON(blockers []Blocker) []jsonBlocker {
	out := make([]jsonBlocker, 0, len(blockers))
	for _, blocker := range blockers {
		b := jsonBlocker{Code: blocker.Code, UsedBy: usersJSON(blocker.Users), Why: blocker.Why, Hint: blocker.Hint, Range: blocker.Place}
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
		Known:    s.Known,
		Class:    classNames[s.Class],
		Evidence: s.Evidence.json(),
		Needs:    s.Needs,
	}
	switch action := s.Action.(type) {
	case CreatePool:
		step.Changes = append(kindJSON("driver", action.Driver), createdJSON("", action.Attributes)...)
		if action.Members != nil {
			step.Members = append([]string{}, slices.Sorted(maps.Keys(action.Members))...)
		}
		for _, member := range step.Members {
			step.Changes = append(step.Changes, createdJSON(member, action.member(member))...)
		}
	case CreateVolume:
		step.Changes = append(kindJSON("content_type", action.ContentType), createdJSON("", action.Attributes)...)
	case PatchPool:
		step.Changes, step.Takes = changesJSON(action.Changes), action.TakesOver
	case PatchVolume:
		step.Changes = changesJSON(action.Changes)
		step.Moved, step.Takes = action.Moved, action.TakesOver
	case RenameVolume:
		to := volumeJSON(action.To())
		step.To = &to
	case MoveVolume:
		to := volumeJSON(action.To)
		step.To, step.Finish = &to, action.Finish
	case CopyVolume:
		to := volumeJSON(action.To)
		step.Object, step.To, step.Snapshot = volumeJSON(action.Volume), &to, action.Snapshot
		step.Object.Remote = action.Remote
	case MigrateVolume:
		to := volumeJSON(action.To)
		step.Object, step.To, step.Finish = volumeJSON(action.Volume), &to, action.Finish
		step.Object.Remote = action.Remote
	}
	return step
}

// createdJSON are the attributes of something new; member is whose they are, in a cluster.
func createdJSON(member string, attributes Attributes) []jsonChange {
	var changes []jsonChange
	for attr, value := range attributes.All() {
		change := jsonChange{Attribute: memberPrefix(member) + attr.String(), Member: member}
		switch {
		case value.Secret:
			change.Secret, change.ToSecret = true, true
		case value.Text == "":
			continue
		default:
			change.To = &value.Text
		}
		changes = append(changes, change)
	}
	return changes
}

// kindJSON is the driver or the content type of something new, nothing for the default.
func kindJSON(name, kind string) []jsonChange {
	if kind == "" {
		return nil
	}
	return []jsonChange{{Attribute: name, To: &kind}}
}

// memberPrefix is what the attributes of a cluster member's config begin with.
func memberPrefix(member string) string {
	if member == "" {
		return ""
	}
	return fmt.Sprintf("member.%s.", member)
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
		Identity: s.Identity, UsedBy: usersJSON(s.UsedBy), Snapshots: s.Snapshots,
	}
	seen.Object.Remote = s.Remote
	if s.Config != nil {
		seen.Attributes = make(map[string]*string, len(s.Config)+len(s.Secret))
		for attr, value := range s.All() {
			seen.Attributes[attr.String()] = &value.Text
		}
		for key := range s.Secret {
			seen.Attributes[ConfigAttr(key).String()] = nil
		}
	}
	return seen
}

func (e Evidence) json() jsonEvidence {
	return jsonEvidence{UsedBytes: e.Used, Snapshots: e.Snapshots, Backups: e.Backups, UsedBy: usersJSON(e.UsedBy)}
}

// usersJSON keeps the difference between nobody and not known.
func usersJSON(users []User) []jsonUser {
	if users == nil {
		return nil
	}
	out := make([]jsonUser, len(users))
	for i, user := range users {
		out[i] = jsonUser{Kind: user.Kind, Name: user.Name, Project: user.Project, Status: user.Status}
		if id := user.Volume; id != (lxd.VolumeID{}) {
			out[i].Pool, out[i].Name, out[i].Project, out[i].Type, out[i].Member = id.Pool, id.Name, id.Project, id.Type, id.Member
		}
		if user.Of != (lxd.InstanceID{}) {
			out[i].Of = &jsonInstance{user.Of.Name, user.Of.Project}
		}
	}
	return out
}

// JSONSchema describes what [Plan.WriteJSON] writes, as a JSON Schema.
//
//go:embed plan.schema.json
var JSONSchema string
