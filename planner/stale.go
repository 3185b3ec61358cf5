package planner

import (
	"fmt"
	"slices"
	"strings"

	"tarn/lxd"
)

// Finding is an object that is not as it should be, and in what.
type Finding struct {
	Remote string // the server that has it, "" for the plan's
	Object Object
	What   []string // never empty
}

// String is the finding as one line.
func (f Finding) String() string {
	object := f.Object.String()
	if f.Remote != "" {
		object = "volume " + f.Remote + ":" + volumeName(f.Object.Volume)
	}
	return object + ": " + strings.Join(f.What, "; ")
}

// Line is the finding in a list, wrapped at a width, 0 for none.
func (f Finding) Line(width int) string { return wrap(f.String(), "  ", width) }

// Scope says what has to be read of the plan's server so that [Plan.Stale] and [Plan.Unsettled] can judge.
func (p *Plan) Scope() lxd.Scope {
	scope := lxd.Scope{Pools: map[string]lxd.Names{}}
	for object := range p.Touched() {
		if !object.isPool() {
			addVolume(&scope, object.Volume)
		}
	}
	return scope
}

// SourceScopes says the same of the servers that volumes come from, by their remotes' names.
func (p *Plan) SourceScopes() map[string]lxd.Scope {
	scopes := map[string]lxd.Scope{}
	for _, step := range p.Steps {
		if action, ok := step.Action.(MigrateVolume); ok {
			scope, ok := scopes[action.Remote]
			if !ok {
				scope.Pools = map[string]lxd.Names{}
			}
			addVolume(&scope, action.Volume)
			scopes[action.Remote] = scope
		}
	}
	return scopes
}

func addVolume(scope *lxd.Scope, id lxd.VolumeID) {
	scope.Pools[id.Pool] = append(scope.Pools[id.Pool], id.Name)
	if !slices.Contains(scope.Projects, id.Project) {
		scope.Projects = append(scope.Projects, id.Project)
	}
}

// Stale tells what is no longer as it was when the plan was made, of all that its steps rest on. sources are the servers
// that volumes come from. Whatever else has changed on the servers is of no account.
func (p *Plan) Stale(live *lxd.State, sources map[string]*lxd.State) []Finding {
	var findings []Finding
	find := func(remote string, object Object, what ...string) {
		if len(what) > 0 {
			findings = append(findings, Finding{remote, object, what})
		}
	}
	touched := p.Touched()
	was := map[Object]bool{}
	for _, seen := range p.Seen {
		state := live
		if seen.Remote != "" {
			state = sources[seen.Remote]
		} else {
			was[seen.Object] = true
		}
		now, there := look(state, seen.Object)
		if !there {
			find(seen.Remote, seen.Object, "it was there and is gone")
			continue
		}
		find(seen.Remote, seen.Object, seen.Differs(now)...)
	}
	created := map[Object]bool{} // since then, on whichever member
	for id := range live.Volumes {
		if !was[volumeObject(id)] {
			created[volumeObject(id)], created[volumeObject(anywhere(id))] = true, true
		}
	}
	for name := range live.Pools {
		created[poolObject(name)] = !was[poolObject(name)]
	}
	for object := range touched {
		if created[object] {
			find("", object, "it was not there, and has been created since")
		}
	}
	slices.SortFunc(findings, func(x, y Finding) int {
		return compareSeen(Seen{Remote: x.Remote, Object: x.Object}, Seen{Remote: y.Remote, Object: y.Object})
	})
	return findings
}

// look gives an object as it is on a server.
func look(live *lxd.State, object Object) (Seen, bool) {
	pool := live.Pools[object.Pool]
	if pool == nil {
		return Seen{}, false
	}
	if object.isPool() {
		return sawPool(live, pool, nil), true
	}
	volume, _ := find(live, object.Volume)
	if volume == nil {
		return Seen{}, false
	}
	seen := sawVolume(live, volume, nil)
	if usage := live.Usage[volume.ID()]; usage != nil {
		seen.Snapshots = append([]string{}, usage.Snapshots...)
	}
	return seen, true
}

// Again is the object as it is now, for [Seen.Differs], as far as description and config say.
func (s *Seen) Again(description string, config map[string]string) Seen {
	now := *s
	now.Description, now.Secret = description, nil
	now.take(config, nil)
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
			what = append(what, fmt.Sprintf("config.%s was %s and is %s now", plain(key),
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
		return shown(nil, false)
	}
	return shown(&value, secret)
}

// Counted are the volumes whose snapshots [Plan.Stale] wants to know, by [lxd.Client.Answer].
func (p *Plan) Counted() []lxd.VolumeID {
	var ids []lxd.VolumeID
	for _, seen := range p.Seen {
		if seen.Remote == "" && seen.Snapshots != nil {
			ids = append(ids, seen.Object.Volume)
		}
	}
	return ids
}
