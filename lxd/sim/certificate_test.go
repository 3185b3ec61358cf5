package sim

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"testing"
)

// TestIdentity makes certificates of many seeds: the same for the same one, each good for a connection.
func TestIdentity(t *testing.T) {
	seen := map[string]bool{}
	for _, seed := range []string{"", "a", "b", "/var/lib/sim.json", newUUID(), newUUID()} {
		one, err := newIdentity(seed)
		if err != nil {
			t.Fatal(err)
		}
		again, err := newIdentity(seed)
		if err != nil {
			t.Fatal(err)
		}
		if one.pem != again.pem || one.fingerprint != again.fingerprint {
			t.Errorf("the certificate of %q is another one each time", seed)
		}
		if seen[one.fingerprint] {
			t.Errorf("%q has the certificate of another seed", seed)
		}
		seen[one.fingerprint] = true

		trusted := x509.NewCertPool()
		if !trusted.AppendCertsFromPEM([]byte(one.pem)) {
			t.Fatalf("no certificate: %s", one.pem)
		}
		client, server := net.Pipe()
		shown := make(chan error, 1)
		go func() {
			shown <- tls.Server(server, &tls.Config{Certificates: []tls.Certificate{again.certificate}}).Handshake()
		}()
		if err := tls.Client(client, &tls.Config{RootCAs: trusted, ServerName: "127.0.0.1"}).Handshake(); err != nil {
			t.Errorf("%q: %v", seed, err)
		}
		if err := <-shown; err != nil {
			t.Errorf("%q: %v", seed, err)
		}
	}
}
