package planner

import (
	"cmp"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/migrate"
	"tarn/lxd/schema"
	"tarn/planner/plan"
	"tarn/spec"
)

// Standing says what a spec makes of each object that a server holds: which block declares it, and where each value of its config comes
// from. It is for those who look at a server; nothing is planned.
type Standing struct {
	b      *builder
	noSpec bool
}

// NewStanding brings a spec, nil for none, together with what was read of a server. What contradicts the server is left to a plan.
func NewStanding(want *spec.Spec, state *live.State, opts Options) *Standing {
	s := &Standing{noSpec: want == nil}
	if want == nil {
		want = &spec.Spec{}
	}
	s.b = newBuilder(want, state, opts)
	s.b.secrets.unread = opts.Unread
	s.b.match()
	s.b.resolveRenames()
	return s
}

// HasSpec tells whether there is a spec.
func (s *Standing) HasSpec() bool { return !s.noSpec }

// Declaration is how a spec declares an object of the server.
type Declaration struct {
	Address  string // of the block
	Place    hcl.Range
	Existing bool
	Absent   bool         // it is to be deleted
	Becomes  lxd.VolumeID // what a volume is to be called, zero when it is called so already
}

// Declaration is how the spec declares an object, nil when it does not.
func (s *Standing) Declaration(object plan.Object) *Declaration {
	if object.IsPool() {
		pool := s.b.pools[object.Pool]
		if pool == nil || pool.live == nil {
			return nil
		}
		return &Declaration{Address: pool.want.Address, Place: pool.want.Ranges.Block, Existing: pool.want.Existing, Absent: pool.want.Absent}
	}
	v := s.volume(object.Volume)
	if v == nil {
		return nil
	}
	d := &Declaration{Address: v.want.Address, Place: v.want.Ranges.Block, Existing: v.want.Existing, Absent: v.want.Absent}
	if s.b.leaving[object.Volume] == v {
		d.Becomes = v.id()
	}
	return d
}

// volume is what declares a live volume, nil for none.
func (s *Standing) volume(id lxd.VolumeID) *volumePlan {
	if v := s.b.leaving[id]; v != nil {
		return v
	}
	if v := s.b.volumes.Get(id); v != nil && v.live != nil {
		return v
	}
	return nil
}

// NotThere counts the pools and volumes that the spec wants and the server does not have.
func (s *Standing) NotThere() int {
	n := 0
	for _, pool := range s.b.pools {
		if pool.live == nil && !pool.want.Absent {
			n++
		}
	}
	for _, v := range s.b.volumes.All() {
		if v.live == nil && !v.renamed && !v.want.Absent {
			n++
		}
	}
	return n
}

// Owner is whose mark an object carries, "" for none. copied tells that the mark came along with a copy, so that the object is nobody's.
func (s *Standing) Owner(object plan.Object) (owner string, isCopy bool) {
	if object.IsPool() {
		return s.b.live.Pools[object.Pool].Config[live.OwnerKey], false
	}
	volume := s.b.live.Volumes.Get(object.Volume)
	owner = volume.Config[live.OwnerKey]
	return owner, owner != "" && s.b.markState(volume) == copied
}

// Protected tells whether an object carries the mark of prevent_delete.
func (s *Standing) Protected(config map[string]string) bool {
	is, err := schema.ParseBool(config[preventDeleteKey])
	return err == nil && is
}

// Users are what uses a pool or a volume, without the volumes, snapshots and images that a pool holds.
func (s *Standing) Users(usedBy []string) []plan.User {
	return slices.DeleteFunc(outsideUsers(s.b.live, usedBy), func(user plan.User) bool { return user.Kind == lxd.UsedByVolume })
}

// Origin is where a value of a config comes from. Its text is for programs.
type Origin string

// Origins.
const (
	FromSpec    Origin = "spec"
	Differs     Origin = "differs"         // the spec says another value
	Lacks       Origin = "lacks"           // the spec says a value, and the server has none
	FromPool    Origin = "pool-default"    // the server copied it from the pool
	FromEarlier Origin = "earlier-default" // the pool has another default now: it is an earlier one, or somebody has set it
	FromServer  Origin = "server"          // the server alone writes it
	FromMaker   Origin = "creation"        // the server filled it in, or whoever created the object gave it
	FromTarn    Origin = "mark"            // tarn's own
	Ignored     Origin = "ignored"         // the spec's ignore_config leaves it alone
	UnknownKey  Origin = "unknown-key"     // tarn does not know the key and leaves it alone
	FromSomeone Origin = "by-hand"         // nobody knows; a plan for a spec that declares the object takes it away
)

// Setting is one value of a config and where it comes from.
type Setting struct {
	Key    string
	Member string  // whose value it is, in a cluster
	Value  *string // nil when the server has none
	Wanted *string // what the spec says, where that is something else; nil when it unsets the key
	Secret bool    // neither is shown

	From      Origin
	PoolKey   string // of [FromPool] and [FromEarlier]: where the pool has the default
	PoolValue string // what it says now
}

// VolumeSettings are the settings of a volume that was read.
func (s *Standing) VolumeSettings(id lxd.VolumeID) []Setting {
	b, volume := s.b, s.b.live.Volumes.Get(id)
	v := s.volume(id)
	declared := v != nil && !v.want.Absent
	if v == nil {
		pool := &poolPlan{live: b.live.Pools[id.Pool]}
		if pool.live != nil {
			pool.driver, pool.config = pool.live.Driver, pool.live.Config
		}
		v = b.newVolumePlan(&spec.Volume{Name: id.Name, IgnoreConfig: b.want.Settings.IgnoreConfig}, pool, id, volume)
	}
	var want wanted
	if declared {
		want = b.wantVolume(v)
	}
	has := plan.VolumeAttributes(volume)
	r := b.volumeRules(v, volume, has)
	settings := judge(want, has.Config, r, func(name string, key schema.Key, setting *Setting) {
		poolKey, inherits := schema.Inherited(v.pool.driver, volume.ContentType, name)
		setting.PoolKey, setting.PoolValue = poolKey, v.pool.config[poolKey]
		same := inherits && setting.PoolValue != "" && key.Equal(setting.PoolValue, *setting.Value)
		_, unset := v.want.Unset[name]
		switch {
		case key.ServerOnly:
			setting.From = FromServer
		case unset && declared && !r.explained(name, key):
			setting.From = Differs
		case same:
			setting.From = FromPool
		case key.Filled, key.Immutable, key.CreateOnly:
			setting.From = FromMaker
		case inherits && setting.PoolValue != "":
			setting.From = FromEarlier
		case declared && r.explained(name, key):
			setting.From = FromMaker
		default:
			setting.From = FromSomeone
		}
	})
	return settings
}

// PoolSettings are the settings of a pool, and of its members as far as they were read. They are none where the server does not show them.
func (s *Standing) PoolSettings(name string) []Setting {
	b := s.b
	live, declared := b.live.Pools[name], b.pools[name]
	if live.Config == nil {
		return nil
	}
	r := rules{
		key: poolKeys(live.Driver), secrets: b.secrets, ignore: b.want.Settings.IgnoreConfig,
		equal: func(name, value string) bool { return poolKeeps(live, name, value) },
	}
	var want wanted
	if declared != nil {
		r.ignore = declared.want.IgnoreConfig
		if !declared.want.Absent && !declared.want.Existing {
			want = b.wantPool(declared.want)
		}
	}
	unexplained := func(_ string, key schema.Key, setting *Setting) {
		switch {
		case key.ServerOnly:
			setting.From = FromServer
		case key.Filled, key.Immutable, key.CreateOnly:
			setting.From = FromMaker
		default:
			setting.From = FromSomeone
		}
	}
	settings := judge(want, live.Config, r, unexplained)
	for _, id := range slices.SortedFunc(maps.Keys(b.live.MemberPools), func(x, y lxd.PoolID) int { return cmp.Compare(x.Member, y.Member) }) {
		if id.Name != name || id.Member == "" {
			continue
		}
		side := b.live.MemberPools[id]
		own := map[string]string{}
		for key, value := range side.Config {
			if _, everywhere := live.Config[key]; !everywhere {
				own[key] = value
			}
		}
		var of wanted
		if declared != nil {
			for _, member := range declared.members {
				if member.Name == id.Member {
					of.config = member.Config
				}
			}
		}
		r.equal = func(name, value string) bool { return poolKeeps(side, name, value) }
		for _, setting := range judge(of, own, r, unexplained) {
			setting.Member = id.Member
			settings = append(settings, setting)
		}
	}
	return settings
}

// judge tells where each value of a config comes from. unexplained says it of those that the spec is silent about.
func judge(want wanted, has map[string]string, r rules, unexplained func(name string, key schema.Key, setting *Setting)) []Setting {
	p := newPair(want, plan.Attributes{Config: has}, r)
	names := map[string]bool{}
	for name := range has {
		names[name] = true
	}
	for name := range want.config {
		names[name] = true
	}
	var settings []Setting
	for _, name := range slices.Sorted(maps.Keys(names)) {
		key, known := r.key(name)
		setting := Setting{Key: name, Secret: p.secret[name] || key.Secret || r.secrets.hides(name, has[name]) || want.config[name].Sensitive}
		value, set := has[name]
		if set {
			setting.Value = &value
		}
		_, declared := want.config[name]
		wants, asked := p.want.Config[name]
		switch {
		case isMark(name) || migrate.IsMark(name):
			if !set {
				continue // a plan puts it on
			}
			setting.From = FromTarn
		case r.ignored(name):
			if !set {
				continue
			}
			setting.From = Ignored
		case declared && want.config[name].Unknown: // its variable has no value here
			if setting.From = FromSpec; !set {
				setting.From, setting.Wanted = Lacks, &wants
			}
		case declared && !set && !asked:
			continue // the server does it anyway, or it said how to create what is there
		case declared && !set:
			setting.From, setting.Wanted = Lacks, &wants
		case declared && asked && p.live.Config[name] != wants:
			setting.From, setting.Wanted = Differs, &wants
		case declared:
			setting.From = FromSpec
		case !known:
			setting.From = UnknownKey
		default:
			unexplained(name, key, &setting)
			if setting.From != FromPool && setting.From != FromEarlier {
				setting.PoolKey, setting.PoolValue = "", ""
			}
		}
		settings = append(settings, setting)
	}
	return settings
}
