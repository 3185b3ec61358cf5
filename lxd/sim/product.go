package sim

import (
	"slices"
	"time"

	"tarn/lxd/schema"
)

// Versions of what is simulated.
const (
	Version      = "5.0.2" // of LXD
	NewerVersion = "6.8"   // of LXD, after its documentation
	IncusVersion = "6.0.4"
)

// Products of a state; "" is LXD 5.0.2.
const (
	newer = "lxd-6"
	incus = "incus"
)

// incus tells whether the server is Incus, otherwise it is LXD.
func (s *State) incus() bool { return s.Product == incus }

// old tells whether the server is LXD 5.0.2, whose oddities newer LXD and Incus no longer have.
func (s *State) old() bool { return s.Product == "" }

func (s *State) schemaProduct() string {
	if s.incus() {
		return schema.Incus
	}
	return schema.LXD
}

func (s *State) version() string {
	switch s.Product {
	case incus:
		return IncusVersion
	case newer:
		return NewerVersion
	}
	return Version
}

// extensions are what the server announces.
func (s *State) extensions() []string {
	if s.Extensions != nil {
		return s.Extensions
	}
	switch s.Product {
	case incus:
		return incusExtensions
	case newer:
		return newerExtensions
	}
	return lxdExtensions
}

// has tells whether the server announces an API extension.
func (s *State) has(extension string) bool { return slices.Contains(s.extensions(), extension) }

// root is where the server would keep its files.
func (s *State) root() string {
	if s.incus() {
		return "/var/lib/incus"
	}
	return "/var/lib/lxd"
}

// made is what the server says of the time at which something was created. LXD 5.0.2 says year 1 of everything.
func (s *State) made(at time.Time) string {
	if s.old() {
		at = time.Time{}
	}
	return at.UTC().Format(time.RFC3339Nano)
}

// poolTag is what the ETag of a pool is made of.
func (s *State) poolTag(name string, pool *Pool, config map[string]string) []any {
	if s.old() {
		return []any{name, pool.Driver, config}
	}
	return []any{name, pool.Driver, pool.Description, config}
}

// thinPool is what the server calls the thin pool of a volume group.
func (s *State) thinPool() string {
	if s.incus() {
		return "IncusThinPool"
	}
	return "LXDThinPool"
}

// features are what a new project has of its own.
func (s *State) features() []string {
	features := []string{"features.images", "features.profiles", "features.storage.volumes"}
	if s.incus() {
		features = append(features, "features.storage.buckets")
	}
	return features
}

// Simulates names what the server is: LXD 5.0.2.
func (s *Server) Simulates() string {
	if s.state.incus() {
		return "Incus " + s.state.version()
	}
	return "LXD " + s.state.version()
}
