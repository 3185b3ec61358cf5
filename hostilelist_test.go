//go:build linux

package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"tarn/lxd/lxdtest"
	"tarn/lxd/sim"
)

// part of an answer is a text so many times. It is made when it is sent: what this process holds counts as the command's, too.
type part struct {
	text  string
	times int
}

func (p part) writeTo(w io.Writer) error {
	some := min(p.times, 1+1<<16/len(p.text))
	text := []byte(strings.Repeat(p.text, some))
	for left := p.times; left > 0; left -= some {
		if _, err := w.Write(text[:min(left, some)*len(p.text)]); err != nil {
			return err
		}
	}
	return nil
}

// longAnswer is a server that answers with metadata of 104 MB, which have an end: a part is repeated as often as fits.
func longAnswer(before, again, after string) func(net.Conn) {
	return partsAgain(before, []part{{again, 1}}, after)
}

// partsAgain is as longAnswer, with several parts that are repeated together.
func partsAgain(before string, again []part, after string) func(net.Conn) {
	before, after = listStart+before, after+"}"
	once := 0
	for _, p := range again {
		once += len(p.text) * p.times
	}
	times := (104_000_000 - len(before) - len(after)) / once
	return func(conn net.Conn) {
		_, _ = io.WriteString(conn, head("200 OK", fmt.Sprintf("Content-Length: %d\r\nConnection: close\r\n", len(before)+times*once+len(after)))+before)
		if len(again) == 1 {
			again = []part{{again[0].text, again[0].times * times}}
			times = 1
		}
		for range times {
			for _, p := range again {
				if p.writeTo(conn) != nil {
					return
				}
			}
		}
		_, _ = io.WriteString(conn, after)
	}
}

// An answer that has an end takes a multiple of its length in memory when it is taken apart, unless what is in it is counted first.
func TestHostileLists(t *testing.T) {
	const (
		pools   = "/1.0/storage-pools"
		volumes = pools + "/main/volumes/custom"
		longUse = `"/1.0/instances/xxxxxxxxxxxxxxxxxx",`
	)
	for name, c := range map[string]struct {
		path   string
		answer func(net.Conn)
		says   string // a regular expression for the last line on standard error
	}{
		"objects":             {pools, longAnswer("[", "{},", "{}]"), `its list has a pool without a name`},
		"nothings":            {pools, longAnswer("[", "null,", "null]"), `its list has null`},
		"tiny pools":          {pools, longAnswer("[", `{"name":"a"},`, `{"name":"b"}]`), `its list would take more than 167 MB of memory`},
		"tiny volumes":        {volumes, longAnswer("[", `{"name":"a","type":"custom"},`, `{"name":"b","type":"custom"}]`), `its list would take more than 167 MB of memory`},
		"a long name":         {pools, longAnswer(`[{"name":"`, "xxxxxxxxxx", `"}]`), `its list has an object of more than 25 MB`},
		"escapes":             {pools, longAnswer(`[{"name":"`, `\u0041`, `"}]`), `its list has an object of more than 25 MB`},
		"names of 1 MB":       {volumes, partsAgain(`[`, []part{{`{"type":"custom","name":"`, 1}, {"x", 1 << 20}, {`"},`, 1}}, `{}]`), `its list has a volume with a name of 1048576 bytes`},
		"values of 1 MB":      {volumes, partsAgain(`[`, []part{{`{"type":"custom","name":"v","config":{"user.a":"`, 1}, {"x", 1 << 20}, {`"}},`, 1}}, `{}]`), `its list has a volume without a name`},
		"users":               {pools, longAnswer(`[{"name":"main","used_by":[`, `"",`, `""]}]`), `its list has an object of more than 25 MB`},
		"24 MB of users":      {pools, partsAgain(`[`, []part{{`{"name":"main","used_by":[`, 1}, {`"",`, 8_000_000}, {`""]},`, 1}}, `{}]`), `its list has an object of more than 500000 values`},
		"long users":          {pools, longAnswer(`[{"name":"main","used_by":[`, longUse, `""]}]`), `its list has an object of more than 25 MB`},
		"pools of long users": {pools, partsAgain(`[`, []part{{`{"name":"main","used_by":[`, 1}, {longUse, 400_000}, {`""]},`, 1}}, `{}]`), `its list (would take more than 167 MB of memory|has a pool without a name)`},
		"config keys":         {pools, longAnswer(`[{"name":"main","config":{`, `"a":"",`, `"b":""}}]`), `its list has an object of more than 25 MB`},
		"24 MB of keys":       {pools, partsAgain(`[`, []part{{`{"name":"main","config":{`, 1}, {`"a":"",`, 3_000_000}, {`"b":""}},`, 1}}, `{}]`), `its list has an object of more than 500000 values`},
		"keys that differ":    {pools, manyKeys, `its list (would take more than 167 MB of memory|has a pool without a name)`},
		"twice the same name": {pools, longAnswer(`[{"name":"`, `","name":"`, `"}]`), `its list has an object of more than 25 MB`},
		"spaces":              {pools, longAnswer("[", " ", "]"), `its list has an object of more than 25 MB`},
		"spaces at its end":   {pools, longAnswer("[]", " ", ""), `its list has an object of more than 25 MB`},
		"deep":                {pools, longAnswer("[", "[", "]"), `its answer is not JSON`},
		"deep, an object":     {pools, longAnswer("[", `{"a":`, "]"), `its answer is not JSON`},
		"two lists":           {pools, raw(head("200 OK", "Connection: close\r\n") + `{"type":"sync","metadata":[],"metadata":[]}`), `its answer has two lists`},
		"no list":             {pools, raw(head("200 OK", "Connection: close\r\n") + `{"type":"sync","metadata":{}}`), `its answer is an object, where that of LXD and Incus is a list`},
		"metadata last":       {pools, raw(head("200 OK", "Connection: close\r\n") + `{"metadata":[],"type":"other"}`), `what answers there is neither LXD nor Incus`},
		"cut off":             {pools, raw(head("200 OK", "Content-Length: 1000\r\n") + `{"type":"sync","metadata":[{"name":"a"},`), `the connection broke`},
		"ended too soon":      {pools, raw(head("200 OK", "Connection: close\r\n") + `{"type":"sync","metadata":[{"name":"a"}`), `its answer is not JSON`},
		"more behind it":      {pools, raw(head("200 OK", "Connection: close\r\n") + `{"type":"sync","metadata":[]}{}`), `its answer is not JSON`},
		"extensions":          {"/1.0", longAnswer(`{"api_extensions":[`, `"a",`, `""]}`), `its answer has 103 MB, and more than 25 are not read`},
		"24 MB of extensions": {"/1.0", func(conn net.Conn) {
			_, _ = io.WriteString(conn, head("200 OK", "Connection: close\r\n")+listStart+`{"api_extensions":[`)
			_ = part{`"",`, 8_000_000}.writeTo(conn)
			_, _ = io.WriteString(conn, `""]}}`)
		}, `its answer has more than 500000 values`},
	} {
		t.Run(name, func(t *testing.T) {
			if name != "users" && name != "tiny volumes" && name != "a long name" && name != "two lists" {
				lxdtest.Nightly(t)
			}
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "storage.hcl"), []byte(oneVolume), 0o600); err != nil {
				t.Fatal(err)
			}
			var answered atomic.Bool
			l := &later{simulator: sim.New(nil), turns: func(r *http.Request) bool { return r.URL.Path == c.path }, answer: func(conn net.Conn) {
				answered.Store(true)
				c.answer(conn)
			}}
			l.serve(t, filepath.Join(dir, "s"))
			if strings.HasPrefix(c.path, volumes) {
				overSocket(t, filepath.Join(dir, "s"), http.MethodPost, pools, `{"name":"main","driver":"dir"}`)
			}
			end := runMeasured(t, dir, "plan", "storage.hcl", "--remote", "unix:s", "--timeout", "20s")
			end.check(t)
			if !answered.Load() {
				t.Errorf("%s was not asked for", c.path)
			}
			lines := strings.Split(strings.TrimSuffix(end.stderr, "\n"), "\n")
			if end.code != 5 || !regexp.MustCompile(c.says).MatchString(lines[len(lines)-1]) {
				t.Errorf("exit code %d, stderr %.300q, want %s", end.code, end.stderr, c.says)
			}
		})
	}
}

// manyKeys is a server whose pools have 400,000 config keys each that are not the same.
func manyKeys(conn net.Conn) {
	w := bufio.NewWriter(conn)
	defer w.Flush()
	_, _ = io.WriteString(w, head("200 OK", "Connection: close\r\n")+listStart+"[")
	for pool := range 9 {
		fmt.Fprintf(w, `{"name":"p%d","config":{`, pool)
		for key := range 400_000 {
			fmt.Fprintf(w, `"user.%d":"",`, key)
		}
		_, _ = io.WriteString(w, `"a":""}},`)
	}
	_, _ = io.WriteString(w, "{}]}")
}

// What an honest server with very many volumes says is read: a list of 100,000 with descriptions, sizes, marks and users, and the names
// of all of them as what uses their pool.
func TestHonestLongLists(t *testing.T) {
	const volumes, users = 100_000, 100_000
	lxdtest.Nightly(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "storage.hcl"), []byte(oneVolume), 0o600); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	simulator := sim.New(nil)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out := bufio.NewWriter(w)
		defer out.Flush()
		switch {
		case r.Method == http.MethodGet && r.URL.Path == "/1.0/storage-pools":
			_, _ = io.WriteString(out, listStart+`[{"name":"main","driver":"dir","status":"Created","config":{"source":"/x"},"used_by":[`)
			for i := range volumes {
				fmt.Fprintf(out, `"/1.0/storage-pools/main/volumes/custom/volume-%d",`, i)
			}
			_, _ = io.WriteString(out, `"/1.0/profiles/default"],"locations":["none"]}]}`)
		case r.Method == http.MethodGet && r.URL.Path == "/1.0/storage-pools/main/volumes/custom":
			_, _ = io.WriteString(out, listStart+`[{"name":"used","description":"","type":"custom","content_type":"filesystem","project":"default","location":"none","config":{},"used_by":[`)
			for i := range users {
				fmt.Fprintf(out, `"/1.0/instances/instance-%d?project=web",`, i)
			}
			_, _ = io.WriteString(out, `"/1.0/profiles/default"]}`)
			for i := range volumes {
				fmt.Fprintf(out, `,{"name":"volume-%d","description":"volume number %d of the honest server","type":"custom","content_type":"filesystem","project":"default","location":"none",`+
					`"config":{"size":"10GiB","snapshots.schedule":"@daily","user.tarn.owner":"team-storage","user.tarn.of":"default/main/volume-%d","volatile.uuid":"0b0c%d"},`+
					`"used_by":["/1.0/instances/instance-%d?project=web"],"created_at":"2026-01-01T00:00:00Z"}`, i, i, i, i, i)
			}
			_, _ = io.WriteString(out, "]}")
		default:
			simulator.ServeHTTP(w, r)
		}
	})}
	go server.Serve(listener)
	t.Cleanup(func() {
		server.Close()
		simulator.Close()
	})
	end := runMeasured(t, dir, "plan", "storage.hcl", "--remote", "unix:s")
	end.check(t)
	if end.code != 0 || !strings.Contains(end.stdout, "create volume main/") {
		t.Errorf("exit code %d, %.500s", end.code, end.stdout)
	}
}
