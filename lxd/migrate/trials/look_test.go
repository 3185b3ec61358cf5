package trials

import (
	"context"
	"encoding/json"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tarn/lxd/lxdtest"
)

// volume is what a server says of a custom volume, or of a snapshot of one.
type volume struct {
	place    `json:"-"`
	Name     string            `json:"name"` // VOLUME/SNAPSHOT for a snapshot
	Project  string            `json:"project"`
	Location string            `json:"location"`
	Config   map[string]string `json:"config"`
}

// volumes are all custom volumes and their snapshots of all servers, by the servers' word.
func (w *world) volumes() []volume {
	w.t.Helper()
	var all []volume
	for _, view := range w.views {
		var pools []string
		w.query(view, "/1.0/storage-pools", &pools)
		for _, url := range pools {
			var some []volume
			w.query(view, url+"/volumes/custom?recursion=1&all-projects=true", &some)
			for _, v := range some {
				v.place = place{w.at(view, v.Location), v.Project, path.Base(url), v.Name}
				all = append(all, v)
			}
		}
	}
	return all
}

// at is the server that a volume is on: the member of a cluster, or else the one that was asked.
func (w *world) at(asked *lxdtest.Server, location string) *lxdtest.Server {
	for _, s := range w.servers {
		if s.Name != "" && s.Name == location {
			return s
		}
	}
	return asked
}

func (w *world) query(s *lxdtest.Server, url string, out any) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Minute)
	defer cancel()
	text, err := s.LXC(ctx, "query", url)
	if err == nil && strings.TrimSpace(text) != "" { // an empty object is printed as nothing
		err = json.Unmarshal([]byte(text), out)
	}
	if err != nil {
		w.t.Fatalf("ask the server at %s: %v", s.Dir, err)
	}
}

// running counts what the servers have under way.
func (w *world) running() (n int) {
	w.t.Helper()
	for _, view := range w.views {
		var operations map[string][]json.RawMessage
		w.query(view, "/1.0/operations?recursion=1", &operations)
		n += len(operations["running"])
	}
	return n
}

// folders counts what is on the disks and belongs to no volume that a server knows.
func (w *world) folders(known []volume) (n int) {
	names := map[string]bool{}
	for _, v := range known {
		names[filepath.Dir(place{v.server, v.project, v.pool, v.Name}.file())] = true
	}
	for _, s := range w.servers {
		found, _ := filepath.Glob(s.Path("storage-pools", "*", "custom", "*")) // the pattern is a good one
		for _, folder := range found {
			if !names[folder] {
				n++
			}
		}
	}
	return n
}

// A state is what there is at the end of a trial.
type state struct {
	stuck    int      // volumes that are not at their target, or at their source still
	missing  []string // not at its target with all of its content
	hidden   int      // volumes that are complete in no volume that a server knows, though perhaps on its disk
	sources  []string // still there
	strays   []string // volumes and snapshots that nobody has asked for
	marks    []string // config of tarn's own
	folders  int      // on the disks, belonging to no volume
	running  int      // operations
	nextPlan *process
}

func (w *world) look() state {
	w.t.Helper()
	var s state
	known := w.volumes()
	expected, sources := map[place]bool{}, map[place]bool{}
	for _, c := range w.cargoes {
		sources[c.from], expected[c.to] = true, true
		if c.snapshot {
			expected[place{c.to.server, c.to.project, c.to.pool, c.to.name + "/" + snapshotName}] = true
		}
	}
	found := map[place]bool{}
	for _, v := range known {
		found[v.place] = true
		of := v.place
		of.name, _, _ = strings.Cut(v.Name, "/")
		switch {
		case expected[v.place]:
		case sources[v.place]:
			s.sources = append(s.sources, v.String())
		case !sources[of]: // and if it is, the source is counted
			s.strays = append(s.strays, v.String())
		}
		for key := range v.Config {
			if strings.HasPrefix(key, "user.tarn.") {
				s.marks = append(s.marks, v.String()+" "+key)
			}
		}
	}
	for _, c := range w.cargoes {
		arrived := found[c.to] && c.completeAt(c.to)
		if !arrived {
			s.missing = append(s.missing, c.to.String())
			if !slices.ContainsFunc(known, func(v volume) bool { return c.completeAt(v.place) }) {
				s.hidden++
			}
		}
		if !arrived || found[c.from] {
			s.stuck++
		}
	}
	s.folders = w.folders(known)
	s.running = w.running()
	return s
}

// settled tells whether everything is where it should be, and nothing else is there.
func (s state) settled() bool { return len(s.missing)+len(s.sources)+len(s.strays)+len(s.marks) == 0 }
