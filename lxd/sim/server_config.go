package sim

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/lxd/sim/state"
)

// ownVolumes are the config keys of a server that name volumes, POOL/NAME of the default project, in which it keeps something of
// its own. It lets nobody rename, move or delete these. Others of its keys are not simulated.
var ownVolumes = []string{"storage.backups_volume", "storage.images_volume"}

// isOwn tells whether a member keeps something of its own in a volume. It looks at the name, also when that volume is another
// member's.
func (s *Server) isOwn(pool string, key Key, member string) bool {
	if key.Type != lxd.TypeCustom || key.Project != lxd.DefaultProject {
		return false
	}
	for _, name := range s.state.ConfigOf(member) {
		if name == pool+"/"+key.Name {
			return true
		}
	}
	return false
}

// usedByServer is what used_by has of a volume in which the server keeps something, nil when it is none or when the product
// does not say so.
func (s *Server) usedByServer(pool string, key Key, member string) []string {
	if s.product.ShowsOwnUse && s.isOwn(pool, key, member) {
		return []string{"/1.0"}
	}
	return nil
}

func (s *Server) putServer(c call) (reply, error) { return s.changeServer(c, false) }

func (s *Server) patchServer(c call) (reply, error) { return s.changeServer(c, true) }

func (s *Server) changeServer(c call, patch bool) (reply, error) {
	member, err := s.member(c)
	if err != nil {
		return reply{}, err
	}
	var body struct {
		Config map[string]string `json:"config"`
	}
	if err := c.decode("ServerPut", &body); err != nil {
		return reply{}, err
	}
	old := s.state.ConfigOf(member)
	config := map[string]string{}
	if patch {
		maps.Copy(config, old)
	}
	for _, name := range slices.Sorted(maps.Keys(body.Config)) {
		if !slices.Contains(ownVolumes, name) {
			return reply{}, httpError(http.StatusNotImplemented, "The simulator does not have the server's config key %q", name)
		}
		value := body.Config[name]
		if value != old[name] && value != "" {
			if err := s.checkOwnVolume(name, value, member); err != nil {
				return reply{}, err
			}
		}
		config[name] = value
	}
	s.state.SetConfigOf(member, withoutEmpty(config))
	s.markChanged(state.ServerEntry())
	return okReply()
}

// checkOwnVolume refuses a volume in which the server cannot keep something of its own.
func (s *Server) checkOwnVolume(name, value, member string) error {
	refuse := func(code int, format string, args ...any) error {
		return httpError(code, "Failed validation of "+`"`+name+`": `+format, args...)
	}
	poolName, volumeName, ok := strings.Cut(value, "/")
	if !ok || strings.Contains(volumeName, "/") {
		return refuse(http.StatusInternalServerError, "Invalid syntax for volume, must be <pool>/<volume>")
	}
	pool := s.state.Pools[poolName]
	if pool == nil {
		return refuse(http.StatusNotFound, "Unable to load storage pool %q: Storage pool not found", poolName)
	}
	key := Key{Project: lxd.DefaultProject, Type: lxd.TypeCustom, Name: volumeName, Member: pool.KeyMember(cmp.Or(member, s.state.Self()))}
	v := pool.Volumes[key]
	switch {
	case v == nil:
		return refuse(http.StatusNotFound, "Failed loading storage volume %q in %q project: Storage volume not found", value, lxd.DefaultProject)
	case len(v.Snapshots) > 0:
		return refuse(http.StatusInternalServerError, "Storage volumes for use by %s itself cannot have snapshots", s.product.Name)
	case s.isOwn(poolName, key, member):
		return refuse(http.StatusInternalServerError, "Storage volume %q isn't empty", value)
	}
	return nil
}
