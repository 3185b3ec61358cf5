package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestAcceptKinds takes one kind of drift after the other into a spec. Each archive in testdata/accepted has cases; of each there are
//
//	NAME/server.json   what the simulator is before, when it is not a lone one
//	NAME/server.hcl    what is then put on the server
//	NAME/spec/…        the spec, which says something else
//	NAME/flags         flags of accept, when it has some
//	NAME/accepted      what accept prints, with the difference of the files, and what a plan for the new files prints
//
// UPDATE=1 writes the last.
func TestAcceptKinds(t *testing.T) {
	archives, err := filepath.Glob("testdata/accepted/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal(archives, err)
	}
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files := map[string]map[string][]byte{}
		var names []string
		for _, file := range archive.Files {
			kind, rest, _ := strings.Cut(file.Name, "/")
			if files[kind] == nil {
				files[kind] = map[string][]byte{}
				names = append(names, kind)
			}
			files[kind][rest] = file.Data
		}
		updated := &txtar.Archive{Comment: archive.Comment}
		for _, kind := range names {
			want := files[kind]["accepted"]
			got := want // of those that are not run
			t.Run(kind, func(t *testing.T) {
				got = acceptKind(t, files[kind])
				if os.Getenv("UPDATE") == "" && !bytes.Equal(got, want) {
					t.Errorf("got:\n%s\nwant:\n%s", got, want)
				}
			})
			for _, file := range archive.Files {
				if strings.HasPrefix(file.Name, kind+"/") && file.Name != kind+"/accepted" {
					updated.Files = append(updated.Files, file)
				}
			}
			updated.Files = append(updated.Files, txtar.File{Name: kind + "/accepted", Data: got})
		}
		if os.Getenv("UPDATE") != "" {
			if err := os.WriteFile(name, txtar.Format(updated), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// acceptKind is what accept and the plan behind it print of a case.
func acceptKind(t *testing.T, files map[string][]byte) []byte {
	dir := t.TempDir()
	for name, text := range files {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(args ...string) (out string, code int) {
		cmd := exec.Command("tarn", append([]string{"--remote", "sim:server.json"}, args...)...)
		cmd.Dir = dir
		text, err := cmd.CombinedOutput()
		if cmd.ProcessState == nil {
			t.Fatal(err)
		}
		return string(text), cmd.ProcessState.ExitCode()
	}
	if out, code := run("apply", "--auto-approve", "server.hcl"); code != 0 {
		t.Fatalf("server.hcl: %d: %s", code, out)
	}
	flags := strings.Fields(string(files["flags"]))
	accepted, code := run(append([]string{"accept", "--auto-approve", "spec"}, flags...)...)
	planned, drift := run("plan", "--detailed-exitcode", "spec")
	if code != 0 && code != 2 {
		t.Errorf("exit code %d: %s", code, accepted)
	}
	if code == 0 && drift != 0 && len(flags) == 0 {
		t.Errorf("accept says that all is taken, and there is something to do:\n%s%s", accepted, planned)
	}
	if again, code2 := run(append([]string{"accept", "--diff", "spec"}, flags...)...); code2 != code || strings.Contains(again, "@@") {
		t.Errorf("a second time something else is taken:\n%s", again)
	}
	return fmt.Appendf(nil, "%s-> %d\n\n%s-> %d\n", accepted, code, planned, drift)
}
