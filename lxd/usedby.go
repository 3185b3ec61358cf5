package lxd

import (
	"iter"
	"net/url"
	"strings"
)

// Use is one entry of what uses a pool or a volume, see [Server.Uses].
type Use struct {
	Kind    string   // UsedByInstance and so on; another word for what this package does not know
	Project string   // of the instance, profile, image or bucket
	Name    string   // of the instance, profile, image or bucket; "" for a volume
	Volume  VolumeID // of a volume or of a snapshot's volume
	raw     string
}

// Kinds of use.
const (
	UsedByInstance = "instance"
	UsedByProfile  = "profile"
	UsedByImage    = "image"
	UsedByBucket   = "bucket" // of the pool that it uses
	UsedByVolume   = "volume"
	UsedBySnapshot = "snapshot"
	UsedByServer   = "server" // the daemon keeps its images or backups there
)

// String is the use for people: instance web1.
func (u Use) String() string {
	switch u.Kind {
	case UsedByServer:
		return "the server itself"
	case UsedByVolume:
		return "volume " + u.Volume.String()
	case UsedBySnapshot:
		return "a snapshot of volume " + u.Volume.String()
	case "":
		return u.raw
	}
	if u.Project != DefaultProject {
		return u.Kind + " " + u.Name + " in project " + u.Project
	}
	return u.Kind + " " + u.Name
}

// Instance is the instance that uses it; only for UsedByInstance.
func (u Use) Instance() InstanceID { return InstanceID{u.Project, u.Name} }

// Profile is the profile that uses it; only for UsedByProfile.
func (u Use) Profile() ProfileID { return ProfileID{u.Project, u.Name} }

// Uses reads a used_by list of the server.
func (s *Server) Uses(usedBy []string) []Use {
	uses := make([]Use, 0, len(usedBy))
	for use := range s.EachUse(usedBy) {
		uses = append(uses, use)
	}
	return uses
}

// EachUse goes through a used_by list as Uses reads it. That of a pool has an entry for each of its volumes.
func (s *Server) EachUse(usedBy []string) iter.Seq[Use] {
	return func(yield func(Use) bool) {
		doublyEscaped := s.escapesTwice()
		for _, raw := range usedBy {
			if !yield(parseUse(raw, doublyEscaped)) {
				return
			}
		}
	}
}

// escapesTwice tells whether addresses that the server gives are escaped twice. LXD up to 5.0.2 was seen to do so, and 5.1 to 5.18 have the
// same code for it, which 5.19 and 5.0.3 have not.
func (s *Server) escapesTwice() bool {
	return s.IsLXDBefore(5, 0, 3) || s.IsLXDSince(5, 1) && s.IsLXDBefore(5, 19)
}

// parseUse reads an entry of a used_by list. Some servers escape names twice. LXD lists the snapshots of an instance
// beside it: they are a use by the instance, with which they go.
func parseUse(raw string, doublyEscaped bool) Use {
	if pool, name, ok := plainVolume(raw); ok {
		return Use{Kind: UsedByVolume, Volume: VolumeID{Project: DefaultProject, Pool: pool, Type: TypeCustom, Name: name}, raw: raw}
	}
	return parseAddress(raw, doublyEscaped)
}

// parseAddress is parseUse for an address of any kind.
func parseAddress(raw string, doublyEscaped bool) Use {
	use := Use{raw: raw}
	u, err := url.Parse(raw)
	if err != nil {
		return use
	}
	segments := strings.Split(strings.Trim(u.EscapedPath(), "/"), "/")
	for i, segment := range segments {
		segments[i] = unescape(segment, doublyEscaped)
	}
	project := u.Query().Get("project")
	if project == "" {
		project = DefaultProject
	}
	switch {
	case len(segments) == 1:
		use.Kind = UsedByServer
	case len(segments) >= 6 && segments[1] == "storage-pools" && segments[3] == "volumes":
		use.Kind = UsedByVolume
		if len(segments) > 6 {
			use.Kind = UsedBySnapshot
		}
		use.Volume = VolumeID{
			Project: project,
			Pool:    segments[2],
			Type:    segments[4],
			Name:    segments[5],
			Member:  u.Query().Get("target"),
		}
	case len(segments) >= 5 && segments[1] == "storage-pools" && segments[3] == "buckets":
		use.Kind, use.Project, use.Name = UsedByBucket, project, strings.Join(segments[4:], "/")
	case len(segments) >= 3:
		kinds := map[string]string{
			"instances": UsedByInstance, "containers": UsedByInstance, "virtual-machines": UsedByInstance,
			"profiles": UsedByProfile, "images": UsedByImage,
		}
		use.Kind = kinds[segments[1]]
		if use.Kind == "" {
			use.Kind = strings.TrimSuffix(segments[1], "s")
			if use.Kind == UsedByVolume || use.Kind == UsedBySnapshot || use.Kind == UsedByServer { // under an address that is none of these
				use.Kind = ""
			}
		}
		use.Project, use.Name = project, strings.Join(segments[2:], "/")
		if use.Kind == UsedByInstance {
			use.Name = segments[2]
		}
	}
	return use
}

// plainVolume reads most entries of long lists, those of custom volumes of the default project whose names nobody has to escape: to read an
// address of any kind takes ten times as long. It is not ok for others.
func plainVolume(raw string) (pool, name string, ok bool) {
	rest, ok := strings.CutPrefix(raw, "/1.0/storage-pools/")
	if !ok {
		return "", "", false
	}
	pool, name, ok = strings.Cut(rest, "/volumes/"+TypeCustom+"/")
	return pool, name, ok && plainSegment(pool) && plainSegment(name)
}

// plainSegment tells that a part of a path is of letters, digits and signs that mean nothing there.
func plainSegment(text string) bool {
	for i := range len(text) {
		c := text[i]
		if plain := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.'; !plain {
			return false
		}
	}
	return text != ""
}

func unescape(segment string, twice bool) string {
	for range 2 {
		if text, err := url.PathUnescape(segment); err == nil {
			segment = text
		}
		if !twice {
			break
		}
	}
	return segment
}
