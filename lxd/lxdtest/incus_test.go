package lxdtest

import (
	"strings"
	"testing"
)

func TestIncus(t *testing.T) {
	t.Parallel()
	s := NewIncus(t)
	withPools(t, s)
	if out := s.Run(t, "query", "/1.0"); !strings.Contains(out, `"server": "incus"`) {
		t.Errorf("this is not Incus:\n%s", out)
	}
	if err := s.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := s.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.Run(t, "storage", "volume", "show", "loop", "v")
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	assertNothingLeft(t, s)
}

func TestIncusRemoteOverHTTPS(t *testing.T) {
	t.Parallel()
	testRemote(t, NewIncus(t))
}
