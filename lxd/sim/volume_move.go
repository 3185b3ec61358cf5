package sim

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/lxd/sim/product"
	"tarn/lxd/sim/state"
)

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
		return reply{}, httpError(http.StatusBadRequest, "Invalid volume name")
	}
	if err := c.decode("StorageVolumePost", &body); err != nil {
		return reply{}, err
	}
	if err := nameError(s.product.Names.Volume, body.Name); err != nil {
		return reply{}, err
	}
	switch {
	case body.Name == "":
		return reply{}, httpError(http.StatusBadRequest, "No name provided")
	case strings.Contains(body.Name, "/"):
		return reply{}, httpError(http.StatusBadRequest, "Storage volume names may not contain slashes")
	case c.path[3] != lxd.TypeCustom:
		return reply{}, httpError(http.StatusBadRequest, "Renaming storage volumes of type %q is not allowed", c.path[3])
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
			return reply{}, httpError(http.StatusBadRequest, "Project and target project are the same")
		case target != body.Project:
			return reply{}, httpError(http.StatusBadRequest, "Target project does not have features.storage.volumes enabled")
		}
	}
	a, err := s.volumeForOperation(c, func(*Volume) bool { return true })
	if err != nil {
		return reply{}, err
	}
	if a.pool == nil {
		return reply{}, httpError(http.StatusNotFound, "Storage pool not found")
	}
	v := a.pool.Volumes[a.key]
	notFoundErr := httpError(http.StatusNotFound, "Storage volume not found")
	if c.query.Get("target") != "" && s.state.Clustered() && s.product.MoveErrorNamesMember {
		notFoundErr = httpError(http.StatusNotFound, "Storage volume not found on this cluster member")
	}
	if body.Migration {
		if v == nil {
			return reply{}, notFoundErr
		}
		return s.offerVolume(c, a, v, body.Target, body.VolumeOnly)
	}
	to := address{a.poolName, a.pool, Key{Project: a.key.Project, Type: a.key.Type, Name: body.Name, Member: a.key.Member}, a.member}
	if body.Project != "" {
		if s.product.TargetProject == product.CheckedLast && s.state.Projects[body.Project] == nil {
			return reply{}, httpError(http.StatusNotFound, "Failed loading project %q: Project not found", body.Project)
		}
		if s.product.TargetProject == product.CheckedLast && s.effective(body.Project) != body.Project {
			return reply{}, httpError(http.StatusBadRequest, "Target project does not have features.storage.volumes enabled")
		}
		to.key.Project = body.Project // also one that has no volumes of its own: 5.0.2 loses the volume there
	}
	moves := body.Pool != "" && body.Pool != a.poolName || to.key.Project != a.key.Project
	noPool := httpError(http.StatusNotFound, "Storage pool not found")
	if body.Pool != "" {
		to.poolName, to.pool = body.Pool, s.state.Pools[body.Pool]
		if to.pool == nil {
			return reply{}, noPool
		}
		to.key.Member = to.pool.KeyMember(to.member)
	}
	if to.pool.Volumes[to.key] != nil {
		return reply{}, httpError(http.StatusConflict, "Volume by that name already exists")
	}
	if v == nil {
		return reply{}, notFoundErr
	}
	if s.isOwn(a.poolName, a.key, a.member) {
		return reply{}, serverError("Volume is used by %s itself and cannot be renamed", s.product.Name)
	}
	if moves && body.Pool == "" {
		return reply{}, noPool
	}
	if s.usedByRunning(a) {
		return reply{}, serverError("Volume is still in use by running instances")
	}
	if !moves {
		if path := s.volumePath(to); len(nameOnDisk(to.key)) > 255 {
			return reply{}, serverError("Failed to rename %q to %q: rename %s %s: file name too long", s.volumePath(a), path, s.volumePath(a), path)
		}
		return s.renameVolume(c, a, to, v)
	}
	return s.moveVolume(c, a, to, v)
}

func (s *Server) renameVolume(c call, a, to address, v *Volume) (reply, error) {
	t := task{location: a.location(), description: "Moving storage volume", resources: s.migrates(a), entity: s.entityURL(c, a.poolName, a.key, "")}
	rename := func() error {
		if err := s.checkStillThere(a, v); err != nil {
			return err
		}
		if to.pool.Volumes[to.key] != nil {
			return httpError(http.StatusConflict, "Volume by that name already exists")
		}
		if err := s.moveUses(a, to); err != nil {
			return err
		}
		delete(a.pool.Volumes, a.key)
		a.pool.Volumes[to.key] = v
		if v.ContentType == isoContent && s.product.ISOLostByRename {
			s.lostISO[v] = true
		}
		s.markChanged(a.entry(), to.entry())
		return nil
	}
	return s.makeChangeInPhases(c, product.VolumeOperations, t, onePhase(rename), func() (reply, error) {
		place := to.key
		place.Member = ""
		return createdReply(s.volumeURL(a.poolName, place, ""))
	})
}

// moveVolume copies a volume to another pool or project and deletes it where it was. What uses it is changed first, and
// changed back when that fails. A source that has gone meanwhile makes it fail as late as its deletion, and the copy stays.
func (s *Server) moveVolume(c call, a, to address, v *Volume) (reply, error) {
	t := task{location: a.location(), description: "Moving storage volume", entity: s.entityURL(c, a.poolName, a.key, "")}
	moved := &copyTarget{to: to, content: v.Content}
	followed, arrived := false, false
	checkSource := func() error {
		arrived = true
		if s.checkStillThere(a, v) != nil {
			return httpError(http.StatusNotFound, "%s", notFoundText(a.poolName, a.key))
		}
		return nil
	}
	undo := func() {
		if !arrived {
			s.discardTarget(moved)
		}
		if followed {
			_ = s.moveUses(to, a) // what cannot be changed back stays
		}
	}
	return s.startOperation(c, t, job{undo: undo, phases: []phase{
		{PhaseTarget, func() error {
			if err := s.checkStillThere(a, v); err != nil {
				return err
			}
			if s.lostISO[v] && a.poolName != to.poolName {
				return httpError(http.StatusNotFound, "lstat %s.iso/root.img: no such file or directory", s.volumePath(a))
			}
			if err := s.checkMoveLimit(a, to, v); err != nil {
				return err
			}
			if err := s.checkProfileDevices(a, to); err != nil {
				return err
			}
			if err := s.moveUses(a, to); err != nil {
				return err
			}
			followed = true
			return s.createCopyTarget(moved, v, v.Bytes, v.Config, v.Text, to.poolName != a.poolName, false)
		}},
		{PhaseContent, func() error { return s.fillTarget(moved) }},
		{PhaseEmptied, func() error {
			if err := checkSource(); err != nil {
				return err
			}
			s.emptyVolume(a, v)
			return nil
		}},
		{PhaseRemoved, func() error {
			if err := checkSource(); err != nil {
				return err
			}
			delete(a.pool.Volumes, a.key)
			s.markChanged(a.entry())
			return nil
		}},
	}})
}

// moveUses changes the devices that use a volume when it gets another place. The volume itself must not be there yet.
func (s *Server) moveUses(from, to address) error {
	for _, use := range s.diskUses(func(u diskUse) bool { return u.usesVolume(from) }) {
		use.device["pool"], use.device["source"] = to.poolName, to.key.Name
		s.markChanged(use.owner)
	}
	if s.has(product.VolumeOperations) {
		return nil // what is wrong with it was mended before LXD got this extension
	}
	return s.checkProfileUses(to)
}

// checkProfileDevices refuses a move to another pool of what a profile uses, on servers that judge the profile's device while
// the volume is not in its new pool yet.
func (s *Server) checkProfileDevices(from, to address) error {
	if !s.product.RefusesMoveOfProfile || from.poolName == to.poolName {
		return nil
	}
	for _, use := range s.diskUses(func(u diskUse) bool { return u.usesVolume(from) && u.owner.Kind == state.ProfileKind }) {
		for name, device := range s.state.Profiles[use.owner.Key].Devices {
			if (diskUse{device: device, project: use.project}).usesVolume(from) {
				return httpError(http.StatusNotFound, "Device validation failed for %q: Failed loading %q from project %q: Storage volume not found", name, "custom/"+to.key.Name, use.project)
			}
		}
	}
	return nil
}

// checkProfileUses says why a volume cannot get another place when it is a profile that gives it to instances: these are
// judged by the changed profile while the volume is not there yet. What was changed stays.
func (s *Server) checkProfileUses(to address) error {
	var failed string
	for _, key := range s.sortedInstances() {
		for _, profile := range s.profilesOf(key) {
			devices := s.state.Profiles[profile].Devices
			for _, name := range slices.Sorted(maps.Keys(devices)) {
				if _, own := s.state.Instances[key].Devices[name]; own || !(diskUse{device: devices[name], project: s.effective(key.Project)}).usesVolume(to) {
					continue
				}
				failed += fmt.Sprintf(" - Project: %s, Instance: %s: Failed add validation for device %q: Failed loading custom volume: Storage volume not found\n",
					key.Project, key.Name, name)
			}
		}
	}
	if failed == "" {
		return nil
	}
	return serverError("The following instances failed to update (profile change still saved):\n%s", failed)
}
