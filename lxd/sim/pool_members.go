package sim

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"tarn/lxd"
	"tarn/lxd/sim/product"
	"tarn/lxd/sim/state"
)

// memberKey tells whether each member of a cluster has a value of its own.
func (s *Server) memberKey(key string) bool { return slices.Contains(s.product.MemberKeys, key) }

// split takes the keys that belong to a member out of config.
func (s *Server) split(config map[string]string) (global, own map[string]string) {
	return splitConfig(s.product, config)
}

func splitConfig(p *product.Product, config map[string]string) (global, own map[string]string) {
	global, own = maps.Clone(config), maps.Clone(config)
	maps.DeleteFunc(global, func(key, _ string) bool { return slices.Contains(p.MemberKeys, key) })
	maps.DeleteFunc(own, func(key, _ string) bool { return !slices.Contains(p.MemberKeys, key) })
	return global, own
}

// checkDefinition says what is wrong with what a member will need when a pool is created.
func (s *Server) checkDefinition(body poolBody) error {
	for _, key := range slices.Sorted(maps.Keys(body.Config)) {
		if !s.memberKey(key) {
			return serverError("Config key %q may not be used as member-specific key", key)
		}
	}
	bad := func(err error) error { return httpError(http.StatusBadRequest, "%s", err.Error()) }
	if err := s.checkDriver(body.Driver); err != nil {
		return bad(err)
	}
	if err := nameError(s.product.Names.Pool, body.Name); err != nil {
		return bad(err)
	}
	if strings.ContainsFunc(body.Name, unicode.IsSpace) {
		return bad(serverError("Storage name cannot contain white space"))
	}
	if err := s.checkPoolConfig(body.Driver, body.Config); err != nil {
		return bad(err)
	}
	return nil
}

// defineOnMember notes what a member will need when the pool is created.
func (s *Server) defineOnMember(body poolBody, member string) (reply, error) {
	bad := func(err error) error { return httpError(http.StatusBadRequest, "%s", err.Error()) }
	pool := s.state.Pools[body.Name]
	switch {
	case pool == nil && s.state.Members[member] == nil:
		return reply{}, httpError(http.StatusNotFound, "Cluster member not found")
	case pool == nil:
		pool = &Pool{Driver: body.Driver, Config: map[string]string{}, Status: lxd.StatusPending, Members: map[string]*MemberPool{}, Volumes: map[Key]*Volume{}}
		s.state.Pools[body.Name] = pool
	case pool.Driver != body.Driver:
		return reply{}, serverError("Storage pool already exists with a different driver")
	case pool.Status != lxd.StatusPending:
		return reply{}, serverError("Storage pool is not in pending state")
	case s.state.Members[member] == nil:
		return reply{}, httpError(http.StatusNotFound, "Cluster member not found")
	case pool.Members[member] != nil:
		return reply{}, bad(serverError("The storage pool already defined on member %q", member))
	}
	pool.Members[member] = &MemberPool{Status: lxd.StatusPending, Config: withoutEmpty(body.Config)}
	s.markChanged(state.PoolEntry(body.Name))
	return createdReply("/1.0/storage-pools/" + s.escape(body.Name))
}

// createClusterPool creates a pool on all members that have it defined.
func (s *Server) createClusterPool(body poolBody) (reply, error) {
	for _, key := range slices.Sorted(maps.Keys(body.Config)) {
		if s.memberKey(key) && len(s.state.Members) > 1 {
			return reply{}, serverError("Config key %q is cluster member specific", key)
		}
	}
	pool := s.state.Pools[body.Name]
	if pool == nil {
		if len(s.state.Members) > 1 {
			return reply{}, serverError("Pool not pending on any node (use --target <node> first)")
		}
		global, own := s.split(body.Config)
		definition := poolBody{Name: body.Name, Driver: body.Driver, Config: own}
		if err := s.checkDefinition(definition); err != nil {
			return reply{}, serverError("%s", err.Error())
		}
		if _, err := s.defineOnMember(definition, s.state.Self()); err != nil {
			return reply{}, serverError("%s", err.Error())
		}
		pool, body.Config = s.state.Pools[body.Name], global
	}
	missing := slices.DeleteFunc(s.state.MemberNames(), func(name string) bool { return pool.Members[name] != nil })
	switch {
	case pool.Driver != body.Driver:
		return reply{}, serverError("Requested storage pool driver %q doesn't match driver in existing database record %q", body.Driver, pool.Driver)
	case pool.Status == "":
		return reply{}, serverError("The storage pool is already created")
	case len(missing) > 0:
		return reply{}, serverError("Pool not defined on nodes: %s", strings.Join(missing, ", "))
	case pool.Status == lxd.StatusErrored && len(body.Config) > 0:
		return reply{}, serverError("Storage pool already partially created. Please do not specify any global config when re-running create")
	}
	maps.Copy(pool.Config, withoutEmpty(body.Config))
	pool.Status = lxd.StatusErrored // until it is known better
	s.markChanged(state.PoolEntry(body.Name))
	if err := s.checkAllOnline(); err != nil {
		return reply{}, err
	}
	self := s.state.Self()
	if err := s.createOnMember(body, pool, self); err != nil {
		return reply{}, err
	}
	for _, member := range s.state.MemberNames() {
		if member == self {
			continue
		}
		if err := s.createOnMember(body, pool, member); err != nil {
			return reply{}, serverError("failed to notify peer %s: %v", s.host(member), err)
		}
	}
	pool.Status = ""
	return createdReply("/1.0/storage-pools/" + s.escape(body.Name))
}

// createOnMember creates what a member has of a pool, unless it has it already.
func (s *Server) createOnMember(body poolBody, pool *Pool, member string) error {
	side := pool.Members[member]
	if side.Status == "" {
		return nil
	}
	config := pool.ConfigOn(member)
	if err := s.checkPoolConfig(pool.Driver, config); err != nil {
		return err
	}
	if text := s.state.Members[member].Refuses; text != "" {
		return serverError("%s", text)
	}
	if err := s.checkSource(member, pool.Driver, config["source"]); err != nil {
		return err
	}
	before := maps.Clone(config)
	if err := s.fillPool(body.Name, pool.Driver, config); err != nil {
		return err
	}
	pool.Config, side.Config = s.split(config)
	side.Status = ""
	if !maps.Equal(before, config) {
		pool.Description = body.Description // LXD 5.0.2 stores it with what it adds, or not at all
	}
	return nil
}

// checkMemberKeys refuses a change that names keys of all members for one of them, or the other way round.
func (s *Server) checkMemberKeys(pool *Pool, member string, given map[string]string) error {
	old := pool.ConfigOn(member)
	if member == "" {
		if pool.Status != "" {
			return httpError(http.StatusBadRequest, "Cannot update storage pool global config when not in created state")
		}
		for _, key := range slices.Sorted(maps.Keys(given)) {
			if s.memberKey(key) {
				return httpError(http.StatusBadRequest, "Config key %q is cluster member specific", key)
			}
		}
	} else {
		for _, key := range slices.Sorted(maps.Keys(given)) {
			if !s.memberKey(key) && given[key] != old[key] {
				return httpError(http.StatusBadRequest, "Config key %q may not be used as cluster member specific key", key)
			}
		}
	}
	return nil
}

// changeOnMember changes a pool for one member of a cluster, or for all when it is "". config is what the pool has there.
func (s *Server) changeOnMember(pool *Pool, member string, given, config map[string]string, description string) error {
	old := pool.ConfigOn(member)
	if err := s.checkMemberKeys(pool, member, given); err != nil {
		return err
	}
	if err := s.checkPoolConfig(pool.Driver, config); err != nil {
		return s.poolConfigError(err)
	}
	config = withoutEmpty(config)
	side := pool.Members[member]
	if member != "" && side == nil {
		pool.Description = description
		return nil
	}
	if side == nil || side.Status == "" {
		if err := checkImmutable(old, config); err != nil {
			return err
		}
		if err := s.checkPoolSize(old, config); err != nil {
			return err
		}
	}
	if member == "" {
		if err := s.checkAllOnline(); err != nil {
			return err
		}
	}
	global, own := s.split(config)
	pool.Config, pool.Description = global, description
	if side != nil {
		side.Config = own
	}
	return nil
}
