package plan

import (
	"fmt"
	"slices"
	"strings"

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
	Description string

	// Config is without what the server keeps for itself (volatile.*). nil when it is of no account: of a pool that only
	// has volumes that a step works on, and where the server does not show it.
	Config map[string]string
	Secret map[string]bool // keys that have a value, which is not in Config

	UsedBy    []string // in words; nil when it is of no account: of a pool that stays
	Snapshots []string // of a volume, nil when nobody looked
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

// SetConfig takes over the config of an object, without the values that must not be shown.
func (s *Seen) SetConfig(config map[string]string, hidden func(key, value string) bool) {
	s.Config = map[string]string{}
	for key, value := range config {
		switch {
		case strings.HasPrefix(key, "volatile.") || value == "" || migrate.IsMark(key):
		case secretKey(key) || hidden != nil && hidden(key, value):
			if s.Secret == nil {
				s.Secret = map[string]bool{}
			}
			s.Secret[key] = true
		default:
			s.Config[key] = value
		}
	}
}

// secretKey tells whether a config key is secret with some driver.
func secretKey(name string) bool {
	return slices.ContainsFunc(schema.Drivers(), func(driver string) bool {
		key, _ := schema.PoolKey(driver, name)
		return key.Secret
	})
}

// Again is the object as it is now, for [Seen.Differs], as far as description and config say.
func (s *Seen) Again(description string, config map[string]string) Seen {
	now := *s
	now.Description, now.Secret = description, nil
	now.SetConfig(config, nil)
	return now
}

// Differs words in what an object is no longer as it was seen.
func (s *Seen) Differs(now Seen) []string {
	var what []string
	field := func(name, was, is string) {
		if was != is {
			what = append(what, fmt.Sprintf("%s was %q and is %q now", name, was, is))
		}
	}
	field("driver", s.Driver, now.Driver)
	field("status", s.Status, now.Status)
	field("content_type", s.ContentType, now.ContentType)
	if s.Config != nil && now.Config != nil {
		field("description", s.Description, now.Description)
		for _, key := range s.keys(now) {
			was, had := s.Config[key]
			is, has := now.Config[key]
			hadSecret, hasSecret := s.Secret[key], now.Secret[key]
			if hadSecret && (has || hasSecret) || had == has && was == is && hadSecret == hasSecret {
				continue
			}
			what = append(what, fmt.Sprintf("%s was %s and is %s now", ConfigAttr(key).Label(),
				worded(was, had || hadSecret, hadSecret), worded(is, has || hasSecret, hasSecret || hadSecret)))
		}
	}
	for _, user := range now.UsedBy {
		if s.UsedBy != nil && !slices.Contains(s.UsedBy, user) {
			what = append(what, "it is used by "+user+" now")
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
