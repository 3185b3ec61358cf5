package plan

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tarn/lxd"
)

// IsSaved tells whether the content of a file is meant to be a plan that [Plan.WriteJSON] has written, whole or not. Other
// programs have documents with a format_version too, plans of OpenTofu among them.
func IsSaved(content []byte) bool {
	var document map[string]json.RawMessage
	if err := json.Unmarshal(content, &document); err == nil {
		for _, field := range []string{"format_version", "server", "steps", "summary"} {
			if document[field] == nil {
				return false
			}
		}
		return true
	}
	// Cut off: it begins as it was written.
	decoder := json.NewDecoder(bytes.NewReader(content[:min(len(content), 200)]))
	for i, want := range []json.Token{json.Delim('{'), "format_version", nil, "server"} {
		token, err := decoder.Token()
		if _, text := token.(string); err != nil || i != 2 && token != want && !(i == 3 && token == "tarn_version") || i == 2 && !text {
			return false
		}
	}
	return true
}

// readable is the major version of the saved plans that [Read] takes.
const readable = 2

// Read gives the plan that [Plan.WriteJSON] has written. What the JSON leaves out as secret is "" in the plan, see
// [Plan.RestoreSecrets].
func Read(content []byte) (*Plan, error) {
	var head struct {
		FormatVersion *string         `json:"format_version"`
		Steps         json.RawMessage `json:"steps"`
		Digest        string          `json:"digest"`
	}
	if err := json.Unmarshal(content, &head); err != nil {
		return nil, fmt.Errorf("it is damaged or cut off: %w", placed(content, err))
	}
	if head.FormatVersion == nil {
		return nil, errors.New("it has no format_version, so it is no saved plan")
	}
	major, _, ok := strings.Cut(*head.FormatVersion, ".")
	if n, err := strconv.Atoi(major); err != nil || !ok || n < 1 {
		return nil, fmt.Errorf("its format_version is %q, which no saved plan has", *head.FormatVersion)
	} else if n != readable {
		return nil, fmt.Errorf("it has format %s, and this tarn reads %d.x: apply it with the tarn that made it, or plan again", *head.FormatVersion, readable)
	}
	if head.Steps == nil {
		return nil, errors.New("it has no steps, so it is no saved plan")
	}
	if sum, err := digest(content); err != nil {
		return nil, err
	} else if sum != head.Digest {
		return nil, errors.New("its digest says that it is not what tarn has written: it was edited or damaged; plan again")
	}
	if err := oneSpelling(content); err != nil {
		return nil, err
	}
	var in jsonPlan
	if err := json.Unmarshal(content, &in); err != nil {
		return nil, placed(content, err)
	}
	p, err := in.plan()
	if err != nil {
		return nil, err
	}
	return p, p.check()
}

// placed adds the line to an error of the JSON decoder.
func placed(content []byte, err error) error {
	var offset int64
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset = kind.Offset
	default:
		return err
	}
	line := 1 + strings.Count(string(content[:min(int(offset), len(content))]), "\n")
	return fmt.Errorf("line %d: %w", line, err)
}

func (in *jsonPlan) plan() (*Plan, error) {
	made, err := madeFrom(in.TarnVersion, in.CreatedAt)
	if err != nil {
		return nil, err
	}
	p := &Plan{
		Made:        made,
		Diagnostics: in.Diagnostics,

		Server:    Server(in.Server),
		Steps:     make([]Step, 0, len(in.Steps)),
		Only:      in.Only,
		Excluded:  in.Excluded,
		LeftOut:   in.Summary["left_out"],
		Unchanged: in.Summary["unchanged"],

		UnmanagedPools:   in.Summary["unmanaged_pools"],
		UnmanagedVolumes: in.Summary["unmanaged_volumes"],
	}
	if p.Server.Remote == "" || p.Server.Address == "" || p.Server.Project == "" {
		return nil, errors.New("it does not say which server it is for")
	}
	for _, remote := range in.Remotes {
		p.Remotes = append(p.Remotes, Server(remote))
	}
	for i, known := range in.Acknowledgments {
		a, err := known.acknowledgment()
		if err != nil {
			return nil, fmt.Errorf("acknowledgment %d: %w", i+1, err)
		}
		p.Acknowledgments = append(p.Acknowledgments, a)
	}
	for i, notice := range in.Notices {
		object, err := notice.Object.object()
		if err != nil {
			return nil, fmt.Errorf("notice %d: %w", i+1, err)
		}
		p.Notices = append(p.Notices, Notice{notice.Code, object, notice.Text})
	}
	seen := map[Object]Seen{}
	for i := range in.Seen {
		s, err := in.Seen[i].seen()
		if err != nil {
			return nil, fmt.Errorf("seen, entry %d: %w", i+1, err)
		}
		p.Seen = append(p.Seen, s)
		if s.Remote == "" {
			seen[s.Object] = s
		}
	}
	for i := range in.Steps {
		step, err := in.Steps[i].step(i+1, seen)
		if err != nil {
			return nil, fmt.Errorf("step %d: %w", i+1, err)
		}
		p.Steps = append(p.Steps, step)
	}
	for i, blocker := range in.Blockers {
		b := Blocker{Code: blocker.Code, Users: usersFrom(blocker.UsedBy), Why: blocker.Why, Hint: blocker.Hint, Place: blocker.Range}
		if blocker.Object != nil {
			var err error
			if b.Object, err = blocker.Object.object(); err != nil {
				return nil, fmt.Errorf("blocker %d: %w", i+1, err)
			}
		}
		p.Blockers = append(p.Blockers, b)
	}
	for i, stranger := range in.Strangers {
		object, err := stranger.object()
		if err != nil {
			return nil, fmt.Errorf("stranger %d: %w", i+1, err)
		}
		p.Strangers = append(p.Strangers, object)
	}
	for i, orphan := range in.Orphans {
		object, err := orphan.object()
		if err != nil {
			return nil, fmt.Errorf("orphan %d: %w", i+1, err)
		}
		p.Orphans = append(p.Orphans, object)
	}
	for i, unmanaged := range in.Unmanaged {
		object, err := unmanaged.Object.object()
		if err != nil {
			return nil, fmt.Errorf("unmanaged, entry %d: %w", i+1, err)
		}
		p.Unmanaged = append(p.Unmanaged, Unmanaged{object, usersFrom(unmanaged.UsedBy)})
	}
	return p, nil
}

// usersFrom reads what usersJSON has written.
func usersFrom(in []jsonUser) []User {
	if in == nil {
		return nil
	}
	users := make([]User, len(in))
	for i, user := range in {
		users[i] = User{Kind: user.Kind, Name: user.Name, Project: user.Project, Status: user.Status}
		if user.Pool != "" {
			users[i] = User{
				Kind:   user.Kind,
				Volume: lxd.VolumeID{Project: user.Project, Pool: user.Pool, Type: user.Type, Name: user.Name, Member: user.Member},
			}
		}
		if user.Of != nil {
			users[i].Of = lxd.InstanceID{Project: user.Of.Project, Name: user.Of.Name}
		}
	}
	return users
}

func (o jsonObject) object() (Object, error) {
	switch {
	case o.Pool == "":
		return Object{}, errors.New("an object has no pool")
	case o.Kind == "pool":
		return PoolObject(o.Pool), nil
	case o.Kind != "volume":
		return Object{}, fmt.Errorf("there is no kind of object %q", o.Kind)
	case o.Name == "" || o.Project == "":
		return Object{}, errors.New("a volume has no name or no project")
	}
	return VolumeObject(lxd.VolumeID{Project: o.Project, Pool: o.Pool, Type: lxd.TypeCustom, Name: o.Name, Member: o.Member}), nil
}

func (s *jsonSeen) seen() (Seen, error) {
	object, err := s.Object.object()
	seen := Seen{
		Object: object, Remote: s.Object.Remote, Driver: s.Driver, Status: s.Status, ContentType: s.ContentType,
		Identity: s.Identity, UsedBy: usersFrom(s.UsedBy), Snapshots: s.Snapshots,
	}
	if s.Attributes != nil {
		seen.Config = make(map[string]string, len(s.Attributes))
	}
	for name, value := range s.Attributes {
		attr, ok := ParseAttr(name)
		switch {
		case ok && value == nil && attr.Key != "":
			seen.hide(attr.Key)
		case !ok || value == nil || !seen.Set(attr, Value{Text: *value}):
			return Seen{}, fmt.Errorf("this tarn does not know the attribute %q", name)
		}
	}
	return seen, err
}

// step reads the step that has to have this number.
func (s *jsonStep) step(number int, seen map[Object]Seen) (Step, error) {
	step := Step{
		Number: s.Number, Needs: s.Needs, Reason: s.Reason, Known: s.Known, Evidence: s.Evidence.evidence(),
		Class: Class(slices.Index(classNames[:], s.Class)),
	}
	if s.Number != number {
		return Step{}, fmt.Errorf("its number is %d", s.Number)
	}
	for _, need := range s.Needs {
		if need < 1 || need >= number {
			return Step{}, fmt.Errorf("it needs step %d, which does not come before it", need)
		}
	}
	if step.Class < 0 {
		return Step{}, fmt.Errorf("there is no class %q", s.Class)
	}
	if s.Action == "delete" {
		step.Class = DestroysData // whatever the file says
	}
	object, err := s.Object.object()
	if err != nil {
		return Step{}, err
	}
	var to lxd.VolumeID
	if s.To != nil {
		after, err := s.To.object()
		if err != nil || after.IsPool() {
			return Step{}, errors.New("what it leads to is no volume")
		}
		to = after.Volume
	}
	kind := s.Object.Kind
	switch {
	case s.Action == "create" && kind == "pool":
		step.Action, err = s.createPool(object.Pool)
	case s.Action == "create":
		step.Action, err = s.createVolume(object.Volume)
	case s.Action == "patch":
		var changes []Change
		if changes, err = s.patch(); kind == "pool" {
			step.Action = PatchPool{Pool: object.Pool, Changes: changes, TakesOver: s.Takes}
		} else {
			step.Action = PatchVolume{Volume: object.Volume, Changes: changes, Moved: s.Moved, TakesOver: s.Takes}
		}
	case s.Action == "delete":
		saw, ok := seen[object]
		if !ok {
			return Step{}, errors.New("it deletes what was not seen")
		}
		if kind == "pool" {
			step.Action = DeletePool{Pool: object.Pool, Seen: saw}
		} else {
			step.Action = DeleteVolume{Volume: object.Volume, Seen: saw}
		}
	case kind == "pool" || s.To == nil:
		return Step{}, fmt.Errorf("this tarn does not know the action %q for a %s", s.Action, kind)
	case s.Action == "rename":
		rename := RenameVolume{Volume: object.Volume, Name: to.Name}
		if step.Action = rename; rename.To() != to {
			return Step{}, errors.New("a rename keeps the pool and the project")
		}
	case s.Action == "move":
		step.Action = MoveVolume{Volume: object.Volume, To: to, Finish: s.Finish}
	case s.Action == "copy":
		step.Action = CopyVolume{Remote: s.Object.Remote, Volume: object.Volume, Snapshot: s.Snapshot, To: to}
	case s.Action == "migrate" && s.Object.Remote != "":
		step.Action = MigrateVolume{Remote: s.Object.Remote, Volume: object.Volume, To: to, Finish: s.Finish}
	default:
		return Step{}, fmt.Errorf("this tarn does not know the action %q", s.Action)
	}
	return step, err
}

func (s *jsonStep) createPool(name string) (Action, error) {
	action := CreatePool{Pool: name, Attributes: Attributes{Config: map[string]string{}}}
	if s.Members != nil {
		action.Members = map[string]map[string]string{}
		for _, member := range s.Members {
			action.Members[member] = map[string]string{}
		}
	}
	for _, change := range s.Changes {
		attributes, kind := &action.Attributes, &action.Driver
		if change.Member != "" {
			config := action.Members[change.Member]
			if config == nil {
				return nil, fmt.Errorf("the member %q is not among its members", change.Member)
			}
			attributes, kind = &Attributes{Config: config, Secret: action.Secret}, nil
		}
		if err := change.create(attributes, "driver", kind); err != nil {
			return nil, err
		}
		action.Secret = attributes.Secret
	}
	if action.Driver == "" {
		return nil, errors.New("the pool has no driver")
	}
	return action, nil
}

func (s *jsonStep) createVolume(id lxd.VolumeID) (Action, error) {
	action := CreateVolume{Volume: id, Attributes: Attributes{Config: map[string]string{}}}
	for _, change := range s.Changes {
		if err := change.create(&action.Attributes, "content_type", &action.ContentType); err != nil {
			return nil, err
		}
	}
	return action, nil
}

// create puts an attribute of something new where it belongs. name is that of its kind, which a member's part of a pool does
// not have.
func (c *jsonChange) create(attributes *Attributes, name string, kind *string) error {
	value := Value{Secret: c.Secret}
	if c.To != nil {
		value.Text = *c.To
	}
	unknown := fmt.Errorf("this tarn does not know the attribute %q, or it has no value", c.Attribute)
	if value.Text == "" && !c.Secret {
		return unknown
	}
	if c.Attribute == name && kind != nil && !c.Secret {
		*kind = value.Text
		return nil
	}
	text, ok := strings.CutPrefix(c.Attribute, memberPrefix(c.Member))
	attr, known := ParseAttr(text)
	if !ok || !known || c.Member != "" && attr.Key == "" || !attributes.Set(attr, value) {
		return unknown
	}
	return nil
}

func (e jsonEvidence) evidence() Evidence {
	return Evidence{Used: e.UsedBytes, Snapshots: e.Snapshots, Backups: e.Backups, UsedBy: usersFrom(e.UsedBy)}
}

func (s *jsonStep) patch() ([]Change, error) {
	if len(s.Changes) == 0 {
		return nil, errors.New("it changes nothing")
	}
	changes := make([]Change, len(s.Changes))
	for i, c := range s.Changes {
		attr, ok := ParseAttr(c.Attribute)
		if !ok {
			return nil, fmt.Errorf("this tarn does not know the attribute %q", c.Attribute)
		}
		changes[i] = Change{Attr: attr, From: c.From, To: c.To, Secret: c.Secret}
		if c.Secret {
			changes[i].From, changes[i].To = secretValue(c.FromSecret), secretValue(c.ToSecret)
		}
	}
	return changes, nil
}

// secretValue stands for a secret value that is there.
func secretValue(there bool) *string {
	if !there {
		return nil
	}
	return new(string)
}
