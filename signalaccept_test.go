//go:build linux

package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// severalFiles writes a spec in several files, of which each says something else than the server has, and the server's state.
func (c *command) severalFiles(n, volumes int) {
	c.Helper()
	var server strings.Builder
	for i := range n {
		var file strings.Builder
		fmt.Fprintf(&file, "pool \"p%d\" {\n  driver = \"dir\"\n", i)
		fmt.Fprintf(&server, "pool \"p%d\" {\n  driver = \"dir\"\n", i)
		for j := range volumes {
			fmt.Fprintf(&file, "  volume \"v%d\" { description = \"spec's\" }\n", j)
			fmt.Fprintf(&server, "  volume \"v%d\" { description = \"by hand\" }\n", j)
		}
		file.WriteString("}\n")
		server.WriteString("}\n")
		if err := os.MkdirAll(filepath.Join(c.dir, "spec"), 0o700); err != nil {
			c.Fatal(err)
		}
		c.write(fmt.Sprintf("spec/%d.hcl", i), file.String())
	}
	c.write("server.hcl", server.String())
	c.start(nil, nil, "apply", "--auto-approve", "--brief", "--remote", "unix:sim.sock", "server.hcl")
	c.exits(0, "(?s:.*)Applied.*", "(?s:.*)")
	c.stdout.reset()
}

// inSpec are the files of that spec.
func (c *command) inSpec() map[string]string {
	c.Helper()
	files := map[string]string{}
	entries, err := os.ReadDir(filepath.Join(c.dir, "spec"))
	if err != nil {
		c.Fatal(err)
	}
	for _, entry := range entries {
		text, err := os.ReadFile(filepath.Join(c.dir, "spec", entry.Name()))
		if err != nil {
			c.Fatal(err)
		}
		files[entry.Name()] = string(text)
	}
	return files
}

// At its question a signal ends accept, and so does a kill: no file has changed, and none is left beside them.
func TestSignalAtTheQuestionOfAccept(t *testing.T) {
	for signal, sent := range with(signals, map[string][]syscall.Signal{"KILL": {syscall.SIGKILL}}) {
		for _, answer := range []string{"", "ye"} {
			t.Run(signal+" after "+answer, func(t *testing.T) {
				t.Parallel()
				c := newCommand(t)
				c.severalFiles(2, 1)
				before := c.inSpec()
				program, person := terminal(t)
				if _, err := person.WriteString(answer); err != nil {
					t.Fatal(err)
				}
				c.start(program, nil, "accept", "--remote", "unix:sim.sock", "spec")
				c.waitFor(&c.stdout, "Type yes to go on: ")
				c.signal(sent...)
				if signal == "KILL" {
					c.exits(-1, "(?s:.*)", "")
				} else {
					c.exits(1, "(?s:.*)Type yes to go on: \n?", "tarn: interrupted\n")
				}
				if after := c.inSpec(); !maps.Equal(before, after) {
					t.Errorf("%v", after)
				}
			})
		}
	}
}

// A signal while the files are written leaves all of them as they were, or all of them new, and none beside them. A kill leaves each file one or the
// other, and another accept goes on from there.
func TestSignalWhileAcceptWrites(t *testing.T) {
	for signal, sent := range with(signals, map[string][]syscall.Signal{"KILL": {syscall.SIGKILL}}) {
		t.Run(signal, func(t *testing.T) {
			c := newCommand(t)
			const n = 40
			c.severalFiles(n, 10)
			before := c.inSpec()
			watched, err := watch(filepath.Join(c.dir, "spec"))
			if err != nil {
				t.Fatal(err)
			}
			c.start(nil, nil, "accept", "--auto-approve", "--remote", "unix:sim.sock", "spec")
			if err := watched(); err != nil { // until the first file is being written
				t.Fatal(err)
			}
			c.signal(sent...)
			<-c.ended
			after := c.inSpec()
			changed, beside := 0, 0
			for name, text := range after {
				switch {
				case before[name] == "":
					beside++
				case text == before[name]:
				case text == strings.ReplaceAll(before[name], "spec's", "by hand"):
					changed++
				default:
					t.Errorf("%s is half written:\n%s", name, text)
				}
			}
			t.Logf("%d of %d files are new, %d are beside them", changed, n, beside)
			if signal != "KILL" && (changed != 0 && changed != n || beside > 0) {
				t.Errorf("%d of %d files are new, %d are beside them", changed, n, beside)
			}
			again := newProcess(c)
			again.start(nil, nil, "accept", "--auto-approve", "--remote", "unix:sim.sock", "spec")
			again.exits(0, "(?s:.*)(Wrote|Nothing).*", "")
			for name, text := range c.inSpec() {
				if before[name] != "" && text != strings.ReplaceAll(before[name], "spec's", "by hand") {
					t.Errorf("%s is another time:\n%s", name, text)
				}
			}
		})
	}
}

// newProcess is another process beside one that has ended.
func newProcess(c *command) *command {
	again := &command{T: c.T, dir: c.dir, server: c.server, ended: make(chan error, 1)}
	again.stdout.more, again.stderr.more = make(chan struct{}, 1), make(chan struct{}, 1)
	return again
}

// watch gives a function that waits until something is made in a directory.
func watch(dir string) (wait func() error, err error) {
	fd, err := syscall.InotifyInit1(syscall.IN_CLOEXEC)
	if err != nil {
		return nil, err
	}
	if _, err := syscall.InotifyAddWatch(fd, dir, syscall.IN_CREATE|syscall.IN_MOVED_TO|syscall.IN_MODIFY); err != nil {
		return nil, err
	}
	return func() error {
		defer syscall.Close(fd)
		_, err := syscall.Read(fd, make([]byte, 4096))
		return err
	}, nil
}
