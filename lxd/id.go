package lxd

import (
	"cmp"
	"net/url"
	"strings"
)

// PoolID names one pool of a server.
type PoolID struct {
	Name   string
	Member string // cluster member whose side of the pool is meant, "" for the pool as a whole
}

// VolumeID names one volume of a server. The zero Project means the server's default.
type VolumeID struct {
	Project string // the project that the volume lives in, which need not be the one that asks for it
	Pool    string
	Type    string // TypeCustom, or what volumes of instances and images are: container, virtual-machine, image
	Name    string
	Member  string // cluster member that holds it, "" without a cluster and in pools that all members share
}

// TypeCustom is the type of the volumes that people make; the others belong to instances and images.
const TypeCustom = "custom"

// String is the volume as lxc writes it: pool/name.
func (id VolumeID) String() string { return id.Pool + "/" + id.Name }

// Compare orders volumes for people: by pool, name, project, member, type.
func (id VolumeID) Compare(other VolumeID) int {
	return cmp.Or(
		strings.Compare(id.Pool, other.Pool),
		strings.Compare(id.Name, other.Name),
		strings.Compare(id.Project, other.Project),
		strings.Compare(id.Member, other.Member),
		strings.Compare(id.Type, other.Type),
	)
}

// path is the API path of what the segments name, each escaped.
func path(segments ...string) string {
	var b strings.Builder
	b.WriteString("/1.0")
	for _, segment := range segments {
		b.WriteByte('/')
		switch segment {
		case ".", "..": // LXD 5.0.2 allows them as names; unescaped, HTTP libraries would resolve them
			b.WriteString(strings.ReplaceAll(segment, ".", "%2E"))
		default:
			b.WriteString(url.PathEscape(segment))
		}
	}
	return b.String()
}

func (id PoolID) path(more ...string) string {
	return path(append([]string{"storage-pools", id.Name}, more...)...)
}

func (id PoolID) query() url.Values { return at("", id.Member) }

func (id VolumeID) path(more ...string) string {
	return path(append([]string{"storage-pools", id.Pool, "volumes", id.Type, id.Name}, more...)...)
}

func (id VolumeID) query() url.Values { return at(id.Project, id.Member) }

// at says whose objects a request means.
func at(project, member string) url.Values {
	query := url.Values{}
	if project != "" {
		query.Set("project", project)
	}
	if member != "" {
		query.Set("target", member)
	}
	return query
}

// recursion asks a list for its objects instead of their URLs.
func recursion() url.Values { return url.Values{"recursion": {"1"}} }
