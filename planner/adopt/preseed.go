package adopt

import (
	"fmt"
	"maps"
	"slices"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/schema"
	"tarn/spec/preseed"
	"tarn/spec/write"
)

// Preseed declares what a preseed says of storage, as if a server had been set up by it: so that of a dump, which has all that a server
// holds, only that is declared which an author would have written. left is what of the preseed is not declared besides, in order.
func Preseed(p *preseed.Preseed, opts Options) (adopted *Adopted, left []preseed.Left) {
	s := &seed{Preseed: p, opts: opts, state: &live.State{
		Server: serverOf(p), Pools: map[string]*lxd.Pool{},
		Projects: map[string]*lxd.Project{lxd.DefaultProject: {Name: lxd.DefaultProject}},
	}, left: slices.Clone(p.Left)}
	for name, config := range p.Projects {
		s.state.Projects[name] = &lxd.Project{Name: name, Config: config}
	}
	for _, pool := range p.Pools {
		s.addPool(pool)
	}
	for _, volume := range p.Volumes {
		s.addVolume(volume)
	}
	opts.AllProjects, opts.Project = true, ""
	adopted = New(s.state, opts)
	for _, pool := range adopted.File.Pools {
		s.complete(pool)
	}
	for _, name := range slices.Sorted(maps.Keys(p.MemberConfig)) {
		if s.state.Pools[name] == nil {
			s.leave(1, fmt.Sprintf("the config of pool %q for a member", name), "the preseed does not say what the pool is")
		}
	}
	slices.SortStableFunc(s.left, func(a, b preseed.Left) int { return a.Line - b.Line })
	return adopted, s.left
}

// seed is a preseed on its way to declarations.
type seed struct {
	*preseed.Preseed
	opts  Options
	state *live.State
	left  []preseed.Left
}

func (s *seed) leave(line int, what, why string) {
	s.left = append(s.left, preseed.Left{Line: line, What: what, Why: why})
}

// serverOf is a server that knows all that a preseed may have: one of Incus when it has config that only Incus knows.
func serverOf(p *preseed.Preseed) *lxd.Server {
	server := &lxd.Server{Product: "LXD", Trusted: true, Drivers: schema.Drivers()}
	drivers := map[string]string{}
	incus := false
	note := func(key schema.Key, known bool) { incus = incus || known && key.Product == "incus" }
	for _, pool := range p.Pools {
		drivers[pool.Name] = pool.Driver
		for name := range pool.Config {
			note(schema.PoolKey(pool.Driver, name))
		}
	}
	for _, volume := range p.Volumes {
		for name := range volume.Config {
			note(schema.VolumeKey(drivers[volume.Pool], contentOf(volume), name))
		}
	}
	if incus {
		server.Product = "Incus"
	}
	extensions := map[string]bool{}
	for _, name := range schema.Drivers() {
		driver, _ := schema.Lookup(name)
		for _, key := range slices.Concat(driver.PoolKeys(), driver.VolumeKeys(schema.Filesystem), driver.VolumeKeys(schema.Block)) {
			extensions[key.Extension], extensions[key.ChangeExtension] = true, true
		}
	}
	delete(extensions, "")
	server.Extensions = slices.Sorted(maps.Keys(extensions))
	return server
}

func contentOf(v preseed.Volume) string {
	if v.ContentType == "" {
		return schema.Filesystem
	}
	return v.ContentType
}

func (s *seed) addPool(p preseed.Pool) {
	config := maps.Clone(p.Config)
	if config == nil {
		config = map[string]string{}
	}
	for name := range config {
		if _, known := schema.PoolKey(p.Driver, name); !known {
			s.leave(p.Line, fmt.Sprintf("config key %q of pool %q", name, p.Name), "tarn does not know it")
		}
	}
	s.state.Pools[p.Name] = &lxd.Pool{Name: p.Name, Driver: p.Driver, Description: p.Description, Config: config, Status: lxd.StatusCreated}
}

func (s *seed) addVolume(v preseed.Volume) {
	what := fmt.Sprintf("volume %q of pool %q", v.Name, v.Pool)
	switch {
	case v.Type != "" && v.Type != lxd.TypeCustom:
		s.leave(v.Line, what, "tarn manages custom volumes alone")
		return
	case v.Copied:
		s.leave(v.Line, what, "it is made of another one; copy_of says so")
		return
	}
	pool := s.state.Pools[v.Pool]
	if pool == nil { // somebody else's
		pool = &lxd.Pool{Name: v.Pool, Status: lxd.StatusCreated}
		s.state.Pools[v.Pool] = pool
	}
	for name := range v.Config {
		if _, known := schema.VolumeKey(pool.Driver, contentOf(v), name); !known {
			s.leave(v.Line, fmt.Sprintf("config key %q of %s", name, what), "tarn does not know it")
		}
	}
	volume := &lxd.Volume{
		Name: v.Name, Type: lxd.TypeCustom, ContentType: contentOf(v), Description: v.Description, Config: maps.Clone(v.Config),
		Location: "none", Project: s.state.EffectiveProject(v.Project), Pool: v.Pool,
	}
	if s.state.Volumes.Get(volume.ID()) != nil {
		s.leave(v.Line, what, "it is in the preseed twice")
		return
	}
	s.state.Volumes.Set(volume.ID(), volume)
}

// complete adds what a pool of a server does not show: how it is to be created, and what single members have.
func (s *seed) complete(pool *write.Pool) {
	i := slices.IndexFunc(s.Pools, func(p preseed.Pool) bool { return p.Name == pool.Name })
	if i < 0 {
		pool.Comment = []string{"The preseed has volumes of this pool, and not the pool itself."}
		return
	}
	if pool.Existing {
		return
	}
	given := s.Pools[i].Config
	for name, value := range given {
		if key, known := schema.PoolKey(pool.Driver, name); known && key.Transient {
			pool.Config[name] = write.Value{Text: value}
		}
	}
	if s.Member == "" {
		return
	}
	// The keys that each member has for itself are those of the member that is set up.
	own := write.Config{}
	for name, value := range pool.Config {
		if key, known := schema.PoolKey(pool.Driver, name); known && key.MemberSomewhere() {
			own[name] = value
			delete(pool.Config, name)
		}
	}
	for name, value := range s.MemberConfig[pool.Name] {
		if s.opts.IsSecret(name) {
			s.leave(1, fmt.Sprintf("config key %q of pool %q for a member", name, pool.Name), "its value is secret")
			continue
		}
		own[name] = write.Value{Text: value}
	}
	if len(own) > 0 {
		pool.Members = append(pool.Members, write.Member{Name: s.Member, Config: own})
	}
}

// SecretsIn are values of a preseed that are never to be shown.
func SecretsIn(p *preseed.Preseed, s Secrecy) []string {
	values := slices.Clone(s.Values)
	for _, pool := range p.Pools {
		for name, value := range pool.Config {
			if key, _ := schema.PoolKey(pool.Driver, name); key.Secret || s.IsSecret(name) {
				values = append(values, value)
			}
		}
	}
	for _, volume := range p.Volumes {
		for name, value := range volume.Config {
			if s.IsSecret(name) {
				values = append(values, value)
			}
		}
	}
	return values
}
