package remote_test

import (
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"tarn/lxd"
	"tarn/lxd/lxdtest"
	"tarn/lxd/remote"
)

// What a client of a remote says when the server cannot be used ends with what to do, and is still the error of the library.
func TestErrorsSayWhatToDo(t *testing.T) {
	t.Parallel()
	plain := httptest.NewUnstartedServer(http.NotFoundHandler())
	plain.Config.ErrorLog = log.New(io.Discard, "", 0)
	plain.Start()
	defer plain.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	certificate, key := lxdtest.Certificate(t)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "file"), "")
	write(t, filepath.Join(dir, "client.crt"), certificate)
	write(t, filepath.Join(dir, "client.key"), key)
	write(t, filepath.Join(dir, "config.yml"), "remotes:\n"+
		"  plain: {addr: \""+strings.Replace(plain.URL, "http:", "https:", 1)+"\"}\n"+
		"  closed: {addr: \"https://"+closed.Addr().String()+"\"}\n"+
		"  unnamed: {addr: \"https://no-such-name.invalid\"}\n")
	for name, text := range map[string]string{
		"plain":                               "it does not speak TLS; is the port the one of core.https_address?",
		"closed":                              "nobody listens there; is the server running, and its core.https_address set?",
		"unnamed":                             "the name no-such-name.invalid cannot be resolved",
		"unix:" + filepath.Join(dir, "none"):  "the socket does not exist; is LXD or Incus installed and running here? Otherwise name the server with --remote, LXD_SOCKET or LXD_DIR",
		"unix:" + filepath.Join(dir, "file"):  "nobody listens there; is the server running?",
		"unix:" + filepath.Join(dir, "a", ""): "the socket does not exist; is LXD or Incus",
	} {
		found, err := remote.Find(name, confEnv("lxc", dir))
		if err != nil {
			t.Fatal(err)
		}
		var explained error // by the caller, what is explained already
		client, err := found.Connect(lxd.Options{Explain: func(err error) error { explained = err; return err }})
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.Pools(t.Context())
		want(t, err, "no answer from "+client.Address()+": "+text)
		if explained != err {
			t.Errorf("%s: the caller's Explain was given %v", name, explained)
		}
		var unreachable *lxd.UnreachableError
		if !errors.As(err, &unreachable) || unreachable.Address != client.Address() {
			t.Errorf("%s: %#v is no *lxd.UnreachableError", name, err)
		}
	}
}
