package sim

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"net"
	"time"
)

// identity is the certificate that a server shows over TLS, by which clients tell servers apart.
type identity struct {
	certificate tls.Certificate
	pem         string
	fingerprint string
}

// newIdentity makes a certificate. The same seed always gives the same one. Servers show it to each client that asks what they are, and the key
// is of a kind that is made fast: with another one it would take a tenth of the time of a plan.
func newIdentity(seed string) (identity, error) {
	sum := sha256.Sum256([]byte(seed))
	secret := sum
	secret[0] &= 0x7f // less than the order of the curve
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), secret[:])
	if err != nil {
		return identity{}, err
	}
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(sum[:8]),
		Subject:      pkix.Name{Organization: []string{"tarn simulator"}, CommonName: "sim"},
		NotBefore:    time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC),
		NotAfter:     time.Date(2120, 1, 1, 0, 0, 0, 0, time.UTC),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:     []string{"localhost"},
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	der, err := x509.CreateCertificate(nil, template, template, key.Public(), key) // without chance the signature always is the same
	if err != nil {
		return identity{}, err
	}
	sum = sha256.Sum256(der)
	return identity{
		certificate: tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key},
		pem:         string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		fingerprint: hex.EncodeToString(sum[:]),
	}, nil
}
