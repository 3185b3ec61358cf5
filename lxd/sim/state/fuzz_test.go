package state

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzOpen: a state file and a journal of any bytes are a server or an error with the path, and one that was a server still is one after it was closed.
func FuzzOpen(f *testing.F) {
	f.Add([]byte(""), []byte(""))
	f.Add([]byte(`{"format":1}`), []byte(""))
	f.Add([]byte(`{"format":1,"pools":{"a":{"driver":"dir"}},"pools":null}`), []byte("{}\n{}\n"))
	f.Add([]byte(`{"format":1,"pools":{"a":null,"\ud800":{}}}`), []byte(`{"pools":`))
	f.Add([]byte(strings.Repeat("[", 10_001)), []byte("\xff"))
	f.Fuzz(func(t *testing.T, state, journal []byte) {
		path := filepath.Join(t.TempDir(), "s.json")
		if err := os.WriteFile(path, state, 0o600); err != nil {
			t.Fatal(err)
		}
		if len(journal) > 0 {
			before := &File{path: path}
			before.note(state)
			head, err := json.Marshal(journalHead{before.digest}) // without which it is not this state's
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(before.journalPath(), append(append(head, '\n'), journal...), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 {
			file, server, err := Open(path)
			if err != nil {
				if !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "\n") {
					t.Errorf("not one line with the path: %q", err)
				}
				return
			}
			if err := file.Close(server); err != nil {
				t.Fatal(err)
			}
		}
	})
}
