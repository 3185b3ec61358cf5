package sim_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tarn/lxd/lxdtest"
	"tarn/lxd/sim"
)

// largeFile makes a state file that is too large to be written anew at each change.
func largeFile(t interface {
	Helper()
	Fatal(...any)
}, dir string) string {
	t.Helper()
	state := &sim.State{
		Format: 1, Drivers: []string{"btrfs", "dir"},
		Profiles: map[sim.Key]*sim.Profile{
			{Project: "default", Name: "uses"}: {Devices: map[string]map[string]string{"v": {"type": "disk", "pool": "a", "source": "v1", "path": "/v"}}},
		},
		Instances: map[sim.Key]*sim.Instance{
			{Project: "default", Name: "i"}: {Devices: map[string]map[string]string{"v": {"type": "disk", "pool": "b", "source": "v2", "path": "/v"}}},
		},
	}
	data, err := json.Marshal(state)
	if err != nil {
		t.Fatal(err)
	}
	data = append(data, bytes.Repeat([]byte("\n"), 300_000)...)
	file := filepath.Join(dir, "state.json")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// stateText is a state for comparisons.
func stateText(state *sim.State) string {
	for _, pool := range state.Pools {
		if pool.Volumes == nil {
			pool.Volumes = map[sim.Key]*sim.Volume{}
		}
	}
	data, err := json.MarshalIndent(state, "", " ")
	if err != nil {
		return err.Error()
	}
	return string(data)
}

// stateAfterKill gives the state that is found when the server is killed at this very moment.
func stateAfterKill(file, dir string) (string, error) {
	for _, suffix := range []string{"", ".journal"} {
		data, err := os.ReadFile(file + suffix)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, "state.json"+suffix), data, 0o600)
		}
		if err != nil {
			return "", err
		}
	}
	server, err := sim.Open(filepath.Join(dir, "state.json"))
	if err != nil {
		return "", err
	}
	defer server.Close()
	return stateText(server.State()), nil
}

// Whatever is changed, it is there when the server is killed after the answer.
func TestJournalHasEveryChange(t *testing.T) {
	checks(t, map[bool]int{false: 25, true: 100}[lxdtest.Full()], "0") // any
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		file := largeFile(t, dir)
		server, err := sim.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
		w := serverKinds[0]
		for i, c := range append(slices.Clone(w.prepare), rapid.SliceOfN(randomRequest(w), 5, 30).Draw(t, "calls")...) {
			(&endpoint{t: t, dirs: []string{"/var/lib/lxd"}, handler: server}).request(c)
			copies := filepath.Join(dir, fmt.Sprint(i))
			if err := os.Mkdir(copies, 0o700); err != nil {
				t.Fatal(err)
			}
			found, err := stateAfterKill(file, copies)
			if err != nil {
				t.Fatalf("%s: %v", c, err)
			}
			if want := stateText(server.State()); found != want {
				t.Fatalf("%s\n%s", c, cmp.Diff(want, found))
			}
			os.RemoveAll(copies)
		}
		want := stateText(server.State())
		if err := server.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(file + ".journal"); !errors.Is(err, fs.ErrNotExist) {
			t.Fatal("the journal is left:", err)
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.TrimSpace(string(data)) != want {
			t.Fatal(cmp.Diff(want, string(data)))
		}
	})
}

// makeJournal makes some changes to a large state, and gives its file, its journal, and the state after each line of that.
func makeJournal(t *testing.T) (base, journal []byte, states map[int]string) {
	t.Helper()
	file := largeFile(t, t.TempDir())
	server, err := sim.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	states = map[int]string{}
	for _, c := range []call{
		{"POST", "/1.0/storage-pools", `{"name":"a","driver":"dir"}`},
		{"POST", "/1.0/storage-pools/a/volumes/custom", `{"name":"v1","description":"é"}`},
		{"POST", "/1.0/storage-pools/a/volumes/custom/v1", `{"name":"v2"}`},
		{"DELETE", "/1.0/storage-pools/a/volumes/custom/nope", ``},
		{"POST", "/1.0/storage-pools/a/volumes/custom", `{"name":"v3"}`},
		{"DELETE", "/1.0/storage-pools/a/volumes/custom/v3", ``},
	} {
		send(t, server, c.Method, c.Path, c.Body)
		if journal, err = os.ReadFile(file + ".journal"); err != nil {
			t.Fatal(err)
		}
		states[bytes.Count(journal, []byte("\n"))] = stateText(server.State())
	}
	if base, err = os.ReadFile(file); err != nil {
		t.Fatal(err)
	}
	states[0], states[1] = stateOf(t, base), stateOf(t, base)
	return base, journal, states
}

// stateOf is the state that a file without a journal gives.
func stateOf(t *testing.T, base []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "state.json")
	if err := os.WriteFile(file, base, 0o600); err != nil {
		t.Fatal(err)
	}
	server, err := sim.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	return stateText(server.State())
}

// A journal that is cut off anywhere is what it was after its last whole line.
func TestJournalCutOff(t *testing.T) {
	base, journal, states := makeJournal(t)
	if len(states) != 7 {
		t.Fatalf("%d states of %d lines", len(states), bytes.Count(journal, []byte("\n")))
	}
	file := filepath.Join(t.TempDir(), "state.json")
	for n := range len(journal) + 1 {
		if err := errors.Join(os.WriteFile(file, base, 0o600), os.WriteFile(file+".journal", journal[:n], 0o600)); err != nil {
			t.Fatal(err)
		}
		server, err := sim.Open(file)
		if err != nil {
			t.Fatalf("%d bytes: %v", n, err)
		}
		if got, want := stateText(server.State()), states[bytes.Count(journal[:n], []byte("\n"))]; got != want {
			t.Errorf("%d bytes: %s", n, cmp.Diff(want, got))
		}
		if n%100 == 0 { // what goes on from there is found again
			send(t, server, "POST", "/1.0/projects", `{"name":"more"}`)
			want := stateText(server.State())
			if found, err := stateAfterKill(file, t.TempDir()); err != nil || found != want {
				t.Errorf("%d bytes, and more: %v %s", n, err, cmp.Diff(want, found))
			}
		}
		if err := server.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// A journal whose state file is another is either merged into that, and forgotten, or the user has to say.
func TestJournalOfAnotherFile(t *testing.T) {
	base, journal, states := makeJournal(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "state.json")
	open := func(base []byte, journal string) (string, error) {
		t.Helper()
		if err := errors.Join(os.WriteFile(file, base, 0o600), os.WriteFile(file+".journal", []byte(journal), 0o600)); err != nil {
			t.Fatal(err)
		}
		server, err := sim.Open(file)
		if err != nil {
			return "", err
		}
		defer server.Close()
		return stateText(server.State()), nil
	}
	if _, err := open(append(base, '\n'), string(journal)); err == nil || !strings.Contains(err.Error(), "state.json.journal has changes to another content of the state file") {
		t.Error(err)
	}
	lines := strings.SplitAfter(string(journal), "\n")
	lines[2] = "{oops\n"
	if _, err := open(base, strings.Join(lines, "")); err == nil || !strings.Contains(err.Error(), "state.json.journal: line 3: ") {
		t.Error(err)
	}
	// Killed after the state file was replaced, and before the journal was removed.
	merged := string(journal) + fmt.Sprintf(`{"merged":"sha256:%x"}`+"\n", sha256.Sum256(append(base, '\n')))
	if got, err := open(append(base, '\n'), merged); err != nil || got != states[0] {
		t.Error(err, cmp.Diff(states[0], got))
	}
	// Killed before it was replaced.
	last := states[len(states)-1]
	if got, err := open(base, merged); err != nil || got != last {
		t.Error(err, cmp.Diff(last, got))
	}
}
