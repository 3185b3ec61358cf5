package lxdtest

import (
	"strings"
	"testing"
)

func TestRemoteOverHTTPS(t *testing.T) {
	t.Parallel()
	testRemote(t, New(t))
}

func testRemote(t *testing.T, s *Server) {
	t.Helper()
	addr, err := s.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	conf, err := s.Remote(t.Context(), "there")
	if err != nil {
		t.Fatal(err)
	}
	s.Run(t, "storage", "create", "p", "dir")

	// A client of another server, or of none, that has only this configuration.
	env := []string{s.kind.prefix + "_CONF=" + conf, s.kind.prefix + "_DIR=/nowhere", s.kind.prefix + "_SOCKET="}
	out, err := s.run(t.Context(), env, nil, s.kind.client, "storage", "list", "there:", "--format", "csv")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out, "p,dir,") {
		t.Errorf("pools at %s:\n%s", addr, out)
	}
}
