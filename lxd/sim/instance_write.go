package sim

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/lxd/schema"
	"tarn/lxd/sim/state"
)

func (s *Server) instanceTask(doing, name string) task {
	t := task{location: cmp.Or(s.state.Self(), "none"), description: doing + " instance", entity: "/1.0/instances/" + name, resources: map[string][]string{"instances": {"/1.0/instances/" + name}}}
	switch {
	case s.product.NoContainerAddresses && s.product.Name == "LXD":
		t.resources["containers"] = t.resources["instances"]
	case !s.product.NoContainerAddresses:
		t.resources["containers"] = []string{"/1.0/containers/" + name}
	}
	return t
}

func (s *Server) createInstance(c call) (reply, error) {
	var body struct {
		Name     string                       `json:"name"`
		Source   struct{ Type string }        `json:"source"`
		Profiles []string                     `json:"profiles"`
		Devices  map[string]map[string]string `json:"devices"`
	}
	if err := c.decode("InstancesPost", &body); err != nil {
		return reply{}, err
	}
	if body.Source.Type != "none" {
		return reply{}, httpError(http.StatusNotImplemented, "The simulator creates instances with the source type none only, not %q", body.Source.Type)
	}
	if body.Name == "" || strings.ContainsFunc(body.Name, func(r rune) bool { return r != '-' && !isAlphanumeric(r) }) {
		return reply{}, httpError(http.StatusBadRequest, "Invalid instance name: Name can only contain alphanumeric and hyphen characters")
	}
	key := Key{Project: cmp.Or(c.query.Get("project"), lxd.DefaultProject), Name: body.Name}
	if body.Profiles == nil {
		body.Profiles = []string{"default"}
	}
	for _, name := range body.Profiles {
		if s.state.Profiles[Key{Project: s.profileProject(key.Project), Name: name}] == nil {
			return reply{}, httpError(http.StatusBadRequest, "Requested profile %q doesn't exist", name)
		}
	}
	if s.state.Instances[key] == nil {
		s.state.Instances[key] = &Instance{Profiles: body.Profiles, Devices: nonNil(body.Devices)}
		err := s.checkInstanceLimit(key.Project, "creation")
		delete(s.state.Instances, key)
		if err != nil {
			return reply{}, err
		}
	}
	return s.startOperation(c, s.instanceTask("Creating", body.Name), onePhase(func() error {
		fails := func(err error) error { return serverError("Failed creating instance record: %v", err) }
		if s.state.Instances[key] != nil {
			return fails(serverError("Add instance info to the database: This \"instances\" entry already exists"))
		}
		if err := checkDuplicates(body.Profiles); err != nil {
			return fails(err)
		}
		s.state.Instances[key] = &Instance{Profiles: body.Profiles, Devices: nonNil(body.Devices)}
		root, err := s.rootPool(key)
		if err == nil {
			err = s.checkInstance(key, nil)
		}
		if err != nil {
			delete(s.state.Instances, key)
			return fails(serverError("Failed initialising instance: %v", err))
		}
		pool := s.state.Pools[root]
		volume := Key{Project: key.Project, Type: "container", Name: key.Name, Member: pool.KeyMember(s.state.Self())}
		s.state.Serial++
		pool.Volumes[volume] = &Volume{
			Serial: s.state.Serial, ContentType: schema.Filesystem, Config: s.fillVolume(pool, schema.Filesystem, map[string]string{}), CreatedAt: now(),
		}
		s.markChanged(state.InstanceEntry(key), state.VolumeEntry(root, volume))
		return nil
	}))
}

func isAlphanumeric(r rune) bool {
	return '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
}

// checkDuplicates refuses a profile that is named twice.
func checkDuplicates(profiles []string) error {
	if len(slices.Compact(slices.Sorted(slices.Values(profiles)))) < len(profiles) {
		return serverError("Duplicate profile found in request")
	}
	return nil
}

// rootPool is the pool that an instance has its root file system in.
func (s *Server) rootPool(key Key) (string, error) {
	for _, device := range s.expanded(key) {
		if device["type"] == "disk" && device["path"] == "/" {
			if s.state.Pools[device["pool"]] == nil {
				return "", serverError("Failed loading storage pool: Storage pool not found")
			}
			return device["pool"], nil
		}
	}
	return "", serverError("Failed getting root disk: No root device could be found")
}

// checkInstance refuses devices that an instance cannot have, other than those that it had before.
func (s *Server) checkInstance(key Key, before map[string]map[string]string) error {
	devices := s.expanded(key)
	for _, name := range slices.Sorted(maps.Keys(devices)) {
		device := devices[name]
		if maps.Equal(device, before[name]) {
			continue
		}
		if err := checkDevice(name, device); err != nil {
			return serverError("Device validation failed for %q: %v", name, err)
		}
		if device["type"] != "disk" || device["pool"] == "" || device["source"] == "" {
			continue
		}
		switch v := s.deviceVolume(diskUse{device: device, project: s.effective(key.Project)}); {
		case v == nil:
			return serverError("Failed add validation for device %q: Failed loading custom volume: Storage volume not found", name)
		case v.ContentType == schema.Block:
			return serverError("Failed add validation for device %q: Custom block volumes cannot be used on containers", name)
		}
	}
	return nil
}

// deviceVolume is the volume of a device, nil when it is not there.
func (s *Server) deviceVolume(u diskUse) *Volume {
	pool := s.state.Pools[u.device["pool"]]
	if pool == nil {
		return nil
	}
	return pool.Volumes[Key{Project: u.project, Type: lxd.TypeCustom, Name: u.device["source"], Member: pool.KeyMember(s.state.Self())}]
}

// putInstance changes the profiles and devices of an instance. PATCH adds devices, and does so before it answers.
func (s *Server) putInstance(c call) (reply, error) {
	key, i, err := s.instance(c)
	if err != nil {
		return reply{}, err
	}
	var body struct {
		Profiles []string                     `json:"profiles"`
		Devices  map[string]map[string]string `json:"devices"`
	}
	if err := c.decode("InstancePut", &body); err != nil {
		return reply{}, err
	}
	for _, name := range body.Profiles {
		if s.state.Profiles[Key{Project: s.profileProject(key.Project), Name: name}] == nil {
			return reply{}, httpError(http.StatusNotFound, "Profile not found")
		}
	}
	if err := checkDuplicates(body.Profiles); err != nil {
		return reply{}, err
	}
	patches := c.Method == http.MethodPatch
	give := func() {
		devices := nonNil(body.Devices)
		if patches {
			devices = cloneDevices(i.Devices)
			maps.Copy(devices, body.Devices)
		}
		i.Devices = devices
		if body.Profiles != nil || !patches {
			i.Profiles = body.Profiles
		}
	}
	old := *i
	give()
	err = s.checkInstanceLimit(key.Project, "update")
	*i = old
	if err != nil {
		return reply{}, err
	}
	change := func() error {
		old, before := *i, s.expanded(key)
		give()
		if err := s.checkInstance(key, before); err != nil {
			*i = old
			return err
		}
		s.markChanged(state.InstanceEntry(key))
		return nil
	}
	if patches {
		if err := change(); err != nil {
			return reply{}, err
		}
		return okReply()
	}
	return s.startOperation(c, s.instanceTask("Updating", key.Name), onePhase(change))
}

func (s *Server) deleteInstance(c call) (reply, error) {
	key, i, err := s.instance(c)
	if err != nil {
		return reply{}, err
	}
	if i.Running {
		return reply{}, httpError(http.StatusBadRequest, "Instance is running")
	}
	return s.startOperation(c, s.instanceTask("Deleting", key.Name), onePhase(func() error {
		for name, pool := range s.state.Pools {
			for volume := range pool.Volumes {
				if volume.Type == "container" && volume.Project == key.Project && volume.Name == key.Name {
					delete(pool.Volumes, volume)
					s.markChanged(state.VolumeEntry(name, volume))
				}
			}
		}
		delete(s.state.Instances, key)
		s.markChanged(state.InstanceEntry(key))
		return nil
	}))
}
