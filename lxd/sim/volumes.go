package sim

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/lxd/schema"
)

var volumeTypes = []string{"container", "virtual-machine", "custom", "image"}

// address is a volume as a call names it.
type address struct {
	poolName string
	pool     *Pool
	key      Key
	member   string // of a cluster that carries the call out
}

// location is where an operation on the volume runs.
func (a address) location() string { return cmp.Or(a.member, "none") }

// memberOf is what the key of a volume in the pool has for a member: nothing when all members share the pool.
func (s *State) memberOf(pool *Pool, member string) string {
	if d, ok := schema.Lookup(pool.Driver); ok && d.Remote {
		return ""
	}
	return member
}

// full is what the server calls the volume on disk.
func (k Key) full() string { return k.Project + "_" + k.Name }

func (s *Server) volumeAddress(c call) (a address, err error) {
	if !slices.Contains(volumeTypes, c.path[3]) {
		return a, code(http.StatusBadRequest, "Invalid storage volume type name")
	}
	project, err := s.project(c)
	if err != nil {
		return a, err
	}
	a.poolName, a.pool, err = s.pool(c)
	if err != nil {
		return a, err
	}
	a.member = s.state.self()
	a.key = Key{Project: project, Type: c.path[3], Member: s.state.memberOf(a.pool, a.member)}
	if len(c.path) > 4 {
		a.key.Name = c.path[4]
	}
	return a, nil
}

// volume finds the volume that a call names.
func (s *Server) volume(c call) (a address, v *Volume, err error) {
	return s.volumeWith(c, func(*Volume) bool { return true })
}

// volumeWith finds the volume that a call names among those that have something. In a cluster that is the one of the call's
// target or, without a target, of the only member that has one.
func (s *Server) volumeWith(c call, has func(*Volume) bool) (a address, v *Volume, err error) {
	if a, err = s.volumeAddress(c); err != nil {
		return a, nil, err
	}
	target, err := s.target(c)
	if err != nil {
		return a, nil, err
	}
	if target != "" {
		a.member, a.key.Member = target, s.state.memberOf(a.pool, target)
		if v = a.pool.Volumes[a.key]; v == nil || !has(v) {
			return a, nil, code(http.StatusNotFound, "Storage volume not found")
		}
		return a, v, nil
	}
	var found []Key
	for _, member := range append(s.state.members(), "") {
		key := a.key
		key.Member = member
		if v := a.pool.Volumes[key]; v != nil && has(v) {
			found = append(found, key)
		}
	}
	switch len(found) {
	case 0:
		return a, nil, code(http.StatusNotFound, "Storage pool volume not found")
	case 1:
	default:
		return a, nil, says("More than one cluster member has a volume named %q. Please target a specific member", a.key.Name)
	}
	a.key = found[0]
	if a.key.Member != "" {
		a.member = a.key.Member
		if err := s.reach(a.member); err != nil {
			return a, nil, err
		}
	}
	return a, a.pool.Volumes[a.key], nil
}

// shownVolume is a volume, or a snapshot in a list, as the API shows it.
type shownVolume struct {
	Config      map[string]string `json:"config"`
	Description string            `json:"description"`
	Name        string            `json:"name"`
	Type        string            `json:"type"`
	UsedBy      []string          `json:"used_by"`
	Location    string            `json:"location"`
	ContentType string            `json:"content_type"`
	Project     string            `json:"project"`
	CreatedAt   string            `json:"created_at"`

	key      Key
	snapshot string // "" for the volume itself
	serial   int64
}

// showVolume is without what uses the volume, and shares its config.
func (s *Server) showVolume(key Key, v *Volume) shownVolume {
	location := key.Member // none in a pool that all members share
	if !s.state.clustered() {
		location = "none"
	}
	return shownVolume{
		Config: v.Config, Description: v.Description, Name: key.Name, Type: key.Type,
		Location: location, ContentType: v.ContentType, Project: key.Project, CreatedAt: s.state.made(v.CreatedAt),
		key: key, serial: v.Serial,
	}
}

func (s *Server) listVolumes(c call) (reply, error) {
	kind := ""
	if len(c.path) > 3 {
		kind = c.path[3]
		if !slices.Contains(volumeTypes, kind) {
			return reply{}, code(http.StatusBadRequest, "Invalid storage volume type name")
		}
	}
	all := isTrueOr(c.query.Get("all-projects"), false)
	if all && c.query.Get("project") != "" {
		return reply{}, code(http.StatusBadRequest, "Cannot specify a project when requesting all projects")
	}
	var clauses filter
	if text := c.query.Get("filter"); text != "" {
		var err error
		if clauses, err = parseFilter(text); err != nil {
			return reply{}, says("Invalid filter: %v", err)
		}
	}
	target, err := s.target(c)
	if err != nil {
		return reply{}, err
	}
	poolName, pool, err := s.pool(c)
	if err != nil {
		return reply{}, err
	}
	project := ""
	if !all {
		if project, err = s.project(c); err != nil {
			return reply{}, code(http.StatusNotFound, "Project not found")
		}
	}
	shown := []shownVolume{}
	add := func(v shownVolume) {
		if clauses.match(v) {
			shown = append(shown, v)
		}
	}
	for key, v := range pool.Volumes {
		if kind != "" && key.Type != kind || project != "" && key.Project != project || target != "" && key.Member != "" && key.Member != target {
			continue
		}
		add(s.showVolume(key, v))
		for _, snapshot := range v.Snapshots {
			entry := s.showVolume(key, v)
			entry.Name, entry.snapshot = entry.Name+"/"+snapshot.Name, snapshot.Name
			entry.Config, entry.Description = snapshot.Config, snapshot.Description
			entry.CreatedAt = s.state.made(snapshot.CreatedAt)
			add(entry)
		}
	}
	slices.SortFunc(shown, func(a, b shownVolume) int {
		return cmp.Or(strings.Compare(a.Type, b.Type), strings.Compare(a.Name, b.Name), cmp.Compare(a.serial, b.serial))
	})
	if !c.recursive() {
		urls := []string{}
		for _, v := range shown {
			urls = append(urls, s.state.volumeURL(poolName, v.key, v.snapshot))
		}
		return sync200(urls), nil
	}
	users := s.users(anyUse)
	for i, v := range shown {
		shown[i].Config = maps.Clone(v.Config)
		shown[i].UsedBy = users.of(poolName, v.key)
		if all && !s.state.incus() { // LXD 5.0.2 finds no profiles then
			shown[i].UsedBy = slices.DeleteFunc(shown[i].UsedBy, func(user string) bool { return strings.HasPrefix(user, "/1.0/profiles/") })
		}
	}
	return sync200(shown), nil
}

func (s *Server) getVolume(c call) (reply, error) {
	a, v, err := s.volume(c)
	if err != nil {
		return reply{}, err
	}
	shown := s.showVolume(a.key, v)
	shown.Config, shown.UsedBy = maps.Clone(v.Config), s.usersOf(a)
	answer := sync200(shown)
	answer.etag = hash(a.key.Name, a.key.Type, v.Config)
	return answer, nil
}

// getState answers for the member that is asked, whatever the target, as LXD 5.0.2 does.
func (s *Server) getState(c call) (reply, error) {
	a, err := s.volumeAddress(c)
	if err != nil {
		return reply{}, err
	}
	v := a.pool.Volumes[a.key]
	if v == nil {
		return reply{}, code(http.StatusNotFound, "%s", missing(a.poolName, a.key))
	}
	if a.pool.Driver == "dir" || a.pool.Driver == "btrfs" && !*a.pool.quotas(a.member) {
		if s.state.incus() {
			return sync200(map[string]any{"usage": nil}), nil
		}
		return reply{}, says("Not supported")
	}
	type usage struct {
		Used  int64 `json:"used"`
		Total int64 `json:"total"`
	}
	total := int64(0) // Incus 6.0.4 does not say
	if !s.state.incus() {
		total, _ = schema.ParseSize(v.Config["size"])
	}
	return sync200(struct {
		Usage usage `json:"usage"`
	}{usage{max(v.Used, 16384), total}}), nil
}

// listBackups lists none: nobody can make one here.
func (s *Server) listBackups(c call) (reply, error) {
	if c.path[3] != lxd.TypeCustom {
		return reply{}, code(http.StatusBadRequest, "Invalid storage volume type %q", c.path[3])
	}
	if _, _, err := s.volume(c); err != nil {
		return reply{}, err
	}
	return sync200([]string{}), nil
}

func missing(pool string, key Key) string {
	return fmt.Sprintf("Storage volume %q in project %q of type %q does not exist on pool %q: Storage volume not found", key.Name, key.Project, key.Type, pool)
}

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
