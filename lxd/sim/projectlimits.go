package sim

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"tarn/lxd"
	"tarn/lxd/schema"
)

// What a project allows, as far as volumes are concerned: limits.disk, of which a volume's size takes its part, and
// snapshots in one that is restricted.

// checkProjectConfig says what is wrong with a project's config. Of restrictions other than that of snapshots only the values are judged.
func checkProjectConfig(config map[string]string) error {
	for _, key := range slices.Sorted(maps.Keys(config)) {
		value := config[key]
		name, bad := checkProjectKey(key, value)
		switch {
		case !name:
			return code(http.StatusBadRequest, "Invalid project configuration key %q", key)
		case bad != nil && value != "":
			return code(http.StatusBadRequest, "Invalid project configuration key %q value: %v", key, bad)
		}
	}
	if own := config["features.profiles"]; isTrueOr(config["restricted"], false) && own != "" && !isTrueOr(own, false) {
		return code(http.StatusBadRequest, "Projects without their own profiles cannot be restricted")
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
func checkProjectKey(key, value string) (known bool, bad error) {
	switch allowed, restricts := projectAllows[strings.TrimPrefix(key, "restricted.")]; {
	case strings.HasPrefix(key, "user.") || slices.Contains(projectTexts, key):
		return true, nil
	case slices.Contains(append(allFeatures, projectBools...), key):
		if _, err := schema.ParseBool(value); err != nil {
			return true, says("Invalid value for a boolean %q", value)
		}
		return true, nil
	case slices.Contains(projectSizes, key):
		if _, err := schema.ParseSize(value); err != nil {
			return true, sizeError(value)
		}
		return true, nil
	case slices.Contains(projectNumbers, key):
		if _, err := strconv.ParseUint(value, 10, 32); err != nil {
			return true, says("Invalid value for uint32 %q: %v", value, err)
		}
		return true, nil
	case restricts && strings.HasPrefix(key, "restricted."):
		if !slices.Contains(strings.Fields(allowed), value) {
			return true, says("Invalid value %q (not one of [%s])", value, allowed)
		}
		return true, nil
	}
	return false, nil
}

var allFeatures = []string{"features.images", "features.networks", "features.networks.zones", "features.profiles", "features.storage.buckets", "features.storage.volumes"}

// sized is a custom volume as a limit counts it.
type sized struct {
	key     Key
	pool    string
	serial  int64
	size    string
	unsized bool // it has no size at all
}

// volumesOf are the custom volumes of a project, in order of creation.
func (s *Server) volumesOf(project string) []sized {
	var all []sized
	for poolName, pool := range s.state.Pools {
		for key, v := range pool.Volumes {
			if key.Project == project && key.Type == lxd.TypeCustom {
				size, ok := v.Config["size"]
				all = append(all, sized{key, poolName, v.Serial, size, !ok})
			}
		}
	}
	slices.SortFunc(all, func(a, b sized) int { return int(a.serial - b.serial) })
	return all
}

// diskUsage adds up what volumes take.
func diskUsage(volumes []sized) (total int64, err error) {
	for _, v := range volumes {
		if v.unsized {
			return 0, says("Custom volume %q in project %q has no \"size\" config set", v.key.Name, v.key.Project)
		}
		bytes, err := schema.ParseSize(v.size)
		if err != nil && v.size != "" {
			return 0, says("Parse \"size\" for custom volume %q in project %q: %v", v.key.Name, v.key.Project, sizeError(v.size))
		}
		total += bytes
	}
	return total, nil
}

// checkVolumeLimit refuses a volume that would take more than its project's limits.disk. LXD 5.0.2 asks when a volume is
// created below its type's address or changed with PUT, and counts the size that the call has, not what comes from the pool
// or from the source of a copy.
func (s *Server) checkVolumeLimit(poolName string, key Key, config map[string]string, doing string) error {
	p := s.state.Projects[key.Project]
	if p == nil || p.Config["limits.disk"] == "" {
		return nil
	}
	size, ok := config["size"]
	this := sized{key: key, pool: poolName, size: size, unsized: !ok}
	volumes := s.volumesOf(key.Project)
	at := slices.IndexFunc(volumes, func(v sized) bool { return v.pool == poolName && v.key == key })
	if at >= 0 && doing == "update" {
		volumes[at] = this
	} else {
		volumes = append(volumes, this)
	}
	total, err := diskUsage(volumes)
	if err != nil {
		return says("Failed checking if volume %s allowed: Failed getting usage of project entities: %v", doing, err)
	}
	limit, _ := schema.ParseSize(p.Config["limits.disk"])
	if total > limit {
		return says("Failed checking if volume %s allowed: Reached maximum aggregate value %q for \"limits.disk\" in project %q", doing, p.Config["limits.disk"], key.Project)
	}
	return nil
}

// checkProfileLimit refuses a change of a profile in a project that has more than its limits.disk, or a volume without a size.
func (s *Server) checkProfileLimit(project string) error {
	p := s.state.Projects[project]
	if p.Config["limits.disk"] == "" {
		return nil
	}
	total, err := diskUsage(s.volumesOf(project))
	if err != nil {
		return says("Failed checking if profile update allowed: Failed getting usage of project entities: %v", err)
	}
	if limit, _ := schema.ParseSize(p.Config["limits.disk"]); total > limit {
		return says("Failed checking if profile update allowed: Reached maximum aggregate value %q for \"limits.disk\" in project %q", p.Config["limits.disk"], project)
	}
	return nil
}

// checkProjectLimits refuses a limit that the project exceeds already.
func (s *Server) checkProjectLimits(name string, old, config map[string]string) error {
	if config["limits.disk"] == "" || config["limits.disk"] == old["limits.disk"] {
		return nil
	}
	total, err := diskUsage(s.volumesOf(name))
	if err != nil {
		return err
	}
	if limit, _ := schema.ParseSize(config["limits.disk"]); limit < total {
		return says("\"limits.disk\" is too low: current total is %q", sizeText(total))
	}
	return nil
}

// sizeText writes a size as the server does in messages.
func sizeText(bytes int64) string {
	if bytes < 1024 {
		return fmt.Sprintf("%dB", bytes)
	}
	value := float64(bytes)
	for _, unit := range []string{"KiB", "MiB", "GiB", "TiB", "PiB"} {
		value /= 1024
		if value < 1024 {
			return fmt.Sprintf("%.1f%s", value, unit)
		}
	}
	return fmt.Sprintf("%.1fEiB", value/1024)
}

// checkSnapshots refuses snapshots in a project that is restricted.
func (s *Server) checkSnapshots(project string) error {
	p := s.state.Projects[project]
	if p != nil && isTrueOr(p.Config["restricted"], false) && p.Config["restricted.snapshots"] != "allow" {
		return says("Project %q doesn't allow for snapshot creation", project)
	}
	return nil
}

func (s *Server) getProjectState(c call) (reply, error) {
	name := c.path[1]
	p := s.state.Projects[name]
	if p == nil {
		return reply{}, code(http.StatusNotFound, "Fetch project database object: Project not found")
	}
	type resource struct{ Limit, Usage int64 }
	resources := map[string]resource{}
	for _, kind := range append(projectNumbers, projectSizes...) {
		limit := int64(-1)
		if text := p.Config[kind]; text != "" {
			limit, _ = schema.ParseSize(text)
		}
		resources[strings.TrimPrefix(kind, "limits.")] = resource{limit, 0}
	}
	var used int64
	for _, v := range s.volumesOf(name) {
		bytes, _ := schema.ParseSize(v.size)
		used += bytes
	}
	resources["disk"] = resource{resources["disk"].Limit, used}
	for _, instance := range s.sortedInstances() {
		if instance.Project == name {
			for _, kind := range []string{"containers", "instances"} {
				resources[kind] = resource{resources[kind].Limit, resources[kind].Usage + 1}
			}
		}
	}
	return sync200(map[string]any{"resources": resources}), nil
}
