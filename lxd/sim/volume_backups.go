package sim

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"tarn/lxd/sim/state"
)

// Backups are made, listed, renamed and deleted. They hold nothing: none can be exported or imported.

type shownBackup struct {
	Name      string    `json:"name"`
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at"` // year 1 for never
	// Of what it was made, and how.
	VolumeOnly bool `json:"volume_only"`
	Optimized  bool `json:"optimized_storage"`
}

func showBackup(b *state.Backup) shownBackup {
	shown := shownBackup{Name: b.Name, CreatedAt: b.CreatedAt, VolumeOnly: b.VolumeOnly, Optimized: b.Optimized}
	if b.ExpiresAt != nil {
		shown.ExpiresAt = *b.ExpiresAt
	}
	return shown
}

// listBackups answers with a target also for a volume that there is not.
func (s *Server) listBackups(c call) (reply, error) {
	if project := c.query.Get("project"); project != "" {
		if _, err := s.volumeProject(project); err != nil {
			return reply{}, err
		}
	}
	if err := checkCustom(c.path[3]); err != nil {
		return reply{}, err
	}
	var backups []*state.Backup
	a, v, err := s.volume(c)
	if err == nil {
		backups = v.Backups
	} else if c.query.Get("target") == "" && s.findsVolume() {
		return reply{}, err
	}
	if _, _, err := s.pool(c); err != nil {
		return reply{}, err
	}
	urls, shown := []string{}, []shownBackup{}
	for _, b := range backups {
		urls = append(urls, s.backupURL(a, b.Name))
		shown = append(shown, showBackup(b))
	}
	if c.recursive() {
		return syncReply(shown), nil
	}
	return syncReply(urls), nil
}

// backupURL is the address of a backup.
func (s *Server) backupURL(a address, name string) string {
	a.key.Member = ""
	volume, query, _ := strings.Cut(s.volumeURL(a.poolName, a.key, ""), "?")
	if query != "" {
		query = "?" + query
	}
	return volume + "/backups/" + s.escape(name) + query
}

// backupTask is what an operation on a backup says of itself.
func (s *Server) backupTask(a address, doing, name, resource string) task {
	volume := a
	volume.key.Member = ""
	return task{
		location: a.location(), description: doing + " custom volume backup", entity: s.backupURL(a, name),
		resources: map[string][]string{"backups": {s.backupURL(a, resource)}, "storage_volumes": {s.volumeURL(a.poolName, volume.key, "")}},
	}
}

// backup finds the backup that a call names.
func (s *Server) backup(c call) (a address, v *Volume, i int, err error) {
	if err := checkCustom(c.path[3]); err != nil {
		return a, nil, 0, err
	}
	if a, v, err = s.volume(c); err != nil {
		return a, nil, 0, err
	}
	if i = backupIndex(v, c.path[6]); i < 0 {
		return a, nil, 0, httpError(http.StatusNotFound, "Storage volume backup not found")
	}
	return a, v, i, nil
}

func backupIndex(v *Volume, name string) int {
	return slices.IndexFunc(v.Backups, func(b *state.Backup) bool { return b.Name == name })
}

func (s *Server) getBackup(c call) (reply, error) {
	_, v, i, err := s.backup(c)
	if err != nil {
		return reply{}, err
	}
	return syncReply(showBackup(v.Backups[i])), nil
}

// compressions are the programs that a backup can be packed with.
var compressions = []string{"", "bzip2", "gzip", "lz4", "lzma", "none", "pigz", "pxz", "squashfs", "xz", "zstd"}

func (s *Server) createBackup(c call) (reply, error) {
	if err := checkCustom(c.path[3]); err != nil {
		return reply{}, err
	}
	a, v, err := s.volume(c)
	if err != nil {
		return reply{}, err
	}
	var body struct {
		Name        string     `json:"name"`
		ExpiresAt   *time.Time `json:"expires_at"`
		VolumeOnly  bool       `json:"volume_only"`
		Optimized   bool       `json:"optimized_storage"`
		Compression string     `json:"compression_algorithm"`
	}
	if err := c.decode("StoragePoolVolumeBackupsPost", &body); err != nil {
		return reply{}, err
	}
	for n := 0; body.Name == ""; n++ {
		if name := "backup" + strconv.Itoa(n); backupIndex(v, name) < 0 {
			body.Name = name
		}
	}
	program, _, _ := strings.Cut(body.Compression, " ")
	switch {
	case strings.Contains(body.Name, "/"):
		return reply{}, httpError(http.StatusBadRequest, "Backup name must not contain forward slashes")
	case !slices.Contains(compressions, program):
		return reply{}, httpError(http.StatusBadRequest, "Invalid compression algorithm %q", body.Compression)
	}
	return s.startOperation(c, s.backupTask(a, "Creating", body.Name, body.Name), onePhase(func() error {
		switch {
		case s.checkStillThere(a, v) != nil:
			return s.checkStillThere(a, v)
		case backupIndex(v, body.Name) >= 0:
			return httpError(http.StatusConflict, "Create volume backup: Failed creating storage volume backup record: Backup for storage volume %q already exists", a.key.Name+"/"+body.Name)
		case v.ContentType == isoContent && s.product.ISOBackupFails:
			return serverError("Create volume backup: Backup create: Volume of content type %q cannot be backed up", v.ContentType)
		}
		if body.ExpiresAt != nil && body.ExpiresAt.IsZero() {
			body.ExpiresAt = nil
		}
		optimized := body.Optimized && a.pool.Driver != "dir"
		v.Backups = append(v.Backups, &state.Backup{Name: body.Name, ExpiresAt: body.ExpiresAt, VolumeOnly: body.VolumeOnly, Optimized: optimized, CreatedAt: now()})
		s.markChanged(a.entry())
		return nil
	}))
}

func (s *Server) renameBackup(c call) (reply, error) {
	a, v, i, err := s.backup(c)
	if err != nil {
		return reply{}, err
	}
	var body struct {
		Name string `json:"name"`
	}
	if err := c.decode("StoragePoolVolumeBackupPost", &body); err != nil {
		return reply{}, err
	}
	if s.product.RenamesNoBackup {
		return reply{}, serverError("Failed creating \"Renaming custom volume backup\" operation record: Failed fetching entity reference: Failed getting entityID from URL: no such function: concat")
	}
	if strings.Contains(body.Name, "/") {
		return reply{}, httpError(http.StatusBadRequest, "Backup name must not contain forward slashes")
	}
	b := v.Backups[i]
	return s.startOperation(c, s.backupTask(a, "Renaming", b.Name, a.key.Name+"/"+b.Name), onePhase(func() error {
		if err := s.checkStillThere(a, v); err != nil {
			return err
		}
		if backupIndex(v, body.Name) >= 0 {
			return serverError("UNIQUE constraint failed: storage_volumes_backups.storage_volume_id, storage_volumes_backups.name")
		}
		b.Name = body.Name
		s.markChanged(a.entry())
		return nil
	}))
}

func (s *Server) deleteBackup(c call) (reply, error) {
	a, v, i, err := s.backup(c)
	if err != nil {
		return reply{}, err
	}
	b := v.Backups[i]
	return s.startOperation(c, s.backupTask(a, "Deleting", b.Name, b.Name), onePhase(func() error {
		if err := s.checkStillThere(a, v); err != nil {
			return err
		}
		v.Backups = slices.DeleteFunc(v.Backups, func(other *state.Backup) bool { return other == b })
		s.markChanged(a.entry())
		return nil
	}))
}

// exportBackup has nothing to export.
func (s *Server) exportBackup(c call) (reply, error) {
	if _, _, _, err := s.backup(c); err != nil {
		return reply{}, err
	}
	return reply{}, httpError(http.StatusNotImplemented, "The simulator keeps no data: a backup cannot be exported")
}
