package remote

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"

	"github.com/goccy/go-yaml"

	"tarn/cli/readfile"
)

// tool is lxc or incus: a command line client whose configuration names remotes.
type tool struct {
	name    string   // as one calls it
	prefix  string   // of its environment variables
	trust   string   // its command that makes a server trust a certificate
	dirs    []string // of the configuration, the user's first; the client's certificate is in the first
	remotes map[string]remoteEntry

	unreadable []string // configuration files that this user may not read
}

// remoteEntry is a remote as config.yml has it.
type remoteEntry struct {
	Addr     string `yaml:"addr"`
	AuthType string `yaml:"auth_type"`
	Protocol string `yaml:"protocol"`
	Public   bool   `yaml:"public"`
}

// lxcTool reads lxc's configuration.
func lxcTool(getenv func(string) string) (*tool, error) {
	t := &tool{name: "lxc", prefix: "LXD", trust: "lxc config trust add"}
	user := getenv("LXD_CONF")
	if user == "" {
		home := homeDir(getenv)
		// The snap's lxc has LXD_CONF set for it.
		user = firstWithConfig(filepath.Join(home, ".config/lxc"), filepath.Join(home, "snap/lxd/common/config"))
	}
	global := getenv("LXD_GLOBAL_CONF")
	if global == "" {
		global = firstWithConfig("/etc/lxd", "/var/snap/lxd/common/global-conf")
	}
	t.dirs = []string{user, global}
	return t, t.read()
}

// incusTool reads incus's configuration.
func incusTool(getenv func(string) string) (*tool, error) {
	t := &tool{name: "incus", prefix: "INCUS", trust: "incus config trust add-certificate"}
	user := getenv("INCUS_CONF")
	if user == "" {
		user = filepath.Join(homeDir(getenv), ".config/incus")
	}
	global := getenv("INCUS_GLOBAL_CONF")
	if global == "" {
		global = "/etc/incus"
	}
	t.dirs = []string{user, global}
	return t, t.read()
}

func homeDir(getenv func(string) string) string {
	if home := getenv("HOME"); home != "" {
		return home
	}
	if u, err := user.Current(); err == nil {
		return u.HomeDir
	}
	return "/"
}

// firstWithConfig is the first folder with a configuration in it, or else the first.
func firstWithConfig(dirs ...string) string {
	for _, dir := range dirs {
		if _, err := os.Stat(filepath.Join(dir, "config.yml")); err == nil {
			return dir
		}
	}
	return dirs[0]
}

// read collects the remotes, the user's before those of the machine.
func (t *tool) read() error {
	t.remotes = map[string]remoteEntry{}
	for _, dir := range t.dirs {
		path := filepath.Join(dir, "config.yml")
		data, err := readfile.Regular(path, readfile.Config)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if errors.Is(err, fs.ErrPermission) {
			t.unreadable = append(t.unreadable, path) // which matters only to those who look for a remote in it
			continue
		}
		if err != nil {
			return fmt.Errorf("read the remotes of %s: %s: %w", t.name, path, err)
		}
		remotes, err := parseRemotes(data)
		if err != nil {
			return fmt.Errorf("read the remotes of %s: %s: %w", t.name, path, err)
		}
		for name, entry := range remotes {
			if _, ok := t.remotes[name]; !ok {
				t.remotes[name] = entry
			}
		}
	}
	return nil
}

// parseRemotes reads what config.yml says of remotes.
func parseRemotes(data []byte) (map[string]remoteEntry, error) {
	var config struct {
		Remotes map[string]remoteEntry `yaml:"remotes"`
	}
	if err := yaml.Unmarshal(data, &config); err != nil {
		return nil, errors.New(yaml.FormatError(err, false, false))
	}
	return config.Remotes, nil
}

// own is the path of a file in the user's own configuration, where the client's certificate is; of the folder without a name.
func (t *tool) own(elem ...string) string {
	return filepath.Join(append([]string{t.dirs[0]}, elem...)...)
}

// file finds a file of the configuration, the user's before the machine's; "" when there is none.
func (t *tool) file(elem ...string) string {
	for _, dir := range t.dirs {
		path := filepath.Join(append([]string{dir}, elem...)...)
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return ""
}
