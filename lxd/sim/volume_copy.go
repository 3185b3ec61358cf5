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
	"tarn/lxd/sim/state"
)

type copySource struct {
	Type       string `json:"type"`
	Mode       string `json:"mode"`
	Pool       string `json:"pool"`
	Name       string `json:"name"`
	Project    string `json:"project"`
	Location   string `json:"location"` // member of the cluster that has it
	VolumeOnly bool   `json:"volume_only"`
	Refresh    bool   `json:"refresh"`
	peer
}

// copyVolume makes a volume from another one or from a snapshot, in the background.
func (s *Server) copyVolume(c call, to address, body volumeBody) (reply, error) {
	copied := &copyTarget{to: to}
	if s.product.SourcePoolFirst && s.state.Pools[body.Source.Pool] == nil {
		return reply{}, httpError(http.StatusNotFound, "Failed loading source pool: Storage pool not found")
	}
	return s.startOperation(c, s.copyTask(c, to, body.Source), job{undo: func() { s.discardTarget(copied) }, phases: []phase{
		{PhaseTarget, func() error { return s.beginCopy(copied, body, s.sourceMember(c, to, body.Source)) }},
		{PhaseContent, func() error { return s.fillTarget(copied) }},
	}})
}

// sourceMember is where the source of a copy is looked for in a cluster.
func (s *Server) sourceMember(c call, to address, from copySource) string {
	if from.Location == "" || !s.has(product.MemberCopies) || c.query.Get("target") == "" && !s.product.CopiesFromAnywhere {
		return to.member
	}
	return from.Location
}

// copyTask is what a copy says of itself.
func (s *Server) copyTask(c call, to address, from copySource) task {
	t := task{location: to.location(), description: "Copying storage volume"}
	key := Key{Project: cmp.Or(from.Project, to.key.Project), Type: lxd.TypeCustom, Name: from.Name}
	if pool := s.state.Pools[from.Pool]; pool != nil {
		key.Member = pool.KeyMember(s.sourceMember(c, to, from))
		if from.Location == "" && key.Member != "" { // a volume of a pool that all members share has no member
			key.Member = "?" // LXD 6 does not look for it
		}
	}
	parent, snapshot, _ := strings.Cut(from.Name, "/")
	key.Name = parent
	shown := key
	if shown.Member == "?" {
		shown.Member = ""
	}
	t.entity = s.entityURL(c, from.Pool, shown, snapshot)
	if s.state.Clustered() && shown.Member != "" && shown.Member != to.member && s.product.MemberCopiesAreCreations {
		if !s.product.NamesNoResources {
			t.resources = s.migrates(to)
		}
		if s.product.NamesEntities {
			t.description, t.entity = "Creating storage volume", s.newURL(c, to)
		}
	}
	if s.product.ResolvesSourceProject {
		key.Project = s.effective(key.Project)
	}
	if pool := s.state.Pools[from.Pool]; pool == nil || pool.Volumes[key] == nil || snapshot != "" && pool.Volumes[key].SnapshotIndex(snapshot) < 0 {
		t.missing = withProject(s.volumeURL(from.Pool, Key{Project: key.Project, Type: key.Type, Name: parent}, snapshot), key.Project)
	}
	if snapshot != "" && s.product.NamesSnapshotCopies {
		t.description = "Copying storage volume snapshot"
	}
	return t
}

// beginCopy creates the target of a copy, or finds one that is to be refreshed.
func (s *Server) beginCopy(copied *copyTarget, body volumeBody, member string) error {
	to := copied.to
	from := s.state.Pools[body.Source.Pool]
	if from == nil {
		return httpError(http.StatusNotFound, "Storage pool not found")
	}
	key := Key{Project: to.key.Project, Type: lxd.TypeCustom, Name: body.Source.Name, Member: from.KeyMember(member)}
	if body.Source.Project != "" {
		key.Project = body.Source.Project // also one that has no volumes of its own
		if s.product.ResolvesSourceProject {
			key.Project = s.effective(key.Project)
		}
	}
	parent, snapshotName, ofSnapshot := strings.Cut(body.Source.Name, "/")
	source := from.Volumes[Key{Project: key.Project, Type: key.Type, Name: parent, Member: key.Member}]
	config, text, content := map[string]string(nil), state.Text{}, ""
	if source != nil {
		config, text, content = source.Config, source.Text, source.Content
	}
	if ofSnapshot && source != nil {
		i := source.SnapshotIndex(snapshotName)
		if i < 0 {
			source = nil
		} else {
			config, content = source.Snapshots[i].Config, source.Snapshots[i].Content
			text.Description = source.Snapshots[i].Description
		}
	}
	exists := to.pool.Volumes[to.key]
	if source == nil {
		doing := "copy"
		if exists != nil {
			doing = "refresh"
		}
		if s.product.CopyErrorNamesVolume {
			return httpError(http.StatusNotFound, "Failed generating %s config of volume %q in pool %q and project %q: %s", doing, key.Name, body.Source.Pool, key.Project, notFoundText(body.Source.Pool, key))
		}
		return httpError(http.StatusNotFound, "Failed generating volume %s config: %s", doing, notFoundText(body.Source.Pool, key))
	}
	bytes := source.Bytes
	if ofSnapshot {
		bytes = deviceBytes(source.ContentType, config)
	}
	if body.Config != nil {
		config = body.Config
	}
	text = body.Text.Or(text)
	copied.content = content
	if exists != nil && body.Source.Refresh {
		copied.volume, copied.refresh = exists, func() { refreshCopy(exists, source, body.Source.VolumeOnly) }
		return nil
	}
	return s.createCopyTarget(copied, source, bytes, config, text, body.Source.Pool != to.poolName, ofSnapshot || body.Source.VolumeOnly)
}

// copyTarget is a volume that gets its content from another one.
type copyTarget struct {
	to      address
	volume  *Volume // nil before it is created
	used    int64   // bytes that it will hold
	content string  // that it will have
	refresh func()  // refreshes one that was there before, nil for one that is created
}

// createCopyTarget is createTarget with the errors of a copy.
func (s *Server) createCopyTarget(copied *copyTarget, source *Volume, bytes int64, config map[string]string, text state.Text, leaves, volumeOnly bool) error {
	err := s.createTarget(copied, source, bytes, config, text, leaves, volumeOnly)
	if err != nil && leaves {
		return serverError("Create custom volume from copy failed: [%v]", err) // with what else then fails
	}
	return err
}

// createTarget makes a copy of a volume whose device has so many bytes, with all but a part of its content; one that leaves its
// pool loses the keys that the new driver does not know.
func (s *Server) createTarget(copied *copyTarget, source *Volume, bytes int64, config map[string]string, text state.Text, leaves, volumeOnly bool) error {
	to := copied.to
	keptConfig := func(config map[string]string) map[string]string {
		config = maps.Clone(nonNil(config))
		if leaves {
			maps.DeleteFunc(config, func(option, _ string) bool {
				key, ok := schema.VolumeKey(to.pool.Driver, source.ContentType, option)
				return !ok || !s.knowsKey(key)
			})
		}
		return config
	}
	if s.state.Projects[to.key.Project] == nil {
		return serverError("Error inserting volume %q for project %q in pool %q of type %q into database \"NOT NULL constraint failed: storage_volumes.project_id\"",
			to.key.Name, to.key.Project, to.poolName, to.key.Type)
	}
	if source.ContentType == isoContent {
		if err := s.copyISO(to, source, text); err != nil {
			return err
		}
		copied.volume, copied.used = to.pool.Volumes[to.key], source.Used
		return nil
	}
	config = keptConfig(config)
	if source.ContentType == schema.Block {
		filled := s.fillVolume(to.pool, source.ContentType, config)
		switch {
		case leaves:
			config["size"] = strconv.FormatInt(bytes, 10)
		case to.pool.Driver == "dir": // what is written down is not what the device has
		case filled["size"] != "" && deviceBytes(source.ContentType, filled) < bytes:
			return serverError("Block volumes cannot be shrunk: Cannot be shrunk")
		}
	}
	if err := s.addVolume(to, to.key.Name, source.ContentType, text, config); err != nil {
		return err
	}
	made := to.pool.Volumes[to.key]
	made.Used, made.Bytes = source.Used/2, max(bytes, made.Bytes)
	if to.pool.Driver == "dir" && source.ContentType == schema.Block && !leaves {
		made.Bytes = bytes
	}
	copied.volume, copied.used = made, source.Used
	if volumeOnly {
		return nil
	}
	for _, snapshot := range source.Snapshots {
		copied := *snapshot
		copied.CreatedAt = now()
		copied.Config = s.withUUID(s.fillVolume(to.pool, source.ContentType, keptConfig(snapshot.Config)))
		made.Snapshots = append(made.Snapshots, &copied)
	}
	return nil
}

// fillTarget gives the target of a copy the rest of its content.
func (s *Server) fillTarget(a *copyTarget) error {
	if s.checkStillThere(a.to, a.volume) != nil {
		return serverError("Create custom volume from copy failed: [Rsync receive failed: %s/: [exit status 23] ()]", s.volumePath(a.to))
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

// discardTarget removes what has been created of the target of a copy.
func (s *Server) discardTarget(a *copyTarget) {
	if a.volume != nil && a.refresh == nil && s.checkStillThere(a.to, a.volume) == nil {
		delete(a.to.pool.Volumes, a.to.key)
		s.markChanged(a.to.entry())
	}
}

// refreshCopy brings a copy up to date with its source.
func refreshCopy(v, source *Volume, volumeOnly bool) {
	v.Used = source.Used
	if volumeOnly {
		return
	}
	v.Snapshots = slices.DeleteFunc(v.Snapshots, func(s *Snapshot) bool { return source.SnapshotIndex(s.Name) < 0 })
	for _, snapshot := range source.Snapshots {
		if v.SnapshotIndex(snapshot.Name) < 0 {
			copied := *snapshot
			v.Snapshots = append(v.Snapshots, &copied)
		}
	}
}
