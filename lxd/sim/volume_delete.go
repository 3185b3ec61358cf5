package sim

import (
	"net/http"
	"strings"

	"tarn/lxd/sim/product"
)

func (s *Server) deleteVolume(c call) (reply, error) {
	notHere := httpError(http.StatusBadRequest, "Storage volumes of type %q cannot be deleted with the storage API", c.path[3])
	if err := checkType(c.path[3]); err != nil {
		return reply{}, err
	}
	if strings.Contains(c.path[4], "/") {
		return reply{}, httpError(http.StatusBadRequest, "Invalid storage volume %q", c.path[4])
	}
	ofInstance := c.path[3] == "container" || c.path[3] == "virtual-machine"
	if ofInstance && s.product.LooksUpInClusters && !s.state.Clustered() {
		return reply{}, notHere
	}
	if _, targeted, err := s.target(c); ofInstance && targeted && err == nil {
		return reply{}, notHere
	}
	a, v, err := s.volume(c)
	if err != nil {
		return reply{}, err
	}
	if ofInstance {
		return reply{}, notHere
	}
	if s.product.RefusesDeletionsAtOnce && s.isUsed(a) {
		return reply{}, httpError(http.StatusBadRequest, "The storage volume is still in use")
	}
	t := task{location: a.location(), description: "Deleting storage volume", resources: s.migrates(a), entity: s.entityURL(c, a.poolName, a.key, "")}
	return s.makeChangeInPhases(c, product.VolumeOperations, t, job{phases: []phase{
		{PhaseEmptied, func() error {
			if err := s.checkStillThere(a, v); err != nil {
				return err
			}
			if s.isUsed(a) {
				return httpError(http.StatusBadRequest, "The storage volume is still in use")
			}
			if path := s.volumePath(a) + ".iso"; s.lostISO[v] && a.pool.Driver == "btrfs" {
				return serverError("Failed deleting subvolume %q: Failed to run: btrfs subvolume delete %s: exit status 1 (ERROR: Not a Btrfs subvolume: Invalid argument)", path, path)
			}
			s.emptyVolume(a, v)
			return nil
		}},
		{PhaseRemoved, func() error {
			if err := s.checkStillThere(a, v); err != nil {
				return err
			}
			delete(a.pool.Volumes, a.key)
			s.markChanged(a.entry())
			return nil
		}},
	}}, okReply)
}

// isUsed tells whether something uses a volume, the server itself included.
func (s *Server) isUsed(a address) bool {
	return len(s.usersOf(a)) > 0 || s.isOwn(a.poolName, a.key, a.member)
}

// emptyVolume takes from a volume what goes before itself when it is deleted.
func (s *Server) emptyVolume(a address, v *Volume) {
	v.Used, v.Content, v.Snapshots = 0, "", nil
	s.markChanged(a.entry())
}
