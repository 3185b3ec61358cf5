package lxd_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/lxdtest"
)

// certificate makes a client's certificate and its key, as PEM.
func certificate(t *testing.T) (string, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:      pkix.Name{CommonName: "tarn"},
		NotAfter:     time.Now().Add(time.Hour),
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	return text("CERTIFICATE", der), text("PRIVATE KEY", keyDER)
}

// over gives a client for a server over HTTPS, by the name that its tool's configuration has for it.
func over(t *testing.T, conf, name string) *lxd.Client {
	t.Helper()
	remote, err := lxd.FindRemote(name, confEnv(conf))
	if err != nil {
		t.Fatal(err)
	}
	client, err := remote.Connect(lxd.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// confEnv is an environment in which lxc and incus are configured in conf.
func confEnv(conf string) func(string) string {
	return func(name string) string {
		switch name {
		case "LXD_CONF", "INCUS_CONF", "LXD_GLOBAL_CONF", "INCUS_GLOBAL_CONF":
			return conf
		case "LXD_SOCKET":
			return "/nowhere"
		}
		return ""
	}
}

func TestRemoteByName(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(testing.TB) *lxdtest.Server{"lxd": lxdtest.New, "incus": lxdtest.NewIncus} {
		t.Run(name, func(t *testing.T) {
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
			client := over(t, conf, "there")
			if client.Address() != "https://"+address {
				t.Errorf("at %s, want %s", client.Address(), address)
			}
			op, err := client.CreatePool(ctx, lxd.PoolID{Name: "p"}, lxd.PoolCreate{Driver: "dir"})
			done(t, op, err)
			op, err = client.CreateVolume(ctx, volumeID("p", "v"), lxd.VolumeCreate{})
			done(t, op, err)
			state, err := live.Read(ctx, client, live.Scope{Pools: map[string]live.Names{"p": nil}})
			if err != nil || state.Volumes[volumeID("p", "v")] == nil {
				t.Errorf("read %v: %v", state, err)
			}

			// The certificate of another server.
			pinned := filepath.Join(conf, "servercerts", "there.crt")
			other, _ := certificate(t)
			right, err := os.ReadFile(pinned)
			if err != nil {
				t.Fatal(err)
			}
			write(t, pinned, other)
			_, err = over(t, conf, "there").Pools(ctx)
			want(t, err, "https://"+address+" shows another certificate (", "add the remote anew if the server was set up anew")
			if errors.Is(err, lxd.ErrTransient) {
				t.Error("a wrong certificate would be tried again")
			}

			// None pinned: no authority has signed it.
			if err := os.Remove(pinned); err != nil {
				t.Fatal(err)
			}
			_, err = over(t, conf, "there").Pools(ctx)
			want(t, err, "that no known authority vouches for", `"lxc remote add", which pins it`)
			write(t, pinned, string(right))

			// A client that nobody trusts.
			crt, key := certificate(t)
			write(t, filepath.Join(conf, "client.crt"), crt)
			write(t, filepath.Join(conf, "client.key"), key)
			stranger := over(t, conf, "there")
			_, err = stranger.Pools(ctx)
			want(t, err, "does not trust this client's certificate: copy "+filepath.Join(conf, "client.crt")+" to the server and run")
			if !errors.Is(err, lxd.ErrForbidden) {
				t.Errorf("%v is not ErrForbidden", err)
			}
			_, err = live.Read(ctx, stranger, live.Scope{})
			want(t, err, "does not trust this client's certificate")
			// What it says to do helps.
			add := []string{"config", "trust", "add", filepath.Join(conf, "client.crt")}
			if name == "incus" {
				add[2] = "add-certificate"
			}
			server.Run(t, add...)
			if _, err := stranger.Pools(ctx); err != nil {
				t.Errorf("after it was added: %v", err)
			}
		})
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

func TestRestrictedCertificate(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	server, _, _ := connect(t)
	if _, err := server.Listen(ctx); err != nil {
		t.Fatal(err)
	}
	conf, err := server.Remote(ctx, "there")
	if err != nil {
		t.Fatal(err)
	}
	server.Run(t, "storage", "create", "p", "dir")
	server.Run(t, "project", "create", "web")
	crt, key := certificate(t)
	write(t, filepath.Join(conf, "client.crt"), crt)
	write(t, filepath.Join(conf, "client.key"), key)
	server.Run(t, "config", "trust", "add", filepath.Join(conf, "client.crt"), "--restricted", "--projects", "web")
	client := over(t, conf, "there")

	id := lxd.VolumeID{Project: "web", Pool: "p", Type: lxd.TypeCustom, Name: "v"}
	op, err := client.CreateVolume(ctx, id, lxd.VolumeCreate{Description: "d"})
	done(t, op, err)
	state, err := live.Read(ctx, client, live.Scope{Projects: []string{"web"}, Pools: map[string]live.Names{"p": nil}})
	if err != nil {
		t.Fatal(err)
	}
	if state.Volumes[id] == nil {
		t.Errorf("volumes of its project: %v", state.Volumes)
	}
	if state.Pools["p"].Config != nil {
		t.Errorf("it sees the pool's config: %v", state.Pools["p"].Config)
	}

	// Instances of all projects it may not list, so it is told of those of the projects that have to do with its volumes.
	server.Run(t, "profile", "create", "shared", "--project", "web")
	server.Run(t, "profile", "device", "add", "shared", "v", "disk", "pool=p", "source=v", "path=/v", "--project", "web")
	server.Run(t, "query", "--wait", "-X", "POST", "/1.0/instances?project=web", "-d", `{"name": "i", "source": {"type": "none"},
		"profiles": ["shared"], "devices": {"root": {"type": "disk", "path": "/", "pool": "p"}}}`)
	state, err = live.Read(ctx, client, live.Scope{Projects: []string{"web"}, Pools: map[string]live.Names{"p": nil}})
	if err == nil {
		err = live.Answer(ctx, client, state, live.Questions{Users: true})
	}
	if err != nil {
		t.Fatal(err)
	}
	instance, profile := state.Users.Instances[lxd.UserID{Project: "web", Name: "i"}], state.Users.Profiles[lxd.UserID{Project: "web", Name: "shared"}]
	if instance == nil || instance.Status != lxd.StatusStopped || !instance.Devices["v"].Takes(id) {
		t.Errorf("its instance: %+v", instance)
	}
	if profile == nil || len(profile.UsedBy) != 1 || state.Uses(profile.UsedBy)[0].User() != (lxd.UserID{Project: "web", Name: "i"}) {
		t.Errorf("its profile: %+v", profile)
	}

	pool, err := client.Pool(ctx, lxd.PoolID{Name: "p"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.SavePool(ctx, pool)
	want(t, err, "the certificate is restricted to projects")
	for _, try := range []func() error{
		func() error {
			_, err := client.PatchPool(ctx, lxd.PoolID{Name: "p"}, lxd.Patch{Description: "x"}, nil)
			return err
		},
		func() error {
			_, err := client.CreatePool(ctx, lxd.PoolID{Name: "q"}, lxd.PoolCreate{Driver: "dir"})
			return err
		},
		func() error { _, err := client.DeletePool(ctx, lxd.PoolID{Name: "p"}); return err },
		func() error { _, err := client.Volumes(ctx, "p", lxd.VolumeList{AllProjects: true}); return err },
	} {
		err := try()
		want(t, err, "not authorized: the certificate is restricted to projects")
		if !errors.Is(err, lxd.ErrForbidden) {
			t.Errorf("%v is not ErrForbidden", err)
		}
	}
}

func TestHTTPSErrors(t *testing.T) {
	t.Parallel()
	crt, key := certificate(t)
	with := lxd.Credentials{Certificate: []byte(crt), Key: []byte(key)}
	for _, address := range []string{"http://x", "https://", "x:8443", "https://x/path", "https://u@x", "://"} {
		_, err := lxd.NewHTTPS(address, with, lxd.Options{})
		want(t, err, "is no address of a server; one looks like https://10.1.0.4:8443")
	}
	plain := httptest.NewUnstartedServer(http.NotFoundHandler())
	plain.Config.ErrorLog = log.New(io.Discard, "", 0)
	plain.Start()
	defer plain.Close()
	deaf, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	deaf.Close()
	for address, texts := range map[string][]string{
		strings.Replace(plain.URL, "http:", "https:", 1): {"it does not speak TLS; is the port the one of core.https_address?"},
		"https://" + deaf.Addr().String():                {"nobody listens there; is the server running, and its core.https_address set?"},
		"https://no-such-name.invalid":                   {"the name no-such-name.invalid cannot be resolved"},
	} {
		client, err := lxd.NewHTTPS(address, with, lxd.Options{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.Pools(t.Context())
		want(t, err, append(texts, "no answer from "+address)...)
	}
}

// A server whose certificate an authority has signed, and which is reached by the name in it.
func TestAuthority(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"type":"sync","metadata":[]}`))
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	server.StartTLS()
	defer server.Close()
	crt, key := certificate(t)
	own := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	for name, c := range map[string]struct {
		server, ca string
		want       string
	}{
		"authority":                  {"", own, ""},
		"pinned":                     {own, "", ""},
		"pinned and authority":       {crt, own, ""},
		"another is pinned":          {crt, "", "shows another certificate"},
		"another is the authority":   {"", crt, "that no known authority vouches for"},
		"the system knows it not":    {"", "", "that no known authority vouches for"},
		"pinned, another authority":  {own, crt, ""},
		"neither pinned nor trusted": {crt, crt, "that no known authority vouches for"},
	} {
		with := lxd.Credentials{Certificate: []byte(crt), Key: []byte(key)}
		if c.server != "" {
			with.Server = []byte(c.server)
		}
		if c.ca != "" {
			with.CA = []byte(c.ca)
		}
		client, err := lxd.NewHTTPS(server.URL, with, lxd.Options{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.Pools(t.Context())
		client.Close()
		if c.want == "" && err != nil {
			t.Errorf("%s: %v", name, err)
		} else if c.want != "" {
			want(t, err, c.want)
		}
	}
}
