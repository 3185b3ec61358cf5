package lxd

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Why nobody answers is told in words, wherever it is that fails.
func TestUnreachableInWords(t *testing.T) {
	dial := func(network string, err error) error {
		return &net.OpError{Op: "dial", Net: network, Err: os.NewSyscallError("connect", err)}
	}
	for _, c := range []struct {
		err   error
		says  string
		there bool // something may be there, so that trying again may help
	}{
		{dial("unix", syscall.ENOENT), "the socket does not exist", false},
		{dial("unix", syscall.ENOTDIR), "the socket does not exist, for its path does not lead anywhere", false},
		{dial("unix", syscall.ELOOP), "the socket does not exist, for its path does not lead anywhere", false},
		{dial("unix", syscall.EINVAL), "the socket does not exist, for its path is longer than that of a socket can be", false},
		{dial("unix", syscall.ENAMETOOLONG), "the socket does not exist, for its path is longer than that of a socket can be", false},
		{dial("unix", syscall.EACCES), "this user may not use the socket", false},
		{dial("unix", syscall.ECONNREFUSED), "nobody listens there", true},
		{dial("unix", syscall.EAGAIN), "it takes no more connections", true},
		{dial("unix", syscall.EPROTOTYPE), "it is not a socket", true},
		{dial("tcp", syscall.EMFILE), "no more files may be opened (ulimit -n)", true},
		{dial("tcp", syscall.EINVAL), "dial tcp: connect: invalid argument", true},
		{dial("tcp", syscall.ENETUNREACH), "dial tcp: connect: network is unreachable", true},
		{&net.DNSError{Name: "a.example", Err: "no such host", IsNotFound: true}, "the name a.example cannot be resolved", true},
		{&net.DNSError{Name: "a.example", Err: "i/o timeout", IsTimeout: true}, "the name a.example cannot be resolved: no name server answers", true},
	} {
		err := fmt.Errorf("read: %w", error(unreachable("unix:s", c.err)))
		if want := "read: no answer from unix:s: " + c.says; err.Error() != want || errors.Is(err, ErrTransient) != c.there {
			t.Errorf("%v: %q, want %q; transient: %v", c.err, err, want, errors.Is(err, ErrTransient))
		}
		if missing := strings.HasPrefix(c.says, "the socket does not exist"); missing != errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%v does not exist: %v", err, !missing)
		}
	}
}

// Addresses of all forms lead to where they say, straight and whatever proxies the environment names.
func TestAddressForms(t *testing.T) {
	for _, variable := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"} {
		t.Setenv(variable, "http://192.0.2.1:1")
	}
	credentials := testCredentials(t)
	refused := "nobody listens there"
	for address, says := range map[string]string{
		"https://127.0.0.1:1": refused, "https://[::1]:1": refused, "https://[::1%25lo]:1": refused, "https://localhost:1": refused, "https://127.0.0.1:1/": refused,
		"https://[::1:1": "is no address of a server", "https://127.0.0.1:0": "is no address of a server", "https://127.0.0.1:65536": "is no address of a server",
		"https://127.0.0.1:99999999999999999999": "is no address of a server", "https://:8443": "is no address of a server", "https://": "is no address of a server",
		"http://127.0.0.1:1": "is no address of a server", "https://u:hidden@127.0.0.1:1": "is no address of a server", "https://a b:1": "is no address of a server",
	} {
		client, err := NewHTTPS(address, credentials, Options{Timeout: 5 * time.Second})
		if err == nil {
			_, err = client.Server(t.Context())
			client.Close()
		}
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: %v, want %q", address, err, says)
		}
	}
}

func testCredentials(t *testing.T) Credentials {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	encode := func(kind string, der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}) }
	return Credentials{Certificate: encode("CERTIFICATE", certificate), Key: encode("PRIVATE KEY", private)}
}
