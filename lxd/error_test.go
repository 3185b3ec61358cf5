package lxd_test

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tarn/lxd"
)

func TestUnreachable(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	deaf := filepath.Join(dir, "deaf")
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: deaf})
	if err != nil {
		t.Fatal(err)
	}
	listener.SetUnlinkOnClose(false)
	listener.Close()

	for _, c := range []struct {
		socket, text string
		transient    bool
	}{
		{filepath.Join(dir, "none"), "the socket does not exist", false},
		{file, "nobody listens there", true},
		{deaf, "nobody listens there", true},
	} {
		client := lxd.NewUnix(c.socket, lxd.Options{})
		_, err := client.Pools(t.Context())
		var unreachable *lxd.UnreachableError
		if !errors.As(err, &unreachable) || !strings.Contains(err.Error(), c.text) || !strings.Contains(err.Error(), "unix:"+c.socket) {
			t.Errorf("%s: %v, want %q", c.socket, err, c.text)
		}
		if errors.Is(err, lxd.ErrTransient) != c.transient {
			t.Errorf("%s: transient is %v", c.socket, !c.transient)
		}
	}
	_, err = lxd.NewUnix(filepath.Join(dir, "none"), lxd.Options{}).Pools(t.Context())
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v does not unwrap to its cause", err)
	}
}
