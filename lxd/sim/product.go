package sim

import (
	"slices"

	"tarn/lxd/sim/product"
)

// Simulates names what the server is: LXD 5.0.2.
func (s *Server) Simulates() string { return s.product.String() }

// extensions are the API extensions that the server announces.
func (s *Server) extensions() []string {
	if s.state.Extensions != nil {
		return s.state.Extensions
	}
	return s.product.Extensions
}

// has tells whether the server announces an API extension.
func (s *Server) has(extension string) bool { return slices.Contains(s.extensions(), extension) }

const volatileUUID = "volatile.uuid" // of each volume and snapshot, with the extension for it

// identified gives config a UUID if the server has one for each volume and snapshot.
func (s *Server) identified(config map[string]string) map[string]string {
	if s.has(product.VolumeUUIDs) {
		config[volatileUUID] = newUUID()
	}
	return config
}
