//go:build unix

package readfile_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"tarn/cli/readfile"
)

// What is no regular file is refused before it is opened, and a file that is named may be a pipe.
func TestKinds(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	if err := os.WriteFile(in("text"), []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	large, err := os.Create(in("large"))
	if err != nil {
		t.Fatal(err)
	}
	if err := large.Truncate(10 << 30); err != nil {
		t.Fatal(err)
	}
	large.Close()
	if err := syscall.Mkfifo(in("pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	socket, err := net.Listen("unix", in("socket"))
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	for to, from := range map[string]string{"loop": "loop", "link": "text", "nowhere": "none"} {
		if err := os.Symlink(from, in(to)); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ path, regular, named string }{
		{in("text"), "", ""},
		{in("link"), "", ""},
		{in("none"), "no such file or directory", "no such file or directory"},
		{in("nowhere"), "no such file or directory", "no such file or directory"},
		{in("loop"), "too many levels of symbolic links", "too many levels of symbolic links"},
		{in("large"), "it is too large: more than 1 MiB", "it is too large: more than 1 MiB"},
		{dir, "it is a directory, not a regular file", "it is a directory, not a regular file"},
		{in("socket"), "it is a socket, not a regular file", "it is a socket, not a regular file"},
		{"/dev/zero", "it is a device, not a regular file", "it is too large: more than 1 MiB"},
		{"/dev/null", "it is a device, not a regular file", ""},
	} {
		for _, read := range []struct {
			how  string
			with func(string, int64) ([]byte, error)
			want string
		}{{"regular", readfile.Regular, c.regular}, {"named", readfile.Named, c.named}} {
			content, err := read.with(c.path, 1<<20)
			got := ""
			if err != nil {
				got = err.Error()
			}
			if got != read.want || err == nil && c.path != "/dev/null" && string(content) != "text" {
				t.Errorf("%s, %s: %q, %q; want %q", c.path, read.how, content, got, read.want)
			}
		}
	}
	if _, err := readfile.Regular(in("pipe"), 1<<20); err == nil || err.Error() != "it is a named pipe, not a regular file" {
		t.Errorf("a pipe: %v", err)
	}
	go func() { _ = os.WriteFile(in("pipe"), []byte("through"), 0) }()
	if content, err := readfile.Named(in("pipe"), 1<<20); err != nil || string(content) != "through" {
		t.Errorf("a pipe that is named: %q, %v", content, err)
	}
}

// The limit is the last size that is read.
func TestLimit(t *testing.T) {
	for size, ok := range map[int]bool{0: true, 9: true, 10: true, 11: false, 100_000: false} {
		text := strings.Repeat("x", size)
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		fromFile, errFile := readfile.Regular(path, 10)
		from, err := readfile.From(strings.NewReader(text), 10)
		if (err == nil) != ok || (errFile == nil) != ok || ok && (string(from) != text || string(fromFile) != text) {
			t.Errorf("%d bytes: %d, %v; %d, %v", size, len(from), err, len(fromFile), errFile)
		}
	}
}
