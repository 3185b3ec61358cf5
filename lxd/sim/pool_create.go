package sim

import (
	"cmp"
	"net/http"
	"path"
	"slices"
	"strings"
	"unicode"

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

func (s *Server) createPool(c call) (reply, error) {
	var body poolBody
	if err := c.decode("StoragePoolsPost", &body); err != nil {
		return reply{}, err
	}
	switch {
	case body.Name == "":
		return reply{}, httpError(http.StatusBadRequest, "No name provided")
	case nameError(s.product.Names.PoolFirst, body.Name) != nil:
		return reply{}, nameError(s.product.Names.PoolFirst, body.Name)
	case strings.Contains(body.Name, "/"):
		return reply{}, httpError(http.StatusBadRequest, "Storage pool names may not contain slashes")
	case body.Driver == "":
		return reply{}, httpError(http.StatusBadRequest, "No driver provided")
	}
	target := c.query.Get("target")
	defines := target != "" && (s.state.Clustered() || target != "none")
	if defines {
		if err := s.checkDefinition(body); err != nil {
			return reply{}, err
		}
	}
	return s.makeChange(c, product.PoolOperations, s.poolTask("Creating storage pool", body.Name), func() (reply, error) {
		switch {
		case defines:
			return s.defineOnMember(body, target)
		case s.state.Clustered():
			return s.createClusterPool(body)
		}
		return s.addPool(body)
	})
}

// addPool creates a pool of a server of its own.
func (s *Server) addPool(body poolBody) (reply, error) {
	if s.state.Pools[body.Name] != nil {
		if s.product.NamesExistingPool {
			return reply{}, httpError(http.StatusConflict, "Storage pool %q already exists", body.Name)
		}
		return reply{}, httpError(http.StatusConflict, "The storage pool already exists: The record already exists")
	}
	if err := s.checkDriver(body.Driver); err != nil {
		return reply{}, err
	}
	if err := nameError(s.product.Names.Pool, body.Name); err != nil {
		return reply{}, err
	}
	if strings.ContainsFunc(body.Name, unicode.IsSpace) {
		return reply{}, serverError("Storage name cannot contain white space")
	}
	if err := s.checkPoolConfig(body.Driver, body.Config); err != nil {
		return reply{}, err
	}
	if body.Name == "." || body.Name == ".." {
		return reply{}, serverError("Storage pool directory %q already exists", path.Join(s.product.Root, "storage-pools", body.Name))
	}
	config := withoutEmpty(body.Config)
	if err := s.checkSource("", body.Driver, config["source"]); err != nil {
		return reply{}, err
	}
	if err := s.fillPool(body.Name, body.Driver, config); err != nil {
		return reply{}, err
	}
	s.state.Pools[body.Name] = &Pool{Driver: body.Driver, Description: body.Description, Config: config, Volumes: map[Key]*Volume{}}
	s.markChanged(state.PoolEntry(body.Name))
	return createdReply("/1.0/storage-pools/" + s.escape(body.Name))
}

// checkDriver refuses what the server has no driver for.
func (s *Server) checkDriver(driver string) error {
	if slices.Contains(s.state.Drivers, driver) {
		return nil
	}
	switch driver {
	case "zfs":
		return serverError("%s", s.product.Text.NoZFS)
	case "lvm":
		return serverError(`Required tool "lvm" is missing`)
	case "ceph", "cephfs":
		return serverError("Required tool 'ceph' is missing")
	}
	return serverError("Unknown driver")
}

// checkSource refuses a folder, a zpool or a dataset that another pool of the same member has. A pool on zfs makes datasets for
// what it is going to hold at once, so that what another pool has is never empty, nor is what that lies in; the words are read only.
func (s *Server) checkSource(member, driver, source string) error {
	for _, pool := range s.state.Pools {
		if side := pool.Members[member]; side != nil && side.Status != "" {
			continue
		}
		if pool.Driver == "dir" && source != "" && pool.ConfigOn(member)["source"] == source {
			return serverError("Source path '%s' isn't empty", source)
		}
		if other := pool.ConfigOn(member)["zfs.pool_name"]; driver == "zfs" && pool.Driver == "zfs" && source != "" && (other == source || strings.HasPrefix(other, source+"/")) {
			return serverError("Provided ZFS pool (or dataset) isn't empty, run \"sudo zfs list -r %s\" to see existing entries", source)
		}
	}
	return nil
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
			return serverError("Source path '%s' doesn't exist", source)
		}
		if strings.HasPrefix(source, s.product.Root+"/") {
			return serverError("Source path '%s' is within the LXD directory", source)
		}
	case "btrfs":
		const least = 114294784
		size, err := schema.ParseSize(config["size"])
		switch {
		case loop && err == nil && size < least:
			return serverError("Failed to format sparse file: Failed to run: mkfs.btrfs -L %s %s: exit status 1 (ERROR: '%s' is too small to make a usable filesystem\nERROR: minimum size for each btrfs device is %d)",
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
		if !s.has(product.NoRemoteSource) {
			config["source"] = config["ceph.osd.pool_name"]
		}
		config["volatile.pool.pristine"] = "true"
	case "cephfs":
		config["cephfs.cluster_name"] = cmp.Or(config["cephfs.cluster_name"], "ceph")
		config["cephfs.user.name"] = cmp.Or(config["cephfs.user.name"], "admin")
		config["cephfs.path"] = cmp.Or(source, config["cephfs.path"])
		if key, ok := schema.PoolKey("cephfs", "volatile.pool.pristine"); ok && s.knowsKey(key) {
			config[key.Name] = "true"
		}
	}
	return nil
}
