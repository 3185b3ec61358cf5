package sim

import (
	"cmp"
	"maps"
	"net/http"
	"strings"

	"tarn/lxd"
	"tarn/lxd/schema"
	"tarn/lxd/sim/product"
	"tarn/lxd/sim/state"
)

type volumeBody struct {
	Name        string `json:"name"`
	Type        string `json:"type"`
	ContentType string `json:"content_type"`
	state.Text
	Config  map[string]string `json:"config"`
	Restore string            `json:"restore"`
	Source  copySource        `json:"source"`
}

// createVolume makes a volume below the address of all volumes or of those of a type, which differ in what they check and
// when.
func (s *Server) createVolume(c call) (reply, error) {
	if s.imports(c) {
		return s.importVolume(c)
	}
	typed := len(c.path) > 3 || s.product.ChecksTypeEverywhere
	project, projectErr := s.project(c)
	if typed && projectErr != nil {
		return reply{}, projectErr
	}
	member, err := s.member(c)
	if err != nil {
		return reply{}, err
	}
	var body volumeBody
	if err := c.decode("StorageVolumesPost", &body); err != nil {
		return reply{}, err
	}
	if err := nameError(s.product.Names.Volume, body.Name); err != nil {
		return reply{}, err
	}
	kind := body.Type
	if len(c.path) > 3 {
		kind = c.path[3]
	}
	if body.ContentType == "" {
		body.ContentType = schema.Filesystem
	}
	switch {
	case body.Name == "":
		return reply{}, httpError(http.StatusBadRequest, "No name provided")
	case strings.Contains(body.Name, "/"):
		return reply{}, httpError(http.StatusBadRequest, "Storage volume names may not contain slashes")
	case kind == "" && !typed:
		return reply{}, httpError(http.StatusBadRequest, "You must provide a storage volume type of the storage volume")
	case body.ContentType == isoContent && s.product.Imports && body.Source.Type == "":
		return reply{}, httpError(s.product.EmptyISO.Code, "%s", s.product.EmptyISO.As)
	case typed && !(body.ContentType == isoContent && s.product.Imports) && body.ContentType != schema.Filesystem && body.ContentType != schema.Block:
		return reply{}, httpError(http.StatusBadRequest, "Invalid volume content type name")
	case kind != lxd.TypeCustom:
		return reply{}, httpError(http.StatusBadRequest, "Currently not allowed to create storage volumes of type %q", kind)
	case projectErr != nil:
		return reply{}, projectErr
	}
	poolName, pool, err := s.pool(c)
	if err != nil {
		return reply{}, err
	}
	to := address{poolName, pool, Key{Project: project, Type: kind, Name: body.Name, Member: pool.KeyMember(member)}, member}
	if typed {
		if err := s.checkVolumeLimit(poolName, to.key, body.Config, "creation"); err != nil {
			return reply{}, err
		}
	}
	if pool.Volumes[to.key] != nil && !body.Source.Refresh {
		return reply{}, httpError(http.StatusConflict, "Volume by that name already exists")
	}
	switch {
	case body.Source.Type == "copy" && body.Source.Name == "" && s.product.CopyNeedsName:
		return reply{}, httpError(http.StatusBadRequest, "No source volume name supplied")
	case (body.Source.Type == "" || body.Source.Type == "copy") && body.Source.Name == "":
	case body.Source.Type == "" || body.Source.Type == "copy":
		if from := body.Source.Project; from != "" && s.product.ResolvesSourceProject {
			if _, err := s.volumeProject(from); err != nil {
				return reply{}, err
			}
		}
		return s.copyVolume(c, to, body)
	case body.Source.Type == "migration":
		return s.acceptVolume(c, to, body)
	default:
		return reply{}, httpError(http.StatusBadRequest, "Unknown source type %q", body.Source.Type)
	}
	name := to.key.Name
	if s.product.NamesVolumesOnDisk {
		name = nameOnDisk(to.key)
	}
	t := task{location: to.location(), description: "Creating storage volume", resources: s.migrates(to), entity: s.newURL(c, to)}
	return s.makeChange(c, product.VolumeOperations, t, func() (reply, error) {
		if err := s.addVolume(to, name, body.ContentType, body.Text, body.Config); err != nil {
			return reply{}, err
		}
		return okReply()
	})
}

// addVolume creates a volume after the rules of its pool. Errors call it name.
func (s *Server) addVolume(to address, name, contentType string, text state.Text, config map[string]string) error {
	if s.state.Pools[to.poolName] != to.pool {
		return httpError(http.StatusNotFound, "Storage pool not found")
	}
	if to.pool.Volumes[to.key] != nil {
		return httpError(http.StatusConflict, "Volume by that name already exists")
	}
	if to.pool.Status == lxd.StatusPending {
		return serverError("Specified pool is not fully created")
	}
	if side := to.pool.Members[to.member]; to.pool.Members != nil && (side == nil || side.Status != "") {
		path := s.volumePath(to)
		return httpError(http.StatusNotFound, "Failed to create mount directory %q: mkdir %s: no such file or directory", path, path)
	}
	if contentType != schema.Filesystem && contentType != schema.Block {
		return serverError("Invalid volume content type name")
	}
	filled := s.fillVolume(to.pool, contentType, config)
	d, _ := schema.Lookup(to.pool.Driver)
	if !d.Supports(contentType) {
		return serverError("Volume type does not support content type %q", contentType)
	}
	checked := maps.Clone(filled)
	for option := range config { // an unknown one is refused also when it is empty
		checked[option] = cmp.Or(filled[option], config[option])
	}
	if err := s.checkVolumeConfig(to.pool.Driver, contentType, name, checked); err != nil {
		return err
	}
	if s.product.ChecksShiftedAtOnce && isTrueOr(filled["security.shifted"], false) && isTrueOr(filled["security.unmapped"], false) {
		return serverError("security.unmapped and security.shifted are mutually exclusive")
	}
	if s.product.DependentIsFixed && isTrueOr(filled["dependent"], false) {
		return serverError("Config key 'dependent' cannot be set on creation")
	}
	if err := s.checkOnDisk(to, contentType, filled); err != nil {
		return err
	}
	filled = s.withUUID(filled)
	s.state.Serial++
	to.pool.Volumes[to.key] = &Volume{Serial: s.state.Serial, ContentType: contentType, Text: text, Config: filled, Bytes: deviceBytes(contentType, filled), CreatedAt: now()}
	to.noteQuota(contentType, filled)
	s.markChanged(to.entry(), state.PoolEntry(to.poolName))
	return nil
}

// checkOnDisk refuses what the file system under a pool does not take.
func (s *Server) checkOnDisk(to address, contentType string, config map[string]string) error {
	path := s.volumePath(to)
	if len(nameOnDisk(to.key)) > 255 {
		switch to.pool.Driver {
		case "dir":
			return serverError("Volume path %q already exists", path)
		case "btrfs":
			return serverError("Failed to run: btrfs subvolume create %s: exit status 1 (ERROR: cannot access %s: File name too long)", path, path)
		}
		return serverError("Failed to create directory %q: mkdir %s: file name too long", path, path)
	}
	// An empty subvolume holds 16 KiB.
	if size, err := schema.ParseSize(config["size"]); err == nil && size > 0 && size <= 16<<10 && to.pool.Driver == "btrfs" && contentType == schema.Filesystem {
		return serverError("Failed to run: btrfs qgroup limit -e none 0/%d %s: exit status 1 (ERROR: unable to limit requested quota group: Disk quota exceeded)", 256+s.state.Serial, path)
	}
	return nil
}

// noteQuota notes that a volume of files has a size. The first one makes btrfs account for what each volume holds.
func (a address) noteQuota(contentType string, config map[string]string) {
	if size, err := schema.ParseSize(config["size"]); err == nil && size > 0 && contentType == schema.Filesystem {
		*a.pool.QuotasOn(a.member) = true
	}
}
