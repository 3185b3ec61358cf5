package sim

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"tarn/lxd/sim/product"
)

type shownSnapshot struct {
	Description string            `json:"description"`
	ExpiresAt   *time.Time        `json:"expires_at"`
	Name        string            `json:"name"`
	Config      map[string]string `json:"config"`
	ContentType string            `json:"content_type"`
	CreatedAt   string            `json:"created_at"`
}

// listSnapshots answers for the member that is asked, whatever the target, as LXD 5.0.2 does. Incus does so, too, but looks
// whether there is such a member.
func (s *Server) listSnapshots(c call) (reply, error) {
	_, targeted, unreached := s.target(c)
	if _, err := s.project(c); unreached != nil && err == nil && checkType(c.path[3]) == nil && s.product.ChecksSnapshotTarget {
		return reply{}, unreached
	}
	a, err := s.volumeAddress(c)
	if err != nil {
		return reply{}, err
	}
	if s.product.ListsSnapshotsAnywhere && !targeted {
		if a, _, err = s.volume(c); err != nil {
			return reply{}, err
		}
	}
	v := a.pool.Volumes[a.key]
	if v == nil {
		if s.product.ChecksSnapshotVolume && !targeted {
			return reply{}, httpError(http.StatusNotFound, "Storage pool volume not found")
		}
		v = &Volume{}
	}
	urls, shown := []string{}, []shownSnapshot{}
	for _, snapshot := range v.Snapshots {
		place := a.key
		place.Member = ""
		address := s.volumeURL(a.poolName, place, snapshot.Name)
		if !s.product.ListEscapesSnapshots {
			volume, query, _ := strings.Cut(s.volumeURL(a.poolName, place, ""), "?")
			address = volume + "/snapshots/" + snapshot.Name // not escaped
			if query != "" {
				address += "?" + query
			}
		}
		urls = append(urls, address)
		expires := snapshot.ExpiresAt
		if never := (time.Time{}); expires == nil && s.product.ListShowsNoExpiry {
			expires = &never
		}
		shown = append(shown, shownSnapshot{
			Description: snapshot.Description, ExpiresAt: expires, Name: a.key.Name + "/" + snapshot.Name,
			Config: maps.Clone(snapshot.Config), CreatedAt: s.createdAt(snapshot.CreatedAt), // without the content type
		})
	}
	if c.recursive() {
		return syncReply(shown), nil
	}
	return syncReply(urls), nil
}

func (s *Server) getSnapshot(c call) (reply, error) {
	_, v, i, err := s.snapshot(c)
	if err != nil {
		return reply{}, err
	}
	snapshot := v.Snapshots[i]
	expires := expiry(snapshot) // year 1 for never, other than in lists
	answer := syncReply(shownSnapshot{
		Description: snapshot.Description, ExpiresAt: &expires, Name: snapshot.Name,
		Config: maps.Clone(snapshot.Config), ContentType: v.ContentType, CreatedAt: s.createdAt(snapshot.CreatedAt),
	})
	answer.etag = etagOf(snapshot.Description, expires)
	return answer, nil
}

// snapshot finds the snapshot that a call names.
func (s *Server) snapshot(c call) (a address, v *Volume, i int, err error) {
	a, v, err = s.findVolume(c, func(v *Volume) bool { return v.SnapshotIndex(c.path[6]) >= 0 })
	if err != nil {
		return a, nil, 0, err
	}
	return a, v, v.SnapshotIndex(c.path[6]), nil
}

// snapshotOf finds a snapshot for an operation.
func (s *Server) snapshotOf(a address, name string) (v *Volume, i int, err error) {
	if a.pool == nil {
		return nil, 0, httpError(http.StatusNotFound, "Storage pool not found")
	}
	v, i = a.pool.Volumes[a.key], -1
	if v != nil {
		i = v.SnapshotIndex(name)
	}
	if i < 0 {
		err = httpError(http.StatusNotFound, "%s", notFoundText(a.poolName, Key{Project: a.key.Project, Type: a.key.Type, Name: a.key.Name + "/" + name}))
	}
	return v, i, err
}

// snapshotTask is what an operation on a snapshot says of itself.
func (s *Server) snapshotTask(c call, a address, doing, name string, creates bool) task {
	return task{
		location: a.location(), description: doing + " storage volume snapshot", resources: s.resources(c, a, name, creates),
		entity: s.volumeURL(a.poolName, a.key, name),
	}
}

func expiry(snapshot *Snapshot) time.Time {
	if snapshot.ExpiresAt == nil {
		return time.Time{}
	}
	return *snapshot.ExpiresAt
}

func (s *Server) putSnapshot(c call) (reply, error) {
	a, v, i, err := s.snapshot(c)
	if err != nil {
		return reply{}, err
	}
	snapshot := v.Snapshots[i]
	if err := c.checkETag(snapshot.Description, expiry(snapshot)); err != nil {
		return reply{}, err
	}
	var body map[string]json.RawMessage
	if err := c.decode("StorageVolumeSnapshotPut", &body); err != nil {
		return reply{}, err
	}
	changed := *snapshot
	if c.Method == http.MethodPut {
		changed.Description, changed.ExpiresAt = "", nil
	}
	if raw, ok := body["description"]; ok {
		err = errors.Join(err, json.Unmarshal(raw, &changed.Description))
	}
	if raw, ok := body["expires_at"]; ok {
		changed.ExpiresAt = nil
		err = errors.Join(err, json.Unmarshal(raw, &changed.ExpiresAt))
	}
	if err != nil {
		return reply{}, httpError(http.StatusBadRequest, "%s", err.Error())
	}
	if expiry(&changed).IsZero() {
		changed.ExpiresAt = nil
	}
	return s.makeChange(c, product.VolumeOperations, s.snapshotTask(c, a, "Updating", snapshot.Name, false), func() (reply, error) {
		*snapshot = changed
		s.markChanged(a.entry())
		return okReply()
	})
}

func (s *Server) renameSnapshot(c call) (reply, error) {
	a, err := s.volumeForOperation(c, func(*Volume) bool { return true })
	if err != nil {
		return reply{}, err
	}
	var body struct {
		Name string `json:"name"`
	}
	if err := c.decode("StorageVolumeSnapshotPost", &body); err != nil {
		return reply{}, err
	}
	if err := nameError(s.product.Names.NewName, body.Name); err != nil {
		return reply{}, err
	}
	switch {
	case body.Name == "":
		return reply{}, httpError(http.StatusBadRequest, "No name provided")
	case strings.Contains(body.Name, "/"):
		return reply{}, httpError(http.StatusBadRequest, "Storage volume names may not contain slashes")
	}
	t := s.snapshotTask(c, a, "Renaming", c.path[6], false)
	if _, _, err := s.snapshotOf(a, c.path[6]); err != nil {
		t.missing = t.entity
	}
	t.original, t.entity = t.entity, s.volumeURL(a.poolName, a.key, body.Name)
	return s.startOperation(c, t, onePhase(func() error {
		v, i, err := s.snapshotOf(a, c.path[6])
		if err != nil {
			return err
		}
		if v.SnapshotIndex(body.Name) >= 0 || body.Name == "." || body.Name == ".." {
			from, to := s.snapshotPath(a, c.path[6]), s.snapshotPath(a, body.Name)
			return serverError("Failed to rename %q to %q: rename %s %s: file exists", from, to, from, to)
		}
		v.Snapshots[i].Name = body.Name
		s.markChanged(a.entry())
		return nil
	}))
}

func (s *Server) deleteSnapshot(c call) (reply, error) {
	a, err := s.volumeForOperation(c, func(v *Volume) bool { return s.product.LooksUpFirst || v.SnapshotIndex(c.path[6]) >= 0 })
	if err != nil {
		return reply{}, err
	}
	t := s.snapshotTask(c, a, "Deleting", c.path[6], false)
	if _, _, err := s.snapshotOf(a, c.path[6]); err != nil {
		t.missing = t.entity
	}
	return s.startOperation(c, t, onePhase(func() error {
		v, i, err := s.snapshotOf(a, c.path[6])
		if err == nil {
			v.Snapshots = slices.Delete(v.Snapshots, i, i+1)
			s.markChanged(a.entry())
		}
		return err
	}))
}
