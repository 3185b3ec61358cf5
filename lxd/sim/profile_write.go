package sim

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/lxd/schema"
	"tarn/lxd/sim/product"
	"tarn/lxd/sim/state"
)

type profileBody struct {
	Name        string                       `json:"name"`
	Description string                       `json:"description"`
	Config      map[string]string            `json:"config"`
	Devices     map[string]map[string]string `json:"devices"`
}

func (s *Server) createProfile(c call) (reply, error) {
	project, err := s.profilesIn(c)
	if err != nil {
		return reply{}, err
	}
	var body profileBody
	if err := c.decode("ProfilesPost", &body); err != nil {
		return reply{}, err
	}
	if err := checkProfileName(body.Name); err != nil {
		return reply{}, err
	}
	if err := s.checkProfile(c, body); err != nil {
		return reply{}, httpError(http.StatusBadRequest, "%s", err.Error())
	}
	key := Key{Project: project, Name: body.Name}
	if s.state.Profiles[key] != nil {
		return reply{}, serverError("Error inserting %q into database: The profile already exists", body.Name)
	}
	s.state.Profiles[key] = &Profile{Description: body.Description, Config: withoutEmpty(body.Config), Devices: body.Devices}
	s.markChanged(state.ProfileEntry(key))
	return createdReply(s.profileURL(key))
}

// putProfile changes a profile. PATCH adds to its config and devices.
func (s *Server) putProfile(c call) (reply, error) {
	key, p, err := s.profile(c)
	if err != nil {
		return reply{}, s.profileProjectError(c, err)
	}
	if p == nil {
		sign := " "
		if c.Method == http.MethodPatch {
			sign = "="
		}
		return reply{}, httpError(http.StatusNotFound, "Failed to retrieve profile%s%q: Profile not found", sign, key.Name)
	}
	if err := c.checkETag(profileTag(p)...); err != nil {
		return reply{}, err
	}
	var body struct {
		Description string                       `json:"description"`
		Config      map[string]string            `json:"config"`
		Devices     map[string]map[string]string `json:"devices"`
	}
	if c.Method == http.MethodPatch {
		given, err := c.decodePatch("ProfilePut", &body)
		if err != nil {
			return reply{}, err
		}
		if !given["description"] {
			body.Description = p.Description
		}
		config, devices := maps.Clone(nonNil(p.Config)), cloneDevices(p.Devices)
		maps.Copy(config, body.Config)
		maps.Copy(devices, body.Devices)
		body.Config, body.Devices = config, devices
	} else if err := c.decode("ProfilePut", &body); err != nil {
		return reply{}, err
	}
	t := task{location: cmp.Or(s.state.Self(), "none"), description: "Updating profile", entity: s.profileURL(Key{Project: cmp.Or(c.query.Get("project"), lxd.DefaultProject), Name: key.Name})}
	return s.makeChange(c, product.VolumeOperations, t, func() (reply, error) {
		if err := s.checkProfileLimit(key, p, body.Devices); err != nil {
			return reply{}, err
		}
		if err := s.checkProfile(c, profileBody{Config: body.Config, Devices: body.Devices}); err != nil {
			return reply{}, err
		}
		p.Description, p.Config, p.Devices = body.Description, withoutEmpty(body.Config), body.Devices
		s.markChanged(state.ProfileEntry(key))
		return okReply()
	})
}

func (s *Server) renameProfile(c call) (reply, error) {
	key, p, err := s.profile(c)
	if err != nil {
		return reply{}, err
	}
	if key.Name == "default" {
		return reply{}, httpError(http.StatusForbidden, "The \"default\" profile cannot be renamed")
	}
	var body struct {
		Name string `json:"name"`
	}
	if err := c.decode("ProfilePost", &body); err != nil {
		return reply{}, err
	}
	if err := checkProfileName(body.Name); err != nil {
		return reply{}, err
	}
	to := Key{Project: key.Project, Name: body.Name}
	switch {
	case s.state.Profiles[to] != nil:
		return reply{}, serverError("Name %q already in use", body.Name)
	case p == nil:
		return reply{}, serverError("Query affected 0 rows instead of 1")
	}
	for _, instance := range s.sortedInstances() {
		if slices.Contains(s.profilesOf(instance), key) {
			names := s.state.Instances[instance].Profiles
			names[slices.Index(names, key.Name)] = body.Name
			s.markChanged(state.InstanceEntry(instance))
		}
	}
	delete(s.state.Profiles, key)
	s.state.Profiles[to] = p
	s.markChanged(state.ProfileEntry(key), state.ProfileEntry(to))
	return createdReply(s.profileURL(to))
}

func (s *Server) deleteProfile(c call) (reply, error) {
	key, p, err := s.profile(c)
	if err != nil {
		return reply{}, err
	}
	switch {
	case key.Name == "default":
		return reply{}, httpError(http.StatusForbidden, "The \"default\" profile cannot be deleted")
	case p == nil:
		return reply{}, httpError(http.StatusNotFound, "Profile not found")
	case slices.ContainsFunc(s.sortedInstances(), func(instance Key) bool { return slices.Contains(s.profilesOf(instance), key) }):
		return reply{}, httpError(http.StatusBadRequest, "Profile is currently in use")
	}
	delete(s.state.Profiles, key)
	s.markChanged(state.ProfileEntry(key))
	return okReply()
}

// profileProjectError words that there is no such project.
func (s *Server) profileProjectError(c call, err error) error {
	if s.product.LooksUpFirst {
		return httpError(http.StatusNotFound, "Failed to check project %q profile feature: %v", c.query.Get("project"), err)
	}
	return err
}

func checkProfileName(name string) error {
	switch {
	case name == "":
		return httpError(http.StatusBadRequest, "No name provided")
	case strings.Contains(name, "/"):
		return httpError(http.StatusBadRequest, "Profile names may not contain slashes")
	case name == "." || name == "..":
		return httpError(http.StatusBadRequest, "Invalid profile name %q", name)
	}
	return nil
}

// instanceKeys is how the config keys begin that instances have.
var instanceKeys = []string{"agent.", "boot.", "cloud-init.", "cluster.evacuate", "environment.", "limits.", "linux.", "migration.", "nvidia.", "raw.",
	"security.", "snapshots.", "user."}

func (s *Server) checkProfile(c call, body profileBody) error {
	for _, key := range slices.Sorted(maps.Keys(body.Config)) {
		switch {
		case strings.HasPrefix(key, "volatile."):
			return serverError("Volatile keys can only be set on instances")
		case strings.HasPrefix(key, "image."):
			return serverError("Image keys can only be set on instances")
		case !slices.ContainsFunc(instanceKeys, func(prefix string) bool { return strings.HasPrefix(key, prefix) }):
			return serverError("Unknown configuration key: %s", key)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(body.Devices)) {
		if err := checkDevice(name, body.Devices[name]); err != nil {
			return serverError("Device validation failed for %q: %v", name, err)
		}
		device := body.Devices[name]
		if !s.product.DevicesNeedVolumes || device["type"] != "disk" || device["pool"] == "" || device["source"] == "" {
			continue
		}
		project := s.effective(s.profileProject(cmp.Or(c.query.Get("project"), lxd.DefaultProject)))
		if pool := s.state.Pools[device["pool"]]; pool == nil {
			return serverError("Device validation failed for %q: Failed to get storage pool %q: Storage pool not found", name, device["pool"])
		} else if s.deviceVolume(diskUse{device: device, project: project}) == nil {
			return serverError("Device validation failed for %q: Failed loading %q from project %q: Storage volume not found", name, "custom/"+device["source"], project)
		}
	}
	return nil
}

var (
	deviceTypes = []string{"disk", "gpu", "infiniband", "nic", "none", "pci", "proxy", "tpm", "unix-block", "unix-char", "unix-hotplug", "usb"}
	diskOptions = []string{"boot.priority", "ceph.cluster_name", "ceph.user_name", "limits.max", "limits.read", "limits.write", "path", "pool", "propagation",
		"raw.mount.options", "readonly", "recursive", "required", "shift", "size", "size.state", "source"}
	diskBools = []string{"readonly", "recursive", "required", "shift"}
)

// checkDevice says what is wrong with a device. Those that are no disks only need a type.
func checkDevice(name string, device map[string]string) error {
	kind := device["type"]
	switch {
	case kind == "":
		return serverError("Failed loading device %q: Missing device type in config", name)
	case !slices.Contains(deviceTypes, kind), kind == "nic" && device["nictype"] == "" && device["network"] == "":
		return serverError("Failed loading device %q: Unsupported device type", name)
	case kind != "disk" && kind != "none":
		return nil
	}
	for _, option := range slices.Sorted(maps.Keys(device)) {
		value := device[option]
		switch {
		case option != "type" && (kind == "none" || !slices.Contains(diskOptions, option)):
			return serverError("Invalid device option %q", option)
		case slices.Contains(diskBools, option) && value != "":
			if _, err := schema.ParseBool(value); err != nil {
				return serverError("Invalid value for device option %q: Invalid value for a boolean %q", option, value)
			}
		case (option == "size" || option == "size.state") && value != "":
			if _, err := schema.ParseSize(value); err != nil {
				return serverError("Invalid value for device option %q: %v", option, sizeError(value))
			}
		}
	}
	root := device["path"] == "/"
	source, pool := device["source"], device["pool"]
	switch {
	case kind == "none":
	case source == "" && !root:
		return serverError("Disk entry is missing the required %q or %q property", "source", "path")
	case root && source != "":
		return serverError("Root disk entry may not have a %q property set", "source")
	case root && pool == "":
		return serverError("Root disk entry must have a %q property set", "pool")
	case device["size"] != "" && !root:
		return serverError("Only the root disk may have a size quota")
	case pool == "" && !strings.HasPrefix(source, "/") && !strings.Contains(source, ":"):
		return serverError("Source path must be absolute for local sources")
	case pool != "" && strings.HasPrefix(source, "/"):
		return serverError("Storage volumes cannot be specified as absolute paths")
	}
	return nil
}
