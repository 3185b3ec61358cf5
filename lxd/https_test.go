package lxd_test

import (
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/lxdtest"
)

// over gives a client for a server over HTTPS, with the certificates that lxc's configuration in conf has for it.
func over(t *testing.T, address, conf string) *lxd.Client {
	t.Helper()
	read := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join(conf, name))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	client, err := lxd.NewHTTPS("https://"+address, lxd.Credentials{
		Certificate: read("client.crt"), Key: read("client.key"), Server: read("servercerts/there.crt"),
	}, lxd.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
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
	address, err := server.Listen(ctx)
	if err != nil {
		t.Fatal(err)
	}
	conf, err := server.Remote(ctx, "there")
	if err != nil {
		t.Fatal(err)
	}
	server.Run(t, "storage", "create", "p", "dir")
	server.Run(t, "project", "create", "web")
	crt, key := lxdtest.Certificate(t)
	write(t, filepath.Join(conf, "client.crt"), crt)
	write(t, filepath.Join(conf, "client.key"), key)
	server.Run(t, "config", "trust", "add", filepath.Join(conf, "client.crt"), "--restricted", "--projects", "web")
	client := over(t, address, conf)

	id := lxd.VolumeID{Project: "web", Pool: "p", Type: lxd.TypeCustom, Name: "v"}
	op, err := client.CreateVolume(ctx, id, lxd.VolumeCreate{Description: "d"})
	done(t, op, err)
	state, err := live.Read(ctx, client, live.Scope{Projects: []string{"web"}, Pools: map[string]live.Names{"p": nil}})
	if err != nil {
		t.Fatal(err)
	}
	if state.Volumes.Get(id) == nil {
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
		err = live.ReadDetails(ctx, client, state, live.Details{Users: true})
	}
	if err != nil {
		t.Fatal(err)
	}
	instance, profile := state.Users.Instances[lxd.InstanceID{Project: "web", Name: "i"}], state.Users.Profiles[lxd.ProfileID{Project: "web", Name: "shared"}]
	if instance == nil || instance.Status != lxd.StatusStopped || !instance.Devices["v"].Uses(id) {
		t.Errorf("its instance: %+v", instance)
	}
	if profile == nil || len(profile.UsedBy) != 1 || state.Uses(profile.UsedBy)[0].Instance() != (lxd.InstanceID{Project: "web", Name: "i"}) {
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
	crt, key := lxdtest.Certificate(t)
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
		strings.Replace(plain.URL, "http:", "https:", 1): {"it does not speak TLS"},
		"https://" + deaf.Addr().String():                {"nobody listens there"},
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
	crt, key := lxdtest.Certificate(t)
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

// What answers every request with 403 is asked once more who it is, and no more than that.
func TestForbiddenEverything(t *testing.T) {
	t.Parallel()
	var requests atomic.Int64
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests.Add(1)
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write([]byte(`{"type":"error","error":"go away","error_code":403}`))
	}))
	defer server.Close()
	crt, key := lxdtest.Certificate(t)
	client, err := lxd.NewHTTPS(server.URL, lxd.Credentials{
		Certificate: []byte(crt), Key: []byte(key),
		Server: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}),
	}, lxd.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for asked, call := range []func() error{
		func() error { _, err := client.Pools(t.Context()); return err },
		func() error { _, err := client.Server(t.Context()); return err },
	} {
		err := call()
		if !errors.Is(err, lxd.ErrForbidden) || err.Error() != "go away" {
			t.Errorf("got %v, want what the server says", err)
		}
		if n := requests.Load(); n != 2*int64(asked+1) {
			t.Errorf("%d requests for %d calls", n, asked+1)
		}
	}
}

// The errors that say why a server cannot be used at all go through Explain, and no others.
func TestExplain(t *testing.T) {
	t.Parallel()
	errMore := errors.New("more")
	var given []error
	explain := func(err error) error {
		given = append(given, err)
		return fmt.Errorf("%w: %w", err, errMore)
	}
	auth := "untrusted"
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/1.0" {
			fmt.Fprintf(w, `{"type":"sync","metadata":{"auth":%q}}`, auth)
			return
		}
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write([]byte(`{"type":"error","error":"not authorized","error_code":403}`))
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	defer server.Close()
	crt, key := lxdtest.Certificate(t)
	credentials := lxd.Credentials{
		Certificate: []byte(crt), Key: []byte(key),
		Server: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}),
	}
	https := func(credentials lxd.Credentials) *lxd.Client {
		client, err := lxd.NewHTTPS(server.URL, credentials, lxd.Options{Explain: explain})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(client.Close)
		return client
	}

	client := https(credentials)
	_, err := client.Pools(t.Context())
	var untrusted *lxd.UntrustedError
	if !errors.As(err, &untrusted) || untrusted.Address != server.URL || !errors.Is(err, errMore) || !errors.Is(err, lxd.ErrForbidden) {
		t.Errorf("a server that does not know the client: %v", err)
	}
	auth = "trusted"
	given = nil
	if _, err = client.Pools(t.Context()); !errors.Is(err, lxd.ErrForbidden) || len(given) > 0 {
		t.Errorf("a refusal was explained: %v", err)
	}
	want(t, err, "not authorized: the certificate is restricted to projects")

	credentials.Server = []byte(crt)
	_, err = https(credentials).Pools(t.Context())
	var certificate *lxd.CertificateError
	if !errors.As(err, &certificate) || certificate.Address != server.URL || certificate.Shown == certificate.Pinned ||
		len(certificate.Shown) != 64 || len(certificate.Pinned) != 64 || !errors.Is(err, errMore) {
		t.Errorf("another certificate: %v", err)
	}
	_, err = lxd.NewUnix("/nowhere/unix.socket", lxd.Options{Explain: explain}).Pools(t.Context())
	var unreachable *lxd.UnreachableError
	if !errors.As(err, &unreachable) || !errors.Is(err, fs.ErrNotExist) || !errors.Is(err, errMore) {
		t.Errorf("no socket: %v", err)
	}
}
