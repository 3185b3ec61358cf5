//go:build linux

package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"tarn/lxd/lxdtest"
	"tarn/lxd/sim"
)

// What a server says of an operation that it has begun, or has not: an apply ends with a sentence, never says that it is done when it is
// not, and another one goes on.
func TestHostileOperations(t *testing.T) {
	const (
		path    = "/1.0/operations/0b0c"
		running = `{"id":"0b0c","class":"task","status":"Running","status_code":103}`
		success = `{"id":"0b0c","class":"task","status":"Success","status_code":200}`
		gone    = `{"type":"error","error":"Operation not found","error_code":404}`
	)
	sync := func(metadata string) string { return `{"type":"sync","status_code":200,"metadata":` + metadata + `}` }
	begun := func(operation, metadata string) string {
		return fmt.Sprintf(`{"type":"async","status_code":100,"operation":"%s","metadata":%s}`, operation, metadata)
	}
	for name, c := range map[string]struct {
		begins string   // the answer to the change
		looks  []string // the answers to the waits and looks that follow, of which the last one is repeated
		code   int
		says   string
	}{
		"at once, and nothing is there": {begun(path, success), nil, 1, "after all steps were done the server is not as it should be"},
		"well, and nothing is there":    {begun(path, running), []string{sync(running), sync(success)}, 1, "after all steps were done the server is not as it should be"},
		"well, with an error":           {begun(path, running), []string{sync(strings.Replace(success, "}", `,"err":"no"}`, 1))}, 1, "after all steps were done the server is not as it should be"},
		"another operation":             {begun(path, running), []string{sync(strings.Replace(success, "0b0c", "aaaa", 1))}, 5, `its answer has the id "aaaa", and "0b0c" was asked for`},
		"another from the start":        {begun(path, strings.Replace(success, "0b0c", "aaaa", 1)), nil, 5, `its answer has the id "aaaa", and "0b0c" was asked for`},
		"vanished":                      {begun(path, running), []string{gone}, 1, "the server has forgotten the operation"},
		"vanished later":                {begun(path, running), []string{sync(running), gone}, 1, "the server has forgotten the operation"},
		"failed":                        {begun(path, running), []string{sync(`{"id":"0b0c","status_code":400,"err":"no\n\u001b[31mdone\u202e"}`)}, 1, `no \x1b[31mdone\u202e`},
		"failed with 1 MB":              {begun(path, running), []string{sync(`{"id":"0b0c","status_code":400,"err":"` + strings.Repeat("no", 400_000) + `"}`)}, 1, `… (796000 bytes more)`},
		"failed without a reason":       {begun(path, running), []string{sync(`{"id":"0b0c","status_code":400}`)}, 1, "the operation failed without a reason"},
		"failed, then well":             {begun(path, running), []string{sync(`{"id":"0b0c","status_code":400,"err":"no"}`), sync(success)}, 1, "no"},
		"cancelled":                     {begun(path, running), []string{sync(`{"id":"0b0c","status_code":401}`)}, 1, "the operation was cancelled"},
		"no status":                     {begun(path, running), []string{sync(`{"id":"0b0c"}`)}, 5, "its operation has the status 0, which none has"},
		"a status below all":            {begun(path, running), []string{sync(`{"id":"0b0c","status_code":-200}`)}, 5, "its operation has the status -200, which none has"},
		"a status of a wrong type":      {begun(path, running), []string{sync(`{"id":"0b0c","status_code":"200"}`)}, 5, "its answer has a string in status_code"},
		"metadata of a wrong type":      {begun(path, running), []string{sync(`{"id":"0b0c","status_code":200,"metadata":[1]}`)}, 5, "its answer has an array in metadata"},
		"resources of a wrong type":     {begun(path, running), []string{sync(`{"id":"0b0c","status_code":200,"resources":{"a":{}}}`)}, 5, "its answer has an object in resources"},
		"null":                          {begun(path, running), []string{sync(`null`)}, 5, "says nothing"},
		"nothing":                       {begun(path, running), []string{sync(`{}`)}, 5, "its operation has the status 0, which none has"},
		"a list":                        {begun(path, running), []string{sync(`[]`)}, 5, "its answer is an array"},
		"countless resources":           {begun(path, running), []string{sync(`{"id":"0b0c","status_code":103,"resources":{"a":[` + strings.Repeat(`"",`, 500_000) + `""]}}`)}, 5, "its answer has no end: 1 MB were read"},
		"a wrong time":                  {begun(path, running), []string{sync(`{"id":"0b0c","status_code":200,"created_at":"yesterday"}`)}, 5, "its answer cannot be read"},
		"without a name":                {begun("", running), nil, 1, "started an operation without naming it"},
		"elsewhere":                     {begun("/1.0/instances/x", running), nil, 5, `it started an operation at "/1.0/instances/x", where none can be`},
		"above":                         {begun("/1.0/operations/../instances", running), nil, 5, `"../instances" was asked for`},
		"of no text":                    {begun("%zz", running), nil, 1, "the server named an operation that cannot be read"},
		"begun without metadata":        {begun(path, "null"), nil, 5, "its operation"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name != "well, and nothing is there" && name != "failed with 1 MB" && name != "without a name" {
				lxdtest.Nightly(t)
			}
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "storage.hcl"), []byte(oneVolume), 0o600); err != nil {
				t.Fatal(err)
			}
			simulator := sim.New(nil)
			var fooling atomic.Bool
			var looks atomic.Int64
			fooling.Store(true)
			server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case !fooling.Load():
				case r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/volumes/custom"):
					w.WriteHeader(http.StatusAccepted)
					_, _ = io.WriteString(w, c.begins)
					return
				case strings.HasPrefix(r.URL.Path, "/1.0/operations/"):
					if len(c.looks) == 0 {
						t.Errorf("it is asked for %s", r.URL.Path)
						break
					}
					_, _ = io.WriteString(w, c.looks[min(int(looks.Add(1)), len(c.looks))-1])
					return
				}
				simulator.ServeHTTP(w, r)
			})}
			listener, err := net.Listen("unix", filepath.Join(dir, "s"))
			if err != nil {
				t.Fatal(err)
			}
			go server.Serve(listener)
			t.Cleanup(func() {
				server.Close()
				simulator.Close()
			})
			end := runMeasured(t, dir, "apply", "--auto-approve", "--remote", "unix:s", "--timeout", "2s", "storage.hcl")
			end.check(t)
			if end.code != c.code || !strings.Contains(end.stdout+end.stderr, c.says) || len(end.stdout)+len(end.stderr) > 20_000 {
				t.Errorf("exit code %d, want %d and %q\n%.2000s%.2000s", end.code, c.code, c.says, end.stdout, end.stderr)
			}
			if n := looks.Load(); n > 200 {
				t.Errorf("%d looks", n)
			}
			fooling.Store(false)
			if end := runMeasured(t, dir, "apply", "--auto-approve", "--remote", "unix:s", "storage.hcl"); end.code != 0 {
				t.Errorf("the next apply: exit code %d %s%s", end.code, end.stdout, end.stderr)
			}
		})
	}
}
