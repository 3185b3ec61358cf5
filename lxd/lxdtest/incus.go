package lxdtest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// AvailableIncus returns nil when StartIncus can work here. Incus is taken from where .ci/incus unpacks it, or else
// from the machine. The libraries that the daemon shares with LXD must be installed; they come with Debian's lxd.
func AvailableIncus() error {
	_, err := incusKind()
	return err
}

func incusKind() (kind, error) {
	if err := privileged(); err != nil {
		return kind{}, err
	}
	if _, err := lookPath("mkfs.btrfs"); err != nil {
		return kind{}, errors.New("not installed: mkfs.btrfs (" + install + ")")
	}
	roots := []string{"/"}
	if cache, err := os.UserCacheDir(); err == nil {
		roots = []string{filepath.Join(cache, "tarn", "incus"), "/"}
	}
	for _, root := range roots {
		k := kind{
			daemon:   filepath.Join(root, "usr/libexec/incus/incusd"),
			client:   filepath.Join(root, "usr/bin/incus"),
			prefix:   "INCUS",
			trustAdd: []string{"config", "trust", "add"},
		}
		_, daemonErr := lookPath(k.daemon)
		_, clientErr := lookPath(k.client)
		if daemonErr != nil || clientErr != nil {
			continue
		}
		if root != "/" {
			libs, err := filepath.Glob(filepath.Join(root, "usr/lib/*-linux-*"))
			if err != nil || len(libs) != 1 {
				return kind{}, errors.New("no libraries for Incus in " + root)
			}
			k.daemonEnv = []string{"LD_LIBRARY_PATH=" + libs[0]}
		}
		return k, nil
	}
	return kind{}, errors.New("not installed: incus (.ci/incus unpacks Debian's packages for tests)")
}

// NewIncus starts an Incus server and treats t as New does. Env speaks INCUS_DIR and so on, LXC runs incus.
func NewIncus(t testing.TB) *Server {
	t.Helper()
	need(t, AvailableIncus())
	s, err := StartIncus(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	stopAtEnd(t, s)
	return s
}

// StartIncus is Start for an Incus server.
func StartIncus(ctx context.Context, parent string) (*Server, error) {
	k, err := incusKind()
	if err != nil {
		return nil, err
	}
	return start(ctx, parent, k)
}
