package sim

import (
	"net/http"
	"strings"

	"tarn/lxd/sim/product"
)

func (s *Server) deleteVolume(c call) (reply, error) {
	notHere := code(http.StatusBadRequest, "Storage volumes of type %q cannot be deleted with the storage API", c.path[3])
	if err := checkType(c.path[3]); err != nil {
		return reply{}, err
	}
	if strings.Contains(c.path[4], "/") {
		return reply{}, code(http.StatusBadRequest, "Invalid storage volume %q", c.path[4])
	}
	ofInstance := c.path[3] == "container" || c.path[3] == "virtual-machine"
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
	t := task{location: a.location(), description: "Deleting storage volume", resources: s.migrates(a), entity: s.volumeURL(a.poolName, a.key, "")}
	return s.changeSlowly(c, product.VolumeOperations, t, work{phases: []phase{
		{PhaseEmptied, func() error {
			if err := s.holds(a, v); err != nil {
				return err
			}
			if len(s.usersOf(a)) > 0 {
				return code(http.StatusBadRequest, "The storage volume is still in use")
			}
			s.empty(a, v)
			return nil
		}},
		{PhaseRemoved, func() error {
			if err := s.holds(a, v); err != nil {
				return err
			}
			delete(a.pool.Volumes, a.key)
			s.markChanged(a.entry())
			return nil
		}},
	}}, done)
}

// empty takes from a volume what goes before itself when it is deleted.
func (s *Server) empty(a address, v *Volume) {
	v.Used, v.Content, v.Snapshots = 0, "", nil
	s.markChanged(a.entry())
}
