package remote_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tarn/lxd"
	"tarn/lxd/lxdtest"
	"tarn/lxd/remote"
)

// environment is a stand-in for os.Getenv with its own home.
func environment(t *testing.T, files map[string]string, vars map[string]string) (home string, getenv func(string) string) {
	t.Helper()
	home = t.TempDir()
	for name, text := range files {
		path := filepath.Join(home, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return home, func(name string) string {
		if value, ok := vars[name]; ok {
			return strings.ReplaceAll(value, "~", home)
		}
		switch name {
		case "HOME":
			return home
		case "LXD_GLOBAL_CONF", "INCUS_GLOBAL_CONF": // never the machine's own
			return filepath.Join(home, "nowhere")
		}
		return ""
	}
}

const lxcConfig = `
default-remote: prod
remotes:
  local: {addr: "unix://", project: mine}
  prod: {addr: "https://10.1.0.4:8443", auth_type: tls, protocol: lxd, project: web}
  bare: {addr: "https://10.1.0.4:8443"}
  other: {addr: "unix:/run/other.socket", project: p}
  here: {addr: "unix://"}
  images: {addr: "https://images.example", protocol: simplestreams, public: true}
  open: {addr: "https://open.example", public: true}
  old: {addr: "https://old.example", auth_type: candid}
  browser: {addr: "https://oidc.example", auth_type: oidc}
  gopher: {addr: "gopher://x"}
  strange: {addr: "https://x", protocol: nfs}
`

func TestFind(t *testing.T) {
	lxc := map[string]string{".config/lxc/config.yml": lxcConfig, ".config/incus/config.yml": `
remotes:
  prod: {addr: "https://10.9.9.9:8443", protocol: incus}
  inc: {addr: "https://10.2.0.1:8443", protocol: incus, project: blue}
  local: {addr: "unix://", project: green}
`}
	socket := map[string]string{"LXD_SOCKET": "/run/x.socket"}
	with := func(more ...string) map[string]string {
		vars := map[string]string{"LXD_SOCKET": "/run/x.socket"}
		for i := 0; i < len(more); i += 2 {
			vars[more[i]] = more[i+1]
		}
		return vars
	}
	for _, c := range []struct {
		name  string
		files map[string]string
		vars  map[string]string
		ask   string
		want  string // name, project, socket and URL
	}{
		{"nothing asked for", lxc, socket, "", "local  /run/x.socket "},
		{"local", lxc, socket, "local", "local  /run/x.socket "},
		{"local with a colon", lxc, socket, "local:", "local  /run/x.socket "},
		{"no configuration", nil, socket, "", "local  /run/x.socket "},
		{"folder", nil, map[string]string{"LXD_DIR": "/d"}, "", "local  /d/unix.socket "},
		{"Incus's socket", lxc, map[string]string{"INCUS_SOCKET": "/i.socket"}, "", "local  /i.socket "},
		{"Incus's folder", lxc, map[string]string{"INCUS_DIR": "/i", "INCUS_PROJECT": "red"}, "", "local  /i/unix.socket "},
		{"a socket's path", lxc, socket, "unix:/run/y.socket", "unix:/run/y.socket  /run/y.socket "},
		{"a socket's path as a URL", lxc, socket, "unix:///run/y.socket", "unix:///run/y.socket  /run/y.socket "},
		{"no path", lxc, socket, "unix:", "local  /run/x.socket "},
		{"https", lxc, socket, "prod", "prod   https://10.1.0.4:8443"},
		{"https without a project", lxc, socket, "bare:", "bare   https://10.1.0.4:8443"},
		{"a remote that is a socket", lxc, socket, "other", "other  /run/other.socket "},
		{"a remote that is the socket", lxc, socket, "here", "here  /run/x.socket "},
		{"Incus's remote", lxc, socket, "inc", "inc   https://10.2.0.1:8443"},
		{"Incus's remote and project", lxc, with("INCUS_PROJECT", "red"), "inc", "inc   https://10.2.0.1:8443"},
		{"Incus's project is not LXD's", lxc, with("INCUS_PROJECT", "red"), "prod", "prod   https://10.1.0.4:8443"},
		{"LXC_REMOTE", lxc, with("LXC_REMOTE", "prod"), "", "prod   https://10.1.0.4:8443"},
		{"LXC_REMOTE loses", lxc, with("LXC_REMOTE", "prod"), "local", "local  /run/x.socket "},
		{"INCUS_REMOTE", lxc, with("INCUS_REMOTE", "prod"), "", "prod   https://10.9.9.9:8443"},
		{"LXD_CONF", map[string]string{"c/config.yml": lxcConfig}, with("LXD_CONF", "~/c"), "prod", "prod   https://10.1.0.4:8443"},
		{"INCUS_CONF", map[string]string{"c/config.yml": lxcConfig}, with("INCUS_CONF", "~/c"), "prod", "prod   https://10.1.0.4:8443"},
		{"the snap's", map[string]string{"snap/lxd/common/config/config.yml": lxcConfig}, socket, "prod", "prod   https://10.1.0.4:8443"},
		{"native before the snap's", map[string]string{
			".config/lxc/config.yml":            `remotes: {prod: {addr: "https://native"}}`,
			"snap/lxd/common/config/config.yml": lxcConfig,
		}, socket, "prod", "prod   https://native"},
		{"the machine's", map[string]string{"g/config.yml": lxcConfig}, with("LXD_GLOBAL_CONF", "~/g"), "prod", "prod   https://10.1.0.4:8443"},
		{"the user's before the machine's", map[string]string{
			".config/lxc/config.yml": `remotes: {prod: {addr: "https://mine"}}`,
			"g/config.yml":           lxcConfig,
		}, with("LXD_GLOBAL_CONF", "~/g"), "prod", "prod   https://mine"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, getenv := environment(t, c.files, c.vars)
			found, err := remote.Find(c.ask, getenv)
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Join([]string{found.Name, found.Project, found.Socket, found.URL}, " ")
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestFindSaysWhatToDo(t *testing.T) {
	config := map[string]string{".config/lxc/config.yml": lxcConfig}
	for _, c := range []struct {
		ask   string
		files map[string]string
		want  string
	}{
		{"images", config, `remote "images" of ~/.config/lxc/config.yml serves images only (simplestreams): name one that is an LXD or Incus server`},
		{"open", config, `remote "open" of ~/.config/lxc/config.yml is public, which gives no access to storage: remove it and add it with "lxc remote add open" and a token of the server`},
		{"old", config, `remote "old" of ~/.config/lxc/config.yml logs in with candid, which needs a browser, where tarn needs a client certificate: remove it and add it with "lxc remote add old" and a token of the server`},
		{"browser", config, `remote "browser" of ~/.config/lxc/config.yml logs in with oidc, which needs a browser, where tarn needs a client certificate: remove it and add it with "lxc remote add browser" and a token of the server`},
		{"gopher", config, `remote "gopher" of ~/.config/lxc/config.yml has the address "gopher://x", which is neither https: nor unix: remove it and add it with "lxc remote add gopher" and a token of the server`},
		{"strange", config, `remote "strange" of ~/.config/lxc/config.yml speaks nfs, not the protocol of LXD or Incus: name another`},
		{"prud", config, `lxc and incus know no remote "prud"; did you mean "prod"? (looked in ~/.config/lxc/config.yml; there is no ~/nowhere/config.yml or ~/.config/incus/config.yml)`},
		{"nothing like it", nil, `lxc and incus know no remote "nothing like it", only "local" (there is no ~/.config/lxc/config.yml, ~/nowhere/config.yml or ~/.config/incus/config.yml); add it with "lxc remote add", or name a socket as unix:PATH`},
		{"prod", map[string]string{".config/lxc/config.yml": "remotes: [\n", ".config/incus/config.yml": lxcConfig}, "read the remotes of lxc: ~/.config/lxc/config.yml: "},
		{"prod", map[string]string{".config/incus/config.yml": "remotes: 3\n"}, "read the remotes of incus: ~/.config/incus/config.yml: "},
		{"prod", map[string]string{".config/incus/config.yml/x": ""}, "read the remotes of incus: ~/.config/incus/config.yml: it is a directory, not a regular file"},
	} {
		home, getenv := environment(t, c.files, nil)
		_, err := remote.Find(c.ask, getenv)
		c.want = strings.ReplaceAll(c.want, "~", home)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s:\ngot  %v\nwant %s", c.ask, err, c.want)
		}
	}
}

func TestConnectSaysWhatIsMissing(t *testing.T) {
	certificate, key := lxdtest.Certificate(t)
	for _, c := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"certificate", map[string]string{}, `.config/lxc has no client.crt: "lxc remote add" makes one, with a token of the server`},
		{"key", map[string]string{"client.crt": certificate}, `.config/lxc has no client.key: "lxc remote add" makes one, with a token of the server`},
		{"encrypted", map[string]string{"client.crt": certificate, "client.key": "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n"},
			`client.key is encrypted and tarn asks for no passphrase: decrypt it with "openssl pkey -in client.key -out client.key"`},
		{"encrypted the old way", map[string]string{"client.crt": certificate, "client.key": "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nMAA=\n-----END EC PRIVATE KEY-----\n"},
			`client.key is encrypted and tarn asks for no passphrase: decrypt it with "openssl pkey -in client.key -out client.key"`},
		{"no key in it", map[string]string{"client.crt": certificate, "client.key": "x"}, "the client's certificate and key: failed to find any PEM data in key input"},
		{"pinned", map[string]string{"client.crt": certificate, "client.key": key, "servercerts/prod.crt": "x"}, "the server's certificate: no PEM certificate in it"},
		{"authorities", map[string]string{"client.crt": certificate, "client.key": key, "client.ca": "x"}, "the authorities: no PEM certificate in it"},
		{"complete", map[string]string{"client.crt": certificate, "client.key": key}, ""},
	} {
		files := map[string]string{".config/lxc/config.yml": lxcConfig}
		for name, text := range c.files {
			files[filepath.Join(".config/lxc", name)] = text
		}
		_, getenv := environment(t, files, nil)
		found, err := remote.Find("prod", getenv)
		if err != nil {
			t.Fatal(err)
		}
		client, err := found.Connect(lxd.Options{})
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.want == "":
			if client.Address() != "https://10.1.0.4:8443" {
				t.Errorf("%s: at %s", c.name, client.Address())
			}
		case err == nil || !strings.HasPrefix(err.Error(), `remote "prod": `) || !strings.HasSuffix(err.Error(), c.want):
			t.Errorf("%s:\ngot  %v\nwant … %s", c.name, err, c.want)
		}
	}
}

// Whatever the configuration is like, a socket needs none of it.
func TestSocketNeedsNoConfiguration(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		vars  map[string]string
	}{
		"broken":                      {files: map[string]string{".config/lxc/config.yml": "remotes: [\n", ".config/incus/config.yml": "3"}},
		"a home that is no directory": {vars: map[string]string{"HOME": os.DevNull}},
		"a folder for a file":         {files: map[string]string{".config/lxc/config.yml/x": ""}},
		"no home":                     {vars: map[string]string{"HOME": ""}},
		"a folder that is a file":     {files: map[string]string{"c": ""}, vars: map[string]string{"LXD_CONF": "~/c", "INCUS_CONF": "~/c"}},
	} {
		for _, ask := range []string{"unix:/run/x.socket", "local", ""} {
			vars := map[string]string{"LXD_SOCKET": "/run/x.socket"}
			for name, value := range c.vars {
				vars[name] = value
			}
			_, getenv := environment(t, c.files, vars)
			found, err := remote.Find(ask, getenv)
			if err != nil || found.Socket != "/run/x.socket" {
				t.Errorf("%s, %q: %+v, %v", name, ask, found, err)
			}
		}
	}
}

// Where there is no HOME, as in services, it is said where the configuration was looked for.
func TestNoHome(t *testing.T) {
	_, getenv := environment(t, nil, map[string]string{"HOME": ""})
	_, err := remote.Find("prod-of-nobody", getenv)
	if err == nil || !strings.Contains(err.Error(), "; HOME is not set, so the home was taken to be /") {
		t.Error(err)
	}
	_, getenv = environment(t, nil, map[string]string{"HOME": "", "LXD_CONF": "~/c", "INCUS_CONF": "~/c"})
	_, err = remote.Find("prod-of-nobody", getenv)
	if err == nil || strings.Contains(err.Error(), "HOME") {
		t.Error("nothing is looked for in a home: ", err)
	}
}
