package planner

import (
	"encoding/json"
	"io"
	"maps"
	"slices"

	"tarn/lxd"
)

// JSONVersion is the version of the JSON form. A reader can rely on what it knows of a version for as long as the number
// before the dot stays; the one behind it grows with what is added.
const JSONVersion = "1.0"

// WriteJSON writes the plan as one JSON object. Values that must not be shown are left out, and marked as secret.
func (p *Plan) WriteJSON(w io.Writer) error {
	out := jsonPlan{
		FormatVersion: JSONVersion,
		Server:        jsonServer{p.Server.Remote, p.Server.Version, p.Server.Address, p.Server.Project},
		Steps:         make([]jsonStep, 0, len(p.Steps)),
		Blockers:      make([]jsonBlocker, 0, len(p.Blockers)),
		Notices:       append([]string{}, p.Notices...),
		Orphans:       make([]jsonObject, 0, len(p.Orphans)),
		Summary:       map[string]int{"unchanged": p.Unchanged, "unmanaged": p.Unmanaged},
	}
	for _, verb := range verbs {
		out.Summary[verb] = 0
	}
	for i := range p.Steps {
		out.Steps = append(out.Steps, p.Steps[i].json())
		out.Summary[p.Steps[i].Action.verb()]++
	}
	for _, blocker := range p.Blockers {
		b := jsonBlocker{Why: blocker.Why, Hint: blocker.Hint}
		if blocker.Object != (Object{}) {
			object := blocker.Object.json()
			b.Object = &object
		}
		out.Blockers = append(out.Blockers, b)
	}
	for _, orphan := range p.Orphans {
		out.Orphans = append(out.Orphans, orphan.json())
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(out)
}

type jsonPlan struct {
	FormatVersion string         `json:"format_version"`
	Server        jsonServer     `json:"server"`
	Steps         []jsonStep     `json:"steps"`
	Blockers      []jsonBlocker  `json:"blockers"`
	Notices       []string       `json:"notices"`
	Orphans       []jsonObject   `json:"orphans"`
	Summary       map[string]int `json:"summary"`
}

type jsonServer struct {
	Remote  string `json:"remote"`
	Version string `json:"version"`
	Address string `json:"address"`
	Project string `json:"project"`
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
}

type jsonChange struct {
	Attribute string  `json:"attribute"`
	From      *string `json:"from"` // null when it is not set
	To        *string `json:"to"`   // null when it is to be unset
	Secret    bool    `json:"secret,omitempty"`
}

type jsonBlocker struct {
	Object *jsonObject `json:"object,omitempty"`
	Why    string      `json:"why"`
	Hint   string      `json:"hint"`
}

func (o Object) json() jsonObject {
	if o.isPool() {
		return jsonObject{Kind: "pool", Pool: o.Pool}
	}
	return volumeJSON(o.Volume)
}

func volumeJSON(id lxd.VolumeID) jsonObject {
	return jsonObject{Kind: "volume", Pool: id.Pool, Name: id.Name, Project: id.Project, Member: id.Member}
}

func (s *Step) json() jsonStep {
	step := jsonStep{
		Number:   s.Number,
		Action:   s.Action.verb(),
		Object:   s.Action.Object().json(),
		Reason:   s.Reason,
		Class:    [...]string{"safe", "disruptive", "destroys-data"}[s.Class],
		Evidence: s.Evidence,
		Needs:    s.Needs,
	}
	switch action := s.Action.(type) {
	case CreatePool:
		step.Changes = set(step.Changes, "driver", action.Driver, false)
		step.Changes = setAll(step.Changes, action.Description, "", action.Config, action.Secret)
		for _, member := range slices.Sorted(maps.Keys(action.Members)) {
			step.Changes = setAll(step.Changes, "", "member."+member+".", action.Members[member], action.Secret)
		}
	case CreateVolume:
		step.Changes = set(step.Changes, "content_type", action.ContentType, false)
		step.Changes = setAll(step.Changes, action.Description, "", action.Config, action.Secret)
	case PatchPool:
		step.Changes = changesJSON(action.Changes)
	case PatchVolume:
		step.Changes = changesJSON(action.Changes)
	case RenameVolume:
		to := volumeJSON(action.To())
		step.To = &to
	case MoveVolume:
		to := volumeJSON(action.To)
		step.To = &to
	case MigrateVolume:
		to := volumeJSON(action.To)
		step.Object, step.To = volumeJSON(action.Volume), &to
		step.Object.Remote = action.Remote
	}
	return step
}

func setAll(changes []jsonChange, description, prefix string, config map[string]string, secret map[string]bool) []jsonChange {
	changes = set(changes, "description", description, false)
	for _, key := range slices.Sorted(maps.Keys(config)) {
		changes = set(changes, prefix+"config."+key, config[key], secret[key])
	}
	return changes
}

func set(changes []jsonChange, attribute, value string, secret bool) []jsonChange {
	switch {
	case value == "":
		return changes
	case secret:
		return append(changes, jsonChange{Attribute: attribute, Secret: true})
	}
	return append(changes, jsonChange{Attribute: attribute, To: &value})
}

func changesJSON(changes []Change) []jsonChange {
	out := make([]jsonChange, len(changes))
	for i, change := range changes {
		out[i] = jsonChange{Attribute: change.Attr, From: change.From, To: change.To, Secret: change.Secret}
		if change.Secret {
			out[i].From, out[i].To = nil, nil
		}
	}
	return out
}
