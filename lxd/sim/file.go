package sim

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrBusy says that another server keeps its state in the file, in this process or in another one.
var ErrBusy = errors.New("another simulator has it open")

// Open gives a server that keeps its state in a file, which is its own until [Server.Close]. A file that does not exist
// yet is a server without pools. A server at the same place shows the same certificate each time. ErrBusy says that the
// file is another server's.
func Open(path string) (*Server, error) {
	f, err := openFile(path)
	if err != nil {
		return nil, fmt.Errorf("open the simulator's state: %w", err)
	}
	state, err := f.read()
	if err != nil {
		f.close(nil)
		return nil, fmt.Errorf("read the simulator's state: %s: %w", path, err)
	}
	server := New(state)
	server.file, server.touched = f, map[part]bool{}
	if path, err = filepath.Abs(f.path); err != nil {
		f.close(nil)
		return nil, fmt.Errorf("open the simulator's state: %w", err)
	}
	server.known(path)
	return server, nil
}

// Close lets go of the file. The server answers no more requests.
func (s *Server) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.closed = true
		s.endLife()
	}
	s.pipes.close()
	if s.file == nil {
		return nil
	}
	defer func() { s.file = nil }()
	return s.file.close(s.state)
}

// save keeps what has changed.
func (s *Server) save() error {
	if len(s.touched) == 0 {
		return nil
	}
	if err := s.file.save(s.state, s.touched); err != nil {
		return err
	}
	clear(s.touched)
	return nil
}

// file is where a server keeps its state. Its lock makes sure that no other server does: two that each write what they
// hold would lose each other's changes.
type file struct {
	path   string
	file   *os.File // what is there now, locked
	size   int64    // of that
	digest string   // of that

	journal   *os.File // nil when nothing has changed since
	journaled int64    // its size
	behind    bool     // something that has changed is in neither
}

// small is how large a state file is at most that is written anew at each change: that takes a few milliseconds.
const small = 256 << 10

// openFile opens a state file, or makes an empty one.
func openFile(path string) (*file, error) {
	// What a link leads to is replaced, not the link.
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	for {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		if err := lock(f); err != nil {
			f.Close()
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		there, err := isAt(f, path)
		if there {
			return &file{path: path, file: f}, nil
		}
		f.Close() // its last user has replaced or removed it in between
		if err != nil {
			return nil, err
		}
	}
}

// isAt tells whether the name still leads to the file.
func isAt(f *os.File, path string) (bool, error) {
	mine, err := f.Stat()
	if err != nil {
		return false, err
	}
	named, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && os.SameFile(mine, named), err
}

// read gives the state; an empty file is a server without pools.
func (f *file) read() (*State, error) {
	data, err := io.ReadAll(f.file)
	if err != nil {
		return nil, err
	}
	f.is(data)
	state := new(State)
	if len(bytes.TrimSpace(data)) > 0 {
		if err := json.Unmarshal(data, state); err != nil {
			return nil, err
		}
		if state.Format != format {
			return nil, fmt.Errorf("it has format %d, this version knows %d", state.Format, format)
		}
	}
	if err := f.replay(state); err != nil {
		return nil, err
	}
	return state, state.check()
}

// is notes what the file holds.
func (f *file) is(data []byte) {
	f.size, f.digest = int64(len(data)), fmt.Sprintf("sha256:%x", sha256.Sum256(data))
}

// save keeps what parts of the state are now. A small file is written anew; beside a large one a journal grows, until
// it is as large.
func (f *file) save(state *State, parts map[part]bool) error {
	if f.size <= small || f.journaled > f.size || f.behind {
		return f.replace(state)
	}
	err := f.log(state.record(parts))
	f.behind = err != nil
	return err
}

// replace writes the whole state in place of what was there.
func (f *file) replace(state *State) (err error) {
	data, err := json.MarshalIndent(state, "", " ")
	if err != nil {
		return err
	}
	data = append(data, '\n')
	old := *f
	f.is(data)
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
	info, err := f.file.Stat()
	if err != nil {
		return err
	}
	// Nobody else writes a file of this name while the lock is held, and what a kill has left of one is overwritten.
	name := filepath.Join(filepath.Dir(f.path), "."+filepath.Base(f.path)+".new")
	next, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, info.Mode())
	if err != nil {
		return err
	}
	err = lock(next)
	if err == nil {
		_, err = next.Write(data)
	}
	if err == nil {
		err = next.Sync()
	}
	if err == nil {
		err = os.Rename(name, f.path)
	}
	if err != nil {
		next.Close()
		os.Remove(name)
		return err
	}
	f.file.Close()
	f.file, f.behind = next, false
	return f.endJournal()
}

// close brings the file up to date, with nil as state does not, and lets go of it. One that nothing was ever written to is
// removed.
func (f *file) close(state *State) error {
	var errs []error
	if state != nil && (f.journal != nil || f.behind) {
		errs = append(errs, f.replace(state))
	}
	if f.journal != nil {
		errs = append(errs, f.journal.Close())
	}
	info, err := f.file.Stat()
	if err == nil && info.Size() == 0 {
		err = os.Remove(f.path)
	}
	return errors.Join(append(errs, err, f.file.Close())...)
}
