package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"tarn/lxd"
	"tarn/lxd/remote"
	"tarn/lxd/sim"
)

// connect finds a server by its remote's name. It sends nothing. A remote sim: is a simulator in this process, without
// pools, and sim:FILE one that keeps its state in a file; both are there until the command ends.
func (a *app) connect(name string) (remote.Remote, *lxd.Client, error) {
	opts := lxd.Options{UserAgent: "tarn", Trace: a.counted(a.tracer(a.about)), Timeout: a.timeout, Waiting: a.tellWaiting, Secrets: a.secrets}
	if file, ok := strings.CutPrefix(name, "sim:"); ok {
		server := sim.New(nil)
		if file == "" {
			a.whole().simulators.add(server)
		} else {
			var err error
			if server, err = a.openSimulator(file); err != nil {
				return remote.Remote{}, nil, err
			}
		}
		return remote.Remote{Name: name}, lxd.NewDialed(name, server.Dial, opts), nil
	}
	found, err := remote.Find(name, a.getenv)
	if err != nil {
		return remote.Remote{}, nil, err
	}
	client, err := found.Connect(opts)
	return found, client, err
}

// openSimulator starts a simulator that keeps its state in a file. A signal does not end the program between the two that the
// file is taken and that it is known whose it is to let go of.
func (a *app) openSimulator(file string) (server *sim.Server, err error) {
	err = a.interrupts.whole(func() error {
		server, err = a.whole().simulators.open(file)
		return err
	})
	collectMuch() // of the text of the file
	return server, err
}

// simulators are those that the command has started.
type simulators struct {
	mu     sync.Mutex
	all    []*sim.Server
	opened map[string]*sim.Server // by the places of their files
}

// open gives the simulator that keeps its state in a file. Who asks for it a second time, in another check, gets the same.
func (s *simulators) open(file string) (*sim.Server, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	place, err := filepath.Abs(file)
	if err != nil {
		place = file
	}
	if real, err := filepath.EvalSymlinks(place); err == nil {
		place = real
	}
	if server := s.opened[place]; server != nil {
		return server, nil
	}
	server, err := sim.Open(file)
	if err != nil {
		return nil, err
	}
	if s.opened == nil {
		s.opened = map[string]*sim.Server{}
	}
	s.opened[place] = server
	s.all = append(s.all, server)
	return server, nil
}

func (s *simulators) add(server *sim.Server) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, server)
}

// close has the simulators let go of their files.
func (s *simulators) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, server := range s.all {
		errs = append(errs, server.Close())
	}
	return errors.Join(errs...)
}

// tracer prints requests when --debug asks for it. about says which, "" for those to a server.
func (a *app) tracer(about string) func(lxd.Exchange) {
	if !a.debug {
		return nil
	}
	var mu sync.Mutex
	return func(e lxd.Exchange) {
		mu.Lock()
		defer mu.Unlock()
		outcome := fmt.Sprint(e.Status)
		if e.Err != nil {
			outcome = e.Err.Error()
		}
		line := fmt.Sprintf("debug: %s%s %s %s %s", about, e.Method, e.Path, outcome, e.Duration.Round(100*time.Microsecond))
		if e.Operation != "" {
			line += " " + e.Operation
		}
		fmt.Fprintln(a.messages(), a.forPeople(line))
	}
}
