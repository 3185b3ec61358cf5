//go:build !windows

package replacefile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"tarn/cli/replacefile"
)

const user, group = 65534, 65533 // of nobody

// folder makes a file "file" with mode 0640, a link to it and one that leads nowhere.
func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	err := errors.Join(
		os.WriteFile(filepath.Join(dir, "file"), []byte("old"), 0o640),
		os.Chmod(filepath.Join(dir, "file"), 0o640), // whatever the umask is
		os.Symlink("file", filepath.Join(dir, "link")),
		os.Symlink("nowhere", filepath.Join(dir, "broken")),
	)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func existing(path string, content []byte) error {
	return replacefile.Existing(path, []byte("old"), content)
}

func TestReplace(t *testing.T) {
	changed := func(path string, content []byte) error {
		return replacefile.Existing(path, []byte("older"), content)
	}
	for _, c := range []struct {
		name  string
		write func(string, []byte) error
		path  string
		holds string      // the file that has the new content then, "" when the write is refused
		mode  fs.FileMode // of that
		says  string
	}{
		{"existing", existing, "file", "file", 0o640, ""},
		{"existing, through a link", existing, "link", "file", 0o640, ""},
		{"existing, not there", existing, "new", "", 0, "no such file"},
		{"existing, a link to nothing", existing, "broken", "", 0, "no such file"},
		{"existing, changed meanwhile", changed, "file", "", 0, "it was changed meanwhile, so it is left alone"},
		{"existing, a folder", existing, ".", "", 0, "is no regular file"},
		{"private", replacefile.Private, "file", "file", 0o600, ""},
		{"private, new", replacefile.Private, "new", "new", 0o600, ""},
		{"private, through a link", replacefile.Private, "link", "file", 0o600, ""},
		{"private, a link to nothing", replacefile.Private, "broken", "", 0, "broken is a link to nowhere, which is not there"},
		{"private, no folder", replacefile.Private, "no/file", "", 0, "no such file or directory"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := folder(t)
			err := c.write(filepath.Join(dir, c.path), []byte("new"))
			if refused := c.holds == ""; refused != (err != nil) || refused && !strings.Contains(err.Error(), c.says) {
				t.Fatalf("%v, want %q", err, c.says)
			}
			if link, err := os.Readlink(filepath.Join(dir, "link")); link != "file" {
				t.Errorf("the link is gone: %q, %v", link, err)
			}
			want := map[string]bool{"file": true, "link": true, "broken": true, c.holds: true}
			entries, err := os.ReadDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			for _, entry := range entries {
				if !want[entry.Name()] {
					t.Errorf("%s was left there", entry.Name())
				}
			}
			content, err := os.ReadFile(filepath.Join(dir, "file"))
			if c.holds == "" {
				if string(content) != "old" {
					t.Errorf("it was refused, and the file holds %q, %v", content, err)
				}
				return
			}
			content, err = os.ReadFile(filepath.Join(dir, c.holds))
			if string(content) != "new" {
				t.Errorf("%s holds %q, %v", c.holds, content, err)
			}
			info, err := os.Stat(filepath.Join(dir, c.holds))
			if err != nil || info.Mode() != c.mode {
				t.Errorf("mode %v, %v, want %v", info.Mode(), err, c.mode)
			}
		})
	}
}

// What root replaces stays the user's.
func TestOwnerStays(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root gives files away")
	}
	for name, write := range map[string]func(string, []byte) error{"existing": existing, "private": replacefile.Private} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(folder(t), "file")
			if err := os.Chown(file, user, group); err != nil {
				t.Fatal(err)
			}
			if err := write(file, []byte("new")); err != nil {
				t.Fatal(err)
			}
			info, err := os.Stat(file)
			if err != nil {
				t.Fatal(err)
			}
			if owner := info.Sys().(*syscall.Stat_t); owner.Uid != user || owner.Gid != group {
				t.Errorf("it belongs to %d:%d", owner.Uid, owner.Gid)
			}
		})
	}
}

// A reader never meets a file that is not there, or half a content.
func TestNeverHalf(t *testing.T) {
	file := filepath.Join(folder(t), "file")
	old, next := strings.Repeat("a", 1<<20), strings.Repeat("b", 1<<20)
	if err := replacefile.Existing(file, []byte("old"), []byte(old)); err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() { done <- replacefile.Existing(file, []byte(old), []byte(next)) }()
	for ended := false; !ended; {
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			ended = true
		default:
		}
		content, err := os.ReadFile(file)
		if err != nil || string(content) != old && string(content) != next {
			t.Fatalf("%d bytes, %v", len(content), err)
		}
	}
}
