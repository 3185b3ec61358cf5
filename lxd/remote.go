package lxd

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Remote is where a server is, resolved from the name that the user gave.
type Remote struct {
	Name   string // for people: local, or what the user wrote
	Socket string // path of its unix socket
}

// FindRemote resolves a remote's name: local (also the default) or unix:PATH. getenv is os.Getenv or a stand-in for it.
func FindRemote(name string, getenv func(string) string) (Remote, error) {
	if name == "" || name == "local" || name == "local:" {
		return Remote{Name: "local", Socket: localSocket(getenv)}, nil
	}
	if path, ok := strings.CutPrefix(name, "unix:"); ok {
		path = strings.TrimPrefix(path, "//") // unix:///run/lxd.socket, as lxc's configuration writes it
		if path == "" {
			return Remote{Name: "local", Socket: localSocket(getenv)}, nil
		}
		return Remote{Name: name, Socket: path}, nil
	}
	return Remote{}, fmt.Errorf("remote %q: tarn reaches a server as %q, through its unix socket, or as %q", name, "local", "unix:PATH")
}

// Connect gives a client for the remote. It sends nothing yet.
func (r Remote) Connect(opts Options) *Client { return NewUnix(r.Socket, opts) }

// localSocket finds the local server's socket as lxc does: what the environment says, then where LXD and Incus put theirs.
func localSocket(getenv func(string) string) string {
	if path := getenv("LXD_SOCKET"); path != "" {
		return path
	}
	if dir := getenv("LXD_DIR"); dir != "" {
		return filepath.Join(dir, "unix.socket")
	}
	if path := getenv("INCUS_SOCKET"); path != "" {
		return path
	}
	if dir := getenv("INCUS_DIR"); dir != "" {
		return filepath.Join(dir, "unix.socket")
	}
	places := []string{
		"/var/snap/lxd/common/lxd/unix.socket",
		"/var/lib/lxd/unix.socket",
		"/run/incus/unix.socket",
		"/var/lib/incus/unix.socket",
	}
	for _, place := range places {
		if _, err := os.Stat(place); err == nil {
			return place
		}
	}
	return "/var/lib/lxd/unix.socket"
}
