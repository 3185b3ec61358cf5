package sim

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/lxd/schema"
)

// countedVolume is a custom volume or the root disk of an instance as a limit counts it.
type countedVolume struct {
	key     Key
	pool    string
	serial  int64
	size    string
	unsized bool // it has no size at all
}

// projectVolumes are the custom volumes of a project, in order of creation.
func (s *Server) projectVolumes(project string) []countedVolume {
	var all []countedVolume
	for poolName, pool := range s.state.Pools {
		for key, v := range pool.Volumes {
			if key.Project == project && key.Type == lxd.TypeCustom {
				size, ok := v.Config["size"]
				all = append(all, countedVolume{key, poolName, v.Serial, size, !ok})
			}
		}
	}
	slices.SortFunc(all, func(a, b countedVolume) int { return int(a.serial - b.serial) })
	return all
}

// rootDisks are the root disks of a project's instances, whose sizes a limit counts too. They come before the volumes.
func (s *Server) rootDisks(project string) []countedVolume {
	var all []countedVolume
	for _, key := range s.sortedInstances() {
		if key.Project != project {
			continue
		}
		for _, device := range s.expanded(key) {
			if device["type"] == "disk" && device["path"] == "/" {
				key.Type = "container"
				all = append(all, countedVolume{key: key, pool: device["pool"], size: device["size"], unsized: device["size"] == ""})
			}
		}
	}
	return all
}

// counted is all that the limits of a project count.
func (s *Server) counted(project string) []countedVolume {
	return append(s.rootDisks(project), s.projectVolumes(project)...)
}

// diskUsage adds up what volumes and root disks take, of one pool or of all with "".
func diskUsage(volumes []countedVolume, pool string) (total int64, err error) {
	for _, v := range volumes {
		what := "custom volume"
		switch {
		case pool != "" && v.pool != pool:
			continue
		case v.unsized && v.key.Type != lxd.TypeCustom:
			return 0, serverError("Instance %q in project %q has no \"size\" config set on the root device either directly or via a profile", v.key.Name, v.key.Project)
		case v.unsized:
			return 0, serverError("Custom volume %q in project %q has no \"size\" config set", v.key.Name, v.key.Project)
		case v.key.Type != lxd.TypeCustom:
			what = "instance"
		}
		bytes, err := schema.ParseSize(v.size)
		if err != nil && v.size != "" {
			return 0, serverError("Parse \"size\" for %s %q in project %q: %v", what, v.key.Name, v.key.Project, sizeError(v.size))
		}
		total += bytes
	}
	return total, nil
}

const (
	diskLimit     = "limits.disk"
	poolDiskLimit = "limits.disk.pool."
)

// diskLimits are the limits of disk space in a project's config, by the pools that they are for: "" is for all.
func diskLimits(config map[string]string) map[string]string {
	limits := map[string]string{}
	for key, value := range config {
		if pool, ok := strings.CutPrefix(key, poolDiskLimit); ok && value != "" {
			limits[pool] = value
		} else if key == diskLimit && value != "" {
			limits[""] = value
		}
	}
	return limits
}

func diskLimitKey(pool string) string {
	if pool == "" {
		return diskLimit
	}
	return poolDiskLimit + pool
}

// checkDiskLimits refuses what takes more than a project's limits of disk space, or has no size that could be counted.
func checkDiskLimits(project string, limits map[string]string, volumes []countedVolume, doing string) error {
	for _, pool := range slices.Sorted(maps.Keys(limits)) {
		total, err := diskUsage(volumes, pool)
		if err != nil {
			return serverError("Failed checking if %s allowed: Failed getting usage of project entities: %v", doing, err)
		}
		if limit, _ := schema.ParseSize(limits[pool]); total > limit {
			return serverError("Failed checking if %s allowed: Reached maximum aggregate value %q for %q in project %q", doing, limits[pool], diskLimitKey(pool), project)
		}
	}
	return nil
}

// checkVolumeLimit refuses a volume that would take more than its project's limits. LXD 5.0.2 and Incus 6.0.4 ask when a volume is
// created below its type's address or changed with PUT, and count the size that the call has, not what comes from the pool
// or from the source of a copy. They ask only when limits.disk is set; then limits.disk.pool.POOL counts as well. LXD 5.21
// and 6.9 count that by itself, and ask when a volume comes from another project, too.
func (s *Server) checkVolumeLimit(poolName string, key Key, config map[string]string, doing string) error {
	p := s.state.Projects[key.Project]
	if p == nil || p.Config[diskLimit] == "" && !s.product.CountsPoolLimits {
		return nil
	}
	size, ok := config["size"]
	this := countedVolume{key: key, pool: poolName, size: size, unsized: !ok}
	volumes := s.counted(key.Project)
	at := slices.IndexFunc(volumes, func(v countedVolume) bool { return v.pool == poolName && v.key == key })
	if at >= 0 && doing == "update" {
		volumes[at] = this
	} else {
		volumes = append(volumes, this)
	}
	return checkDiskLimits(key.Project, diskLimits(p.Config), volumes, "volume "+doing)
}

// checkMoveLimit refuses a volume from another project that would take more than the limits of its new one.
func (s *Server) checkMoveLimit(from, to address, v *Volume) error {
	if !s.product.CountsPoolLimits || from.key.Project == to.key.Project {
		return nil
	}
	return s.checkVolumeLimit(to.poolName, to.key, v.Config, "move")
}

// checkProfileLimit refuses a change of a profile in a project that then has more than its limits, or a volume without a size.
func (s *Server) checkProfileLimit(key Key, p *Profile, devices map[string]map[string]string) error {
	old := p.Devices
	p.Devices = devices
	defer func() { p.Devices = old }()
	return checkDiskLimits(key.Project, diskLimits(s.state.Projects[key.Project].Config), s.counted(key.Project), "profile update")
}

// checkInstanceLimit refuses an instance, as it now is in the state, that takes more than its project's limits.
func (s *Server) checkInstanceLimit(project, doing string) error {
	p := s.state.Projects[project]
	if p == nil {
		return nil
	}
	return checkDiskLimits(project, diskLimits(p.Config), s.counted(project), "instance "+doing)
}

// checkProjectLimits refuses limits that the project exceeds already.
func (s *Server) checkProjectLimits(name string, old, config map[string]string) error {
	limits := diskLimits(config)
	for _, pool := range slices.Sorted(maps.Keys(limits)) {
		key := diskLimitKey(pool)
		if config[key] == old[key] {
			continue
		}
		total, err := diskUsage(s.counted(name), pool)
		if err != nil && s.product.NamesLimitConflict {
			return serverError("Failed getting usage of project entities: %v", err)
		}
		if err != nil {
			return err
		}
		if limit, _ := schema.ParseSize(limits[pool]); limit < total {
			return serverError("%q is too low: current total is %q", key, sizeText(total))
		}
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
		return serverError("Project %q doesn't allow for snapshot creation", project)
	}
	return nil
}
