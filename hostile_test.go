//go:build linux

package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"tarn/lxd/lxdtest"
)

// misbehaviour is what a server does with the connection of a request that it has read.
type misbehaviour struct {
	answer func(conn net.Conn)
	code   int
	says   string // a regular expression for the last line on standard error
}

func head(status, headers string) string {
	return "HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\n" + headers + "\r\n"
}

// raw is a server that answers everything so.
func raw(text string) func(net.Conn) {
	return func(conn net.Conn) { _, _ = io.WriteString(conn, text) }
}

func sized(status, body string) func(net.Conn) {
	return raw(head(status, fmt.Sprintf("Content-Length: %d\r\n", len(body))) + body)
}

func sizedWith(status, headers, body string) func(net.Conn) {
	return raw(head(status, headers+fmt.Sprintf("Content-Length: %d\r\n", len(body))) + body)
}

// hangUntilClosed keeps the connection until the other side closes it.
func hangUntilClosed(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }

func endless(before, again string) func(net.Conn) {
	return func(conn net.Conn) {
		_, err := io.WriteString(conn, before)
		many := []byte(strings.Repeat(again, 1<<16/len(again)))
		for err == nil {
			_, err = conn.Write(many)
		}
	}
}

const listStart = `{"type":"sync","status":"Success","status_code":200,"metadata":`

func bomb() string {
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	zeros := make([]byte, 1<<20)
	for range 512 {
		_, _ = zip.Write(zeros)
	}
	_ = zip.Close()
	return out.String()
}

// misbehaviours are made when they are asked for: the scripts run this binary as tarn, a thousand times.
var misbehaviours = sync.OnceValue(func() map[string]misbehaviour {
	return map[string]misbehaviour{
		"silent": {hangUntilClosed, 5, `nothing came for \d(\.\d)? ?s; is the server overloaded`},
		"a byte a second": {func(conn net.Conn) {
			for _, b := range []byte(head("200 OK", "Content-Length: 1000\r\n")) {
				if _, err := conn.Write([]byte{b}); err != nil {
					return
				}
				time.Sleep(time.Second)
			}
		}, 5, `nothing came for`},
		"silent after the head": {func(conn net.Conn) {
			raw(head("200 OK", "Content-Length: 1000\r\n"))(conn)
			hangUntilClosed(conn)
		}, 5, `nothing came for`},
		"403 for all":    {sized("403 Forbidden", `{"type":"error","error":"Forbidden","error_code":403}`), 1, `tarn: Forbidden`},
		"503 for all":    {sized("503 Service Unavailable", `{"type":"error","error":"LXD is shutting down","error_code":503}`), 1, `tarn: LXD is shutting down`},
		"endless text":   {endless(head("200 OK", "")+listStart+`"`, "a"), 5, `its answer has no end: 25 MB were read`},
		"endless list":   {endless(head("200 OK", "")+listStart+`[`, `{},`), 5, `its answer has no end: 25 MB were read`},
		"endless head":   {endless("HTTP/1.1 200 OK\r\n", "X: "+strings.Repeat("a", 1000)+"\r\n"), 5, `headers of its answer have no end: 2 MB were read`},
		"endless spaces": {endless(head("200 OK", ""), " "), 5, `its answer has no end`},
		"100 MB": {func(conn net.Conn) {
			raw(head("200 OK", "Content-Length: 100000000\r\n"))(conn)
			many := []byte(strings.Repeat(" ", 1e6))
			for range 100 {
				if _, err := conn.Write(many); err != nil {
					return
				}
			}
		}, 5, `its answer has 100 MB, and more than 25 are not read`},
		"redirect":        {raw(head("301 Moved Permanently", "Location: https://other.example/1.0\r\nContent-Length: 0\r\n")), 5, `sends requests elsewhere \(status 301 to "https://other.example/1.0"\)`},
		"garbage":         {raw("\x00\x01\x02 not HTTP at all \x1b[31m\r\n\r\n"), 5, `its answer is not HTTP: malformed HTTP `},
		"HTML":            {sized("200 OK", "<html><body>Welcome</body></html>"), 5, `its answer is not JSON, so that it is neither LXD nor Incus`},
		"closed":          {raw(""), 5, `the connection broke`},
		"closed half way": {raw(head("200 OK", "Content-Length: 1000\r\n") + listStart), 5, `the connection broke`},
		"too little":      {raw(head("200 OK", "Content-Length: 1000\r\nConnection: close\r\n") + listStart + `{}}`), 5, `the connection broke`},
		"HTTP/1.0":        {raw("HTTP/1.0 200 OK\r\n\r\n"), 5, `its answer is empty`},
		"101": {func(conn net.Conn) {
			raw(head("101 Switching Protocols", "Upgrade: x\r\nConnection: upgrade\r\n"))(conn)
			hangUntilClosed(conn)
		}, 5, `changes to another protocol \(status 101\)`},
		"204":                {raw(head("204 No Content", "")), 5, `its answer is empty \(status 204\)`},
		"empty":              {sized("200 OK", ""), 5, `its answer is empty`},
		"no metadata":        {sized("200 OK", `{"type":"sync","status_code":200}`), 5, `its answer to GET /1.0 says nothing`},
		"wrong types":        {sized("200 OK", listStart+`{"auth":7}}`), 5, `its answer has a number in auth, where LXD and Incus have something else`},
		"a list of wrongs":   {sized("200 OK", listStart+`[1]}`), 5, `its answer is an array, where`},
		"gzip bomb":          {raw(head("200 OK", "Content-Encoding: gzip\r\nConnection: close\r\n") + bomb()), 5, `its answer is not JSON`},
		"not trusted":        {sized("200 OK", listStart+`{"auth":"untrusted"}}`), 1, `does not trust this client: LXD and Incus trust everybody who may open their socket`},
		"429 for all":        {sized("429 Too Many Requests", `{"type":"error","error":"slow down","error_code":429}`), 1, `^tarn: slow down$`},
		"100 without end":    {endless("", "HTTP/1.1 100 Continue\r\n\r\n"), 5, `headers of its answer have no end: 2 MB were read`},
		"103 without end":    {endless("", "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n"), 5, `headers of its answer have no end: 2 MB were read`},
		"endless chunks":     {endless(head("200 OK", "Transfer-Encoding: chunked\r\n"), "1\r\n \r\n"), 5, `its answer has no end`},
		"endless chunk":      {endless(head("200 OK", "Transfer-Encoding: chunked\r\n")+"ffffffffffff\r\n", " "), 5, `its answer has no end`},
		"a chunk's length":   {endless(head("200 OK", "Transfer-Encoding: chunked\r\n"), "f"), 5, `its answer is not HTTP: (header line too long|.*chunk length)`},
		"endless trailers":   {endless(head("200 OK", "Transfer-Encoding: chunked\r\n")+"2\r\n{}\r\n0\r\n", "X: y\r\n"), 5, `its answer is not HTTP: suspiciously long trailer`},
		"deep JSON":          {sized("200 OK", listStart+strings.Repeat("[", 1e6)), 5, `its answer is not JSON`},
		"deep, and whole":    {sized("200 OK", listStart+strings.Repeat("[", 9000)+strings.Repeat("]", 9000)+"}"), 5, `its answer is an array, where`},
		"ETag of 1 MB":       {sizedWith("200 OK", "ETag: \""+strings.Repeat("x", 1e6)+"\"\r\n", listStart+`{"auth":7}}`), 5, `its answer has a number in auth`},
		"a length too short": {raw(head("200 OK", "Content-Length: 30\r\n") + listStart + `{"auth":"trusted"}}`), 5, `its answer is not JSON`},
		"two lengths":        {raw(head("200 OK", "Content-Length: 2\r\nContent-Length: 3\r\n") + "{}"), 5, `its answer is not HTTP: `},
		"no length at all":   {raw(head("200 OK", "Content-Length: -1\r\n") + "{}"), 5, `its answer is not HTTP: `},
		"huge number":        {sized("200 OK", listStart+`{"auth":"trusted","api_status":1`+strings.Repeat("0", 1e6)+`,"environment":{"server_version":1e999}}}`), 5, `its answer has a number`},
		"hostile error":      {sized("400 Bad Request", `{"type":"error","error_code":400,"error":"no\n\u001b[31mtarn: done\u202e"}`), 1, `^tarn: no \\x1b\[31mtarn: done\\u202e$`},
	}
})

// hostile serves misbehaviour at a unix socket and counts the requests.
func hostile(t *testing.T, socket string, answer func(net.Conn)) *atomic.Int64 {
	t.Helper()
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	var requests atomic.Int64
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
					requests.Add(1)
					answer(conn)
				}
			}()
		}
	}()
	return &requests
}

// savedFor saves a plan that was made with a simulator at the socket, which is gone afterwards.
func savedFor(t *testing.T, dir string) {
	t.Helper()
	_, end := simulatorIn(t, dir)
	defer end()
	cmd := exec.Command("tarn", "plan", "--remote", "unix:s", "--out", "plan.json", "storage.hcl")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// Whatever a server does, each command ends in time with one sentence and the exit code that says whose fault it is, in little
// memory and with few requests.
func TestHostileServers(t *testing.T) {
	const timeout = 2 * time.Second
	commands := map[string][]string{
		"plan":            {"plan"},
		"plan --json":     {"plan", "--json"},
		"plan --markdown": {"plan", "--markdown"},
		"plan --rehearse": {"plan", "--rehearse"},
		"drift":           {"drift"},
		"show":            {"show"},
		"show ADDRESS":    {"show", "main/vol"},
		"show --json":     {"show", "--json"},
		"apply":           {"apply", "--auto-approve"},
		"apply --json":    {"apply", "--auto-approve", "--json"},
		"apply FILE":      {"apply", "--auto-approve", "plan.json"},
		"import":          {"import"},
	}
	// Commands read in one way, so that not all of them are tried with all servers each time.
	often := map[string]bool{"silent": true, "403 for all": true, "101": true, "wrong types": true, "hostile error": true}
	for name, server := range misbehaviours() {
		for title, args := range commands {
			t.Run(name+", "+title, func(t *testing.T) {
				if title != "plan" && !often[name] {
					lxdtest.Nightly(t)
				}
				t.Parallel()
				args := slices.Clone(args)
				dir := t.TempDir()
				if err := os.WriteFile(filepath.Join(dir, "storage.hcl"), []byte(oneVolume), 0o600); err != nil {
					t.Fatal(err)
				}
				switch title {
				case "apply FILE":
					savedFor(t, dir)
				case "import": // it reads no spec
				default:
					if strings.HasPrefix(title, "show") { // which finds the spec itself
						break
					}
					args = append(args, "storage.hcl")
				}
				requests := hostile(t, filepath.Join(dir, "s"), server.answer)
				var stdout, stderr bytes.Buffer
				cmd := exec.Command("tarn", append(args, "--remote", "unix:s", "--timeout", timeout.String())...)
				cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &stdout, &stderr
				start := time.Now()
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				hangs := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
				_ = cmd.Wait()
				if !hangs.Stop() {
					t.Fatalf("it hangs\n%s%s", &stdout, &stderr)
				}
				took := time.Since(start)
				if got := cmd.ProcessState.ExitCode(); got != server.code {
					t.Errorf("exit code %d, want %d", got, server.code)
				}
				lines := strings.Split(strings.TrimSuffix(stderr.String(), "\n"), "\n")
				if !regexp.MustCompile(server.says).MatchString(lines[len(lines)-1]) || len(lines) > 2 {
					t.Errorf("stderr is %q, want %q", &stderr, server.says)
				}
				if regexp.MustCompile("[^\\P{C}\n]").MatchString(stdout.String() + stderr.String()) {
					t.Errorf("raw characters of the server: %q %q", &stdout, &stderr)
				}
				want := `"code": ?"server"`
				if server.code != 5 {
					want = `"code": ?"other"`
				}
				if strings.Contains(title, "--json") && !regexp.MustCompile(want).MatchString(stdout.String()) {
					t.Errorf("stdout is %q, want %s", &stdout, want)
				}
				if strings.Contains(title, "--markdown") && (server.code == 5) != strings.HasPrefix(stdout.String(), "**The server does not answer**: ") {
					t.Errorf("stdout is %q", &stdout)
				}
				if memory := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss >> 10; memory > 300 {
					t.Errorf("%d MiB", memory)
				} else if testing.Verbose() {
					t.Logf("%d MiB, %d requests, %v", memory, requests.Load(), took.Round(10*time.Millisecond))
				}
				if n := requests.Load(); n > 10 {
					t.Errorf("%d requests", n)
				}
			})
		}
	}
}

// forged is what a server, or whoever may name things on it, writes into every text that it may.
const forged = `x\u001b[31m\r\nPlan: nothing to do.\u202e`

// Texts of a server do not become lines of a plan, colours, or text that runs the other way.
func TestHostileTexts(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "storage.hcl"), []byte("pool \"main\" {\n  driver = \"dir\"\n  volume \"vol\" { absent = true }\n}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	hostile := func(path string) string {
		switch {
		case path == "/1.0":
			return fmt.Sprintf(`{"auth":"trusted","api_extensions":["storage_api_project"],"environment":{"server":"lxd","server_version":"5.0.2%s","server_name":"%[1]s","storage_supported_drivers":[{"Name":"dir"}]}}`, forged)
		case path == "/1.0/storage-pools":
			return fmt.Sprintf(`[{"name":"main","driver":"dir","status":"%s","config":{"source":"/x","user.%[1]s":"%[1]s","z%[1]s":"%[1]s"},"used_by":["/1.0/storage-pools/main/volumes/custom/vol","/1.0/profiles/%[1]s"]}]`, forged)
		case strings.HasSuffix(path, "/state"):
			return `{"usage":{"used":5}}`
		case strings.HasSuffix(path, "/snapshots"), strings.HasSuffix(path, "/backups"):
			return "[]"
		case strings.HasSuffix(path, "/resources"):
			return "{}"
		case strings.Contains(path, "/volumes"):
			return fmt.Sprintf(`[{"name":"vol","type":"custom","content_type":"filesystem%s","description":"%[1]s","config":{"user.%[1]s":"%[1]s"},"location":"none","used_by":["/1.0/profiles/%[1]s","/1.0/instances/%[1]s","%[1]s"]},
				{"name":"%[1]s","type":"custom","content_type":"%[1]s","config":{},"location":"none","used_by":[]}]`, forged)
		case path == "/1.0/instances":
			return fmt.Sprintf(`[{"name":"%s","project":"default","status":"%[1]s","profiles":["%[1]s"]}]`, forged)
		case path == "/1.0/profiles":
			return fmt.Sprintf(`[{"name":"%s","used_by":["/1.0/instances/%[1]s"]}]`, forged)
		case path == "/1.0/operations":
			return "{}"
		}
		return "[]"
	}
	listener, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, listStart+hostile(r.URL.Path)+"}")
	})}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	for _, args := range [][]string{{"plan"}, {"plan", "--brief"}, {"plan", "--show-unmanaged"}, {"plan", "--markdown"}, {"drift"}, {"drift", "--markdown"}, {"apply", "--auto-approve"}, {"show"}, {"show", "main", "main/vol"}, {"show", "--json", "main", "main/vol"},
		{"import"}, {"import", "--no-fold", "--pool", "main"}} {
		if args[0] != "show" && args[0] != "import" {
			args = append(args, "storage.hcl")
		}
		cmd := exec.Command("tarn", append(args, "--remote", "unix:s")...)
		cmd.Dir = dir
		out, _ := cmd.CombinedOutput()
		if !regexp.MustCompile(`delete (volume )?main/vol|LXD 5.0.2x|"pool": "main"|Left out`).Match(out) {
			t.Errorf("%v: no plan:\n%s", args, out)
		}
		if found := regexp.MustCompile(`[^\P{C}\n]|(?m)^Plan: nothing to do`).Find(out); found != nil {
			t.Errorf("%v: %q in\n%q", args, found, out)
		}
	}
}
