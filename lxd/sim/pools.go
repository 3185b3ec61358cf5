package sim

import (
	"cmp"
	"maps"
	"net/http"
	"slices"

	"tarn/lxd"
	"tarn/lxd/schema"
	"tarn/lxd/sim/product"
	"tarn/lxd/sim/state"
)

// pool finds the pool that a call names.
func (s *Server) pool(c call) (string, *Pool, error) {
	pool := s.state.Pools[c.path[1]]
	if pool == nil {
		return "", nil, httpError(http.StatusNotFound, "Storage pool not found")
	}
	return c.path[1], pool, nil
}

// showPool is a pool as the API shows it: as a member has it, or, for "", the whole.
func (s *Server) showPool(name, member string) any {
	pool := s.state.Pools[name]
	status, locations := pool.Status, []string{"none"}
	if s.state.Clustered() {
		locations = slices.Sorted(maps.Keys(pool.Members))
	}
	if member != "" {
		status = "Unknown"
		if side := pool.Members[member]; side != nil {
			status = side.Status
		}
	}
	return struct {
		Config      map[string]string `json:"config"`
		Description string            `json:"description"`
		Name        string            `json:"name"`
		Driver      string            `json:"driver"`
		UsedBy      []string          `json:"used_by"`
		Status      string            `json:"status"`
		Locations   []string          `json:"locations"`
	}{pool.ConfigOn(member), pool.Description, name, pool.Driver, s.poolUsers(name, member), cmp.Or(status, lxd.StatusCreated), locations}
}

// poolTag is what the ETag of a pool is made of, as a member has it.
func (s *Server) poolTag(name string, pool *Pool, member string) []any {
	if s.product.PoolTagHasDescription {
		return []any{name, pool.Driver, pool.Description, pool.ConfigOn(member)}
	}
	return []any{name, pool.Driver, pool.ConfigOn(member)}
}

func (s *Server) listPools(c call) (reply, error) {
	names := slices.Sorted(maps.Keys(s.state.Pools))
	names = slices.DeleteFunc(names, func(name string) bool { return s.hidesPool(c, name) })
	if !c.recursive() {
		urls := []string{}
		for _, name := range names {
			urls = append(urls, "/1.0/storage-pools/"+name) // not escaped
		}
		return syncReply(urls), nil
	}
	pools := []any{}
	for _, name := range names {
		pools = append(pools, s.showPool(name, ""))
	}
	return syncReply(pools), nil
}

// hidesPool tells whether the project of a call sees nothing of a pool because it may have nothing in it.
func (s *Server) hidesPool(c call, name string) bool {
	p := s.state.Projects[c.query.Get("project")]
	return p != nil && p.Config[poolDiskLimit+name] == "0"
}

func (s *Server) getPool(c call) (reply, error) {
	member, _, err := s.target(c)
	if err != nil {
		return reply{}, err
	}
	if project := c.query.Get("project"); s.product.ChecksProjectOfPool && project != "" && s.state.Projects[project] == nil {
		return reply{}, httpError(http.StatusNotFound, "Failed getting project: Project not found")
	}
	name, pool, err := s.pool(c)
	if err != nil {
		return reply{}, err
	}
	if s.product.CountsPoolLimits && s.hidesPool(c, name) {
		return reply{}, httpError(http.StatusNotFound, "Not Found")
	}
	answer := syncReply(s.showPool(name, member))
	if s.product.PoolTagSent {
		answer.etag = etagOf(s.poolTag(name, pool, member)...)
	}
	return answer, nil
}

func (s *Server) getResources(c call) (reply, error) {
	member, err := s.member(c)
	if err != nil {
		return reply{}, err
	}
	_, pool, err := s.pool(c)
	if err != nil {
		return reply{}, serverError("Storage pool not found") // with 500
	}
	type space struct {
		Used  int64 `json:"used"`
		Total int64 `json:"total"`
	}
	size, err := schema.ParseSize(pool.ConfigOn(member)["size"])
	if err != nil {
		size = 100 << 30
	}
	resources := struct {
		Space  space `json:"space"`
		Inodes space `json:"inodes"`
	}{Space: space{Used: 4 << 20, Total: size}}
	for key, volume := range pool.Volumes {
		if key.Member != "" && key.Member != member {
			continue
		}
		resources.Space.Used += volume.Used
	}
	if pool.Driver == "dir" {
		resources.Inodes = space{Used: int64(len(pool.Volumes)), Total: 1 << 24}
	}
	return syncReply(resources), nil
}

func (s *Server) deletePool(c call) (reply, error) {
	name, pool, err := s.pool(c)
	if err != nil {
		return reply{}, err
	}
	if s.product.RefusesDeletionsAtOnce && len(s.poolUsers(name, "")) > 0 {
		return reply{}, httpError(http.StatusBadRequest, "The storage pool is currently in use")
	}
	return s.makeChange(c, product.PoolOperations, s.poolTask("Deleting storage pool", name), func() (reply, error) {
		if s.state.Pools[name] != pool {
			return reply{}, httpError(http.StatusNotFound, "Storage pool not found")
		}
		if len(s.poolUsers(name, "")) > 0 {
			return reply{}, httpError(http.StatusBadRequest, "The storage pool is currently in use")
		}
		if err := s.checkAllOnline(); err != nil {
			return reply{}, err
		}
		delete(s.state.Pools, name)
		s.markChanged(state.PoolEntry(name))
		return okReply()
	})
}

// poolTask is what an operation on a pool says of itself.
func (s *Server) poolTask(description, name string) task {
	return task{location: cmp.Or(s.state.Self(), "none"), description: description, entity: "/1.0/storage-pools/" + s.escape(name)}
}
