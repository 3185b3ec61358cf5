package sim

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

func (s *Server) getServer(c call) (reply, error) {
	member, err := s.member(c)
	if err != nil {
		return reply{}, err
	}
	type driver struct {
		Name    string
		Version string
		Remote  bool
	}
	var drivers []driver
	for _, name := range s.state.Drivers {
		drivers = append(drivers, driver{name, "1", name == "ceph" || name == "cephfs"})
	}
	for _, name := range s.product.RemoteDrivers {
		drivers = append(drivers, driver{name, "1", true})
	}
	itself, err := s.identify()
	if err != nil {
		return reply{}, err
	}
	config, addresses := map[string]string{}, append([]string{}, s.addresses...)
	if len(addresses) > 0 {
		config["core.https_address"] = addresses[0]
	}
	maps.Copy(config, s.state.ConfigOf(member))
	shown := map[string]any{
		"api_extensions": s.extensions(),
		"api_status":     "stable",
		"api_version":    "1.0",
		"auth":           "trusted",
		"auth_methods":   []string{"tls"},
		"public":         false,
		"config":         config,
		"environment": map[string]any{
			"addresses":                 addresses,
			"architectures":             []string{"x86_64", "i686"},
			"certificate":               itself.pem,
			"certificate_fingerprint":   itself.fingerprint,
			"driver":                    "lxc",
			"driver_version":            "5.0.2",
			"firewall":                  "nftables",
			"kernel":                    "Linux",
			"kernel_architecture":       "x86_64",
			"kernel_features":           map[string]string{},
			"kernel_version":            "",
			"lxc_features":              map[string]string{},
			"os_name":                   "",
			"os_version":                "",
			"project":                   "default",
			"server":                    strings.ToLower(s.product.Name),
			"server_clustered":          s.state.Clustered(),
			"server_event_mode":         "full-mesh",
			"server_name":               cmp.Or(s.state.Self(), "sim"),
			"server_pid":                1,
			"server_version":            s.product.Version,
			"storage":                   "",
			"storage_version":           "",
			"storage_supported_drivers": slices.Clip(drivers),
		},
	}
	environment := shown["environment"].(map[string]any)
	for key, value := range s.product.Info {
		if name, ok := strings.CutPrefix(key, "environment."); ok {
			environment[name] = value
		} else {
			shown[key] = value
		}
	}
	if s.product.ShowsUser {
		shown["auth_user_name"], shown["auth_user_method"] = "root", "unix"
	}
	answer := syncReply(shown)
	answer.etag = etagOf(config)
	return answer, nil
}

// extensions are the API extensions that the server announces.
func (s *Server) extensions() []string {
	if s.state.Extensions != nil {
		return s.state.Extensions
	}
	return s.product.Extensions()
}

// has tells whether the server announces an API extension.
func (s *Server) has(extension string) bool { return slices.Contains(s.extensions(), extension) }
