package lxd

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"slices"
	"strconv"
	"strings"
)

// Server is what the server says of itself.
type Server struct {
	Product     string // "LXD" or "Incus"
	Version     string // "5.0.2"
	Name        string // its host or member name
	Clustered   bool
	Trusted     bool // false: it would answer nothing but this
	Extensions  []string
	Drivers     []string // storage drivers that it can use, in order of name
	Certificate string   // PEM, "" over a unix socket of some servers
	Addresses   []string // host:port where it listens on the network
}

// Has tells whether the server announces an API extension.
func (s *Server) Has(extension string) bool { return slices.Contains(s.Extensions, extension) }

// Fingerprint is the SHA-256 of the server's certificate in hexadecimal, by which servers are told apart; the members of a
// cluster share theirs. "" when the server has shown no certificate.
func (s *Server) Fingerprint() string {
	block, _ := pem.Decode([]byte(s.Certificate))
	if block == nil {
		return ""
	}
	sum := sha256.Sum256(block.Bytes)
	return hex.EncodeToString(sum[:])
}

// String is the server as people name it: LXD 5.0.2.
func (s *Server) String() string { return s.Product + " " + s.Version }

// IsLXDBefore tells whether the server is an LXD of a version before this one: IsLXDBefore(5, 0, 3). It is false for Incus.
func (s *Server) IsLXDBefore(version ...int) bool { return s.Product == "LXD" && s.before(version) }

// IsLXDSince tells whether the server is an LXD of this version or a later one: IsLXDSince(5, 21). It is false for Incus.
func (s *Server) IsLXDSince(version ...int) bool { return s.Product == "LXD" && !s.before(version) }

// IsIncusSince tells whether the server is an Incus of this version or a later one: IsIncusSince(7). It is false for LXD.
func (s *Server) IsIncusSince(version ...int) bool { return s.Product == "Incus" && !s.before(version) }

// before compares versions number by number; what is missing, or is no number, is 0.
func (s *Server) before(version []int) bool {
	parts := strings.Split(s.Version, ".")
	for i, want := range version {
		have := 0
		if i < len(parts) {
			have, _ = strconv.Atoi(parts[i])
		}
		if have != want {
			return have < want
		}
	}
	return false
}

// SendsVolumesTo tells whether volumes can be sent to another server: LXD and Incus do not understand each other's streams,
// and Incus 6.0.4 ends when it is sent one of LXD's.
func (s *Server) SendsVolumesTo(other *Server) bool { return s.Product == other.Product }

// ListsSnapshots tells whether lists of volumes are sure to have their snapshots too. On Incus 7.3 they have not; since when is not
// known.
func (s *Server) ListsSnapshots() bool { return !s.IsIncusSince(6, 1) }

// SelectsFirst tells whether the server finds out what uses a volume, which is most of the work for a list, only when it is one of those that
// were asked for. LXD up to 5.0.2 and from 5.1 to 5.19 does. Later ones and Incus, also 6.0.4 and 7.3, work that out for
// each volume as soon as a list has a filter: one that selects nothing took LXD 6.9 as long as one of all.
func (s *Server) SelectsFirst() bool {
	return s.IsLXDBefore(5, 0, 3) || s.IsLXDSince(5, 1) && s.IsLXDBefore(5, 20)
}

// GivesNamesToShell tells whether the server gives the names of volumes to a shell when it transfers them. LXD up to 5.0.2 was seen to do so, and
// 5.1 to 5.13 have the same code for it.
func (s *Server) GivesNamesToShell() bool {
	return s.IsLXDBefore(5, 0, 3) || s.IsLXDSince(5, 1) && s.IsLXDBefore(5, 14)
}

// Server asks the server about itself.
func (c *Client) Server(ctx context.Context) (*Server, error) {
	var raw struct {
		APIExtensions []string `json:"api_extensions"`
		Auth          string   `json:"auth"`
		Environment   struct {
			Server          string   `json:"server"`
			ServerName      string   `json:"server_name"`
			ServerVersion   string   `json:"server_version"`
			ServerClustered bool     `json:"server_clustered"`
			Addresses       []string `json:"addresses"`
			Certificate     string   `json:"certificate"`
			Drivers         []struct {
				Name string
			} `json:"storage_supported_drivers"`
		} `json:"environment"`
	}
	if _, err := c.get(ctx, "/1.0", nil, &raw); err != nil {
		return nil, err
	}
	env := raw.Environment
	server := &Server{
		Product:     "LXD",
		Version:     env.ServerVersion,
		Name:        env.ServerName,
		Clustered:   env.ServerClustered,
		Trusted:     raw.Auth == "trusted",
		Extensions:  raw.APIExtensions,
		Certificate: env.Certificate,
		Addresses:   env.Addresses,
	}
	switch {
	case env.Server == "incus":
		server.Product = "Incus"
	case server.Trusted && env.Server != "lxd":
		return nil, c.noAnswer(badAnswer("it says that it is %s, which is neither LXD nor Incus", brief(env.Server)))
	}
	if server.Trusted && server.Version == "" {
		return nil, c.noAnswer(badAnswer("it does not say of which version it is"))
	}
	for _, driver := range env.Drivers {
		server.Drivers = append(server.Drivers, driver.Name)
	}
	slices.Sort(server.Drivers)
	return server, nil
}

// Program is the command line program of the server's product, for sentences that tell what to do by hand.
func (s *Server) Program() string {
	if s.Product == "Incus" {
		return "incus"
	}
	return "lxc"
}

// Project is a namespace of the server.
type Project struct {
	Name   string            `json:"name"`
	Config map[string]string `json:"config"`
}

// OwnVolumes tells whether custom volumes of the project are its own. Otherwise they live in the default project.
func (p *Project) OwnVolumes() bool {
	return p.Name == DefaultProject || p.Config["features.storage.volumes"] == "true"
}

// OwnProfiles tells whether profiles of the project are its own. Otherwise it uses those of the default project.
func (p *Project) OwnProfiles() bool {
	return p.Name == DefaultProject || p.Config["features.profiles"] == "true"
}

// ProjectDisk is how much disk space the sizes of a project's instances and volumes take, and its limits, with -1 for none.
type ProjectDisk struct {
	Space                  // of all pools; Total is limits.disk
	Pools map[string]Space // those pools that limits.disk.pool.POOL is set for
}

// ProjectDisk reads how much disk space a project has taken of its limits. What has no size is not counted.
func (c *Client) ProjectDisk(ctx context.Context, name string) (*ProjectDisk, error) {
	var state struct {
		Resources map[string]struct{ Limit, Usage int64 } `json:"resources"`
	}
	if _, err := c.get(ctx, path("projects", name, "state"), nil, &state); err != nil {
		return nil, err
	}
	disk := &ProjectDisk{Space: Space{Total: -1}}
	for kind, r := range state.Resources {
		if pool, ok := strings.CutPrefix(kind, "disk."); ok && r.Limit >= 0 {
			if disk.Pools == nil {
				disk.Pools = map[string]Space{}
			}
			disk.Pools[pool] = Space{Used: r.Usage, Total: r.Limit}
		} else if kind == "disk" {
			disk.Space = Space{Used: r.Usage, Total: r.Limit}
		}
	}
	return disk, nil
}

// DefaultProject is the project that every server has.
const DefaultProject = "default"

// Projects lists the projects that the client may see.
func (c *Client) Projects(ctx context.Context) ([]*Project, error) {
	return getList(ctx, c, path("projects"), recursion(), func(p *Project) error { return misnamed("project", p.Name) })
}
