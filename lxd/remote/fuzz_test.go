package remote

import (
	"strings"
	"testing"
)

func FuzzRemotes(f *testing.F) {
	f.Add("default-remote: local\nremotes:\n  local: {addr: \"unix://\", public: false}\naliases: {}\n")
	f.Add("remotes:\n  rr:\n    addr: https://127.0.0.1:18603\n    auth_type: tls\n    protocol: lxd\n    project: default\n")
	f.Add("remotes: &a\n  x: *a\n")
	f.Add("remotes: [1, {}]")
	f.Add("? a\n: - !!binary x")
	f.Fuzz(func(t *testing.T, text string) {
		remotes, err := parseRemotes([]byte(text))
		if err != nil {
			if strings.Contains(err.Error(), "\n") || err.Error() == "" {
				t.Errorf("not one line: %q", err)
			}
			return
		}
		lxc := &tool{name: "lxc", trust: "t", dirs: []string{"/nowhere"}, remotes: remotes}
		for name := range remotes {
			remote, err := findIn([]*tool{lxc}, name, socket{path: "/s", tool: lxc})
			if err == nil && (remote.Socket == "") == (remote.URL == "") {
				t.Errorf("%q is found as %+v", name, remote)
			}
		}
	})
}
