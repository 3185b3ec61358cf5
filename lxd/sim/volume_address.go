package sim

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"

	"tarn/lxd"
	"tarn/lxd/sim/state"
)

var volumeTypes = []string{"container", "virtual-machine", "custom", "image"}

// checkType refuses a type of volumes that there is not.
func checkType(kind string) error {
	if !slices.Contains(volumeTypes, kind) {
		return httpError(http.StatusBadRequest, "Invalid storage volume type name")
	}
	return nil
}

// checkCustom refuses volumes of another type.
func checkCustom(kind string) error {
	if err := checkType(kind); err != nil {
		return err
	}
	if kind != lxd.TypeCustom {
		return httpError(http.StatusBadRequest, "Invalid storage volume type %q", kind)
	}
	return nil
}

// address is a volume as a call names it.
type address struct {
	poolName string
	pool     *Pool
	key      Key
	member   string // of a cluster that carries the call out
}

// location is where an operation on the volume runs.
func (a address) location() string { return cmp.Or(a.member, "none") }

// entry is the volume as an entry of the state.
func (a address) entry() state.Entry { return state.VolumeEntry(a.poolName, a.key) }

// volumeAddress takes apart how a call names a volume of the member that answers.
func (s *Server) volumeAddress(c call) (a address, err error) {
	if err := checkType(c.path[3]); err != nil {
		return a, err
	}
	project, err := s.project(c)
	if err != nil {
		return a, err
	}
	a.poolName, a.pool, err = s.pool(c)
	if err != nil {
		return a, err
	}
	a.member = s.state.Self()
	a.key = Key{Project: project, Type: c.path[3], Name: c.path[4], Member: a.pool.KeyMember(a.member)}
	return a, nil
}

// volume finds the volume that a call names.
func (s *Server) volume(c call) (a address, v *Volume, err error) {
	return s.findVolume(c, func(*Volume) bool { return true })
}

// findVolume finds the volume that a call names among those that have something. In a cluster that is the one of the call's
// target or, without a target, of the only member that has one.
func (s *Server) findVolume(c call, has func(*Volume) bool) (a address, v *Volume, err error) {
	target, targeted, unreached := s.target(c)
	if a, err = s.volumeAddress(c); err != nil {
		// Who changes a volume is told first that there is no such pool, all others that there is no such member.
		if changes := len(c.path) == 5 && (c.Method == http.MethodPut || c.Method == http.MethodPatch); unreached != nil && !changes {
			if checkType(c.path[3]) == nil {
				if _, projectErr := s.project(c); projectErr == nil {
					return a, nil, unreached
				}
			}
		}
		return a, nil, err
	}
	if unreached != nil {
		return a, nil, unreached
	}
	if targeted {
		if a.pool.Members != nil && a.pool.Members[target] == nil && len(c.path) == 7 {
			return a, nil, httpError(http.StatusNotFound, "Storage pool not found")
		}
		a.member, a.key.Member = target, a.pool.KeyMember(target)
		if v = a.pool.Volumes[a.key]; v == nil || !has(v) {
			return a, nil, httpError(http.StatusNotFound, "Storage volume not found")
		}
		return a, v, nil
	}
	var found []Key
	for _, member := range append(s.state.MemberNames(), "") {
		key := a.key
		key.Member = member
		if v := a.pool.Volumes[key]; v != nil && has(v) {
			found = append(found, key)
		}
	}
	switch len(found) {
	case 0:
		return a, nil, httpError(http.StatusNotFound, "Storage pool volume not found")
	case 1:
	default:
		return a, nil, serverError("More than one cluster member has a volume named %q. Please target a specific member", a.key.Name)
	}
	a.key = found[0]
	if a.key.Member != "" {
		a.member = a.key.Member
		if err := s.checkOnline(a.member); err != nil {
			return a, nil, err
		}
	}
	return a, a.pool.Volumes[a.key], nil
}

// volumeForOperation finds the volume of a call whose operation says what is missing, when the call names the member that has it;
// without a member the volume has to be found first.
func (s *Server) volumeForOperation(c call, found func(*Volume) bool) (a address, err error) {
	if err := checkCustom(c.path[3]); err != nil {
		return a, err
	}
	project, err := s.project(c)
	if err != nil {
		return a, err
	}
	target, targeted, err := s.target(c)
	if err != nil {
		return a, err
	}
	if !targeted && !s.findsVolume() {
		target = s.state.Self()
	} else if !targeted {
		a, _, err = s.findVolume(c, found)
		return a, err
	}
	a = address{poolName: c.path[1], pool: s.state.Pools[c.path[1]], member: target, key: Key{Project: project, Type: c.path[3], Name: c.path[4]}}
	if a.pool != nil {
		a.key.Member = a.pool.KeyMember(target)
	}
	return a, nil
}

// checkStillThere refuses what is done later with a volume that is there no more.
func (s *Server) checkStillThere(a address, v *Volume) error {
	if s.state.Pools[a.poolName] != a.pool || a.pool.Volumes[a.key] != v {
		return httpError(http.StatusNotFound, "Storage volume not found")
	}
	return nil
}

func notFoundText(pool string, key Key) string {
	return fmt.Sprintf("Storage volume %q in project %q of type %q does not exist on pool %q: Storage volume not found", key.Name, key.Project, key.Type, pool)
}
