package sim

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"tarn/lxd"
	"tarn/lxd/schema"
	"tarn/lxd/sim/product"
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
	copied := &arrival{to: to}
	return s.start(c, s.copyTask(to, body.Source), work{undo: func() { s.discard(copied) }, phases: []phase{
		{PhaseTarget, func() error { return s.beginCopy(copied, body) }},
		{PhaseContent, func() error { return s.fill(copied) }},
	}})
}

// copyTask is what a copy says of itself.
func (s *Server) copyTask(to address, from copySource) task {
	t := task{location: to.location(), description: "Copying storage volume"}
	key := Key{Project: cmp.Or(from.Project, to.key.Project), Type: lxd.TypeCustom, Name: from.Name}
	if pool := s.state.Pools[from.Pool]; pool != nil {
		key.Member = pool.KeyMember(to.member)
	}
	parent, snapshot, _ := strings.Cut(from.Name, "/")
	key.Name = parent
	t.entity = s.volumeURL(from.Pool, key, snapshot)
	if snapshot != "" && s.product.NamesSnapshotCopies {
		t.description = "Copying storage volume snapshot"
	}
	return t
}

// beginCopy creates the target of a copy, or finds one that is to be brought up to date.
func (s *Server) beginCopy(copied *arrival, body volumeBody) error {
	to := copied.to
	from := s.state.Pools[body.Source.Pool]
	if from == nil {
		return code(http.StatusNotFound, "Storage pool not found")
	}
	key := Key{Project: to.key.Project, Type: lxd.TypeCustom, Name: body.Source.Name, Member: from.KeyMember(to.member)}
	if body.Source.Project != "" {
		key.Project = body.Source.Project // also one that has no volumes of its own
		if s.product.ResolvesSourceProject {
			key.Project = s.effective(key.Project)
		}
	}
	parent, snapshotName, ofSnapshot := strings.Cut(body.Source.Name, "/")
	source := from.Volumes[Key{Project: key.Project, Type: key.Type, Name: parent, Member: key.Member}]
	config, description, content := map[string]string(nil), "", ""
	if source != nil {
		config, description, content = source.Config, source.Description, source.Content
	}
	if ofSnapshot && source != nil {
		i := source.SnapshotIndex(snapshotName)
		if i < 0 {
			source = nil
		} else {
			config, description, content = source.Snapshots[i].Config, source.Snapshots[i].Description, source.Snapshots[i].Content
		}
	}
	exists := to.pool.Volumes[to.key]
	if source == nil {
		doing := "copy"
		if exists != nil {
			doing = "refresh"
		}
		return code(http.StatusNotFound, "Failed generating volume %s config: %s", doing, missing(body.Source.Pool, key))
	}
	bytes := source.Bytes
	if ofSnapshot {
		bytes = deviceBytes(source.ContentType, config)
	}
	if body.Config != nil {
		config = body.Config
	}
	if body.Description != "" {
		description = body.Description
	}
	copied.content = content
	if exists != nil && body.Source.Refresh {
		copied.volume, copied.refresh = exists, func() { refresh(exists, source, body.Source.VolumeOnly) }
		return nil
	}
	return s.copyInto(copied, source, bytes, config, description, body.Source.Pool != to.poolName, ofSnapshot || body.Source.VolumeOnly)
}

// arrival is a volume that gets its content from another one.
type arrival struct {
	to      address
	volume  *Volume // nil before it is created
	used    int64   // bytes that it will hold
	content string  // that it will have
	refresh func()  // brings one up to date that was there before, nil for one that is created
}

// copyInto is duplicate in the words of a copy.
func (s *Server) copyInto(copied *arrival, source *Volume, bytes int64, config map[string]string, description string, leaves, volumeOnly bool) error {
	err := s.duplicate(copied, source, bytes, config, description, leaves, volumeOnly)
	if err != nil && leaves {
		return says("Create custom volume from copy failed: [%v]", err) // with what else then fails
	}
	return err
}

// fill gives an arrival the rest of its content.
func (s *Server) fill(a *arrival) error {
	if s.holds(a.to, a.volume) != nil {
		return says("Create custom volume from copy failed: [Rsync receive failed: %s/: [exit status 23] ()]", s.volumePath(a.to))
	}
	if a.refresh != nil {
		a.refresh()
	} else {
		a.volume.Used = a.used
	}
	a.volume.Content = a.content
	s.markChanged(a.to.entry())
	return nil
}

// discard takes back what has been created of an arrival.
func (s *Server) discard(a *arrival) {
	if a.volume != nil && a.refresh == nil && s.holds(a.to, a.volume) == nil {
		delete(a.to.pool.Volumes, a.to.key)
		s.markChanged(a.to.entry())
	}
}

// duplicate makes a copy of a volume whose device has so many bytes, with all but a part of its content; one that leaves its
// pool loses the keys that the new driver does not know.
func (s *Server) duplicate(copied *arrival, source *Volume, bytes int64, config map[string]string, description string, leaves, volumeOnly bool) error {
	to := copied.to
	fit := func(config map[string]string) map[string]string {
		config = maps.Clone(nonNil(config))
		if leaves {
			maps.DeleteFunc(config, func(option, _ string) bool {
				key, ok := schema.VolumeKey(to.pool.Driver, source.ContentType, option)
				return !ok || !s.knows(key)
			})
		}
		return config
	}
	if s.state.Projects[to.key.Project] == nil {
		return says("Error inserting volume %q for project %q in pool %q of type %q into database \"NOT NULL constraint failed: storage_volumes.project_id\"",
			to.key.Name, to.key.Project, to.poolName, to.key.Type)
	}
	config = fit(config)
	if source.ContentType == schema.Block {
		filled := s.fillVolume(to.pool, source.ContentType, config)
		switch {
		case leaves:
			config["size"] = strconv.FormatInt(bytes, 10)
		case filled["size"] != "" && deviceBytes(source.ContentType, filled) < bytes:
			return says("Block volumes cannot be shrunk: Cannot be shrunk")
		}
	}
	if err := s.addVolume(to, to.key.Name, source.ContentType, description, config); err != nil {
		return err
	}
	made := to.pool.Volumes[to.key]
	made.Used, made.Bytes = source.Used/2, max(bytes, made.Bytes)
	copied.volume, copied.used = made, source.Used
	if volumeOnly {
		return nil
	}
	for _, snapshot := range source.Snapshots {
		same := *snapshot
		same.CreatedAt = now()
		same.Config = s.identified(s.fillVolume(to.pool, source.ContentType, fit(snapshot.Config)))
		made.Snapshots = append(made.Snapshots, &same)
	}
	return nil
}

// refresh brings a copy up to date with its source.
func refresh(v, source *Volume, volumeOnly bool) {
	v.Used = source.Used
	if volumeOnly {
		return
	}
	v.Snapshots = slices.DeleteFunc(v.Snapshots, func(s *Snapshot) bool { return source.SnapshotIndex(s.Name) < 0 })
	for _, snapshot := range source.Snapshots {
		if v.SnapshotIndex(snapshot.Name) < 0 {
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
	if strings.Contains(c.path[4], "/") {
		return reply{}, code(http.StatusBadRequest, "Invalid volume name")
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
	if s.product.TargetProject == product.CheckedFirst && body.Project != "" {
		project, err := s.project(c)
		if err != nil {
			return reply{}, err
		}
		target, err := s.volumeProject(body.Project)
		switch {
		case err != nil:
			return reply{}, err
		case body.Project == project:
			return reply{}, code(http.StatusBadRequest, "Project and target project are the same")
		case target != body.Project:
			return reply{}, code(http.StatusBadRequest, "Target project does not have features.storage.volumes enabled")
		}
	}
	a, err := s.inBackground(c, func(*Volume) bool { return true })
	if err != nil {
		return reply{}, err
	}
	if a.pool == nil {
		return reply{}, code(http.StatusNotFound, "Storage pool not found")
	}
	v := a.pool.Volumes[a.key]
	gone := code(http.StatusNotFound, "Storage volume not found")
	if body.Migration {
		if v == nil {
			return reply{}, gone
		}
		return s.offerVolume(c, a, v, body.Target, body.VolumeOnly)
	}
	to := address{a.poolName, a.pool, Key{Project: a.key.Project, Type: a.key.Type, Name: body.Name, Member: a.key.Member}, a.member}
	if body.Project != "" {
		if s.product.TargetProject == product.CheckedLast && s.state.Projects[body.Project] == nil {
			return reply{}, code(http.StatusNotFound, "Project not found")
		}
		if s.product.TargetProject == product.CheckedLast && s.effective(body.Project) != body.Project {
			return reply{}, code(http.StatusBadRequest, "Target project does not have features.storage.volumes enabled")
		}
		to.key.Project = body.Project // also one that has no volumes of its own: 5.0.2 loses the volume there
	}
	moves := body.Pool != "" && body.Pool != a.poolName || to.key.Project != a.key.Project
	noPool := code(http.StatusNotFound, "Storage pool not found")
	if body.Pool != "" {
		to.poolName, to.pool = body.Pool, s.state.Pools[body.Pool]
		if to.pool == nil {
			return reply{}, noPool
		}
		to.key.Member = to.pool.KeyMember(to.member)
	}
	if to.pool.Volumes[to.key] != nil {
		return reply{}, code(http.StatusConflict, "Volume by that name already exists")
	}
	if v == nil {
		return reply{}, gone
	}
	if moves && body.Pool == "" {
		return reply{}, noPool
	}
	if s.running(a) {
		return reply{}, says("Volume is still in use by running instances")
	}
	if !moves {
		if path := s.volumePath(to); len(diskName(to.key)) > 255 {
			return reply{}, says("Failed to rename %q to %q: rename %s %s: file name too long", s.volumePath(a), path, s.volumePath(a), path)
		}
		return s.renameVolume(c, a, to, v)
	}
	return s.moveVolume(c, a, to, v)
}

func (s *Server) renameVolume(c call, a, to address, v *Volume) (reply, error) {
	t := task{location: a.location(), description: "Moving storage volume", resources: s.migrates(a), entity: s.volumeURL(a.poolName, a.key, "")}
	rename := func() error {
		if err := s.holds(a, v); err != nil {
			return err
		}
		if to.pool.Volumes[to.key] != nil {
			return code(http.StatusConflict, "Volume by that name already exists")
		}
		if err := s.follow(a, to); err != nil {
			return err
		}
		delete(a.pool.Volumes, a.key)
		a.pool.Volumes[to.key] = v
		s.markChanged(a.entry(), to.entry())
		return nil
	}
	return s.changeSlowly(c, product.VolumeOperations, t, atOnce(rename), func() (reply, error) {
		place := to.key
		place.Member = ""
		return created(s.volumeURL(a.poolName, place, ""))
	})
}

// moveVolume copies a volume to another pool or project and deletes it where it was. What uses it is changed first, and
// changed back when that fails. A source that has gone meanwhile makes it fail as late as its deletion, and the copy stays.
func (s *Server) moveVolume(c call, a, to address, v *Volume) (reply, error) {
	t := task{location: a.location(), description: "Moving storage volume", entity: s.volumeURL(a.poolName, a.key, "")}
	moved := &arrival{to: to, content: v.Content}
	followed, arrived := false, false
	there := func() error {
		arrived = true
		if s.holds(a, v) != nil {
			return code(http.StatusNotFound, "%s", missing(a.poolName, a.key))
		}
		return nil
	}
	undo := func() {
		if !arrived {
			s.discard(moved)
		}
		if followed {
			_ = s.follow(to, a) // what cannot be changed back stays
		}
	}
	return s.start(c, t, work{undo: undo, phases: []phase{
		{PhaseTarget, func() error {
			if err := s.holds(a, v); err != nil {
				return err
			}
			if err := s.follow(a, to); err != nil {
				return err
			}
			followed = true
			return s.copyInto(moved, v, v.Bytes, v.Config, v.Description, to.poolName != a.poolName, false)
		}},
		{PhaseContent, func() error { return s.fill(moved) }},
		{PhaseEmptied, func() error {
			if err := there(); err != nil {
				return err
			}
			s.empty(a, v)
			return nil
		}},
		{PhaseRemoved, func() error {
			if err := there(); err != nil {
				return err
			}
			delete(a.pool.Volumes, a.key)
			s.markChanged(a.entry())
			return nil
		}},
	}})
}

// empty takes from a volume what goes before itself when it is deleted.
func (s *Server) empty(a address, v *Volume) {
	v.Used, v.Content, v.Snapshots = 0, "", nil
	s.markChanged(a.entry())
}
