package edit

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"tarn/spec"
)

// facts are what a spec declares, without the places where it does: two specs with equal facts mean the same.
type facts struct {
	settings spec.Settings
	objects  map[key]any // a spec.Pool without its volumes, or a spec.Volume
}

// key tells an object from all others of a spec.
type key struct{ pool, project, volume, target string }

func (k key) String() string {
	switch {
	case k.volume == "":
		return "pool " + k.pool
	case k.project != "":
		return fmt.Sprintf("volume %s/%s of project %s", k.pool, k.volume, k.project)
	}
	return fmt.Sprintf("volume %s/%s", k.pool, k.volume)
}

// factsOf are the facts of a spec, and the keys of its objects by address. ok is false when two objects are one and the same.
func factsOf(s *spec.Spec) (all facts, keys map[string]key, ok bool) {
	all, keys, ok = facts{settings: s.Settings, objects: map[key]any{}}, map[string]key{}, true
	all.settings.Ranges = spec.Ranges{}
	add := func(k key, address string, object any) {
		if _, twice := all.objects[k]; twice {
			ok = false
		}
		all.objects[k], keys[address] = object, k
	}
	for _, p := range s.Pools {
		add(key{pool: p.Name}, p.Address, poolFacts(p))
		for _, v := range p.Volumes {
			add(key{p.Name, v.Project, v.Name, v.Target}, v.Address, volumeFacts(v))
		}
	}
	return all, keys, ok
}

func poolFacts(p *spec.Pool) spec.Pool {
	pool := *p
	pool.Address, pool.Ranges, pool.Volumes = "", spec.Ranges{}, nil
	pool.Config = configFacts(p.Config)
	pool.Members = nil
	for _, m := range p.Members {
		pool.Members = append(pool.Members, &spec.Member{Name: m.Name, Config: configFacts(m.Config)})
	}
	slices.SortFunc(pool.Members, func(a, b *spec.Member) int { return compareText(a.Name, b.Name) })
	return pool
}

func volumeFacts(v *spec.Volume) spec.Volume {
	volume := *v
	volume.Address, volume.Ranges = "", nil
	volume.Config, volume.Unset = configFacts(v.Config), nil
	for name := range v.Unset {
		if volume.Unset == nil {
			volume.Unset = map[string]hcl.Range{}
		}
		volume.Unset[name] = hcl.Range{}
	}
	return volume
}

func configFacts(config spec.Config) spec.Config {
	if len(config) == 0 {
		return nil
	}
	config = maps.Clone(config)
	for name, value := range config {
		value.Range = hcl.Range{}
		config[name] = value
	}
	return config
}

// clone is a copy whose map can be changed; what is in it cannot.
func (f facts) clone() facts {
	f.objects = maps.Clone(f.objects)
	return f
}

// wish changes the facts as a wish wants them. keys are those of the spec before. It is not ok when that makes no sense.
func (f facts) wish(w Wish, keys map[string]key, members map[string]string) (ok bool) {
	if w.Add != nil {
		pool, known := keys[w.Address]
		k := key{pool.pool, w.Add.Project, w.Add.Name, w.Add.Target}
		if _, there := f.objects[k]; there || !known {
			return false
		}
		f.objects[k] = added{w.Add.Name}
		return true
	}
	if member, of := members[w.Address]; of {
		return f.wishMember(w, keys, member)
	}
	k, known := keys[w.Address]
	object, there := f.objects[k]
	if !known || !there {
		return false
	}
	switch {
	case w.Remove:
		for other := range f.objects {
			if other == k || k.volume == "" && other.pool == k.pool {
				delete(f.objects, other)
			}
		}
		return true
	}
	var changed any
	to := k
	switch object := object.(type) {
	case spec.Pool:
		changed, ok = changedPool(object, w.Changes)
	case spec.Volume:
		changed, ok = changedVolume(object, w.Changes)
		v, is := changed.(spec.Volume)
		if !ok || !is {
			return false
		}
		to = key{k.pool, v.Project, v.Name, v.Target}
		if w.Into != "" {
			into, known := keys[w.Into]
			if !known {
				return false
			}
			to.pool, changed = into.pool, moved{v}
		}
	}
	if _, there := f.objects[to]; to != k && there {
		return false
	}
	delete(f.objects, k)
	f.objects[to] = changed
	return ok
}

// added is a volume that was not there before: what it says is judged by the plan that follows.
type added struct{ name string }

// moved is a volume that comes to another pool, whose ignore_config holds for it then.
type moved struct{ volume spec.Volume }

func changedPool(p spec.Pool, changes []Change) (any, bool) {
	for _, c := range changes {
		switch c.Attr {
		case "driver":
			if c.Value == nil {
				return nil, false
			}
			p.Driver = *c.Value
		case "description":
			p.Description = c.Value
		case "absent":
			p.Absent = false
		case "config":
			p.Config, _ = changedConfig(p.Config, nil, c)
		default:
			return nil, false
		}
	}
	return p, true
}

func changedVolume(v spec.Volume, changes []Change) (any, bool) {
	text := func(field *string, c Change) {
		*field = ""
		if c.Value != nil {
			*field = *c.Value
		}
	}
	for _, c := range changes {
		switch c.Attr {
		case "name":
			text(&v.Name, c)
		case "description":
			v.Description = c.Value
		case "content_type":
			text(&v.ContentType, c)
		case "project":
			text(&v.Project, c)
		case "target":
			text(&v.Target, c)
		case "absent":
			v.Absent = false
		case "renamed_from":
			v.RenamedFrom = nil
		case "config":
			v.Config, v.Unset = changedConfig(v.Config, v.Unset, c)
		default:
			return nil, false
		}
	}
	return v, true
}

func changedConfig(config spec.Config, without map[string]hcl.Range, c Change) (spec.Config, map[string]hcl.Range) {
	config, without = maps.Clone(config), maps.Clone(without)
	if config == nil {
		config = spec.Config{}
	}
	delete(config, c.Key)
	delete(without, c.Key)
	if c.Value != nil {
		config[c.Key] = spec.Value{Text: *c.Value}
	}
	if len(without) == 0 {
		without = nil
	}
	return configFacts(config), without
}

func (f facts) wishMember(w Wish, keys map[string]key, member string) bool {
	k, known := keys[poolOfMember(w.Address)]
	pool, is := f.objects[k].(spec.Pool)
	if !known || !is {
		return false
	}
	pool.Members = slices.Clone(pool.Members)
	for i, m := range pool.Members {
		if m.Name != member {
			continue
		}
		changed := *m
		for _, c := range w.Changes {
			if c.Attr != "config" {
				return false
			}
			changed.Config, _ = changedConfig(changed.Config, nil, c)
		}
		pool.Members[i] = &changed
	}
	f.objects[k] = pool
	return true
}

// differences are the objects in which facts are not as they were expected.
func (f facts) differences(got facts) []key {
	var keys []key
	for k, want := range f.objects {
		if have, there := got.objects[k]; !there || !same(want, have) {
			keys = append(keys, k)
		}
	}
	for k := range got.objects {
		if _, there := f.objects[k]; !there {
			keys = append(keys, k)
		}
	}
	if !reflect.DeepEqual(f.settings, got.settings) {
		keys = append(keys, key{})
	}
	slices.SortFunc(keys, func(a, b key) int { return compareText(a.String(), b.String()) })
	return keys
}

func same(want, have any) bool {
	switch want := want.(type) {
	case added:
		v, ok := have.(spec.Volume)
		return ok && !v.Absent && v.RenamedFrom == nil && v.CopyOf == nil
	case moved:
		v, ok := have.(spec.Volume)
		v.IgnoreConfig = want.volume.IgnoreConfig
		return ok && reflect.DeepEqual(want.volume, v)
	}
	return reflect.DeepEqual(want, have)
}
