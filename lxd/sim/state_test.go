package sim_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tarn/lxd"
	"tarn/lxd/sim"
)

func send(t *testing.T, h http.Handler, method, path, body string) (int, string) {
	t.Helper()
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, httptest.NewRequest(method, path, strings.NewReader(body)))
	return recorder.Code, recorder.Body.String()
}

// What a server held is there again when its file is opened.
func TestFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state.json")
	first, err := sim.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []call{
		{"POST", "/1.0/storage-pools", `{"name":"z","driver":"zfs","config":{"volume.size":"1GiB"}}`},
		{"POST", "/1.0/storage-pools/z/volumes/custom", `{"name":"v 1","description":"one"}`},
		{"POST", "/1.0/storage-pools/z/volumes/custom/v%201/snapshots", `{"name":"s"}`},
	} {
		if code, body := send(t, first, c.Method, c.Path, c.Body); code >= 400 {
			t.Fatalf("%s: %d %s", c, code, body)
		}
	}
	before := map[string]string{}
	for _, path := range []string{"/1.0/storage-pools?recursion=1", "/1.0/storage-pools/z/volumes?recursion=1", "/1.0/storage-pools/z/volumes/custom/v%201/snapshots?recursion=1"} {
		_, before[path] = send(t, first, "GET", path, "")
	}
	if _, err := sim.Open(file); !errors.Is(err, sim.ErrBusy) {
		t.Errorf("opened twice: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := sim.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	for path, want := range before {
		if _, got := send(t, second, "GET", path, ""); got != want {
			t.Errorf("%s\n got %s\nwant %s", path, got, want)
		}
	}
}

// TestKilled kills a process again and again while it writes its state: the file can be read each time, and has what was
// answered.
func TestKilled(t *testing.T) {
	if file := os.Getenv("SIM_TEST_FILE"); file != "" {
		serveForKill(file)
	}
	t.Run("written anew", func(t *testing.T) { testKilled(t, filepath.Join(t.TempDir(), "state.json")) })
	t.Run("with a journal", func(t *testing.T) { testKilled(t, largeFile(t, t.TempDir())) })
}

func testKilled(t *testing.T, file string) {
	least := 0
	for round := range 10 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestKilled$")
		cmd.Env = append(os.Environ(), "SIM_TEST_FILE="+file)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// After some writes, in the middle of the next.
		if _, err := io.CopyN(io.Discard, out, int64(3+round)); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		more, err := io.Copy(io.Discard, out)
		if err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		least += 3 + round + int(more)
		data, err := os.ReadFile(file)
		if err != nil || !json.Valid(data) {
			t.Fatalf("round %d: %v, %d bytes", round, err, len(data))
		}
		server, err := sim.Open(file)
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		_, body := send(t, server, "GET", "/1.0/storage-pools/p/volumes/custom", "")
		// Of every second round the next process finds what the killed one has left.
		if round%2 == 0 {
			err = server.Abandon()
		} else {
			err = server.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		// One more each time may have been made whose answer was not heard.
		if held := strings.Count(body, "/1.0/storage-pools/p/"); held < least || held > least+round+1 {
			t.Errorf("round %d: %d volumes, and %d were answered", round, held, least)
		}
	}
}

// serveForKill creates volumes until it is killed, and says so after each.
func serveForKill(file string) {
	server, err := sim.Open(file)
	if err != nil {
		panic(err)
	}
	do := func(path, body string) {
		server.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", path, strings.NewReader(body)))
	}
	do("/1.0/storage-pools", `{"name":"p","driver":"dir"}`)
	for i := 0; ; i++ {
		do("/1.0/storage-pools/p/volumes/custom", fmt.Sprintf(`{"name":"v%d-%d","config":{"user.fill":%q}}`, os.Getpid(), i, strings.Repeat("x", 10_000)))
		fmt.Print(".")
	}
}

// A client in the process speaks HTTP with the server until that is closed.
func TestDial(t *testing.T) {
	server := sim.New(nil)
	client := lxd.NewDialed("sim:", server.Dial, lxd.Options{})
	defer client.Close()
	if _, err := client.CreatePool(t.Context(), lxd.PoolID{Name: "p"}, lxd.PoolCreate{Driver: "dir"}); err != nil {
		t.Fatal(err)
	}
	server.Inject(&sim.Fault{Nth: 1, DropAfter: true})
	var unreachable *lxd.UnreachableError
	if _, err := client.CreatePool(t.Context(), lxd.PoolID{Name: "q"}, lxd.PoolCreate{Driver: "dir"}); !errors.As(err, &unreachable) {
		t.Errorf("a dropped connection: %v", err)
	}
	if has, err := client.HasPool(t.Context(), lxd.PoolID{Name: "q"}); !has || err != nil {
		t.Errorf("after the connection was dropped: %v, %v", has, err)
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Pools(t.Context()); !errors.As(err, &unreachable) {
		t.Errorf("closed: %v", err)
	}
}
