package history_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"tarn/planner/drift"
	"tarn/planner/drift/history"
)

// TestMain is also a process that writes to a history: TARN_HISTORY names it, and TARN_RUNS how many runs it adds.
func TestMain(m *testing.M) {
	path := os.Getenv("TARN_HISTORY")
	if path == "" {
		os.Exit(m.Run())
	}
	if limit, err := strconv.ParseUint(os.Getenv("TARN_LIMIT"), 10, 64); err == nil {
		signal.Ignore(syscall.SIGXFSZ)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
			panic(err)
		}
	}
	runs, _ := strconv.Atoi(os.Getenv("TARN_RUNS"))
	for range runs {
		r := run(time.Now(), check("a.hcl", "one", drift.Drifted, found{volume: "pg"}))
		if err := history.At(path).Add(context.Background(), r); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
	os.Exit(0)
}

func writer(path string, runs int, env ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), append(env, "TARN_HISTORY="+path, fmt.Sprint("TARN_RUNS=", runs))...)
	return cmd
}

// next adds one more run and gives how long it has seen the volume that all runs of these tests see.
func next(t *testing.T, path string) drift.Age {
	t.Helper()
	r := run(time.Now().Add(time.Hour), check("a.hcl", "one", drift.Drifted, found{volume: "pg"}))
	add(t, path, r)
	return r.Checks[0].Findings[0].Age
}

// TestSeveralProcesses has four processes write at once.
func TestSeveralProcesses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.jsonl")
	const processes, runs = 4, 15
	var all []*exec.Cmd
	for range processes {
		cmd := writer(path, runs)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		all = append(all, cmd)
	}
	for _, cmd := range all {
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
	if age := next(t, path); age.Runs != processes*runs+1 || age.Times != 1 {
		t.Errorf("%+v", age)
	}
}

// TestCutOff has a writer die after each byte of what it adds, to an empty history and to one that has runs. The next run goes on, and nothing of
// what was there is lost.
func TestCutOff(t *testing.T) {
	for _, before := range []int{0, 2} {
		path := filepath.Join(t.TempDir(), "history.jsonl")
		for range before {
			next(t, path)
		}
		held, err := os.ReadFile(path)
		if err != nil && before > 0 {
			t.Fatal(err)
		}
		next(t, path)
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for n := len(held); n <= len(whole); n++ {
			if n%7 > 0 && n < len(whole)-2 && n > len(held)+20 {
				continue
			}
			if err := os.WriteFile(path, whole[:n], 0o644); err != nil {
				t.Fatal(err)
			}
			want := before + 1
			if n >= len(whole)-1 { // all but what ends the line
				want++
			}
			if age := next(t, path); age.Runs != want {
				t.Fatalf("after %d bytes of %d: %+v, want %d runs", n, len(whole), age, want)
			}
			if is, _ := os.ReadFile(path); !bytes.HasPrefix(is, whole[:n]) {
				t.Fatalf("after %d bytes: what was there has changed", n)
			}
			if age := next(t, path); age.Runs != want+1 {
				t.Fatalf("after %d bytes, the run after that: %+v", n, age)
			}
		}
	}
}

// TestOddLines has lines that are none of ours, of a newer version, and of other systems among those that count.
func TestOddLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.jsonl")
	next(t, path)
	one, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	line := strings.TrimSpace(string(one))
	newer := strings.Replace(strings.Replace(line, `{"tarn_history":1`, `{"tarn_history":2,"mood":{"good":[1,2]}`, 1), `"kind":`, `"weight":1e9,"kind":`, 1)
	for _, c := range []struct {
		name, text string
		runs       int // in the text
	}{
		{"empty", "", 0},
		{"twice", line + "\n" + line + "\n", 1}, // the same run, by somebody who has copied lines
		{"CRLF", line + "\r\n" + strings.Replace(line, `"run":"`, `"run":"x`, 1) + "\r\n", 2},
		{"a byte order mark", "\ufeff" + line + "\n", 1},
		{"newer", newer + "\n", 1},
		{"of others", line + "\n# by hand\n\n[1, 2]\n{\"a\": 1}\n\x00\xff\nnull\n" + strings.Repeat("x", 100_000) + "\n", 1},
		{"of others first", "# by hand\n" + line + "\n", 1},
		{"one of a status to come", line + "\n" + strings.Replace(line, `"status":"drift"`, `"status":"paused"`, 1) + "\n", 1},
		{"without a time", line + "\n" + strings.Replace(line, `"at":"`, `"then":"`, 1) + "\n", 1},
		{"with a number for a name", line + "\n" + strings.Replace(line, `"remote":"one"`, `"remote":1`, 1) + "\n", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := os.WriteFile(path, []byte(c.text), 0o644); err != nil {
				t.Fatal(err)
			}
			if age := next(t, path); age.Runs != c.runs+1 {
				t.Errorf("%+v, want %d runs", age, c.runs+1)
			}
			if is, _ := os.ReadFile(path); !strings.HasPrefix(string(is), c.text) {
				t.Error("what was there has changed")
			}
		})
	}
}

// TestRefused has files to which nothing may be appended.
func TestRefused(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string, mode fs.FileMode) string {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.WriteFile(path, []byte(text), 0o644), os.Chmod(path, mode)); err != nil {
			t.Fatal(err)
		}
		return path
	}
	fifo := filepath.Join(dir, "fifo")
	if err := syscall.Mkfifo(fifo, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, path, says string }{
		{"notes", file("notes", "buy milk\n", 0o644), "it is there already and is no history of tarn, so nothing is appended to it"},
		{"a JSON of others", file("json", `{"tarn_version":"1.0","steps":[]}`+"\n", 0o644), "it is there already and is no history of tarn, so nothing is appended to it"},
		{"a spec", file("a.hcl", "pool \"a\" {}\n", 0o644), "it is there already and is no history of tarn, so nothing is appended to it"},
		{"binary", file("binary", strings.Repeat("\x00\x7fELF", 100_000), 0o644), "it is there already and is no history of tarn, so nothing is appended to it"},
		{"a brace", file("brace", "{}\n", 0o644), "it is there already and is no history of tarn, so nothing is appended to it"},
		{"a folder", dir, "it is a directory, not a regular file"},
		{"a fifo", fifo, "it is a named pipe, not a regular file"},
		{"a device", "/dev/full", "it is a device, not a regular file"},
		{"in no folder", filepath.Join(dir, "none", "history"), "no such file or directory"},
		{"below a file", filepath.Join(dir, "notes", "history"), "not a directory"},
		{"no name", "", "no such file or directory"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if runtime.GOOS == "windows" {
				t.Skip("its files are others")
			}
			held := func() (text []byte) {
				if info, err := os.Stat(c.path); err == nil && info.Mode().IsRegular() {
					text, _ = os.ReadFile(c.path)
				}
				return text
			}
			before := held()
			r := run(start, check("a.hcl", "one", drift.Drifted, found{volume: "pg"}))
			err := history.At(c.path).Add(context.Background(), r)
			if err == nil || err.Error() != c.says {
				t.Errorf("%v, want %s", err, c.says)
			}
			if !bytes.Equal(before, held()) {
				t.Error("it has changed")
			}
		})
	}
}

// TestReadOnly has a history that may be read only: the ages are told all the same.
func TestReadOnly(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "history.jsonl")
	next(t, path)
	r := run(time.Now(), check("a.hcl", "one", drift.Drifted, found{volume: "pg"}))
	if err := errors.Join(os.Chmod(path, 0o444), os.Chmod(dir, 0o755), os.Chmod(filepath.Dir(dir), 0o755)); err != nil {
		t.Fatal(err)
	}
	var err error
	asUser(t, func() { err = history.At(path).Add(context.Background(), r) })
	if !errors.Is(err, fs.ErrPermission) {
		t.Error(err)
	}
	if age := r.Checks[0].Findings[0].Age; age.Runs != 2 {
		t.Errorf("%+v", age)
	}
}

// asUser runs a function as somebody who is not root, as far as files go.
func asUser(t *testing.T, run func()) {
	t.Helper()
	if os.Getuid() != 0 {
		run()
		return
	}
	done := make(chan bool)
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		if _, _, err := syscall.RawSyscall(syscall.SYS_SETFSUID, 65534, 0, 0); err != 0 {
			t.Error(err)
			return
		}
		run()
	}()
	<-done
}

// TestNoRoom has a disk that is full in the middle of what is written: nothing of it is left.
func TestNoRoom(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.jsonl")
	next(t, path)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out, err := writer(path, 1, fmt.Sprint("TARN_LIMIT=", len(before)+40)).Output()
	if err == nil || string(out) != "file too large\n" {
		t.Errorf("%v, %s", err, out)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Errorf("%q was %q", after, before)
	}
}

// TestLocked has somebody hold the lock and never let go of it.
func TestLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.jsonl")
	next(t, path)
	lock := flock.New(path)
	if err := lock.Lock(); err != nil {
		t.Fatal(err)
	}
	defer lock.Unlock()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r := run(time.Now(), check("a.hcl", "one", drift.Drifted, found{volume: "pg"}))
	if err := history.At(path).Add(ctx, r); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if age := r.Checks[0].Findings[0].Age; age.Runs != 2 {
		t.Errorf("%+v", age)
	}
}

// TestLine looks at what a line says, and that it says no values.
func TestLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.jsonl")
	c := check("a.hcl", "one", drift.Drifted, found{volume: "pg", attributes: []string{"size"}}, found{volume: "\x1b]0;x\x07<b>\xff", known: true})
	c.Pools = []drift.Fullness{{Pool: "fast", Used: 1, Total: 2}, {Pool: "slow", Used: -1, Total: -1}}
	add(t, path, run(start, c))
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "never in the history") {
		t.Error("values are in it")
	}
	if strings.ContainsAny(string(text), "\x1b\x07") || bytes.IndexByte(text, 0xff) >= 0 {
		t.Error("it has what a terminal would obey")
	}
	var line map[string]any
	if err := json.Unmarshal(text, &line); err != nil {
		t.Fatal(err)
	}
	delete(line, "run")
	is, _ := json.Marshal(line)
	const want = `{"at":"2026-01-05T00:00:00Z","findings":[{"attributes":["config.size"],"code":"patch","kind":"change","pool":"fast","project":"default","volume":"pg"},` +
		`{"acknowledged":true,"kind":"orphan","pool":"fast","project":"default","volume":"\u001b]0;x\u0007\u003cb\u003e�"}],"pools":[{"pool":"fast","total":2,"used":1}],"remote":"one","requests":7,` +
		`"server":{"address":"unix:one","fingerprint":"f-one","project":"default","version":"LXD 5.0.2"},"spec":"SPEC","status":"drift","tarn_history":1,"tarn_version":"1.0","took_ms":1500}`
	spec := line["spec"].(string)
	if got := strings.Replace(string(is), `"spec":"`+spec+`"`, `"spec":"SPEC"`, 1); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}
