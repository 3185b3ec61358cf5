//go:build linux

package main

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"tarn/lxd/lxdtest"
	"tarn/lxd/sim"
	"tarn/lxd/sim/state"
)

// How long a command may take to end after a signal, for a machine that does much else. It takes a second, see the log of the test.
const endsIn = 20 * time.Second

// manyHeld is a server with many volumes, which answers the same list without working it out anew.
type manyHeld struct {
	simulator *sim.Server
	mu        sync.Mutex
	answers   map[string]*httptest.ResponseRecorder // of GET, by address
	changes   int
}

func (m *manyHeld) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r.Method != http.MethodGet {
		m.changes++
		m.simulator.ServeHTTP(w, r)
		return
	}
	answer := m.answers[r.URL.String()]
	if answer == nil {
		answer = httptest.NewRecorder()
		m.simulator.ServeHTTP(answer, r)
		m.answers[r.URL.String()] = answer
	}
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

// serveMany gives a server that holds as many volumes as manyVolumes declares of it, all with another description.
func serveMany(t *testing.T, n int) (server *manyHeld, socket string) {
	t.Helper()
	volumes := map[state.Key]*state.Volume{}
	for i := range n {
		key := state.Key{Project: "default", Type: "custom", Name: fmt.Sprintf("v%d", i)}
		volumes[key] = &state.Volume{Serial: int64(i), ContentType: "filesystem", Text: state.Text{Description: "before"}, Config: map[string]string{}}
	}
	holds := &sim.State{Pools: map[string]*state.Pool{"main": {Driver: "dir", Config: map[string]string{"source": "/srv/main"}, Volumes: volumes}}}
	server = &manyHeld{simulator: sim.New(holds), answers: map[string]*httptest.ResponseRecorder{}}
	socket = filepath.Join(t.TempDir(), "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	serving := &http.Server{Handler: server}
	go serving.Serve(listener)
	t.Cleanup(func() { serving.Close(); server.simulator.Close() })
	return server, socket
}

// endsSoon sends signals, and gives how long the command goes on.
func (c *command) endsSoon(code int, stdout, stderr string, signals ...syscall.Signal) {
	c.Helper()
	sent := time.Now()
	c.signal(signals...)
	c.exits(code, stdout, stderr)
	took := time.Since(sent)
	c.Logf("ended after %.2f s", took.Seconds())
	if took > endsIn {
		c.Errorf("it went on for %v", took)
	}
}

// A signal ends a command that computes a plan of thousands of volumes, whatever it is for, and nothing is done.
func TestSignalWhilePlanning(t *testing.T) {
	n := 20_000
	if lxdtest.Full() {
		n = 50_000
	}
	server, socket := serveMany(t, n)
	spec := manyVolumes(n)
	for _, moment := range []struct {
		args    []string
		signals []string
		stderr  string
	}{
		{[]string{"plan"}, []string{"INT", "HUP", "INT twice"}, "tarn: interrupted\n"},
		{[]string{"plan", "--json"}, []string{"INT"}, "tarn: interrupted\n"},
		{[]string{"plan", "--out", "plan.json"}, []string{"TERM"}, "tarn: interrupted\n"},
		{[]string{"drift"}, []string{"TERM and INT"}, "tarn: interrupted\n"},
		{[]string{"apply", "--auto-approve"}, []string{"INT"}, "tarn: interrupted; nothing was done\n"},
	} {
		for _, signal := range moment.signals {
			t.Run(strings.Join(moment.args, " ")+", "+signal, func(t *testing.T) {
				c := newCommand(t)
				c.write("many.hcl", spec)
				c.start(nil, nil, append(moment.args, "--debug", "--timeout", "0", "--remote", "unix:"+socket, "many.hcl")...)
				c.waitFor(&c.stderr, "GET /1.0/storage-pools/main/volumes/custom") // it is told of when all of the answer has been read
				before := c.files()
				c.endsSoon(1, "(.*\"text\": \"interrupted\".*)?", ".*\n"+moment.stderr, signals[signal]...)
				if after := c.files(); len(after) != len(before) || server.changes > 0 {
					t.Errorf("%d changes, files %d and then %d", server.changes, len(before), len(after))
				}
			})
		}
	}
}

// A signal ends what reads and evaluates a large spec. The spec is a pipe: once it is closed, all of it has been read.
func TestSignalWhileEvaluating(t *testing.T) {
	spec := manyVolumes(50_000) + "locals {\n  a = [for i in range(1000): [for j in range(100): \"${i}-${j}\"]]\n  b = length(distinct(flatten(local.a)))\n}\n"
	for _, args := range [][]string{
		{"validate", "pipe.hcl"}, {"validate", "--json", "pipe.hcl"}, {"plan", "--remote", "sim:", "pipe.hcl"}, {"drift", "--remote", "sim:", "pipe.hcl"},
		{"fmt", "pipe.hcl"},
	} {
		for _, signal := range []string{"INT", "TERM", "INT twice"} {
			t.Run(strings.Join(args, " ")+", "+signal, func(t *testing.T) {
				c := newCommand(t)
				path := filepath.Join(c.dir, "pipe.hcl")
				if err := syscall.Mkfifo(path, 0o600); err != nil {
					t.Fatal(err)
				}
				c.start(nil, nil, args...)
				writer, err := os.OpenFile(path, os.O_WRONLY, 0)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := writer.WriteString(spec); err != nil { // a pipe holds 64 kB: almost all of it is read when this is done
					t.Fatal(err)
				}
				writer.Close()
				c.endsSoon(1, "", interrupted, signals[signal]...)
			})
		}
	}
}

// A signal while a large plan is written to its file leaves all of the file, or none and nothing beside it.
func TestSignalWhileSaving(t *testing.T) {
	for _, signal := range []string{"INT", "HUP", "TERM and INT"} {
		t.Run(signal, func(t *testing.T) {
			c := newCommand(t)
			c.write("many.hcl", manyVolumes(20_000))
			c.write("plan.json", "")
			if err := os.Remove(filepath.Join(c.dir, "plan.json")); err != nil {
				t.Fatal(err)
			}
			c.start(nil, nil, "plan", "--remote", "sim:", "--brief", "--out", "plan.json", "many.hcl")
			for !c.beginsToSave("plan.json") {
			}
			sentAt := time.Now()
			c.signal(signals[signal]...)
			err := <-c.ended
			t.Logf("ended after %.2f s: %v", time.Since(sentAt).Seconds(), err)
			if time.Since(sentAt) > endsIn {
				t.Error("it went on")
			}
			files := c.files()
			plan, saved := files["plan.json"]
			delete(files, "plan.json")
			if len(files) != 2 || saved && !(strings.HasPrefix(plan, "{") && strings.HasSuffix(plan, "}\n")) {
				t.Errorf("%d files are left; the plan ends with %q", len(files), plan[max(0, len(plan)-50):])
			}
		})
	}
}

// beginsToSave tells whether there is a file that begins with the name, hidden or not. It fails when the command has ended without one.
func (c *command) beginsToSave(name string) bool {
	c.Helper()
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		c.Fatal(err)
	}
	for _, entry := range entries {
		if strings.HasPrefix(strings.TrimPrefix(entry.Name(), "."), name) {
			return true
		}
	}
	select {
	case err := <-c.ended:
		c.ended <- err
		c.Fatalf("it ended (%v): %s", err, &c.stderr)
	default:
	}
	return false
}

// A signal while 200 files are formatted leaves each as it was or as it shall be, and nothing beside them.
func TestSignalWhileFormatting(t *testing.T) {
	was := manyVolumes(300)
	for _, signal := range []string{"INT", "HUP", "INT twice"} {
		t.Run(signal, func(t *testing.T) {
			c := newCommand(t)
			c.write("one.hcl", was)
			c.start(nil, nil, "fmt", "one.hcl")
			c.exits(0, "one.hcl\n", "")
			formatted := c.files()["one.hcl"]
			for i := range 200 {
				c.write(fmt.Sprintf("file%03d.hcl", i), was)
			}
			first, _ := os.Stat(filepath.Join(c.dir, "file020.hcl"))
			c.start(nil, nil, "fmt", ".")
			for {
				now, err := os.Stat(filepath.Join(c.dir, "file020.hcl"))
				if err == nil && !os.SameFile(first, now) {
					break
				}
			}
			c.stdout.reset()
			c.endsSoon(1, "(?s).*", interrupted, signals[signal]...)
			done := 0
			for name, text := range c.files() {
				switch {
				case !strings.HasPrefix(name, "file"):
					if strings.HasPrefix(name, ".") {
						t.Errorf("%s is left", name)
					}
				case text == formatted:
					done++
				case text != was:
					t.Errorf("%s has %d bytes, neither as it was nor as it shall be", name, len(text))
				}
			}
			t.Logf("%d of 200 files were formatted", done)
			if done == 0 || done == 200 {
				t.Errorf("%d files were formatted: it was not half way", done)
			}
		})
	}
}
