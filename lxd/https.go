package lxd

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"tarn/lxd/secrets"
)

// Credentials secure a connection over HTTPS. All of them are PEM.
type Credentials struct {
	Certificate []byte // the client's, which the server has to trust
	Key         []byte // the client's, not encrypted

	// Server is the server's own certificate. Without CA no other is accepted; with it one that these authorities have
	// signed is too. Nil has the server's certificate checked against CA, name and all.
	Server []byte

	// CA holds the authorities that may have signed the server's certificate, nil for those of the system.
	CA []byte
}

// ErrKeyEncrypted says that the client's key has to be decrypted first.
var ErrKeyEncrypted = errors.New("the client's key is encrypted")

var errNoPEM = errors.New("no PEM certificate in it")

const dialLimit = 15 * time.Second // for the connection and its handshake

// NewHTTPS gives a client for the server at an address like https://10.1.0.4:8443; the port is 443 when there is none. It
// sends nothing yet: what is wrong with the address or the credentials themselves is an error here, that the server does
// not have the right certificate is a *CertificateError of the first call, and that it does not know the client's an
// *UntrustedError.
func NewHTTPS(address string, credentials Credentials, opts Options) (*Client, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || strings.Trim(u.Path, "/") != "" || u.User != nil || !isPort(u.Port()) {
		return nil, fmt.Errorf("%q is no address of a server; one looks like https://10.1.0.4:8443", secrets.Address(address))
	}
	host := u.Host
	if u.Port() == "" {
		host = net.JoinHostPort(u.Hostname(), "443") // as lxc has it; lxc remote add writes the port down
	}
	address = (&url.URL{Scheme: "https", Host: u.Host}).String() // with the zone of an address escaped
	config, err := credentials.config(address, u.Hostname())
	if err != nil {
		return nil, err
	}
	dial := func(ctx context.Context) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, dialLimit)
		defer cancel()
		return (&tls.Dialer{Config: config}).DialContext(ctx, "tcp", host)
	}
	return &Client{http: newHTTP(dial), base: address, address: address, opts: opts, byCertificate: true}, nil
}

// isPort tells whether a text is the number of a port, or empty.
func isPort(text string) bool {
	n, err := strconv.ParseUint(text, 10, 16)
	return text == "" || err == nil && n > 0
}

// config is for a server at an address, whose certificate may have the name host.
func (c Credentials) config(address, host string) (*tls.Config, error) {
	if block, _ := pem.Decode(c.Key); block != nil &&
		(block.Type == "ENCRYPTED PRIVATE KEY" || strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED")) {
		return nil, ErrKeyEncrypted
	}
	client, err := tls.X509KeyPair(c.Certificate, c.Key)
	if err != nil {
		return nil, fmt.Errorf("the client's certificate and key: %w", errors.New(strings.TrimPrefix(err.Error(), "tls: ")))
	}
	verify, err := c.verifier(host)
	if err != nil {
		return nil, err
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS13,
		ServerName: host,
		// Shown whatever authorities the server names: it trusts certificates one by one.
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &client, nil },
		// A server's own certificate need not have the name or address by which it is reached; verify does the checking.
		InsecureSkipVerify: true,
		VerifyConnection: func(state tls.ConnectionState) error {
			if wrong := verify(state.PeerCertificates); wrong != nil {
				wrong.Address = address
				return wrong
			}
			return nil
		},
	}, nil
}

// verifier gives the check of the certificates that the server shows, its own first. It gives nil when all is well.
func (c Credentials) verifier(host string) (func([]*x509.Certificate) *CertificateError, error) {
	var authorities *x509.CertPool // nil is the system's
	if c.CA != nil {
		authorities = x509.NewCertPool()
		if !authorities.AppendCertsFromPEM(c.CA) {
			return nil, fmt.Errorf("the authorities: %w", errNoPEM)
		}
	}
	var pinned []byte
	if c.Server != nil {
		block, _ := pem.Decode(c.Server)
		if block == nil {
			return nil, fmt.Errorf("the server's certificate: %w", errNoPEM)
		}
		pinned = block.Bytes
	}
	return func(shown []*x509.Certificate) *CertificateError {
		wrong := new(CertificateError)
		if pinned != nil {
			wrong.Pinned = fingerprint(pinned)
		}
		if len(shown) == 0 {
			return wrong
		}
		wrong.Shown = fingerprint(shown[0].Raw)
		switch {
		case pinned != nil && bytes.Equal(shown[0].Raw, pinned):
			return nil
		case pinned != nil && c.CA == nil:
			return wrong
		}
		intermediates := x509.NewCertPool()
		for _, certificate := range shown[1:] {
			intermediates.AddCert(certificate)
		}
		_, err := shown[0].Verify(x509.VerifyOptions{DNSName: host, Roots: authorities, Intermediates: intermediates})
		if err == nil {
			return nil
		}
		wrong.Err = err
		return wrong
	}, nil
}

// fingerprint is what certificates are told apart by: their SHA-256 in hexadecimal.
func fingerprint(der []byte) string {
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:])
}
