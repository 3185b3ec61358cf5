package remote

import (
	"errors"
	"fmt"
	"io/fs"

	"tarn/cli/readfile"
	"tarn/lxd"
)

// Connect gives a client for the remote. It sends nothing yet. The client's errors are those of package lxd; when the server
// cannot be used, their texts also say what to do about it. opts.Explain, if there is one, is given them after that.
func (r Remote) Connect(opts lxd.Options) (*lxd.Client, error) {
	explain := opts.Explain
	opts.Explain = func(err error) error {
		if err = r.explain(err); explain != nil {
			err = explain(err)
		}
		return err
	}
	if r.URL == "" {
		return lxd.NewUnix(r.Socket, opts), nil
	}
	credentials, err := r.credentials()
	if err != nil {
		return nil, fmt.Errorf("remote %q: %w", r.Name, err)
	}
	client, err := lxd.NewHTTPS(r.URL, credentials, opts)
	if errors.Is(err, lxd.ErrKeyEncrypted) {
		err = fmt.Errorf("%s is encrypted and tarn asks for no passphrase: decrypt it with %q",
			r.tool.own("client.key"), "openssl pkey -in client.key -out client.key")
	}
	if err != nil {
		return nil, fmt.Errorf("remote %q: %w", r.Name, err)
	}
	return client, nil
}

// credentials reads the certificates that belong to the remote.
func (r Remote) credentials() (lxd.Credentials, error) {
	var c lxd.Credentials
	var err error
	for _, file := range []struct {
		name string
		to   *[]byte
	}{{"client.crt", &c.Certificate}, {"client.key", &c.Key}} {
		*file.to, err = readfile.Regular(r.tool.own(file.name), readfile.Certificate)
		if errors.Is(err, fs.ErrNotExist) {
			return c, fmt.Errorf(`%s has no %s: "%s remote add" makes one, with a token of the server`, r.tool.own(), file.name, r.tool.name)
		}
		if err != nil {
			return c, fmt.Errorf("read the client's certificate: %s: %w", r.tool.own(file.name), err)
		}
	}
	if path := r.tool.file("servercerts", r.key+".crt"); path != "" {
		if c.Server, err = readfile.Regular(path, readfile.Certificate); err != nil {
			return c, fmt.Errorf("read the server's certificate: %s: %w", path, err)
		}
	}
	if c.CA, err = readfile.Regular(r.tool.own("client.ca"), readfile.Certificate); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return c, fmt.Errorf("read the authorities: %s: %w", r.tool.own("client.ca"), err)
	}
	return c, nil
}
