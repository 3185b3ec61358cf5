package state

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"tarn/cli/readfile"
)

// ErrBusy says that another server keeps its state in the file, in this process or in another one.
var ErrBusy = errors.New("another simulator has it open")

// File is where one server keeps its state. It is not safe for concurrent use.
//
// The state file is replaced as a whole, so that a reader of it finds either the old or the new one, also when the server is
// killed, and it keeps the permissions that it had (0600 when it is new). A large one is left as it is at first: what changes
// goes into a journal beside it. While it is open there is a lock file beside it, too.
type File struct {
	path   string
	lock   *flock.Flock
	size   int64  // of the state file as it is now
	digest string // of that

	journal   *os.File // nil when nothing has changed since the state file was written
	journaled int64    // its size
	behind    bool     // something that has changed is in neither
}

// journalFrom is how large a state file is at most, in bytes, that is written anew at each change: that takes a few
// milliseconds.
const journalFrom = 256 << 10

// Open takes a state file for one server, and gives what it holds. A file that does not exist is made; an empty one is a
// server without anything. The errors are ErrBusy, those of the file system, and what is wrong with the content, which
// begins with the path.
func Open(path string) (*File, *State, error) {
	// What a link leads to is replaced, not the link.
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	f := &File{path: path}
	if err := f.create(); err != nil {
		return nil, nil, fmt.Errorf("open the simulator's state: %w", err)
	}
	state, err := f.read()
	if err != nil {
		_ = f.Close(nil) // the first error says more
		return nil, nil, fmt.Errorf("read the simulator's state: %s: %w", path, err)
	}
	return f, state, nil
}

// create makes the file if there is none, and locks it.
func (f *File) create() error {
	if info, err := os.Stat(f.path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s: it is not a regular file", f.path)
	}
	file, err := os.OpenFile(f.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	if f.lock, err = lock(f.path + ".lock"); err != nil {
		return fmt.Errorf("%s: %w", f.path, err)
	}
	return nil
}

// Path is where the file is, links followed; absolute.
func (f *File) Path() (string, error) { return filepath.Abs(f.path) }

// read gives the state that the file and its journal hold.
func (f *File) read() (*State, error) {
	data, err := readfile.Regular(f.path, readfile.State)
	if err != nil && !errors.Is(err, os.ErrNotExist) { // its last user removes one that is empty
		return nil, err
	}
	f.note(data)
	state := new(State)
	if len(bytes.TrimSpace(data)) > 0 {
		if err := json.Unmarshal(data, state); err != nil {
			return nil, err
		}
		if state.Format != Format {
			return nil, fmt.Errorf("it has format %d, this version knows %d", state.Format, Format)
		}
	}
	if err := f.replay(state); err != nil {
		return nil, err
	}
	return state, state.Check()
}

// note remembers what the state file holds.
func (f *File) note(data []byte) {
	f.size, f.digest = int64(len(data)), fmt.Sprintf("sha256:%x", sha256.Sum256(data))
}

// Save keeps what has changed of the state. A small file is written anew; beside a large one a journal grows, until that is
// as large. What could not be saved is saved by the next call, whatever that says has changed.
func (f *File) Save(state *State, changed map[Entry]bool) error {
	if f.size <= journalFrom || f.journaled > f.size || f.behind {
		return f.Replace(state)
	}
	err := f.log(state.record(changed))
	f.behind = err != nil
	return err
}

// Replace writes the whole state in place of what was there, and removes the journal.
func (f *File) Replace(state *State) (err error) {
	data, err := json.MarshalIndent(state, "", " ")
	if err != nil {
		return err
	}
	data = append(data, '\n')
	old := *f
	f.note(data)
	defer func() {
		if err != nil {
			f.size, f.digest = old.size, old.digest
		}
	}()
	if f.journal != nil {
		// From here on it counts only as long as the file is not the new one.
		if err = errors.Join(f.log(record{Merged: f.digest}), f.journal.Sync()); err != nil {
			return err
		}
	}
	if err = replaceFile(f.path, data); err != nil {
		return err
	}
	f.behind = false
	return f.endJournal()
}

// Close brings the file up to date with the state, with nil it does not, and lets go of it. A file that nothing was ever
// written to is removed.
func (f *File) Close(state *State) error {
	var errs []error
	if state != nil && (f.journal != nil || f.behind) {
		errs = append(errs, f.Replace(state))
	}
	if f.journal != nil {
		errs = append(errs, f.journal.Close())
	}
	info, err := os.Stat(f.path)
	if err == nil && info.Size() == 0 {
		err = os.Remove(f.path)
	}
	return errors.Join(append(errs, err, unlock(f.lock))...)
}
