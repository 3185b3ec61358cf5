package sim

import (
	"fmt"
	"slices"

	"tarn/lxd"
	"tarn/lxd/schema"
)

// countedVolume is a custom volume as a limit counts it.
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

// diskUsage adds up what volumes take.
func diskUsage(volumes []countedVolume) (total int64, err error) {
	for _, v := range volumes {
		if v.unsized {
			return 0, serverError("Custom volume %q in project %q has no \"size\" config set", v.key.Name, v.key.Project)
		}
		bytes, err := schema.ParseSize(v.size)
		if err != nil && v.size != "" {
			return 0, serverError("Parse \"size\" for custom volume %q in project %q: %v", v.key.Name, v.key.Project, sizeError(v.size))
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
	this := countedVolume{key: key, pool: poolName, size: size, unsized: !ok}
	volumes := s.projectVolumes(key.Project)
	at := slices.IndexFunc(volumes, func(v countedVolume) bool { return v.pool == poolName && v.key == key })
	if at >= 0 && doing == "update" {
		volumes[at] = this
	} else {
		volumes = append(volumes, this)
	}
	total, err := diskUsage(volumes)
	if err != nil {
		return serverError("Failed checking if volume %s allowed: Failed getting usage of project entities: %v", doing, err)
	}
	limit, _ := schema.ParseSize(p.Config["limits.disk"])
	if total > limit {
		return serverError("Failed checking if volume %s allowed: Reached maximum aggregate value %q for \"limits.disk\" in project %q", doing, p.Config["limits.disk"], key.Project)
	}
	return nil
}

// checkProfileLimit refuses a change of a profile in a project that has more than its limits.disk, or a volume without a size.
func (s *Server) checkProfileLimit(project string) error {
	p := s.state.Projects[project]
	if p.Config["limits.disk"] == "" {
		return nil
	}
	total, err := diskUsage(s.projectVolumes(project))
	if err != nil {
		return serverError("Failed checking if profile update allowed: Failed getting usage of project entities: %v", err)
	}
	if limit, _ := schema.ParseSize(p.Config["limits.disk"]); total > limit {
		return serverError("Failed checking if profile update allowed: Reached maximum aggregate value %q for \"limits.disk\" in project %q", p.Config["limits.disk"], project)
	}
	return nil
}

// checkProjectLimits refuses a limit that the project exceeds already.
func (s *Server) checkProjectLimits(name string, old, config map[string]string) error {
	if config["limits.disk"] == "" || config["limits.disk"] == old["limits.disk"] {
		return nil
	}
	total, err := diskUsage(s.projectVolumes(name))
	if err != nil {
		return err
	}
	if limit, _ := schema.ParseSize(config["limits.disk"]); limit < total {
		return serverError("\"limits.disk\" is too low: current total is %q", sizeText(total))
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
