package remote

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"syscall"

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

	read    []string // configuration files that remotes are from
	missing []string // that are not there
	refused []string // that this user may not read
	broken  error    // why no further one could be read, nil when all were
	homeIs  string   // what stands for the user's home, "" when HOME says it or nothing is looked for in it
}

// remoteEntry is a remote as config.yml has it.
type remoteEntry struct {
	Addr     string `yaml:"addr"`
	AuthType string `yaml:"auth_type"`
	Protocol string `yaml:"protocol"`
	Public   bool   `yaml:"public"`

	file string // that it is in
}

// lxcTool reads lxc's configuration.
func lxcTool(getenv func(string) string) *tool {
	t := &tool{name: "lxc", prefix: "LXD", trust: "lxc config trust add"}
	user := getenv("LXD_CONF")
	if user == "" {
		home := t.home(getenv)
		// The snap's lxc has LXD_CONF set for it.
		user = firstWithConfig(filepath.Join(home, ".config/lxc"), filepath.Join(home, "snap/lxd/common/config"))
	}
	global := getenv("LXD_GLOBAL_CONF")
	if global == "" {
		global = firstWithConfig("/etc/lxd", "/var/snap/lxd/common/global-conf")
	}
	t.dirs = []string{user, global}
	t.readRemotes()
	return t
}

// incusTool reads incus's configuration.
func incusTool(getenv func(string) string) *tool {
	t := &tool{name: "incus", prefix: "INCUS", trust: "incus config trust add-certificate"}
	user := getenv("INCUS_CONF")
	if user == "" {
		user = filepath.Join(t.home(getenv), ".config/incus")
	}
	global := getenv("INCUS_GLOBAL_CONF")
	if global == "" {
		global = "/etc/incus"
	}
	t.dirs = []string{user, global}
	t.readRemotes()
	return t
}

// home is the user's home. Without HOME, which services often do not have, it is what the machine knows of the user.
func (t *tool) home(getenv func(string) string) string {
	if home := getenv("HOME"); home != "" {
		return home
	}
	t.homeIs = "/"
	if u, err := user.Current(); err == nil && u.HomeDir != "" {
		t.homeIs = u.HomeDir
	}
	return t.homeIs
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

// readRemotes collects the remotes, the user's before those of the machine. A file that is broken, or may not be read, matters only to
// those who look for a remote in it: a socket needs none.
func (t *tool) readRemotes() {
	t.remotes = map[string]remoteEntry{}
	for _, dir := range t.dirs {
		path := filepath.Join(dir, "config.yml")
		data, err := readfile.Regular(path, readfile.Config)
		switch {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
			t.missing = append(t.missing, path)
			continue
		case errors.Is(err, fs.ErrPermission):
			t.refused = append(t.refused, path)
			continue
		}
		var remotes map[string]remoteEntry
		if err == nil {
			remotes, err = parseRemotes(data)
		}
		if err != nil {
			t.broken = fmt.Errorf("read the remotes of %s: %s: %w", t.name, path, causeOf(err))
			return
		}
		t.read = append(t.read, path)
		for name, entry := range remotes {
			if _, ok := t.remotes[name]; !ok {
				entry.file = path
				t.remotes[name] = entry
			}
		}
	}
}

// parseRemotes reads what config.yml says of remotes.
func parseRemotes(data []byte) (map[string]remoteEntry, error) {
	var config struct {
		Remotes map[string]remoteEntry `yaml:"remotes"`
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // a byte order mark, which would be part of the first key
	if err := checkYAML(data); err != nil {
		return nil, err
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
