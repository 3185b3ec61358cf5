package remote_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/lxdtest"
	"tarn/lxd/remote"
)

// over gives a client for a remote of the configuration in conf.
func over(t *testing.T, tool, conf, name string) *lxd.Client {
	t.Helper()
	found, err := remote.Find(name, confEnv(tool, conf))
	if err != nil {
		t.Fatal(err)
	}
	client, err := found.Connect(lxd.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// confEnv is an environment in which one of lxc and incus is configured in conf, and the other is not.
func confEnv(tool, conf string) func(string) string {
	return func(name string) string {
		switch name {
		case map[string]string{"lxc": "LXD_CONF", "incus": "INCUS_CONF"}[tool]:
			return conf
		case "LXD_CONF", "INCUS_CONF", "LXD_GLOBAL_CONF", "INCUS_GLOBAL_CONF", "LXD_SOCKET":
			return "/nowhere"
		}
		return ""
	}
}

// done carries a change through.
func done(t *testing.T, op *lxd.Operation, err error) {
	t.Helper()
	if err == nil {
		err = op.Wait(t.Context(), nil)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// want checks that an error is one line that has all the texts.
func want(t *testing.T, err error, texts ...string) {
	t.Helper()
	if err == nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v, want one line with %q", err, texts)
		return
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("got %v, want %q in it", err, text)
		}
	}
}

func TestRemoteByName(t *testing.T) {
	t.Parallel()
	for tool, start := range map[string]func(testing.TB) *lxdtest.Server{"lxc": lxdtest.New, "incus": lxdtest.NewIncus} {
		t.Run(tool, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			server := start(t)
			address, err := server.Listen(ctx)
			if err != nil {
				t.Fatal(err)
			}
			conf, err := server.Remote(ctx, "there")
			if err != nil {
				t.Fatal(err)
			}
			client := over(t, tool, conf, "there")
			if client.Address() != "https://"+address {
				t.Errorf("at %s, want %s", client.Address(), address)
			}
			op, err := client.CreatePool(ctx, lxd.PoolID{Name: "p"}, lxd.PoolCreate{Driver: "dir"})
			done(t, op, err)
			id := lxd.VolumeID{Project: lxd.DefaultProject, Pool: "p", Type: lxd.TypeCustom, Name: "v"}
			op, err = client.CreateVolume(ctx, id, lxd.VolumeCreate{})
			done(t, op, err)
			state, err := live.Read(ctx, client, live.Scope{Pools: map[string]live.Names{"p": nil}})
			if err != nil || state.Volumes.Get(id) == nil {
				t.Errorf("read %v: %v", state, err)
			}

			// The certificate of another server.
			pinned := filepath.Join(conf, "servercerts", "there.crt")
			other, _ := lxdtest.Certificate(t)
			right, err := os.ReadFile(pinned)
			if err != nil {
				t.Fatal(err)
			}
			write(t, pinned, other)
			_, err = over(t, tool, conf, "there").Pools(ctx)
			want(t, err, "https://"+address+" shows another certificate (", "add the remote anew if the server was set up anew")
			if errors.Is(err, lxd.ErrTransient) {
				t.Error("a wrong certificate would be tried again")
			}

			// None pinned: no authority has signed it.
			if err := os.Remove(pinned); err != nil {
				t.Fatal(err)
			}
			_, err = over(t, tool, conf, "there").Pools(ctx)
			want(t, err, "that no known authority vouches for", `: add the remote with "`+tool+` remote add", which pins it`)
			write(t, pinned, string(right))

			// A client that nobody trusts.
			crt, key := lxdtest.Certificate(t)
			write(t, filepath.Join(conf, "client.crt"), crt)
			write(t, filepath.Join(conf, "client.key"), key)
			stranger := over(t, tool, conf, "there")
			_, err = stranger.Pools(ctx)
			want(t, err, "does not trust this client's certificate: copy "+filepath.Join(conf, "client.crt")+" to the server and run")
			if !errors.Is(err, lxd.ErrForbidden) {
				t.Errorf("%v is not ErrForbidden", err)
			}
			_, err = live.Read(ctx, stranger, live.Scope{})
			want(t, err, "does not trust this client's certificate")
			// What it says to do helps.
			add := []string{"config", "trust", "add", filepath.Join(conf, "client.crt")}
			if tool == "incus" {
				add[2] = "add-certificate"
			}
			server.Run(t, add...)
			if _, err := stranger.Pools(ctx); err != nil {
				t.Errorf("after it was added: %v", err)
			}
		})
	}
}
