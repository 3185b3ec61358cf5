package sim

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

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
	v := a.pool.Volumes[a.key]
	if v == nil {
		if s.product.ChecksSnapshotVolume && !targeted {
			return reply{}, code(http.StatusNotFound, "Storage pool volume not found")
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
		shown = append(shown, shownSnapshot{
			Description: snapshot.Description, ExpiresAt: snapshot.ExpiresAt, Name: a.key.Name + "/" + snapshot.Name,
			Config: maps.Clone(snapshot.Config), CreatedAt: s.creation(snapshot.CreatedAt), // without the content type
		})
	}
	if c.recursive() {
		return sync200(shown), nil
	}
	return sync200(urls), nil
}

// snapshot finds the snapshot that a call names.
func (s *Server) snapshot(c call) (a address, v *Volume, i int, err error) {
	a, v, err = s.volumeWith(c, func(v *Volume) bool { return v.SnapshotIndex(c.path[6]) >= 0 })
	if err != nil {
		return a, nil, 0, err
	}
	return a, v, v.SnapshotIndex(c.path[6]), nil
}

// inBackground finds the volume of a call whose operation says what is missing, when the call names the member that has it;
// without a member the volume has to be found first.
func (s *Server) inBackground(c call, found func(*Volume) bool) (a address, err error) {
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
	if !targeted {
		a, _, err = s.volumeWith(c, found)
		return a, err
	}
	a = address{poolName: c.path[1], pool: s.state.Pools[c.path[1]], member: target, key: Key{Project: project, Type: c.path[3], Name: c.path[4]}}
	if a.pool != nil {
		a.key.Member = a.pool.KeyMember(target)
	}
	return a, nil
}

// snapshotOf finds a snapshot for an operation.
func (s *Server) snapshotOf(a address, name string) (v *Volume, i int, err error) {
	if a.pool == nil {
		return nil, 0, code(http.StatusNotFound, "Storage pool not found")
	}
	v, i = a.pool.Volumes[a.key], -1
	if v != nil {
		i = v.SnapshotIndex(name)
	}
	if i < 0 {
		err = code(http.StatusNotFound, "%s", missing(a.poolName, Key{Project: a.key.Project, Type: a.key.Type, Name: a.key.Name + "/" + name}))
	}
	return v, i, err
}

func (s *Server) getSnapshot(c call) (reply, error) {
	_, v, i, err := s.snapshot(c)
	if err != nil {
		return reply{}, err
	}
	snapshot := v.Snapshots[i]
	expires := expiry(snapshot) // year 1 for never, other than in lists
	answer := sync200(shownSnapshot{
		Description: snapshot.Description, ExpiresAt: &expires, Name: snapshot.Name,
		Config: maps.Clone(snapshot.Config), ContentType: v.ContentType, CreatedAt: s.creation(snapshot.CreatedAt),
	})
	answer.etag = hash(snapshot.Description, expires)
	return answer, nil
}

func expiry(snapshot *Snapshot) time.Time {
	if snapshot.ExpiresAt == nil {
		return time.Time{}
	}
	return *snapshot.ExpiresAt
}

func (s *Server) createSnapshot(c call) (reply, error) {
	a, err := s.inBackground(c, func(*Volume) bool { return true })
	if err != nil {
		return reply{}, err
	}
	var body struct {
		Name      string     `json:"name"`
		ExpiresAt *time.Time `json:"expires_at"`
	}
	if err := c.decode("StorageVolumeSnapshotsPost", &body); err != nil {
		return reply{}, err
	}
	if err := s.checkSnapshots(a.key.Project); err != nil {
		return reply{}, err
	}
	if a.pool == nil {
		return reply{}, code(http.StatusNotFound, "Storage pool not found")
	}
	v := a.pool.Volumes[a.key]
	if body.Name == "" && v != nil {
		body.Name = nextSnapshot(v)
	}
	switch {
	case v == nil && s.product.SnapshotVolumeFirst:
		return reply{}, code(http.StatusNotFound, "Storage volume not found")
	case strings.Contains(body.Name, "/"):
		return reply{}, code(http.StatusBadRequest, "Storage name cannot contain \"/\"")
	case strings.ContainsFunc(body.Name, unicode.IsSpace):
		return reply{}, code(http.StatusBadRequest, "Storage name cannot contain white space")
	case v == nil:
		return reply{}, code(http.StatusNotFound, "Storage volume not found")
	case v.SnapshotIndex(body.Name) >= 0:
		return reply{}, code(http.StatusConflict, "Snapshot %q already in use", body.Name)
	}
	expires := body.ExpiresAt
	switch {
	case expires != nil && expires.IsZero():
		expires = nil
	case expires == nil:
		expires = expiresAfter(v.Config["snapshots.expiry"], now())
	}
	t := s.snapshotTask(c, a, "Creating", body.Name, true)
	place := a.key
	place.Member = "" // of what is created it does not say it
	t.entity = s.volumeURL(a.poolName, place, body.Name)
	return s.start(c, t, atOnce(func() error {
		if path := s.snapshotPath(a, body.Name); a.pool.Driver == "btrfs" && body.Name == ".." {
			return says("Failed to run: btrfs subvolume snapshot %[1]s %[2]s: exit status 1 (ERROR: cannot snapshot '%[1]s': File exists)", s.volumePath(a), path)
		}
		if err := s.holds(a, v); err != nil {
			return err
		}
		if v.SnapshotIndex(body.Name) >= 0 {
			return code(http.StatusConflict, "Snapshot %q already in use", body.Name)
		}
		v.Snapshots = append(v.Snapshots, &Snapshot{
			Name: body.Name, Description: v.Description, Config: s.identified(s.fillVolume(a.pool, v.ContentType, v.Config)), ExpiresAt: expires, Content: v.Content, CreatedAt: now(),
		})
		s.markChanged(a.entry())
		return nil
	}))
}

// snapshotTask is what an operation on a snapshot says of itself.
func (s *Server) snapshotTask(c call, a address, doing, name string, creates bool) task {
	return task{
		location: a.location(), description: doing + " storage volume snapshot", resources: s.resources(c, a, name, creates),
		entity: s.volumeURL(a.poolName, a.key, name),
	}
}

// nextSnapshot is the name of a snapshot that was given none.
func nextSnapshot(v *Volume) string {
	next := 0
	for _, snapshot := range v.Snapshots {
		if n, err := strconv.Atoi(strings.TrimPrefix(snapshot.Name, "snap")); err == nil && strings.HasPrefix(snapshot.Name, "snap") {
			next = max(next, n+1)
		}
	}
	return "snap" + strconv.Itoa(next)
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

func (s *Server) putSnapshot(c call) (reply, error) {
	a, v, i, err := s.snapshot(c)
	if err != nil {
		return reply{}, err
	}
	snapshot := v.Snapshots[i]
	if err := c.matches(snapshot.Description, expiry(snapshot)); err != nil {
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
		return reply{}, code(http.StatusBadRequest, "%s", err.Error())
	}
	if expiry(&changed).IsZero() {
		changed.ExpiresAt = nil
	}
	return s.change(c, product.VolumeOperations, s.snapshotTask(c, a, "Updating", snapshot.Name, false), func() (reply, error) {
		*snapshot = changed
		s.markChanged(a.entry())
		return done()
	})
}

func (s *Server) renameSnapshot(c call) (reply, error) {
	a, err := s.inBackground(c, func(*Volume) bool { return true })
	if err != nil {
		return reply{}, err
	}
	var body struct {
		Name string `json:"name"`
	}
	if err := c.decode("StorageVolumeSnapshotPost", &body); err != nil {
		return reply{}, err
	}
	switch {
	case body.Name == "":
		return reply{}, code(http.StatusBadRequest, "No name provided")
	case strings.Contains(body.Name, "/"):
		return reply{}, code(http.StatusBadRequest, "Storage volume names may not contain slashes")
	}
	t := s.snapshotTask(c, a, "Renaming", c.path[6], false)
	t.original, t.entity = t.entity, s.volumeURL(a.poolName, a.key, body.Name)
	return s.start(c, t, atOnce(func() error {
		v, i, err := s.snapshotOf(a, c.path[6])
		if err != nil {
			return err
		}
		if v.SnapshotIndex(body.Name) >= 0 || body.Name == "." || body.Name == ".." {
			from, to := s.snapshotPath(a, c.path[6]), s.snapshotPath(a, body.Name)
			return says("Failed to rename %q to %q: rename %s %s: file exists", from, to, from, to)
		}
		v.Snapshots[i].Name = body.Name
		s.markChanged(a.entry())
		return nil
	}))
}

func (s *Server) deleteSnapshot(c call) (reply, error) {
	a, err := s.inBackground(c, func(v *Volume) bool { return v.SnapshotIndex(c.path[6]) >= 0 })
	if err != nil {
		return reply{}, err
	}
	return s.start(c, s.snapshotTask(c, a, "Deleting", c.path[6], false), atOnce(func() error {
		v, i, err := s.snapshotOf(a, c.path[6])
		if err == nil {
			v.Snapshots = slices.Delete(v.Snapshots, i, i+1)
			s.markChanged(a.entry())
		}
		return err
	}))
}

// snapshotPath is where a snapshot would be on the server.
func (s *Server) snapshotPath(a address, name string) string {
	return path.Join(s.product.Root, "storage-pools", a.poolName, "custom-snapshots", diskName(a.key), name)
}

// restore makes a volume's data what they were, and takes its newer snapshots away on zfs.
func (s *Server) restore(a address, v *Volume, name string) error {
	i := v.SnapshotIndex(name)
	switch {
	case i < 0 && a.pool.Driver == "btrfs" && !s.product.LooksBeforeRestore:
		return says("Failed to run: btrfs subvolume snapshot %s %s: exit status 1 (ERROR: Could not statfs: No such file or directory)", s.snapshotPath(a, name), s.volumePath(a))
	case i < 0 && a.pool.Driver == "btrfs":
		return code(http.StatusNotFound, "lstat %s/: no such file or directory", s.snapshotPath(a, name))
	case i < 0:
		return says("Snapshot not found")
	case s.running(a):
		return says("Cannot restore custom volume used by running instances")
	}
	if a.pool.Driver == "zfs" && i < len(v.Snapshots)-1 {
		if !isTrueOr(v.Config["zfs.remove_snapshots"], false) {
			return says("Snapshot %q cannot be restored due to subsequent snapshot(s). Set zfs.remove_snapshots to override", name)
		}
		v.Snapshots = v.Snapshots[:i+1]
	}
	v.Content = v.Snapshots[i].Content
	s.markChanged(a.entry())
	return nil
}
