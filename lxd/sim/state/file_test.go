package state_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"tarn/lxd/sim/state"
)

func open(t *testing.T, path string) (*state.File, *state.State) {
	t.Helper()
	f, holds, err := state.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return f, holds
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// change makes a pool and saves it.
func change(t *testing.T, f *state.File, holds *state.State, pool string) {
	t.Helper()
	holds.Complete()
	holds.Pools[pool] = &state.Pool{Driver: "dir"}
	if err := f.Save(holds, map[state.Entry]bool{state.PoolEntry(pool): true}); err != nil {
		t.Fatal(err)
	}
}

// What is wrong in a file written by hand is said.
func TestOpenRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"{":                               "unexpected end of JSON input",
		`{"format":2}`:                    "has format 2, this version knows 1",
		`{"format":1,"product":"lxd"}`:    `product "lxd" is none of lxd-5.0, lxd-5.21, lxd-6, incus-6, incus-7`,
		`{"format":1,"pools":{"p":{}}}`:   `pool "p" has no driver`,
		`{"format":1,"pools":{"p":null}}`: `pool "p" has no driver`,
		`{"format":1,"profiles":{"a/b/c/d/e":{}}}`: "is neither project/name nor project/type/name",
		`{"format":1,"profiles":{"a/b/c":{}}}`:     `the key of profile "c" is not project/name`,
		`{"format":1,"instances":{"a/b/c":{}}}`:    `the key of instance "c" is not project/name`,
		`{"format":1,"members":{"n1":null}}`:       `member "n1" is empty`,
		`{"format":1,"members":{"n1":{}},"pools":{"p":{"driver":"dir","volumes":{"default/custom/v":{}}}}}`:     "is on no member of the cluster",
		`{"format":1,"members":{"n1":{}},"pools":{"p":{"driver":"ceph","volumes":{"default/custom/v/n1":{}}}}}`: "where every member has the same",
		`{"format":1,"members":{"n1":{}},"pools":{"p":{"driver":"dir","members":{"n2":{}}}}}`:                   `pool "p" has no side on member "n2"`,
	} {
		path := filepath.Join(t.TempDir(), "state.json")
		write(t, path, text)
		if _, _, err := state.Open(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
		if f, _, err := state.Open(path); errors.Is(err, state.ErrBusy) {
			t.Errorf("%s: refused, and %v is locked", text, f)
		}
	}
}

// A file that nothing was ever written to is not left behind, nor is the lock of one that was.
func TestNothingIsLeft(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "state.json")
	files := func() (names string) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			names += entry.Name() + " "
		}
		return names
	}
	for _, want := range []string{"", "state.json "} {
		f, holds := open(t, path)
		if want != "" {
			change(t, f, holds, "p")
		}
		if err := f.Close(holds); err != nil {
			t.Fatal(err)
		}
		if got := files(); got != want {
			t.Errorf("left are %q, want %q", got, want)
		}
	}
}

// A file that is replaced keeps its permissions, and a link to it stays a link.
func TestReplacedInPlace(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has neither")
	}
	dir := t.TempDir()
	path, link := filepath.Join(dir, "state.json"), filepath.Join(dir, "link.json")
	write(t, path, `{"format":1}`)
	if err := errors.Join(os.Chmod(path, 0o664), os.Symlink(path, link)); err != nil {
		t.Fatal(err)
	}
	f, holds := open(t, link)
	change(t, f, holds, "p")
	if _, _, err := state.Open(path); !errors.Is(err, state.ErrBusy) {
		t.Errorf("opened under its other name: %v", err)
	}
	if err := f.Close(holds); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(path)
	if err != nil || info.Mode() != 0o664 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is %v, %v", info.Mode(), err)
	}
	again, holds := open(t, path)
	defer again.Close(nil)
	if holds.Pools["p"] == nil {
		t.Errorf("there is %+v", holds)
	}
}

// Whoever reads the file while it is written finds a whole state.
func TestReadersSeeWholeStates(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.json")
	f, holds := open(t, path)
	change(t, f, holds, "p")
	written := make(chan struct{})
	go func() {
		defer close(written)
		for range 100 {
			change(t, f, holds, "p"+strings.Repeat("x", len(holds.Pools)))
		}
	}()
	for reading := true; reading; {
		select {
		case <-written:
			reading = false
		default:
		}
		if data, err := os.ReadFile(path); err != nil || !json.Valid(data) {
			t.Errorf("%v, %d bytes: %s", err, len(data), data)
		}
	}
	if err := f.Close(holds); err != nil {
		t.Fatal(err)
	}
}

// However many open and close a file at once, one at a time has it, and each finds what the one before has saved.
func TestOneAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.json")
	var having, had atomic.Int64
	var servers sync.WaitGroup
	for range 4 {
		servers.Go(func() {
			for had.Load() < 200 {
				f, holds, err := state.Open(path)
				if errors.Is(err, state.ErrBusy) {
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				if n := having.Add(1); n != 1 {
					t.Errorf("%d have it", n)
				}
				if n := had.Add(1); holds.Serial != n-1 {
					t.Errorf("it was saved %d times, and holds %d", n-1, holds.Serial)
				}
				holds.Complete()
				holds.Serial++
				if err := f.Save(holds, map[state.Entry]bool{state.ProjectEntry("default"): true}); err != nil {
					t.Error(err)
				}
				having.Add(-1)
				if err := f.Close(holds); err != nil {
					t.Error(err)
				}
			}
		})
	}
	servers.Wait()
}

func TestKeyText(t *testing.T) {
	for _, key := range []state.Key{
		{Project: "p", Name: "n"}, {Project: "p", Type: "t", Name: "n"}, {Project: "p", Type: "t", Name: "n", Member: "m"},
	} {
		text, err := key.MarshalText()
		var read state.Key
		if err == nil {
			err = read.UnmarshalText(text)
		}
		if err != nil || read != key {
			t.Errorf("%s: %+v, %v, want %+v", text, read, err, key)
		}
	}
}
