package lxdtest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
)

// Listen makes the server answer HTTPS too and returns its address, 127.0.0.1:PORT. The server's certificate is
// server.crt in Dir.
func (s *Server) Listen(ctx context.Context) (string, error) {
	var errs error
	for range 3 { // another process may take the port first
		addr, err := freeAddr()
		if err != nil {
			return "", err
		}
		_, err = s.LXC(ctx, "config", "set", "core.https_address", addr)
		if err == nil {
			return addr, nil
		}
		errs = errors.Join(errs, err)
	}
	return "", errs
}

// freeAddr returns a loopback address that nobody listens on, out of the range from which the kernel does not take ports by
// itself, so that no outgoing connection lands on it before the daemon does.
func freeAddr() (string, error) {
	const first, last = 20000, 32000
	var errs error
	for range 20 {
		addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(first+rand.IntN(last-first)))
		l, err := net.Listen("tcp", addr)
		if err == nil {
			return addr, l.Close()
		}
		errs = errors.Join(errs, err)
	}
	return "", fmt.Errorf("find a free port: %w", errs)
}

// Token returns a trust token: a client that presents it becomes trusted under name. It can be used once, and works
// only when the server listens.
func (s *Server) Token(ctx context.Context, name string) (string, error) {
	out, err := s.LXC(ctx, append(slices.Clone(s.kind.trustAdd), name)...)
	if err != nil {
		return "", err
	}
	return lastLine(out), nil
}

// lastLine drops the sentence that clients print before a token.
func lastLine(out string) string {
	out = strings.TrimSpace(out)
	return out[strings.LastIndexByte(out, '\n')+1:]
}

// Remote makes a client configuration folder in which the remote name is this server over HTTPS, with a client
// certificate that the server trusts, and returns its path, for LXD_CONF (INCUS_CONF). The folder goes with the server.
// The server must listen.
func (s *Server) Remote(ctx context.Context, name string) (conf string, err error) {
	token, err := s.Token(ctx, name)
	if err != nil {
		return "", err
	}
	conf, err = os.MkdirTemp(s.folder.dir, "remote-")
	if err != nil {
		return "", err
	}
	env := []string{s.kind.prefix + "_CONF=" + conf}
	_, err = s.run(ctx, env, nil, s.kind.client, "remote", "add", name, token)
	return conf, err
}
