package sim

import (
	"bytes"
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
		f.close()
		return nil, fmt.Errorf("read the simulator's state: %s: %w", path, err)
	}
	server := New(state)
	server.file = f
	if path, err = filepath.Abs(f.path); err != nil {
		f.close()
		return nil, fmt.Errorf("open the simulator's state: %w", err)
	}
	server.known(path)
	return server, nil
}

// Close lets go of the file. The server answers no more requests.
func (s *Server) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.pipes.close()
	for listener := range s.listeners {
		delete(s.listeners, listener)
		close(listener)
	}
	if s.file == nil {
		return nil
	}
	defer func() { s.file = nil }()
	return s.file.close()
}

// save writes the state when it has changed.
func (s *Server) save() error {
	if s.file == nil || !s.changed {
		return nil
	}
	if err := s.file.replace(s.state); err != nil {
		return err
	}
	s.changed = false
	return nil
}

// file is where a server keeps its state. Its lock makes sure that no other server does: two that each write what they
// hold would lose each other's changes.
type file struct {
	path string
	file *os.File // what is there now, locked
}

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
			return &file{path, f}, nil
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
	state := new(State)
	if len(bytes.TrimSpace(data)) == 0 {
		return state, nil
	}
	if err := json.Unmarshal(data, state); err != nil {
		return nil, err
	}
	if state.Format != format {
		return nil, fmt.Errorf("it has format %d, this version knows %d", state.Format, format)
	}
	return state, state.check()
}

// replace writes the whole state in place of what was there.
func (f *file) replace(state *State) error {
	data, err := json.MarshalIndent(state, "", " ")
	if err != nil {
		return err
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
		_, err = next.Write(append(data, '\n'))
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
	f.file = next
	return nil
}

// close lets go of the file. One that nothing was ever written to is removed.
func (f *file) close() error {
	info, err := f.file.Stat()
	if err == nil && info.Size() == 0 {
		err = os.Remove(f.path)
	}
	return errors.Join(err, f.file.Close())
}
