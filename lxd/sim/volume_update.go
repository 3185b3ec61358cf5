package sim

import (
	"maps"
	"net/http"
	"strings"

	"tarn/lxd/schema"
	"tarn/lxd/sim/product"
	"tarn/lxd/sim/state"
)

func (s *Server) putVolume(c call) (reply, error) { return s.changeVolume(c, false) }

func (s *Server) patchVolume(c call) (reply, error) { return s.changeVolume(c, true) }

func (s *Server) changeVolume(c call, patch bool) (reply, error) {
	if patch {
		if err := checkCustom(c.path[3]); err != nil {
			return reply{}, err
		}
		if strings.Contains(c.path[4], "/") {
			return reply{}, httpError(http.StatusBadRequest, "Invalid volume name")
		}
	}
	a, v, err := s.volume(c)
	if err != nil {
		return reply{}, err
	}
	if err := c.checkETag(a.key.Name, a.key.Type, v.Config); err != nil {
		return reply{}, err
	}
	var body volumeBody
	if err := c.decode("StorageVolumePut", &body); err != nil {
		return reply{}, err
	}
	t := task{location: a.location(), description: "Updating storage volume", resources: s.migrates(a), entity: s.entityURL(c, a.poolName, a.key, "")}
	return s.makeChange(c, product.VolumeOperations, t, func() (reply, error) {
		if err := s.checkStillThere(a, v); err != nil {
			return reply{}, err
		}
		if body.Restore != "" && !patch {
			if err := s.restore(a, v, body.Restore); err != nil {
				return reply{}, err
			}
			if body.Config == nil {
				return okReply()
			}
		}
		if !patch {
			if err := s.checkVolumeLimit(a.poolName, a.key, body.Config, "update"); err != nil {
				return reply{}, err
			}
		}
		return s.updateVolume(a, v, body, patch)
	})
}

// updateVolume gives a volume another config and description.
func (s *Server) updateVolume(a address, v *Volume, body volumeBody, patch bool) (reply, error) {
	config := nonNil(maps.Clone(body.Config))
	if patch {
		config = maps.Clone(v.Config)
		maps.Copy(config, body.Config)
	}
	if v.ContentType == isoContent && !maps.Equal(config, v.Config) {
		return reply{}, serverError("Custom ISO volume config cannot be changed")
	}
	if err := s.checkVolumeConfig(a.pool.Driver, v.ContentType, nameOnDisk(a.key), config); err != nil {
		return reply{}, err
	}
	config = withoutEmpty(config)
	if s.has(product.VolumeUUIDs) && config[volatileUUID] != v.Config[volatileUUID] {
		return reply{}, serverError("Custom volume %q property cannot be changed", volatileUUID)
	}
	if s.product.DependentIsFixed && config["dependent"] != v.Config["dependent"] {
		return reply{}, serverError("dependent cannot be changed")
	}
	if !maps.Equal(config, v.Config) && isTrueOr(config["security.shifted"], false) && isTrueOr(config["security.unmapped"], false) {
		return reply{}, serverError("security.unmapped and security.shifted are mutually exclusive")
	}
	if err := s.resize(a, v, config); err != nil {
		return reply{}, err
	}
	a.noteQuota(v.ContentType, config)
	v.Config, v.Text = config, body.Text
	s.markChanged(a.entry(), state.PoolEntry(a.poolName))
	return okReply()
}

// resize gives a volume the size of its new config, or says why it cannot have it.
func (s *Server) resize(a address, v *Volume, config map[string]string) error {
	if old := v.Config["block.filesystem"]; config["block.filesystem"] != "" && old != "" && config["block.filesystem"] != old {
		return serverError(`Custom volume "block.filesystem" property cannot be changed`)
	}
	if config["size"] == v.Config["size"] {
		return nil
	}
	d, _ := schema.Lookup(a.pool.Driver)
	if v.ContentType == schema.Block {
		if config["size"] == "" {
			return nil // the device keeps its size
		}
		bytes := deviceBytes(v.ContentType, config)
		switch {
		case bytes < v.Bytes:
			return serverError("Block volumes cannot be shrunk: Cannot be shrunk")
		case bytes > v.Bytes && s.usedByRunning(a):
			return serverError("In use")
		}
		v.Bytes = bytes
		return nil
	}
	before, _ := schema.ParseSize(v.Config["size"])
	after, _ := schema.ParseSize(config["size"])
	if after == 0 || before == 0 || after >= before {
		return nil
	}
	switch d.Shrink(v.ContentType, v.Config["block.filesystem"]) {
	case schema.ShrinkNever:
		return serverError("Filesystem %q cannot be shrunk: Cannot be shrunk", v.Config["block.filesystem"])
	case schema.ShrinkUnused:
		if s.usedByRunning(a) {
			return serverError("In use")
		}
	}
	if v.Used > after {
		return serverError("btrfs qgroup limit %d: Disk quota exceeded", after)
	}
	return nil
}

// restore makes a volume's data what they were, and takes its newer snapshots away on zfs.
func (s *Server) restore(a address, v *Volume, name string) error {
	i := v.SnapshotIndex(name)
	switch {
	case i < 0 && s.product.RestoreNamesSnapshot:
		return httpError(http.StatusNotFound, "%s", notFoundText(a.poolName, Key{Project: a.key.Project, Type: a.key.Type, Name: a.key.Name + "/" + name}))
	case i < 0 && a.pool.Driver == "btrfs" && !s.product.LooksBeforeRestore:
		return serverError("Failed to run: btrfs subvolume snapshot %s %s: exit status 1 (ERROR: Could not statfs: No such file or directory)", s.snapshotPath(a, name), s.volumePath(a))
	case i < 0 && a.pool.Driver == "btrfs":
		return httpError(http.StatusNotFound, "lstat %s/: no such file or directory", s.snapshotPath(a, name))
	case i < 0:
		return serverError("Snapshot not found")
	case s.usedByRunning(a):
		return serverError("Cannot restore custom volume used by running instances")
	}
	if a.pool.Driver == "zfs" && i < len(v.Snapshots)-1 {
		if !isTrueOr(v.Config["zfs.remove_snapshots"], false) {
			return serverError("Snapshot %q cannot be restored due to subsequent snapshot(s). Set zfs.remove_snapshots to override", name)
		}
		v.Snapshots = v.Snapshots[:i+1]
	}
	v.Content = v.Snapshots[i].Content
	s.markChanged(a.entry())
	return nil
}
