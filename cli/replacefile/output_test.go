//go:build !windows

package replacefile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"tarn/cli/replacefile"
)

func TestOutput(t *testing.T) {
	for _, c := range []struct {
		name, path, holds string // holds is the file that has the content then, "" when the write is refused
		mode              fs.FileMode
		says              string
	}{
		{"a new one", "new", "new", 0o644, ""},
		{"one that is there", "file", "file", 0o640, ""},
		{"through a link", "link", "file", 0o640, ""},
		{"a link to nothing", "broken", "", 0, "broken is a link to nowhere, which is not there"},
		{"a folder", ".", "", 0, "is no regular file"},
		{"no folder", "no/file", "", 0, "no such file or directory"},
		{"a pipe", "pipe", "", 0, "is no regular file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := folder(t)
			if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o666); err != nil {
				t.Fatal(err)
			}
			old := syscall.Umask(0o022)
			err := replacefile.Output(filepath.Join(dir, c.path), []byte("new"))
			syscall.Umask(old)
			if refused := c.holds == ""; refused != (err != nil) || refused && !strings.Contains(err.Error(), c.says) {
				t.Fatalf("%v, want %q", err, c.says)
			}
			entries, err := os.ReadDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			for _, entry := range entries {
				if name := entry.Name(); name != c.holds && name != "file" && name != "link" && name != "broken" && name != "pipe" {
					t.Errorf("%s was left there", name)
				}
			}
			if c.holds == "" {
				return
			}
			content, err := os.ReadFile(filepath.Join(dir, c.holds))
			if err != nil || string(content) != "new" {
				t.Errorf("it holds %q, %v", content, err)
			}
			if info, err := os.Stat(filepath.Join(dir, c.holds)); err != nil || info.Mode() != c.mode {
				t.Errorf("mode %v, %v, want %v", info.Mode(), err, c.mode)
			}
		})
	}
}

// TestOutputOfMany has some write a file at once, while one reads it: nobody fails, and it is always whole.
func TestOutputOfMany(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	var writers sync.WaitGroup
	for _, letter := range "abcd" {
		content := []byte(strings.Repeat(string(letter), 1<<16))
		writers.Go(func() {
			for range 20 {
				if err := replacefile.Output(file, content); err != nil {
					t.Error(err)
				}
			}
		})
	}
	done := make(chan bool)
	go func() { writers.Wait(); close(done) }()
	for ended := false; !ended; {
		select {
		case <-done:
			ended = true
		default:
		}
		content, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue // before the first one
		}
		if err != nil || len(content) != 1<<16 || strings.Count(string(content), string(content[0])) != 1<<16 {
			t.Fatalf("%d bytes, %v", len(content), err)
		}
	}
	if left, _ := os.ReadDir(filepath.Dir(file)); len(left) != 1 {
		t.Errorf("%v is left", left)
	}
}
