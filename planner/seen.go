package planner

import (
	"maps"
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/lxd/migrate"
	"tarn/lxd/schema"
	"tarn/spec"
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
			touched[volumeObject(action.To())] = true
		case MoveVolume:
			touched[volumeObject(action.To)] = true
		}
	}
	return touched
}

// sawAll says what the steps rest on.
func (b *builder) sawAll() []Seen {
	var all []Seen
	touched := b.plan.Touched()
	pools, deleted := map[string]bool{}, map[string]bool{}
	for _, step := range b.plan.Steps {
		if action, ok := step.Action.(DeletePool); ok {
			deleted[action.Pool] = true
		}
	}
	for object := range touched {
		pools[object.Pool] = true
		if live := b.live.Volumes[object.Volume]; live != nil {
			all = append(all, b.sawVolume(live))
		}
	}
	for name := range pools {
		switch live := b.live.Pools[name]; {
		case live == nil:
		case touched[poolObject(name)]:
			seen := b.sawPool(live)
			if !deleted[name] {
				seen.UsedBy = nil
			}
			all = append(all, seen)
		default:
			all = append(all, Seen{Object: poolObject(name), Driver: live.Driver, Status: live.Status})
		}
	}
	for _, step := range b.plan.Steps {
		if action, ok := step.Action.(MigrateVolume); ok {
			there := b.opts.Sources[action.Remote]
			source := there.Volumes[action.Volume]
			if source == nil {
				continue // a migration that is near its end
			}
			seen := sawVolume(there, source, b.hidden(action.To))
			seen.Remote = action.Remote
			all = append(all, seen)
		}
	}
	slices.SortFunc(all, compareSeen)
	return all
}

// from are the servers that the plan's volumes come from.
func (b *builder) from() []Server {
	remotes := map[string]bool{}
	for _, step := range b.plan.Steps {
		if action, ok := step.Action.(MigrateVolume); ok {
			remotes[action.Remote] = true
		}
	}
	var servers []Server
	for _, remote := range slices.Sorted(maps.Keys(remotes)) {
		servers = append(servers, ServerOf(b.opts.Sources[remote], remote, b.opts.Project))
	}
	return servers
}

func compareSeen(x, y Seen) int {
	if x.Remote != y.Remote {
		return strings.Compare(x.Remote, y.Remote)
	}
	return compareObjects(x.Object, y.Object)
}

func (b *builder) sawPool(live *lxd.Pool) Seen {
	declared := b.pools[live.Name]
	return sawPool(b.live, live, func(key, value string) bool {
		return b.secrets[value] || declared != nil && declared.want.Config[key].Sensitive
	})
}

func (b *builder) sawVolume(live *lxd.Volume) Seen {
	seen := sawVolume(b.live, live, b.hidden(live.ID()))
	seen.Snapshots = b.snapshots(live.ID())
	return seen
}

// hidden tells which config of a volume the spec wants hidden; id is what the volume is called, or will be.
func (b *builder) hidden(id lxd.VolumeID) func(key, value string) bool {
	declared := b.volumes[id]
	if v := b.leaving[id]; v != nil {
		declared = v
	}
	return func(key, value string) bool {
		return b.secrets[value] || declared != nil && declared.want.Config[key].Sensitive
	}
}

// sawPool describes a pool of a server. hidden may be nil.
func sawPool(live *lxd.State, pool *lxd.Pool, hidden func(key, value string) bool) Seen {
	seen := Seen{
		Object: poolObject(pool.Name), Driver: pool.Driver, Status: pool.Status, Description: pool.Description,
		UsedBy: users(live, pool.UsedBy),
	}
	if pool.Config != nil {
		seen.take(pool.Config, hidden)
	}
	return seen
}

// sawVolume describes a volume of a server. hidden may be nil.
func sawVolume(live *lxd.State, volume *lxd.Volume, hidden func(key, value string) bool) Seen {
	seen := Seen{
		Object: volumeObject(volume.ID()), ContentType: volume.ContentType, Description: volume.Description,
		UsedBy: users(live, volume.UsedBy),
	}
	seen.take(volume.Config, hidden)
	return seen
}

// take takes over the config of an object, without the values that must not be shown.
func (s *Seen) take(config map[string]string, hidden func(key, value string) bool) {
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

// users words what uses an object. Snapshots go with their volume, and images with their pool.
func users(live *lxd.State, usedBy []string) []string {
	words := []string{}
	for _, use := range live.Uses(usedBy) {
		switch use.Kind {
		case lxd.UsedByImage, lxd.UsedBySnapshot:
		case lxd.UsedByVolume:
			words = append(words, "volume "+volumeName(use.Volume))
		default:
			words = append(words, use.String())
		}
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// sensitive are the values that a spec gives as sensitive. The server may have one of them where the spec no longer says so.
func sensitive(want *spec.Spec) map[string]bool {
	values := map[string]bool{}
	add := func(config spec.Config) {
		for _, value := range config {
			if value.Sensitive {
				values[value.Text] = true
			}
		}
	}
	for _, pool := range want.Pools {
		add(pool.Config)
		for _, member := range pool.Members {
			add(member.Config)
		}
		for _, volume := range pool.Volumes {
			add(volume.Config)
		}
	}
	return values
}
