package applier_test

import (
	"net/http"
	"testing"
	"time"

	"tarn/applier"
	"tarn/lxd"
	"tarn/lxd/sim"
	"tarn/planner/plan"
)

const (
	lost    = iota + 1 // the answer to the first request
	refused            // the first request itself: 503
)

// spoilFirst spoils the first request with this method.
func (s *simulated) spoilFirst(method string, how int) {
	switch how {
	case lost:
		s.server.Inject(&sim.Fault{Method: method, Nth: 1, DropAfter: true})
	case refused:
		s.server.Inject(&sim.Fault{Method: method, Nth: 1, Code: 503, Text: "busy"})
	}
}

const (
	theirs = "somebody else has created it since the plan was made, with another "
	exists = "already exists"
)

// A creation whose answer was lost is looked for before it is sent again, and what is found is taken for it when it is what was
// asked for. So is what somebody else has made so at the same time.
func TestCreateVolume(t *testing.T) {
	made := func(content string, config map[string]string) func(*sim.State) {
		return func(state *sim.State) {
			state.Pools["p"].Volumes[key("v")] = &sim.Volume{Serial: 7, ContentType: content, Config: config}
		}
	}
	for _, c := range []struct {
		name      string
		content   string // that is asked for
		config    map[string]string
		fault     int
		meanwhile func(*sim.State) // before the second try
		ends      applier.Kind
		says      string
		sent      int
	}{
		{"nothing happens", "", nil, 0, nil, applier.Done, "", 1},
		{"the answer is lost", "", map[string]string{"user.a": "1"}, lost, nil, applier.Done, "", 1},
		{"it is refused once", "", nil, refused, nil, applier.Done, "", 2},
		{"just so by somebody else", "", map[string]string{"user.a": "1"}, refused, made("filesystem", map[string]string{"user.a": "1"}), applier.Done, "", 1},
		{"with keys besides", "", map[string]string{"user.a": "1"}, refused, made("filesystem", map[string]string{"user.a": "1", "user.b": "2"}), applier.Done, "", 1},
		{"its size rewritten", "", map[string]string{"size": "1GiB"}, refused, made("filesystem", map[string]string{"size": "1073741824"}), applier.Done, "", 1},
		{"with another value", "", map[string]string{"user.a": "1"}, refused, made("filesystem", map[string]string{"user.a": "2"}), applier.Failed, theirs, 1},
		{"without a value", "", map[string]string{"user.a": "1"}, refused, made("filesystem", map[string]string{}), applier.Failed, theirs, 1},
		{"of another content type", "", nil, refused, made("block", map[string]string{}), applier.Failed, theirs, 1},
		{"block, the answer is lost", "block", nil, lost, nil, applier.Done, "", 1},
		{"block, and a filesystem is there", "block", nil, refused, made("filesystem", map[string]string{}), applier.Failed, theirs, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			onSimulator(t, holding("zfs", nil), func(s *simulated) {
				s.spoilFirst(http.MethodPost, c.fault)
				outcome := s.one(plan.CreateVolume{Volume: vol("p", "v"), ContentType: c.content, Attributes: plan.Attributes{Config: c.config}}, c.meanwhile)
				ends(s.T, outcome, c.ends, c.says)
				if sent := s.requests(http.MethodPost, ""); len(sent) != c.sent {
					s.Errorf("%d creations were sent, want %d", len(sent), c.sent)
				}
			})
		})
	}
	onSimulator(t, holding("zfs", map[string]*sim.Volume{"v": nil}), func(s *simulated) {
		ends(s.T, s.one(plan.CreateVolume{Volume: vol("p", "v")}, nil), applier.Done, "")
		ends(s.T, s.one(plan.CreateVolume{Volume: vol("p", "v"), Attributes: plan.Attributes{Description: "mine"}}, nil), applier.Failed, theirs+"description; plan again")
		ends(s.T, s.one(plan.CreateVolume{Volume: vol("p", "v"), Attributes: plan.Attributes{Config: map[string]string{"size": "1GiB"}}}, nil), applier.Failed, theirs+"size; plan again")
		ends(s.T, s.one(plan.CreateVolume{Volume: vol("p", "v"), ContentType: "block"}, nil), applier.Failed, theirs+"kind; plan again")
	})
	// The texts that the loser of two creations gets from servers.
	for _, says := range []string{"UNIQUE constraint failed: storage_volumes.name", "Volume by that name already exists", "some other words"} {
		onSimulator(t, holding("zfs", map[string]*sim.Volume{"v": nil}), func(s *simulated) {
			s.server.Inject(&sim.Fault{Method: http.MethodPost, Code: 500, Text: says})
			ends(s.T, s.one(plan.CreateVolume{Volume: vol("p", "v")}, nil), applier.Done, "")
		})
	}
}

// When the first request is still on its way to the storage, the second one is refused; what is there in the end counts.
func TestCreateVolumeTwice(t *testing.T) {
	for name, c := range map[string]struct {
		config map[string]string // what the first request turns out to have made
		ends   applier.Kind
		says   string
	}{
		"mine":   {map[string]string{"user.a": "1"}, applier.Done, ""},
		"theirs": {map[string]string{"user.a": "2"}, applier.Failed, theirs},
	} {
		t.Run(name, func(t *testing.T) {
			onSimulator(t, holding("zfs", nil), func(s *simulated) {
				s.spoilFirst(http.MethodPost, refused)
				s.server.Inject(&sim.Fault{Method: http.MethodPost, Nth: 2, Delay: time.Second}) // after the look at what is there
				time.AfterFunc(time.Second, func() {
					s.edit(func(state *sim.State) {
						state.Pools["p"].Volumes[key("v")] = &sim.Volume{Serial: 7, ContentType: "filesystem", Config: c.config}
					})
				})
				outcome := s.one(plan.CreateVolume{Volume: vol("p", "v"), Attributes: plan.Attributes{Config: map[string]string{"user.a": "1"}}}, nil)
				ends(s.T, outcome, c.ends, c.says)
				if sent := s.requests(http.MethodPost, ""); len(sent) != 2 {
					s.Errorf("%d creations were sent", len(sent))
				}
			})
		})
	}
}

func TestCreatePool(t *testing.T) {
	made := func(pool sim.Pool) func(*sim.State) {
		return func(state *sim.State) {
			pool.Volumes = map[sim.Key]*sim.Volume{}
			state.Pools["new"] = &pool
		}
	}
	for _, c := range []struct {
		name      string
		config    map[string]string // that is asked for
		fault     int
		meanwhile func(*sim.State)
		ends      applier.Kind
		says      string
		patched   bool
	}{
		{"the answer is lost", map[string]string{"user.a": "1"}, lost, nil, applier.Done, "", false},
		{"it is refused once", nil, refused, nil, applier.Done, "", false},
		{"the source rewritten", map[string]string{"source": "/dev/sda"}, refused,
			made(sim.Pool{Driver: "btrfs", Description: "mine", Config: map[string]string{"source": "UUID"}}), applier.Done, "", false},
		{"another driver", nil, refused, made(sim.Pool{Driver: "zfs", Description: "mine", Config: map[string]string{}}), applier.Failed, theirs, false},
		{"another value", map[string]string{"user.a": "1"}, refused,
			made(sim.Pool{Driver: "btrfs", Description: "mine", Config: map[string]string{"user.a": "2"}}), applier.Failed, theirs, false},
		{"its description forgotten", nil, refused, made(sim.Pool{Driver: "btrfs", Config: map[string]string{}}), applier.Done, "", true},
		{"broken off by the server", nil, refused, made(sim.Pool{Driver: "btrfs", Description: "mine", Config: map[string]string{}, Status: lxd.StatusErrored}),
			applier.Failed, "the server broke off creating it, and its status is Errored: delete it and apply again", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			onSimulator(t, nil, func(s *simulated) {
				s.spoilFirst(http.MethodPost, c.fault)
				ends(s.T, s.one(plan.CreatePool{Pool: "new", Driver: "btrfs", Attributes: plan.Attributes{Description: "mine", Config: c.config}}, c.meanwhile), c.ends, c.says)
				if patched := len(s.requests(http.MethodPatch, "")) > 0; patched != c.patched {
					s.Errorf("patched: %v, want %v", patched, c.patched)
				}
				if c.ends == applier.Done {
					pool, err := s.client.Pool(s.Context(), lxd.PoolID{Name: "new"})
					if err != nil || pool.Description != "mine" {
						s.Errorf("%+v, %v", pool, err)
					}
				}
			})
		})
	}
	onSimulator(t, holding("btrfs", nil), func(s *simulated) {
		ends(s.T, s.one(plan.CreatePool{Pool: "p", Driver: "btrfs"}, nil), applier.Done, "")
		ends(s.T, s.one(plan.CreatePool{Pool: "p", Driver: "dir"}, nil), applier.Failed, theirs+"kind; plan again")
	})
}

// The last request for a pool of a cluster may get through without an answer too; one that is there at the first try is
// done when it is as wanted.
func TestCreateClusterPool(t *testing.T) {
	cluster := func() *sim.State { return &sim.State{Members: map[string]*sim.Member{"n1": {}, "n2": {}}} }
	action := plan.CreatePool{Pool: "new", Driver: "dir", Attributes: plan.Attributes{Description: "mine"}, Members: map[string]map[string]string{"n1": {}, "n2": {}}}
	onSimulator(t, cluster(), func(s *simulated) {
		s.server.Inject(&sim.Fault{Method: http.MethodPost, Nth: 3, DropAfter: true})
		ends(s.T, s.one(action, nil), applier.Done, "")
	})
	onSimulator(t, cluster(), func(s *simulated) {
		ends(s.T, s.one(action, nil), applier.Done, "")
		ends(s.T, s.one(action, nil), applier.Done, "")
		action.Config = map[string]string{"user.a": "1"}
		ends(s.T, s.one(action, nil), applier.Failed, theirs+"user.a; plan again")
	})
}
