package remote

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/lxd/secrets"
)

// Remote is a server that [Find] has found by its name.
type Remote struct {
	Name    string // for people: local, or the name that was asked for
	Project string // project that the socket confines its user to, "" for none
	Socket  string // path of the unix socket, "" for a server that is reached over HTTPS
	URL     string // https://host:port, "" for a unix socket

	tool *tool  // that knows the remote
	key  string // its name there
}

// localName is the remote that always exists.
const localName = "local"

// Find finds a server by its remote's name: local, unix:PATH, or one that the configuration of lxc, or else of incus, has. The
// empty name is LXC_REMOTE's or INCUS_REMOTE's and without them local. getenv is os.Getenv or a stand-in for it.
//
// The default-remote of lxc's configuration is not followed, and neither are the projects that it has for remotes, or
// INCUS_PROJECT: what is changed should not depend on which server or project somebody looked at last.
func Find(name string, getenv func(string) string) (Remote, error) {
	lxc, incus := lxcTool(getenv), incusTool(getenv)
	tools := []*tool{lxc, incus}
	if name == "" {
		name = getenv("LXC_REMOTE")
		if name == "" && getenv("INCUS_REMOTE") != "" {
			name = getenv("INCUS_REMOTE")
			slices.Reverse(tools)
		}
	}
	if name != "unix:" {
		name = cmp.Or(strings.TrimSuffix(name, ":"), localName) // as lxc writes a remote
	}
	return findIn(tools, name, localSocket(getenv, lxc, incus))
}

func findIn(tools []*tool, name string, local socket) (Remote, error) {
	here := Remote{
		Name:    localName,
		Project: local.project,
		Socket:  local.path,
		tool:    local.tool,
	}
	if name == localName {
		return here, nil
	}
	if path, ok := socketPath(name); ok {
		if path == "" {
			return here, nil
		}
		return Remote{Name: name, Socket: path, tool: local.tool}, nil
	}
	for _, t := range tools {
		if entry, ok := t.remotes[name]; ok {
			return t.remote(name, entry, here)
		}
		if t.broken != nil { // which may name another server than a later file
			return Remote{}, t.broken
		}
	}
	return Remote{}, unknownRemote(name, tools)
}

// socketPath reads unix:PATH and unix:///PATH, as lxc's configuration has it; "" is the local server's.
func socketPath(address string) (string, bool) {
	path, ok := strings.CutPrefix(address, "unix:")
	return strings.TrimPrefix(path, "//"), ok
}

// remote checks that a remote of the configuration serves storage and can be reached by this package.
func (t *tool) remote(name string, entry remoteEntry, here Remote) (Remote, error) {
	fail := func(format string, args ...any) (Remote, error) {
		return Remote{}, fmt.Errorf("remote %q of %s "+format, append([]any{name, entry.file}, args...)...)
	}
	again := fmt.Sprintf(`remove it and add it with "%s remote add %s" and a token of the server`, t.name, lxd.ShellWord(name))
	switch {
	case entry.Protocol == "simplestreams":
		return fail("serves images only (simplestreams): name one that is an LXD or Incus server")
	case entry.Public:
		return fail("is public, which gives no access to storage: %s", again)
	case entry.Protocol != "" && entry.Protocol != "lxd" && entry.Protocol != "incus":
		return fail("speaks %s, not the protocol of LXD or Incus: name another", entry.Protocol)
	case entry.AuthType != "" && entry.AuthType != "tls":
		return fail("logs in with %s, which needs a browser, where tarn needs a client certificate: %s", entry.AuthType, again)
	}
	if path, ok := socketPath(entry.Addr); ok {
		return Remote{Name: name, Socket: cmp.Or(path, here.Socket), tool: t, key: name}, nil
	}
	if !strings.HasPrefix(entry.Addr, "https://") {
		return fail("has the address %q, which is neither https: nor unix: %s", secrets.Address(entry.Addr), again)
	}
	return Remote{Name: name, URL: strings.TrimSuffix(entry.Addr, "/"), tool: t, key: name}, nil
}

// Names are the remotes that Find knows by name, in order.
func Names(getenv func(string) string) ([]string, error) {
	lxc, incus := lxcTool(getenv), incusTool(getenv)
	return remoteNames([]*tool{lxc, incus}), errors.Join(lxc.broken, incus.broken)
}

func remoteNames(tools []*tool) []string {
	known := map[string]bool{localName: true}
	for _, t := range tools {
		for name := range t.remotes {
			known[name] = true
		}
	}
	return slices.Sorted(maps.Keys(known))
}
