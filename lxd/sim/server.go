package sim

import (
	"cmp"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
)

func (s *Server) getServer(call) (reply, error) {
	type driver struct {
		Name    string
		Version string
		Remote  bool
	}
	var drivers []driver
	for _, name := range s.state.Drivers {
		drivers = append(drivers, driver{name, "1", name == "ceph" || name == "cephfs"})
	}
	itself, err := s.identify()
	if err != nil {
		return reply{}, err
	}
	product := "lxd"
	if s.state.incus() {
		product = "incus"
	}
	config, addresses := map[string]string{}, append([]string{}, s.addresses...)
	if len(addresses) > 0 {
		config["core.https_address"] = addresses[0]
	}
	shown := map[string]any{
		"api_extensions": s.state.extensions(),
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
			"driver_version":            Version,
			"firewall":                  "nftables",
			"kernel":                    "Linux",
			"kernel_architecture":       "x86_64",
			"kernel_features":           map[string]string{},
			"kernel_version":            "",
			"lxc_features":              map[string]string{},
			"os_name":                   "",
			"os_version":                "",
			"project":                   "default",
			"server":                    product,
			"server_clustered":          s.state.clustered(),
			"server_event_mode":         "full-mesh",
			"server_name":               cmp.Or(s.state.self(), "sim"),
			"server_pid":                1,
			"server_version":            s.state.version(),
			"storage":                   "",
			"storage_version":           "",
			"storage_supported_drivers": slices.Clip(drivers),
		},
	}
	if s.state.incus() {
		shown["auth_user_name"], shown["auth_user_method"] = "root", "unix"
	}
	answer := sync200(shown)
	answer.etag = hash(config)
	return answer, nil
}

// Serve answers on a listener until that is closed.
func (s *Server) Serve(listener net.Listener) error {
	return (&http.Server{Handler: s, ErrorLog: log.New(io.Discard, "", 0)}).Serve(listener) // who breaks a handshake off knows it
}

// Secure makes HTTPS of what comes in at a listener, as it does on the network: the server shows its certificate, and takes
// every client for one that it trusts, with a certificate or without. The server announces the listener's address, where
// another one finds it when a volume migrates; one that announces none migrates only with the client in between.
func (s *Server) Secure(listener net.Listener) (net.Listener, error) {
	itself, err := s.identify()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.addresses = append(s.addresses, listener.Addr().String())
	return tls.NewListener(listener, &tls.Config{
		MinVersion:   tls.VersionTLS12,
		Certificates: []tls.Certificate{itself.certificate},
		ClientAuth:   tls.RequestClientCert,
	}), nil
}
