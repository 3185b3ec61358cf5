package sim

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"unicode"

	"tarn/lxd"
	"tarn/lxd/sim/state"
)

// isoContent is the content type of volumes that are the image of a disc.
const isoContent = "iso"

// imports tells whether the body of a request is a file to make a volume of.
func (s *Server) imports(c call) bool {
	return s.product.Imports && c.Header.Get("Content-Type") == "application/octet-stream"
}

// importVolume makes a volume of the image of a disc. Nothing is kept of it but its size. Backups, which come in the same
// way, are not read: none is made here.
func (s *Server) importVolume(c call) (reply, error) {
	project, err := s.project(c)
	if err != nil {
		return reply{}, err
	}
	poolName, pool, err := s.pool(c)
	if err != nil {
		return reply{}, err
	}
	member, err := s.member(c)
	if err != nil {
		return reply{}, err
	}
	header := "X-" + s.product.Name + "-"
	name, kind := c.Header.Get(header+"name"), c.Header.Get(header+"type")
	switch {
	case kind == isoContent && name == "":
		return reply{}, httpError(http.StatusBadRequest, "Missing volume name")
	case kind == isoContent && s.product.ImportsNameFirst && strings.ContainsFunc(name, unicode.IsSpace):
		return reply{}, httpError(http.StatusBadRequest, "Invalid volume name: Name cannot contain white space")
	case kind != isoContent && !(kind == "tar" && s.product.ImportsTar):
		return reply{}, serverError("Unsupported compression")
	}
	bytes, err := io.Copy(io.Discard, c.Body)
	if err != nil {
		return reply{}, err
	}
	to := address{poolName, pool, Key{Project: project, Type: lxd.TypeCustom, Name: name, Member: pool.KeyMember(member)}, member}
	t := task{location: to.location(), description: "Creating storage volume", resources: s.migrates(to), entity: s.newURL(c, to)}
	return s.startOperation(c, t, onePhase(func() error {
		if kind != isoContent {
			return serverError("Failed creating custom volume from tar archive: Unsupported compression")
		}
		if err := s.addISO(to, bytes); err != nil {
			said := s.inItsWords(err)
			return httpError(said.code, "Failed creating custom volume from ISO: %s", said.text)
		}
		return nil
	}))
}

// addISO creates a volume that is the image of a disc.
func (s *Server) addISO(to address, bytes int64) error {
	if err := nameError(s.product.Names.Volume, to.key.Name); err != nil {
		return err
	}
	switch {
	case s.state.Pools[to.poolName] != to.pool:
		return httpError(http.StatusNotFound, "Storage pool not found")
	case to.pool.Volumes[to.key] != nil && s.product.ImportsNameFirst:
		return serverError("Cannot create volume, already exists on target storage")
	case to.pool.Volumes[to.key] != nil:
		return httpError(http.StatusConflict, "Cannot create volume %q, volume already exists on storage pool %q", to.key.Name, to.poolName)
	case bytes == 0:
		return serverError("Failed creating volume: Size cannot be zero")
	}
	s.state.Serial++
	to.pool.Volumes[to.key] = &Volume{
		Serial: s.state.Serial, ContentType: isoContent, Config: s.withUUID(map[string]string{"size": strconv.FormatInt(bytes, 10)}), Bytes: bytes, CreatedAt: now(),
	}
	s.markChanged(to.entry(), state.PoolEntry(to.poolName))
	return nil
}

// copyISO makes a copy of such a volume.
func (s *Server) copyISO(to address, source *Volume, text state.Text) error {
	if to.pool.Volumes[to.key] != nil {
		return httpError(http.StatusConflict, "Volume by that name already exists")
	}
	if err := s.addISO(to, source.Bytes); err != nil {
		return err
	}
	to.pool.Volumes[to.key].Text = text.Or(source.Text)
	return nil
}
