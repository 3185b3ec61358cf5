package sim

import (
	"cmp"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
	"unicode"

	"tarn/lxd"
	"tarn/lxd/schema"
	"tarn/lxd/sim/product"
	"tarn/lxd/sim/state"
)

type poolBody struct {
	Name        string            `json:"name"`
	Driver      string            `json:"driver"`
	Description string            `json:"description"`
	Config      map[string]string `json:"config"`
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

// pool finds the pool that a call names.
func (s *Server) pool(c call) (string, *Pool, error) {
	pool := s.state.Pools[c.path[1]]
	if pool == nil {
		return "", nil, code(http.StatusNotFound, "Storage pool not found")
	}
	return c.path[1], pool, nil
}

func (s *Server) listPools(c call) (reply, error) {
	names := slices.Sorted(maps.Keys(s.state.Pools))
	if !c.recursive() {
		urls := []string{}
		for _, name := range names {
			urls = append(urls, "/1.0/storage-pools/"+name) // not escaped
		}
		return sync200(urls), nil
	}
	pools := []any{}
	for _, name := range names {
		pools = append(pools, s.showPool(name, ""))
	}
	return sync200(pools), nil
}

func (s *Server) getPool(c call) (reply, error) {
	member, _, err := s.target(c)
	if err != nil {
		return reply{}, err
	}
	if project := c.query.Get("project"); s.product.ChecksProjectOfPool && project != "" && s.state.Projects[project] == nil {
		return reply{}, code(http.StatusNotFound, "Failed getting project: Project not found")
	}
	name, pool, err := s.pool(c)
	if err != nil {
		return reply{}, err
	}
	answer := sync200(s.showPool(name, member))
	if s.product.PoolTagSent {
		answer.etag = hash(s.poolTag(name, pool, member)...)
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
		return reply{}, says("Storage pool not found") // with 500
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
	return sync200(resources), nil
}

func (s *Server) createPool(c call) (reply, error) {
	var body poolBody
	if err := c.decode("StoragePoolsPost", &body); err != nil {
		return reply{}, err
	}
	switch {
	case body.Name == "":
		return reply{}, code(http.StatusBadRequest, "No name provided")
	case strings.Contains(body.Name, "/"):
		return reply{}, code(http.StatusBadRequest, "Storage pool names may not contain slashes")
	case body.Driver == "":
		return reply{}, code(http.StatusBadRequest, "No driver provided")
	}
	return s.change(c, product.PoolOperations, s.poolTask("Creating storage pool", body.Name), func() (reply, error) {
		target := c.query.Get("target")
		switch {
		case target != "" && (s.state.Clustered() || target != "none"):
			return s.definePool(body, target)
		case s.state.Clustered():
			return s.createClusterPool(body)
		}
		return s.addPool(body)
	})
}

// poolTask is what an operation on a pool says of itself.
func (s *Server) poolTask(description, name string) task {
	return task{location: cmp.Or(s.state.Self(), "none"), description: description, entity: "/1.0/storage-pools/" + s.escape(name)}
}

// addPool creates a pool of a server of its own.
func (s *Server) addPool(body poolBody) (reply, error) {
	if s.state.Pools[body.Name] != nil {
		return reply{}, code(http.StatusConflict, "The storage pool already exists: The record already exists")
	}
	if err := s.checkDriver(body.Driver); err != nil {
		return reply{}, err
	}
	if strings.ContainsFunc(body.Name, unicode.IsSpace) {
		return reply{}, says("Storage name cannot contain white space")
	}
	if err := s.checkPoolConfig(body.Driver, body.Config); err != nil {
		return reply{}, err
	}
	if body.Name == "." || body.Name == ".." {
		return reply{}, says("Storage pool directory %q already exists", path.Join(s.product.Root, "storage-pools", body.Name))
	}
	config := stored(body.Config)
	if err := s.checkSource("", config["source"]); err != nil {
		return reply{}, err
	}
	if err := s.fillPool(body.Name, body.Driver, config); err != nil {
		return reply{}, err
	}
	s.state.Pools[body.Name] = &Pool{Driver: body.Driver, Description: body.Description, Config: config, Volumes: map[Key]*Volume{}}
	s.markChanged(state.PoolEntry(body.Name))
	return created("/1.0/storage-pools/" + s.escape(body.Name))
}

// checkDriver refuses what the server has no driver for.
func (s *Server) checkDriver(driver string) error {
	if slices.Contains(s.state.Drivers, driver) {
		return nil
	}
	switch driver {
	case "zfs":
		return says("%s", s.product.Text.NoZFS)
	case "lvm":
		return says(`Required tool "lvm" is missing`)
	case "ceph", "cephfs":
		return says("Required tool 'ceph' is missing")
	}
	return says("Unknown driver")
}

// fillPool puts in what the server decides about a new pool.
func (s *Server) fillPool(name, driver string, config map[string]string) error {
	source := config["source"]
	device := strings.HasPrefix(source, "/dev/")
	loop := source == ""
	if loop && (driver == "btrfs" || driver == "zfs" || driver == "lvm") {
		config["source"] = s.product.Root + "/disks/" + name + ".img"
		config["size"] = cmp.Or(config["size"], "30GiB")
	}
	switch driver {
	case "dir":
		if loop {
			config["source"] = s.product.Root + "/storage-pools/" + name
			break
		}
		// Nothing is known of the host's folders: what can be one is taken to exist.
		if !strings.HasPrefix(source, "/") {
			return says("Source path '%s' doesn't exist", source)
		}
		if strings.HasPrefix(source, s.product.Root+"/") {
			return says("Source path '%s' is within the LXD directory", source)
		}
	case "btrfs":
		const least = 114294784
		size, err := schema.ParseSize(config["size"])
		switch {
		case loop && err == nil && size < least:
			return says("Failed to format sparse file: Failed to run: mkfs.btrfs -L %s %s: exit status 1 (ERROR: '%s' is too small to make a usable filesystem\nERROR: minimum size for each btrfs device is %d)",
				name, config["source"], config["source"], least)
		case !loop:
			config["volatile.initial_source"] = source
			delete(config, "size")
		}
		if device {
			config["source"] = newUUID()
		}
	case "zfs":
		if device {
			config["volatile.initial_source"] = source
			delete(config, "size")
		}
		if loop || device {
			config["zfs.pool_name"] = cmp.Or(config["zfs.pool_name"], name)
		} else {
			config["zfs.pool_name"] = source
		}
		if device {
			config["source"] = config["zfs.pool_name"]
		}
	case "lvm":
		if device {
			config["volatile.initial_source"] = source
			delete(config, "size")
		}
		if loop || device {
			config["lvm.vg_name"] = cmp.Or(config["lvm.vg_name"], name)
		} else {
			config["lvm.vg_name"] = source
		}
		if device {
			config["source"] = config["lvm.vg_name"]
		}
		if !isTrueOr(config["lvm.use_thinpool"], true) {
			break
		}
		config["lvm.thinpool_name"] = cmp.Or(config["lvm.thinpool_name"], s.product.ThinPool)
	case "ceph":
		config["ceph.cluster_name"] = cmp.Or(config["ceph.cluster_name"], "ceph")
		config["ceph.user.name"] = cmp.Or(config["ceph.user.name"], "admin")
		config["ceph.osd.pg_num"] = cmp.Or(config["ceph.osd.pg_num"], "32")
		config["ceph.osd.pool_name"] = cmp.Or(config["ceph.osd.pool_name"], source, name)
		config["source"] = config["ceph.osd.pool_name"]
		config["volatile.pool.pristine"] = "true"
	case "cephfs":
		config["cephfs.cluster_name"] = cmp.Or(config["cephfs.cluster_name"], "ceph")
		config["cephfs.user.name"] = cmp.Or(config["cephfs.user.name"], "admin")
		config["cephfs.path"] = source
		config["volatile.pool.pristine"] = "true"
	}
	return nil
}

// checkSource refuses a folder that another pool of the same member has.
func (s *Server) checkSource(member, source string) error {
	for _, pool := range s.state.Pools {
		if side := pool.Members[member]; side != nil && side.Status != "" {
			continue
		}
		if pool.Driver == "dir" && source != "" && pool.ConfigOn(member)["source"] == source {
			return says("Source path '%s' isn't empty", source)
		}
	}
	return nil
}

func (s *Server) putPool(c call) (reply, error)   { return s.changePool(c, false) }
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
	if err := c.matches(s.poolTag(name, pool, member)...); err != nil {
		return reply{}, err
	}
	var body changeBody
	if err := c.decode("StoragePoolPut", &body); err != nil {
		return reply{}, err
	}
	return s.change(c, product.PoolOperations, s.poolTask("Updating storage pool", name), func() (reply, error) {
		if s.state.Pools[name] != pool {
			return reply{}, code(http.StatusNotFound, "Storage pool not found")
		}
		s.markChanged(state.PoolEntry(name))
		return s.setPool(pool, member, body, patch)
	})
}

// setPool gives a pool another config and description, or the side of it that a member has.
func (s *Server) setPool(pool *Pool, member string, body changeBody, patch bool) (reply, error) {
	old := pool.ConfigOn(member)
	config := nonNil(maps.Clone(body.Config))
	if patch {
		config = maps.Clone(old)
		maps.Copy(config, body.Config)
	}
	if s.state.Clustered() {
		if err := s.changeSide(pool, member, body.Config, config, body.Description); err != nil {
			return reply{}, err
		}
		return done()
	}
	if err := s.checkPoolConfig(pool.Driver, config); err != nil {
		return reply{}, code(http.StatusBadRequest, "%s", err.Error())
	}
	config = stored(config)
	if err := keeps(old, config); err != nil {
		return reply{}, err
	}
	if s.product.PoolNeverShrinks && config["size"] != old["size"] {
		before, _ := schema.ParseSize(old["size"])
		if after, _ := schema.ParseSize(config["size"]); after < before {
			return reply{}, says("Pool cannot be shrunk")
		}
	}
	pool.Config, pool.Description = config, body.Description
	return done()
}

// keeps refuses a change of what a pool cannot change.
func keeps(old, config map[string]string) error {
	if config["source"] != old["source"] {
		return says("Pool source cannot be changed when not in pending state")
	}
	for _, key := range []string{"zfs.pool_name", "lvm.use_thinpool", "lvm.thinpool_metadata_size"} {
		if config[key] != old[key] {
			return says("%s cannot be modified", key)
		}
	}
	return nil
}

func (s *Server) deletePool(c call) (reply, error) {
	name, pool, err := s.pool(c)
	if err != nil {
		return reply{}, err
	}
	return s.change(c, product.PoolOperations, s.poolTask("Deleting storage pool", name), func() (reply, error) {
		if s.state.Pools[name] != pool {
			return reply{}, code(http.StatusNotFound, "Storage pool not found")
		}
		if len(s.poolUsers(name, "")) > 0 {
			return reply{}, code(http.StatusBadRequest, "The storage pool is currently in use")
		}
		if err := s.together(); err != nil {
			return reply{}, err
		}
		delete(s.state.Pools, name)
		s.markChanged(state.PoolEntry(name))
		return done()
	})
}

// stored is config as the server keeps it: without empty values.
func stored(config map[string]string) map[string]string {
	kept := maps.Clone(nonNil(config))
	maps.DeleteFunc(kept, func(_, value string) bool { return value == "" })
	return kept
}

func isTrueOr(value string, unset bool) bool {
	if value == "" {
		return unset
	}
	yes, _ := schema.ParseBool(value)
	return yes
}
