package sim

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/lxd/schema"
)

type copySource struct {
	Type       string `json:"type"`
	Mode       string `json:"mode"`
	Pool       string `json:"pool"`
	Name       string `json:"name"`
	Project    string `json:"project"`
	VolumeOnly bool   `json:"volume_only"`
	Refresh    bool   `json:"refresh"`
	peer
}

// copyVolume makes a volume from another one or from a snapshot, in the background.
func (s *Server) copyVolume(c call, to address, body volumeBody) (reply, error) {
	return s.start(c, to.location(), "Copying storage volume", nil, func() error {
		from := s.state.Pools[body.Source.Pool]
		if from == nil {
			return code(http.StatusNotFound, "Storage pool not found")
		}
		key := Key{to.key.Project, lxd.TypeCustom, body.Source.Name, s.state.memberOf(from, to.member)}
		if body.Source.Project != "" {
			key.Project = s.effective(body.Source.Project)
		}
		parent, snapshotName, ofSnapshot := strings.Cut(body.Source.Name, "/")
		source := from.Volumes[Key{key.Project, key.Type, parent, key.Member}]
		config, description := map[string]string(nil), ""
		if source != nil {
			config, description = source.Config, source.Description
		}
		if ofSnapshot && source != nil {
			i := source.find(snapshotName)
			if i < 0 {
				source = nil
			} else {
				config, description = source.Snapshots[i].Config, source.Snapshots[i].Description
			}
		}
		if source == nil {
			return code(http.StatusNotFound, "Failed generating volume copy config: %s", missing(body.Source.Pool, key))
		}
		if body.Config != nil {
			config = body.Config
		}
		if body.Description != "" {
			description = body.Description
		}
		if exists := to.pool.Volumes[to.key]; exists != nil {
			exists.refresh(source, body.Source.VolumeOnly)
			s.touch(to.part())
			return nil
		}
		return s.duplicate(source, to, config, description, body.Source.Pool != to.poolName, ofSnapshot || body.Source.VolumeOnly)
	})
}

// duplicate makes a copy of a volume; one that leaves its pool loses the keys that the new driver does not know.
func (s *Server) duplicate(source *Volume, to address, config map[string]string, description string, leaves, volumeOnly bool) error {
	fit := func(config map[string]string) map[string]string {
		config = maps.Clone(orMake(config))
		if leaves {
			maps.DeleteFunc(config, func(option, _ string) bool {
				key, ok := schema.VolumeKey(to.pool.Driver, source.ContentType, option)
				return !ok || !s.state.knows(key)
			})
		}
		return config
	}
	if err := s.addVolume(to, source.ContentType, description, fit(config)); err != nil {
		return err
	}
	made := to.pool.Volumes[to.key]
	made.Used, made.Bytes = source.Used, max(source.Bytes, made.Bytes)
	if volumeOnly {
		return nil
	}
	for _, snapshot := range source.Snapshots {
		same := *snapshot
		same.CreatedAt = now()
		same.Config = s.state.identified(s.state.fillVolume(to.pool, source.ContentType, fit(snapshot.Config)))
		made.Snapshots = append(made.Snapshots, &same)
	}
	return nil
}

// refresh brings a copy up to date with its source.
func (v *Volume) refresh(source *Volume, volumeOnly bool) {
	v.Used = source.Used
	if volumeOnly {
		return
	}
	v.Snapshots = slices.DeleteFunc(v.Snapshots, func(s *Snapshot) bool { return source.find(s.Name) < 0 })
	for _, snapshot := range source.Snapshots {
		if v.find(snapshot.Name) < 0 {
			same := *snapshot
			v.Snapshots = append(v.Snapshots, &same)
		}
	}
}

// postVolume renames a volume or moves it.
func (s *Server) postVolume(c call) (reply, error) {
	var body struct {
		Name       string `json:"name"`
		Pool       string `json:"pool"`
		Project    string `json:"project"`
		Migration  bool   `json:"migration"`
		VolumeOnly bool   `json:"volume_only"`
		Target     *peer  `json:"target"`
	}
	if err := c.decode("StorageVolumePost", &body); err != nil {
		return reply{}, err
	}
	switch {
	case body.Name == "":
		return reply{}, code(http.StatusBadRequest, "No name provided")
	case strings.Contains(body.Name, "/"):
		return reply{}, code(http.StatusBadRequest, "Storage volume names may not contain slashes")
	case c.path[3] != lxd.TypeCustom:
		return reply{}, code(http.StatusBadRequest, "Renaming storage volumes of type %q is not allowed", c.path[3])
	}
	a, v, err := s.volume(c)
	if err != nil {
		return reply{}, err
	}
	if body.Migration {
		return s.offerVolume(c, a, v, body.Target, body.VolumeOnly)
	}
	to := address{a.poolName, a.pool, Key{a.key.Project, a.key.Type, body.Name, a.key.Member}, a.member}
	if body.Project != "" {
		if s.state.Projects[body.Project] == nil {
			return reply{}, code(http.StatusNotFound, "Project not found")
		}
		if s.state.Product == newer && s.effective(body.Project) != body.Project {
			return reply{}, code(http.StatusBadRequest, "Target project does not have features.storage.volumes enabled")
		}
		to.key.Project = body.Project // also one that has no volumes of its own: 5.0.2 loses the volume there
	}
	moves := body.Pool != "" && body.Pool != a.poolName || to.key.Project != a.key.Project
	if body.Pool != "" || to.key.Project != a.key.Project {
		to.poolName, to.pool = body.Pool, s.state.Pools[body.Pool]
		if to.pool == nil {
			return reply{}, code(http.StatusNotFound, "Storage pool not found")
		}
		to.key.Member = s.state.memberOf(to.pool, to.member)
	}
	if to.pool.Volumes[to.key] != nil {
		return reply{}, code(http.StatusConflict, "Volume by that name already exists")
	}
	if s.running(a) {
		return reply{}, says("Volume is still in use by running instances")
	}
	if !moves {
		return s.change(c, volumeOperations, a.location(), "Renaming storage volume", s.state.migrates(a), func() (reply, error) {
			if err := s.holds(a, v); err != nil {
				return reply{}, err
			}
			if to.pool.Volumes[to.key] != nil {
				return reply{}, code(http.StatusConflict, "Volume by that name already exists")
			}
			if err := s.follow(a, to); err != nil {
				return reply{}, err
			}
			delete(a.pool.Volumes, a.key)
			a.pool.Volumes[to.key] = v
			s.touch(a.part(), to.part())
			place := to.key
			place.Member = ""
			return created(s.state.volumeURL(a.poolName, place, ""))
		})
	}
	return s.start(c, a.location(), "Moving storage volume", nil, func() error {
		if err := s.holds(a, v); err != nil {
			return err
		}
		if err := s.duplicate(v, to, v.Config, v.Description, to.poolName != a.poolName, false); err != nil {
			return err
		}
		if err := s.follow(a, to); err != nil {
			delete(to.pool.Volumes, to.key)
			return err
		}
		delete(a.pool.Volumes, a.key)
		s.touch(a.part())
		return nil
	})
}
