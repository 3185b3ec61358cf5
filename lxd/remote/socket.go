package remote

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// socket is where the local server may be.
type socket struct {
	path    string
	tool    *tool  // whose configuration counts
	project string // that the socket confines its user to, "" for none
}

// localSocket finds the local server's socket as lxc and incus do: what the environment says, then where LXD and Incus
// put theirs, the first one that may be used.
func localSocket(getenv func(string) string, lxc, incus *tool) socket {
	for _, t := range []*tool{lxc, incus} {
		if path := getenv(t.prefix + "_SOCKET"); path != "" {
			return socket{path: path, tool: t}
		}
		if dir := getenv(t.prefix + "_DIR"); dir != "" {
			return socket{path: filepath.Join(dir, "unix.socket"), tool: t}
		}
	}
	own := "user-" + strconv.Itoa(os.Getuid())
	places := []socket{
		{path: "/var/snap/lxd/common/lxd/unix.socket", tool: lxc},
		{path: "/var/snap/lxd/common/lxd-user/unix.socket", tool: lxc},
		{path: "/var/lib/lxd/unix.socket", tool: lxc},
		{path: "/run/incus/unix.socket", tool: incus},
		{path: "/run/incus/unix.socket.user", tool: incus, project: own},
		{path: "/var/lib/incus/unix.socket", tool: incus},
		{path: "/var/lib/incus/unix.socket.user", tool: incus, project: own},
	}
	return firstUsable(places, socket{path: "/var/lib/lxd/unix.socket", tool: lxc})
}

// firstUsable prefers a socket that this user may write to, then one that is there at all.
func firstUsable(places []socket, otherwise socket) socket {
	found := false
	for _, place := range places {
		// A socket cannot be opened, but permission is checked first.
		file, err := os.OpenFile(place.path, os.O_WRONLY, 0)
		if err == nil {
			file.Close()
		}
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case !errors.Is(err, fs.ErrPermission):
			return place
		case !found:
			found, otherwise = true, place
		}
	}
	return otherwise
}
