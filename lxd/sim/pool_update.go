package sim

import (
	"maps"
	"net/http"

	"tarn/lxd/schema"
	"tarn/lxd/sim/product"
	"tarn/lxd/sim/state"
)

// changeBody is what can be changed of a pool or a project.
type changeBody struct {
	Description string            `json:"description"`
	Config      map[string]string `json:"config"`
}

func (s *Server) putPool(c call) (reply, error) { return s.changePool(c, false) }

func (s *Server) patchPool(c call) (reply, error) { return s.changePool(c, true) }

func (s *Server) changePool(c call, patch bool) (reply, error) {
	member, _, err := s.target(c)
	if err != nil {
		return reply{}, err
	}
	name, pool, err := s.pool(c)
	if err != nil {
		return reply{}, err
	}
	if err := c.checkETag(s.poolTag(name, pool, member)...); err != nil {
		return reply{}, err
	}
	var body changeBody
	if err := c.decode("StoragePoolPut", &body); err != nil {
		return reply{}, err
	}
	if s.state.Clustered() && s.has(product.PoolOperations) {
		if err := s.checkMemberKeys(pool, member, body.Config); err != nil {
			return reply{}, err
		}
	}
	t := s.poolTask("Updating storage pool", name)
	if member != "" {
		t.location = member
	}
	return s.makeChange(c, product.PoolOperations, t, func() (reply, error) {
		if s.state.Pools[name] != pool {
			return reply{}, httpError(http.StatusNotFound, "Storage pool not found")
		}
		s.markChanged(state.PoolEntry(name))
		return s.updatePool(pool, member, body, patch)
	})
}

// updatePool gives a pool another config and description, or the side of it that a member has.
func (s *Server) updatePool(pool *Pool, member string, body changeBody, patch bool) (reply, error) {
	old := pool.ConfigOn(member)
	config := nonNil(maps.Clone(body.Config))
	if patch {
		config = maps.Clone(old)
		maps.Copy(config, body.Config)
	}
	if s.state.Clustered() {
		if err := s.changeOnMember(pool, member, body.Config, config, body.Description); err != nil {
			return reply{}, err
		}
		return okReply()
	}
	if err := s.checkPoolConfig(pool.Driver, config); err != nil {
		return reply{}, s.poolConfigError(err)
	}
	config = withoutEmpty(config)
	if err := checkImmutable(old, config); err != nil {
		return reply{}, err
	}
	if err := s.checkPoolSize(old, config); err != nil {
		return reply{}, err
	}
	pool.Config, pool.Description = config, body.Description
	return okReply()
}

// poolConfigError is how a change of a pool is refused for what is wrong with its config.
func (s *Server) poolConfigError(err error) error {
	text := err.Error()
	if s.product.NamesPoolConfig {
		text = "Invalid storage pool configuration: " + text
	}
	return httpError(http.StatusBadRequest, "%s", text)
}

// checkPoolSize refuses to make a loop pool smaller.
func (s *Server) checkPoolSize(old, config map[string]string) error {
	before, _ := schema.ParseSize(old["size"])
	if after, _ := schema.ParseSize(config["size"]); s.product.PoolNeverShrinks && after < before {
		return serverError("Pool cannot be shrunk")
	}
	return nil
}

// checkImmutable refuses a change of what a pool cannot change.
func checkImmutable(old, config map[string]string) error {
	if config["source"] != old["source"] {
		return serverError("Pool source cannot be changed when not in pending state")
	}
	for _, key := range []string{"zfs.pool_name", "lvm.use_thinpool", "lvm.thinpool_metadata_size"} {
		if config[key] != old[key] {
			return serverError("%s cannot be modified", key)
		}
	}
	return nil
}
