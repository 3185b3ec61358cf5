package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tarn/lxd"
	"tarn/lxd/migrate"
	"tarn/lxd/schema"
)

// Seen is an object as the plan saw it, for looks that are taken later: whether it is still so. It holds no secrets.
type Seen struct {
	Object      Object
	Remote      string // the server that has it, where a volume comes from another one; "" for the plan's
	Driver      string // of a pool
	Status      string // of a pool
	ContentType string // of a volume

	// Attributes are without the config that the server alone writes ([schema.OfServer]). A secret key has no value in Config.
	// Config is nil when it is not looked at: of a pool that only has volumes that a step works on, and where the server does
	// not show it; the other attributes are not looked at either then.
	Attributes

	// Identity tells a volume from another one that has its name later: what the server gave it when it was made. "" where the
	// server gives nothing, as LXD 5.0 does.
	Identity string

	UsedBy    []User   // nil when it is not looked at: of a pool that stays
	Snapshots []string // of a volume that a step destroys; nil when nobody looked
}

// Identity is what tells a live volume from another one of its name, "" for nothing.
func Identity(volume *lxd.Volume) string {
	if uuid := volume.Config["volatile.uuid"]; uuid != "" {
		return "uuid " + uuid
	}
	if volume.CreatedAt.Year() > 1 { // the zero time stands for a server that does not know
		return "created " + volume.CreatedAt.UTC().Format(time.RFC3339Nano)
	}
	return ""
}

// Another tells whether an identity is another volume's. Two of different kinds say nothing: the server has learned something
// in between.
func Another(was, is string) bool {
	kind, _, _ := strings.Cut(was, " ")
	return was != "" && is != was && strings.HasPrefix(is, kind+" ")
}

// Touched are the objects that the steps work on, under the names that they have before and after.
func (p *Plan) Touched() map[Object]bool {
	touched := map[Object]bool{}
	for _, step := range p.Steps {
		touched[step.Action.Object()] = true
		switch action := step.Action.(type) {
		case RenameVolume:
			touched[VolumeObject(action.To())] = true
		case MoveVolume:
			touched[VolumeObject(action.To)] = true
		}
	}
	return touched
}

// CompareSeen orders by server, then by object.
func CompareSeen(x, y Seen) int {
	if x.Remote != y.Remote {
		return strings.Compare(x.Remote, y.Remote)
	}
	return CompareObjects(x.Object, y.Object)
}

// SetAttributes takes over the attributes that an object has on the server, without the values that must not be shown. hidden
// may be nil.
func (s *Seen) SetAttributes(live Attributes, hidden func(key, value string) bool) {
	s.Attributes = live
	if s.Secret = nil; live.Config == nil {
		return
	}
	s.Config = map[string]string{}
	for key, value := range live.Config {
		switch {
		case schema.OfServer(key) || value == "" || migrate.IsMark(key):
		case schema.IsSecret(key) || hidden != nil && hidden(key, value):
			s.hide(key)
		default:
			s.Config[key] = value
		}
	}
}

// With is the object with the identity and other attributes that it has now, for [Seen.Differs].
func (s *Seen) With(identity string, live Attributes) Seen {
	now := *s
	now.Identity = identity
	now.SetAttributes(live, nil)
	return now
}

// Differs words in what an object is no longer as it was seen.
func (s *Seen) Differs(now Seen) []string {
	var what []string
	if Another(s.Identity, now.Identity) {
		what = append(what, "it was deleted, and this is another one of its name")
	}
	field := func(name, was, is string) {
		if was != is {
			what = append(what, fmt.Sprintf("%s was %q and is %q now", name, was, is))
		}
	}
	field("driver", s.Driver, now.Driver)
	field("status", s.Status, now.Status)
	field("content_type", s.ContentType, now.ContentType)
	if s.Config != nil && now.Config != nil {
		was := maps.Collect(s.Fields())
		for attr, is := range now.Fields() {
			field(attr.Label(), was[attr], is)
		}
		for _, key := range s.keys(now) {
			was, had := s.Config[key]
			is, has := now.Config[key]
			hadSecret, hasSecret := s.Secret[key], now.Secret[key]
			if hadSecret && (has || hasSecret) || had == has && was == is && hadSecret == hasSecret {
				continue
			}
			if strings.HasPrefix(key, "user.") && !had && !hadSecret && has { // it may be secret: the plan does not say of which keys it would be
				what = append(what, ConfigAttr(key).Label()+" was (unset) and has a value now")
				continue
			}
			what = append(what, fmt.Sprintf("%s was %s and is %s now", ConfigAttr(key).Label(),
				worded(was, had || hadSecret, hadSecret), worded(is, has || hasSecret, hasSecret || hadSecret)))
		}
	}
	for _, user := range now.UsedBy {
		if s.UsedBy != nil && !slices.Contains(s.UsedBy, user) {
			what = append(what, "it is used by "+user.String()+" now")
		}
	}
	for _, snapshot := range now.Snapshots {
		if s.Snapshots != nil && !slices.Contains(s.Snapshots, snapshot) {
			what = append(what, fmt.Sprintf("it has a snapshot %q now", snapshot))
		}
	}
	return what
}

// keys are the config keys that an object has or had.
func (s *Seen) keys(now Seen) []string {
	var keys []string
	for key := range s.Config {
		keys = append(keys, key)
	}
	for key := range now.Config {
		keys = append(keys, key)
	}
	for key := range s.Secret {
		keys = append(keys, key)
	}
	for key := range now.Secret {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

func worded(value string, set, secret bool) string {
	if !set {
		return Shown(nil, false)
	}
	return Shown(&value, secret)
}
