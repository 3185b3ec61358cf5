package lxd_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"tarn/lxd"
	"tarn/lxd/lxdtest"
	"tarn/lxd/sim"
)

// The server of this machine, and each request on the way to it.
func ExampleNewUnix() {
	dir, err := os.MkdirTemp("", "lxd-example-")
	check(err)
	defer os.RemoveAll(dir)
	socket := filepath.Join(dir, "unix.socket") // elsewhere /var/lib/lxd/unix.socket
	listener, err := net.Listen("unix", socket)
	check(err)
	defer listener.Close()
	go sim.New(nil).Serve(listener)

	client := lxd.NewUnix(socket, lxd.Options{
		UserAgent: "example",
		Trace:     func(e lxd.Exchange) { fmt.Println(e.Method, e.Path, e.Status) },
	})
	defer client.Close()
	server, err := client.Server(context.Background())
	check(err)
	fmt.Println(server, server.Trusted, server.Has("storage"))
	// Output:
	// GET /1.0 200
	// LXD 5.0.2 true true
}

// A server on the network that shows the certificate which was written down when it was met first, and another one.
func ExampleNewHTTPS() {
	address, serverCertificate := onNetwork()
	certificate, key, err := lxdtest.NewCertificate() // elsewhere from the files client.crt and client.key
	check(err)
	credentials := lxd.Credentials{Certificate: []byte(certificate), Key: []byte(key), Server: []byte(serverCertificate)}

	client, err := lxd.NewHTTPS("https://"+address, credentials, lxd.Options{})
	check(err)
	defer client.Close()
	server, err := client.Server(context.Background())
	check(err)
	fmt.Println(server)

	credentials.Server = []byte(certificate)
	other, err := lxd.NewHTTPS("https://"+address, credentials, lxd.Options{})
	check(err)
	defer other.Close()
	_, err = other.Server(context.Background())
	var wrong *lxd.CertificateError
	fmt.Println(errors.As(err, &wrong), wrong.Shown == server.Fingerprint())
	// Output:
	// LXD 5.0.2
	// true true
}

// A program that knows where it has the address from adds to the errors what its user can do.
func ExampleOptions_explain() {
	client := lxd.NewUnix("/nowhere/unix.socket", lxd.Options{
		Explain: func(err error) error { return fmt.Errorf("%w (it is the one of server.conf)", err) },
	})
	defer client.Close()
	_, err := client.Pools(context.Background())
	fmt.Println(err)
	// Output: no answer from unix:/nowhere/unix.socket: the socket does not exist (it is the one of server.conf)
}
