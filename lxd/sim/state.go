package sim

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"tarn/lxd"
	"tarn/lxd/sim/state"
)

// What a server holds, under the names by which the tests of other packages write it. Package state has the fields.
type (
	State      = state.State
	Member     = state.Member
	Pool       = state.Pool
	MemberPool = state.MemberPool
	Volume     = state.Volume
	Text       = state.Text
	Snapshot   = state.Snapshot
	Project    = state.Project
	Profile    = state.Profile
	Instance   = state.Instance
	Key        = state.Key
)

// ErrBusy says that another server keeps its state in the file, in this process or in another one.
var ErrBusy = state.ErrBusy

// Open gives a server that keeps its state in a file, which is its own until [Server.Close]. A file that does not exist
// yet is a server without pools. A server at the same place shows the same certificate each time. ErrBusy says that the
// file is another server's.
func Open(path string) (*Server, error) {
	file, holds, err := state.Open(path)
	if err != nil {
		return nil, err
	}
	place, err := file.Path()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the simulator's state: %w", err), file.Close(nil))
	}
	server := New(holds)
	server.file, server.changed = file, map[state.Entry]bool{}
	server.setIdentity(place)
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
	return s.file.Close(s.state)
}

// markChanged notes what a request has changed, made or removed.
func (s *Server) markChanged(entries ...state.Entry) {
	if s.file == nil {
		return
	}
	for _, e := range entries {
		s.changed[e] = true
	}
}

// save keeps what has changed.
func (s *Server) save() error {
	if len(s.changed) == 0 {
		return nil
	}
	if err := s.file.Save(s.state, s.changed); err != nil {
		return err
	}
	clear(s.changed)
	return nil
}

// Edit changes the state as somebody does who stops the server and edits its file, and is for tests that need what no
// request can do. What the server has under way does not hear of it. The error says what is wrong with the state now, or
// why its file could not be written; the server is of no use then.
func (s *Server) Edit(edit func(*State)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	edit(s.state)
	s.complete()
	if err := s.state.Check(); err != nil {
		return err
	}
	if s.file == nil {
		return nil
	}
	if err := s.file.Replace(s.state); err != nil {
		return err
	}
	clear(s.changed)
	return nil
}

// complete puts into a state that was written by hand what every server of the kind has.
func (s *Server) complete() {
	s.state.Complete()
	if s.state.Projects[lxd.DefaultProject] == nil {
		p := &Project{Description: "Default " + s.product.Name + " project", Config: map[string]string{}}
		for _, feature := range slices.Concat(s.product.Features, s.product.DefaultFeatures) {
			p.Config[feature] = "true"
		}
		s.state.Projects[lxd.DefaultProject] = p
	}
	profile := Key{Project: lxd.DefaultProject, Name: "default"}
	if s.state.Profiles[profile] == nil {
		s.state.Profiles[profile] = &Profile{Description: "Default " + s.product.Name + " profile"}
	}
	for name, pool := range s.state.Pools {
		s.completePool(name, pool)
	}
}

// completePool puts into a pool what its server would have put into it when it was created.
func (s *Server) completePool(name string, pool *Pool) {
	if !s.state.Clustered() {
		if pool.Config["source"] == "" && pool.Driver == "dir" {
			pool.Config["source"] = s.product.Root + "/storage-pools/" + name
		}
		return
	}
	if pool.Members != nil {
		return
	}
	pool.Members = map[string]*MemberPool{}
	for _, member := range s.state.MemberNames() {
		config := maps.Clone(pool.Config)
		_ = s.fillPool(name, pool.Driver, config) // what cannot be created is what somebody wanted
		global, own := s.split(config)
		pool.Members[member] = &MemberPool{Config: own}
		maps.Copy(pool.Config, global)
	}
	pool.Config, _ = s.split(pool.Config)
}
