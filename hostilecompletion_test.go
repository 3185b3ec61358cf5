//go:build linux

package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// What completes a line asks nothing of a server, waits for nobody, and takes nothing out of a pipe.
func TestHostileCompletion(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		want string // how standard output begins
	}{
		"a server":               {[]string{"plan", "--remote", "unix:s", "--only", ""}, "main\nmain/vol\n:"},
		"a server, --exclude":    {[]string{"apply", "--remote", "unix:s", "--exclude", ""}, "main\nmain/vol\n:"},
		"a server, show":         {[]string{"show", "--remote", "unix:s", ""}, ":"},
		"a server, import":       {[]string{"import", "--remote", "unix:s", ""}, ":"},
		"a server, drift":        {[]string{"drift", "--remote", "unix:s", "--only", "ma"}, "main\nmain/vol\n:"},
		"remotes":                {[]string{"plan", "--remote", ""}, ":"},
		"a spec in a pipe":       {[]string{"plan", "pipe", "--only", ""}, ":"},
		"a folder with a pipe":   {[]string{"plan", "folder", "--only", ""}, ":"},
		"variables in a pipe":    {[]string{"plan", "--var-file", "pipe", "--only", ""}, ":"},
		"a device":               {[]string{"plan", "/dev/zero", "--only", ""}, ":"},
		"no file":                {[]string{"plan", "nothing.hcl", "--only", ""}, ":"},
		"a flag that is not one": {[]string{"plan", "--no-such", ""}, ":"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			requests := hostile(t, filepath.Join(dir, "s"), hangUntilClosed)
			if err := os.WriteFile(filepath.Join(dir, "storage.hcl"), []byte(oneVolume), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, pipe := range []string{"pipe", "folder/pipe.hcl", "config/config.yml"} {
				if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, pipe)), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := syscall.Mkfifo(filepath.Join(dir, pipe), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			t.Setenv("LXD_CONF", filepath.Join(dir, "config"))
			end := runMeasured(t, dir, append([]string{"__complete"}, c.args...)...)
			if end.code != 0 || !strings.HasPrefix(end.stdout, c.want) {
				t.Errorf("exit code %d, after %v: %q", end.code, end.took, end.stdout)
			}
			most := int64(0)
			if c.args[0] == "show" {
				most = 3 // it completes what the server has, and waits for half a second
			}
			if requests.Load() > most {
				t.Errorf("%d requests", requests.Load())
			}
		})
	}
}
