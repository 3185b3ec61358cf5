package sim

import (
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"
)

func (s *Server) createSnapshot(c call) (reply, error) {
	a, err := s.volumeForOperation(c, func(*Volume) bool { return true })
	if err != nil {
		return reply{}, err
	}
	var body struct {
		Name        string     `json:"name"`
		Description string     `json:"description"`
		ExpiresAt   *time.Time `json:"expires_at"`
	}
	if err := c.decode("StorageVolumeSnapshotsPost", &body); err != nil {
		return reply{}, err
	}
	if err := s.checkSnapshots(a.key.Project); err != nil {
		return reply{}, err
	}
	if a.pool == nil {
		return reply{}, httpError(http.StatusNotFound, "Storage pool not found")
	}
	v := a.pool.Volumes[a.key]
	if body.Name == "" && v != nil {
		if body.Name, err = s.nextSnapshot(v); err != nil {
			return reply{}, err
		}
	}
	switch {
	case v == nil && s.product.SnapshotVolumeFirst:
		return reply{}, httpError(http.StatusNotFound, "Storage volume not found")
	case body.Name != "" && nameError(s.product.Names.Snapshot, body.Name) != nil:
		return reply{}, nameError(s.product.Names.Snapshot, body.Name)
	case strings.Contains(body.Name, "/"):
		return reply{}, httpError(http.StatusBadRequest, "Storage name cannot contain \"/\"")
	case strings.ContainsFunc(body.Name, unicode.IsSpace):
		return reply{}, httpError(http.StatusBadRequest, "Storage name cannot contain white space")
	case v == nil:
		return reply{}, httpError(http.StatusNotFound, "Storage volume not found")
	case s.isOwn(a.poolName, a.key, a.member):
		return reply{}, httpError(http.StatusBadRequest, "Volumes used by %s itself cannot have snapshots", s.product.Name)
	case v.SnapshotIndex(body.Name) >= 0:
		return reply{}, httpError(http.StatusConflict, "Snapshot %q already in use", body.Name)
	}
	expires := body.ExpiresAt
	switch {
	case expires != nil && expires.IsZero():
		expires = nil
	case expires == nil:
		expires = expiresAfter(v.Config["snapshots.expiry"], now())
	}
	description := v.Description
	if s.product.SnapshotsAreDescribed && body.Description != "" {
		description = body.Description
	}
	t := s.snapshotTask(c, a, "Creating", body.Name, true)
	place := a.key
	place.Member = "" // of what is created it does not say it
	t.entity = s.volumeURL(a.poolName, place, body.Name)
	if project := c.query.Get("project"); project != "" && project != a.key.Project {
		t.missing = s.entityURL(c, a.poolName, place, "") // which is not where the volume is
	}
	return s.startOperation(c, t, onePhase(func() error {
		if path := s.snapshotPath(a, body.Name); a.pool.Driver == "btrfs" && body.Name == ".." {
			return serverError("Failed to run: btrfs subvolume snapshot %[1]s %[2]s: exit status 1 (ERROR: cannot snapshot '%[1]s': File exists)", s.volumePath(a), path)
		}
		if err := s.checkStillThere(a, v); err != nil {
			return err
		}
		if v.ContentType == isoContent {
			return serverError("Volume of content type %q does not support snapshots", v.ContentType)
		}
		if v.SnapshotIndex(body.Name) >= 0 {
			return httpError(http.StatusConflict, "Snapshot %q already in use", body.Name)
		}
		v.Snapshots = append(v.Snapshots, &Snapshot{
			Name: body.Name, Description: description, Config: s.withUUID(s.fillVolume(a.pool, v.ContentType, v.Config)), ExpiresAt: expires, Content: v.Content, CreatedAt: now(),
		})
		s.markChanged(a.entry())
		return nil
	}))
}

// expiresAfter is when a snapshot made at start is deleted, nil for never.
func expiresAfter(text string, start time.Time) *time.Time {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	for span := range strings.FieldsSeq(text) {
		n, _ := strconv.Atoi(span[:len(span)-1])
		switch span[len(span)-1] {
		case 'S':
			start = start.Add(time.Duration(n) * time.Second)
		case 'M':
			start = start.Add(time.Duration(n) * time.Minute)
		case 'H':
			start = start.Add(time.Duration(n) * time.Hour)
		case 'd':
			start = start.AddDate(0, 0, n)
		case 'w':
			start = start.AddDate(0, 0, 7*n)
		case 'm':
			start = start.AddDate(0, n, 0)
		case 'y':
			start = start.AddDate(n, 0, 0)
		}
	}
	return &start
}
