package sim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
)

// The journal of a state file holds what has changed since the file was written, so that a change costs what it changes and
// not what the server holds. It is a file of JSON lines beside the state file: which content of that it goes on from, and a
// record for each request. A last line that has no end is what a kill has cut off. A line that says what the journal was
// merged into tells a journal that is merged but still there from one whose state file somebody has changed.

// journalHead is the first line.
type journalHead struct {
	Of string `json:"of"` // digest of the state file
}

// record is what one request has changed: what is there now under the names, null for nothing.
type record struct {
	Serial    int64                      `json:"serial,omitempty"`
	Pools     map[string]*Pool           `json:"pools,omitempty"` // without their volumes
	Volumes   map[string]map[Key]*Volume `json:"volumes,omitempty"`
	Projects  map[string]*Project        `json:"projects,omitempty"`
	Profiles  map[Key]*Profile           `json:"profiles,omitempty"`
	Instances map[Key]*Instance          `json:"instances,omitempty"`

	Merged string `json:"merged,omitempty"` // digest of the state file that holds all that is before this line
}

// part is something of the state that is changed as a whole.
type part struct {
	kind kind
	pool string // of pools and volumes
	key  Key    // of all others
}

type kind int

const (
	aPool kind = iota
	aVolume
	aProject
	aProfile
	anInstance
)

func poolPart(name string) part            { return part{kind: aPool, pool: name} }
func volumePart(pool string, key Key) part { return part{kind: aVolume, pool: pool, key: key} }
func projectPart(name string) part         { return part{kind: aProject, key: Key{Name: name}} }
func profilePart(key Key) part             { return part{kind: aProfile, key: key} }
func instancePart(key Key) part            { return part{kind: anInstance, key: key} }
func (a address) part() part               { return volumePart(a.poolName, a.key) }

// touch notes what a request has changed, made or removed.
func (s *Server) touch(parts ...part) {
	if s.file == nil {
		return
	}
	for _, p := range parts {
		s.touched[p] = true
	}
}

// record is what parts of the state are now.
func (s *State) record(parts map[part]bool) record {
	r := record{Serial: s.Serial}
	for p := range parts {
		switch p.kind {
		case aPool:
			r.Pools = orMake(r.Pools)
			r.Pools[p.pool] = nil
			if pool := s.Pools[p.pool]; pool != nil {
				bare := *pool
				bare.Volumes = nil
				r.Pools[p.pool] = &bare
			}
		case aVolume:
			if pool := s.Pools[p.pool]; pool != nil { // otherwise its volumes are gone with it
				r.Volumes = orMake(r.Volumes)
				r.Volumes[p.pool] = orMake(r.Volumes[p.pool])
				r.Volumes[p.pool][p.key] = pool.Volumes[p.key]
			}
		case aProject:
			r.Projects = orMake(r.Projects)
			r.Projects[p.key.Name] = s.Projects[p.key.Name]
		case aProfile:
			r.Profiles = orMake(r.Profiles)
			r.Profiles[p.key] = s.Profiles[p.key]
		case anInstance:
			r.Instances = orMake(r.Instances)
			r.Instances[p.key] = s.Instances[p.key]
		}
	}
	return r
}

// apply makes the changes of a record.
func (s *State) apply(r record) error {
	s.Serial = max(s.Serial, r.Serial)
	s.Pools = orMake(s.Pools)
	for name, pool := range r.Pools {
		if pool == nil {
			delete(s.Pools, name)
			continue
		}
		pool.Volumes = map[Key]*Volume{}
		if before := s.Pools[name]; before != nil {
			pool.Volumes = orMake(before.Volumes)
		}
		s.Pools[name] = pool
	}
	for name, volumes := range r.Volumes {
		pool := s.Pools[name]
		if pool == nil {
			return fmt.Errorf("it has volumes of a pool %q that there is not", name)
		}
		pool.Volumes = orMake(pool.Volumes)
		put(pool.Volumes, volumes)
	}
	s.Projects, s.Profiles, s.Instances = orMake(s.Projects), orMake(s.Profiles), orMake(s.Instances)
	put(s.Projects, r.Projects)
	put(s.Profiles, r.Profiles)
	put(s.Instances, r.Instances)
	return nil
}

// put replaces what is under the names of news, and takes out what is nil there.
func put[K comparable, V any](all, news map[K]*V) {
	maps.Copy(all, news)
	for key, value := range news {
		if value == nil {
			delete(all, key)
		}
	}
}

// replay makes the changes that the journal holds, and opens it for more. Without a journal nothing happens.
func (f *file) replay(state *State) error {
	data, err := os.ReadFile(f.journalPath())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	whole := bytes.LastIndexByte(data, '\n') + 1
	lines := bytes.SplitAfter(data[:whole], []byte("\n"))
	lines = lines[:len(lines)-1] // what is after the last end of a line
	if len(lines) == 0 {
		return os.Remove(f.journalPath())
	}
	wrong := func(line int, err error) error { return fmt.Errorf("%s: line %d: %w", f.journalPath(), line, err) }
	var head journalHead
	if err := json.Unmarshal(lines[0], &head); err != nil {
		return wrong(1, err)
	}
	records := make([]record, len(lines)-1)
	for i, line := range lines[1:] {
		if err := json.Unmarshal(line, &records[i]); err != nil {
			return wrong(i+2, err)
		}
	}
	if n := len(records); n > 0 && records[n-1].Merged == f.digest {
		return os.Remove(f.journalPath())
	}
	if head.Of != f.digest {
		return fmt.Errorf("%s has changes to another content of the state file: somebody has written that since; remove the journal to go on without them", f.journalPath())
	}
	for i, r := range records {
		if err := state.apply(r); err != nil {
			return wrong(i+2, err)
		}
	}
	if f.journal, err = os.OpenFile(f.journalPath(), os.O_RDWR|os.O_APPEND, 0); err != nil {
		return err
	}
	f.journaled = int64(whole)
	return f.journal.Truncate(f.journaled)
}

func (f *file) journalPath() string { return f.path + ".journal" }

// log adds a line to the journal, which is begun when there is none. What is only half written is taken out again.
func (f *file) log(line any) error {
	var b bytes.Buffer
	encode := json.NewEncoder(&b)
	if f.journal == nil {
		journal, err := os.OpenFile(f.journalPath(), os.O_RDWR|os.O_CREATE|os.O_TRUNC|os.O_APPEND, 0o600)
		if err != nil {
			return err
		}
		f.journal, f.journaled = journal, 0
		if err := encode.Encode(journalHead{f.digest}); err != nil {
			return err
		}
	}
	if err := encode.Encode(line); err != nil {
		return err
	}
	n, err := f.journal.Write(b.Bytes())
	if err != nil {
		return errors.Join(err, f.journal.Truncate(f.journaled))
	}
	f.journaled += int64(n)
	return nil
}

// endJournal removes the journal, whose changes the state file has.
func (f *file) endJournal() error {
	if f.journal == nil {
		return nil
	}
	err := errors.Join(f.journal.Close(), os.Remove(f.journalPath()))
	f.journal, f.journaled = nil, 0
	return err
}
