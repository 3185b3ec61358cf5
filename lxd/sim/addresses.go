package sim

import (
	"cmp"
	"net/url"
	"path"

	"tarn/lxd"
)

// volumeURL is a volume's address, or a snapshot's, as the server hands it out.
func (s *Server) volumeURL(pool string, key Key, snapshot string) string {
	text := "/1.0/storage-pools/" + s.escape(pool) + "/volumes/" + key.Type + "/" + s.escape(key.Name)
	if snapshot != "" {
		text += "/snapshots/" + s.escape(snapshot)
	}
	return text + locationQuery(key)
}

// newURL is the address of a volume that is to be created: without the member.
func (s *Server) newURL(c call, to address) string {
	to.key.Member = ""
	return s.entityURL(c, to.poolName, to.key, "")
}

// locationQuery is the query of an address: the project and the member.
func locationQuery(key Key) string {
	query := inProject(key.Project)
	if key.Member != "" {
		join := "?"
		if query != "" {
			join = "&"
		}
		query += join + "target=" + url.QueryEscape(key.Member)
	}
	return query
}

// profileURL is the address of a profile as lists have it.
func (s *Server) profileURL(key Key) string {
	return "/1.0/profiles/" + s.escape(key.Name) + inProject(key.Project)
}

// calledProfileURL is the address of a profile as a list of a call has it.
func (s *Server) calledProfileURL(c call, key Key) string {
	if !s.product.ShowsCalledProject {
		return s.profileURL(key)
	}
	key.Project = cmp.Or(c.query.Get("project"), lxd.DefaultProject)
	return withProject(s.profileURL(key), key.Project)
}

// Instances are there for what they use. The state says which run.

// instanceURL is the address of an instance.
func instanceURL(key Key) string {
	return "/1.0/instances/" + url.PathEscape(key.Name) + inProject(key.Project)
}

func inProject(project string) string {
	if project == lxd.DefaultProject {
		return ""
	}
	return "?project=" + url.QueryEscape(project)
}

// escape makes a name part of an address.
func (s *Server) escape(text string) string {
	text = url.PathEscape(text)
	if s.product.EscapesTwice {
		text = url.PathEscape(text)
	}
	return text
}

// nameOnDisk is what the server calls a volume on disk.
func nameOnDisk(key Key) string { return key.Project + "_" + key.Name }

// volumePath is where a volume would be on the server.
func (s *Server) volumePath(a address) string {
	return s.product.Root + "/storage-pools/" + a.poolName + "/custom/" + nameOnDisk(a.key)
}

// snapshotPath is where a snapshot would be on the server.
func (s *Server) snapshotPath(a address, name string) string {
	return path.Join(s.product.Root, "storage-pools", a.poolName, "custom-snapshots", nameOnDisk(a.key), name)
}
