package sim

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"tarn/lxd/schema"
)

// What a project allows, as far as volumes are concerned: limits.disk, of which a volume's size takes its part, and
// snapshots in one that is restricted.

// checkProjectConfig says what is wrong with a project's config. Of restrictions other than that of snapshots only the values are judged.
func (s *Server) checkProjectConfig(config map[string]string) error {
	for _, key := range slices.Sorted(maps.Keys(config)) {
		value := config[key]
		name, bad := s.checkProjectKey(key, value)
		switch {
		case !name:
			return httpError(http.StatusBadRequest, "Invalid project configuration key %q", key)
		case bad != nil && value != "":
			return httpError(http.StatusBadRequest, "Invalid project configuration key %q value: %v", key, bad)
		}
	}
	if own := config["features.profiles"]; isTrueOr(config["restricted"], false) && own != "" && !isTrueOr(own, false) {
		return httpError(http.StatusBadRequest, "Projects without their own profiles cannot be restricted")
	}
	return nil
}

// The keys of a project beside its features, by what their values are.
var (
	projectBools   = []string{"restricted"}
	projectSizes   = []string{"limits.disk", "limits.memory"}
	projectNumbers = []string{"limits.containers", "limits.cpu", "limits.instances", "limits.networks", "limits.processes", "limits.virtual-machines"}
	projectAllows  = map[string]string{ // restricted.*: the values, the first of which is the default
		"backups": "block allow", "cluster.target": "block allow", "containers.interception": "block allow full", "containers.lowlevel": "block allow",
		"containers.nesting": "block allow", "containers.privilege": "allow unprivileged isolated", "devices.disk": "block allow managed",
		"devices.gpu": "block allow", "devices.infiniband": "block allow", "devices.nic": "block allow managed", "devices.pci": "block allow",
		"devices.proxy": "block allow", "devices.unix-block": "block allow", "devices.unix-char": "block allow", "devices.unix-hotplug": "block allow",
		"devices.usb": "block allow", "snapshots": "block allow", "virtual-machines.lowlevel": "block allow",
	}
	projectTexts = []string{"backups.compression_algorithm", "images.auto_update_cached", "images.auto_update_interval", "images.compression_algorithm",
		"images.default_architecture", "images.remote_cache_expiry", "restricted.cluster.groups", "restricted.devices.disk.paths", "restricted.idmap.gid",
		"restricted.idmap.uid", "restricted.networks.access", "restricted.networks.subnets", "restricted.networks.uplinks", "restricted.networks.zones"}
)

// checkProjectKey tells whether there is such a key, and what is wrong with its value.
func (s *Server) checkProjectKey(key, value string) (known bool, bad error) {
	if pool, ok := strings.CutPrefix(key, poolDiskLimit); ok && s.has("projects_limits_disk_pool") && s.state.Pools[pool] != nil {
		key = diskLimit
	}
	switch allowed, restricts := projectAllows[strings.TrimPrefix(key, "restricted.")]; {
	case strings.HasPrefix(key, "user.") || slices.Contains(projectTexts, key):
		return true, nil
	case slices.Contains(append(allFeatures, projectBools...), key):
		if _, err := schema.ParseBool(value); err != nil {
			return true, serverError("Invalid value for a boolean %q", value)
		}
		return true, nil
	case slices.Contains(projectSizes, key):
		if _, err := schema.ParseSize(value); err != nil {
			return true, sizeError(value)
		}
		return true, nil
	case slices.Contains(projectNumbers, key):
		if _, err := strconv.ParseUint(value, 10, 32); err != nil {
			return true, serverError("Invalid value for uint32 %q: %v", value, err)
		}
		return true, nil
	case restricts && strings.HasPrefix(key, "restricted."):
		if !slices.Contains(strings.Fields(allowed), value) {
			return true, serverError("Invalid value %q (not one of [%s])", value, allowed)
		}
		return true, nil
	}
	return false, nil
}

var allFeatures = []string{"features.images", "features.networks", "features.networks.zones", "features.profiles", "features.storage.buckets", "features.storage.volumes"}
