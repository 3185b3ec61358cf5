package sim

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/lxd/schema"
)

type volumeBody struct {
	Name        string            `json:"name"`
	Type        string            `json:"type"`
	ContentType string            `json:"content_type"`
	Description string            `json:"description"`
	Config      map[string]string `json:"config"`
	Restore     string            `json:"restore"`
	Source      copySource        `json:"source"`
}

func (s *Server) createVolume(c call) (reply, error) {
	project, err := s.project(c)
	if err != nil {
		return reply{}, err
	}
	var body volumeBody
	if err := c.decode("StorageVolumesPost", &body); err != nil {
		return reply{}, err
	}
	kind := body.Type
	if len(c.path) > 3 {
		kind = c.path[3]
	}
	if body.ContentType == "" {
		body.ContentType = schema.Filesystem
	}
	switch {
	case body.Name == "":
		return reply{}, code(http.StatusBadRequest, "No name provided")
	case strings.Contains(body.Name, "/"):
		return reply{}, code(http.StatusBadRequest, "Storage volume names may not contain slashes")
	case kind == "":
		return reply{}, code(http.StatusBadRequest, "You must provide a storage volume type of the storage volume")
	case body.ContentType != schema.Filesystem && body.ContentType != schema.Block:
		return reply{}, code(http.StatusBadRequest, "Invalid volume content type name")
	case kind != lxd.TypeCustom:
		return reply{}, code(http.StatusBadRequest, "Currently not allowed to create storage volumes of type %q", kind)
	}
	member, err := s.member(c)
	if err != nil {
		return reply{}, err
	}
	poolName, pool, err := s.pool(c)
	if err != nil {
		return reply{}, err
	}
	to := address{poolName, pool, Key{project, kind, body.Name, s.state.memberOf(pool, member)}, member}
	if pool.Volumes[to.key] != nil && !body.Source.Refresh {
		return reply{}, code(http.StatusConflict, "Volume by that name already exists")
	}
	switch body.Source.Type {
	case "":
	case "copy":
		return s.copyVolume(c, to, body)
	case "migration":
		return s.acceptVolume(c, to, body)
	default:
		return reply{}, code(http.StatusBadRequest, "Unknown source type %q", body.Source.Type)
	}
	return s.change(c, volumeOperations, to.location(), "Creating storage volume", s.state.migrates(to), func() (reply, error) {
		if err := s.addVolume(to, body.ContentType, body.Description, body.Config); err != nil {
			return reply{}, err
		}
		return done()
	})
}

// addVolume creates a volume after the rules of its pool.
func (s *Server) addVolume(to address, contentType, description string, config map[string]string) error {
	if s.state.Pools[to.poolName] != to.pool {
		return code(http.StatusNotFound, "Storage pool not found")
	}
	if to.pool.Volumes[to.key] != nil {
		return code(http.StatusConflict, "Volume by that name already exists")
	}
	if len(to.key.full()) > 255 {
		return says("Failed to create directory %q: mkdir %s: file name too long", s.state.root()+"/storage-pools/"+to.poolName+"/custom/"+to.key.full(), s.state.root()+"/storage-pools/"+to.poolName+"/custom/"+to.key.full())
	}
	if to.pool.Status == lxd.StatusPending {
		return says("Specified pool is not fully created")
	}
	if side := to.pool.Members[to.member]; to.pool.Members != nil && (side == nil || side.Status != "") {
		path := s.state.root() + "/storage-pools/" + to.poolName + "/custom/" + to.key.full()
		return code(http.StatusNotFound, "Failed to create mount directory %q: mkdir %s: no such file or directory", path, path)
	}
	filled := s.state.fillVolume(to.pool, contentType, config)
	d, _ := schema.Lookup(to.pool.Driver)
	if !d.Supports(contentType) {
		return says("Volume type does not support content type %q", contentType)
	}
	checked := maps.Clone(filled)
	for option := range config { // an unknown one is refused also when it is empty
		checked[option] = cmp.Or(filled[option], config[option])
	}
	name := to.key.full()
	if s.state.incus() {
		name = to.key.Name // here only
	}
	if err := s.state.checkVolumeConfig(to.pool.Driver, contentType, name, checked); err != nil {
		return err
	}
	filled = s.state.identified(filled)
	s.state.Serial++
	to.pool.Volumes[to.key] = &Volume{Serial: s.state.Serial, ContentType: contentType, Description: description, Config: filled, Bytes: deviceBytes(contentType, filled), CreatedAt: now()}
	to.limit(contentType, filled)
	s.touch(to.part(), poolPart(to.poolName))
	return nil
}

// limit notes that a volume of files has a size. The first one makes btrfs account for what each volume holds.
func (a address) limit(contentType string, config map[string]string) {
	if size, err := schema.ParseSize(config["size"]); err == nil && size > 0 && contentType == schema.Filesystem {
		*a.pool.quotas(a.member) = true
	}
}

func (p *Pool) quotas(member string) *bool {
	if side := p.Members[member]; side != nil {
		return &side.Quotas
	}
	return &p.Quotas
}

// deviceBytes is how large a block volume is made.
func deviceBytes(contentType string, config map[string]string) int64 {
	if contentType != schema.Block {
		return 0
	}
	size, _ := schema.ParseSize(config["size"])
	if size == 0 {
		size = schema.DeviceDefault
	}
	return schema.DeviceBytes(size)
}

func (s *Server) putVolume(c call) (reply, error)   { return s.changeVolume(c, false) }
func (s *Server) patchVolume(c call) (reply, error) { return s.changeVolume(c, true) }

func (s *Server) changeVolume(c call, patch bool) (reply, error) {
	if patch && len(c.path) > 3 && slices.Contains(volumeTypes, c.path[3]) && c.path[3] != lxd.TypeCustom {
		return reply{}, code(http.StatusBadRequest, "Invalid storage volume type %q", c.path[3])
	}
	a, v, err := s.volume(c)
	if err != nil {
		return reply{}, err
	}
	if err := c.matches(a.key.Name, a.key.Type, v.Config); err != nil {
		return reply{}, err
	}
	var body volumeBody
	if err := c.decode("StorageVolumePut", &body); err != nil {
		return reply{}, err
	}
	return s.change(c, volumeOperations, a.location(), "Updating storage volume", s.state.migrates(a), func() (reply, error) {
		if err := s.holds(a, v); err != nil {
			return reply{}, err
		}
		if body.Restore != "" && !patch {
			if err := s.restore(a, v, body.Restore); err != nil {
				return reply{}, err
			}
			if body.Config == nil {
				return done()
			}
		}
		return s.setVolume(a, v, body, patch)
	})
}

// holds refuses what is done later with a volume that is there no more.
func (s *Server) holds(a address, v *Volume) error {
	if s.state.Pools[a.poolName] != a.pool || a.pool.Volumes[a.key] != v {
		return code(http.StatusNotFound, "Storage volume not found")
	}
	return nil
}

// setVolume gives a volume another config and description.
func (s *Server) setVolume(a address, v *Volume, body volumeBody, patch bool) (reply, error) {
	config := orMake(maps.Clone(body.Config))
	if patch {
		config = maps.Clone(v.Config)
		maps.Copy(config, body.Config)
	}
	if err := s.state.checkVolumeConfig(a.pool.Driver, v.ContentType, a.key.full(), config); err != nil {
		return reply{}, err
	}
	config = stored(config)
	if s.state.has("storage_volatile_uuid") && config[volatileUUID] != v.Config[volatileUUID] {
		return reply{}, says("Custom volume %q property cannot be changed", volatileUUID)
	}
	if isTrueOr(config["security.shifted"], false) && isTrueOr(config["security.unmapped"], false) {
		return reply{}, says("security.unmapped and security.shifted are mutually exclusive")
	}
	if err := s.resize(a, v, config); err != nil {
		return reply{}, err
	}
	a.limit(v.ContentType, config)
	v.Config, v.Description = config, body.Description
	s.touch(a.part(), poolPart(a.poolName))
	return done()
}

// resize gives a volume the size of its new config, or says why it cannot have it.
func (s *Server) resize(a address, v *Volume, config map[string]string) error {
	if old := v.Config["block.filesystem"]; config["block.filesystem"] != "" && old != "" && config["block.filesystem"] != old {
		return says(`Custom volume "block.filesystem" property cannot be changed`)
	}
	if config["size"] == v.Config["size"] {
		return nil
	}
	d, _ := schema.Lookup(a.pool.Driver)
	if v.ContentType == schema.Block {
		if config["size"] == "" {
			return nil // the device keeps its size
		}
		bytes := deviceBytes(v.ContentType, config)
		switch {
		case bytes < v.Bytes:
			return says("Block volumes cannot be shrunk: Cannot be shrunk")
		case bytes > v.Bytes && s.running(a):
			return says("In use")
		}
		v.Bytes = bytes
		return nil
	}
	before, _ := schema.ParseSize(v.Config["size"])
	after, _ := schema.ParseSize(config["size"])
	if after == 0 || before == 0 || after >= before {
		return nil
	}
	switch d.Shrink(v.ContentType, v.Config["block.filesystem"]) {
	case schema.ShrinkNever:
		return says("Filesystem %q cannot be shrunk: Cannot be shrunk", v.Config["block.filesystem"])
	case schema.ShrinkUnused:
		if s.running(a) {
			return says("In use")
		}
	}
	if v.Used > after {
		return says("btrfs qgroup limit %d: Disk quota exceeded", after)
	}
	return nil
}

func (s *Server) deleteVolume(c call) (reply, error) {
	a, v, err := s.volume(c)
	if err != nil {
		return reply{}, err
	}
	if a.key.Type != lxd.TypeCustom && a.key.Type != "image" {
		return reply{}, code(http.StatusBadRequest, "Storage volumes of type %q cannot be deleted with the storage API", a.key.Type)
	}
	return s.change(c, volumeOperations, a.location(), "Deleting storage volume", s.state.migrates(a), func() (reply, error) {
		if err := s.holds(a, v); err != nil {
			return reply{}, err
		}
		if len(s.usersOf(a)) > 0 {
			return reply{}, code(http.StatusBadRequest, "The storage volume is still in use")
		}
		delete(a.pool.Volumes, a.key)
		s.touch(a.part())
		return done()
	})
}
