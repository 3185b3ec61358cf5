package applier_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"tarn/applier"
	"tarn/lxd"
	"tarn/lxd/sim"
	"tarn/planner/plan"
)

const vanished = "it is no longer on the server; plan again"

// calledNow gives a volume of the pool p another name.
func calledNow(from, to string) func(*sim.State) {
	return func(state *sim.State) {
		volumes := state.Pools["p"].Volumes
		volumes[key(to)] = volumes[key(from)]
		delete(volumes, key(from))
	}
}

func TestRename(t *testing.T) {
	for _, c := range []struct {
		name      string
		there     []string // volumes before
		fault     int
		meanwhile func(*sim.State)
		ends      applier.Kind
		says      string
		sent      int
	}{
		{"nothing happens", []string{"old"}, 0, nil, applier.Done, "", 1},
		{"the answer is lost", []string{"old"}, lost, nil, applier.Done, "", 1},
		{"it is refused once", []string{"old"}, refused, nil, applier.Done, "", 2},
		{"it has its new name at the first try", []string{"new"}, 0, nil, applier.Failed,
			"it has its new name already, which it had not when the plan was made; plan again", 1},
		{"both are there", []string{"old", "new"}, 0, nil, applier.Failed, exists, 1},
		{"neither is", nil, 0, nil, applier.Failed, vanished, 1},
		{"deleted before the second try", []string{"old"}, refused, func(state *sim.State) { clear(state.Pools["p"].Volumes) }, applier.Failed, vanished, 1},
		{"it has its new name at the second try", []string{"old"}, refused, calledNow("old", "new"), applier.Done, "", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			there := map[string]*sim.Volume{}
			for _, name := range c.there {
				there[name] = nil
			}
			onSimulator(t, holding("", there), func(s *simulated) {
				s.spoilFirst(http.MethodPost, c.fault)
				ends(s.T, s.one(plan.RenameVolume{Volume: vol("p", "old"), Name: "new"}, c.meanwhile), c.ends, c.says)
				if sent := s.requests(http.MethodPost, ""); len(sent) != c.sent {
					s.Errorf("%d renames were sent, want %d", len(sent), c.sent)
				}
			})
		})
	}
}

// When the first request takes effect after the look of the second try, the second request is refused; the names tell what has
// become of it.
func TestRenameTwice(t *testing.T) {
	for _, c := range []struct {
		name      string
		meanwhile func(*sim.State)
		ends      applier.Kind
		says      string
	}{
		{"the first one gets through", calledNow("old", "new"), applier.Done, ""},
		{"somebody takes the name", func(state *sim.State) {
			state.Pools["p"].Volumes[key("new")] = &sim.Volume{Serial: 8, ContentType: "filesystem", Config: map[string]string{}}
		}, applier.Failed, exists},
		{"somebody deletes it", func(state *sim.State) { clear(state.Pools["p"].Volumes) }, applier.Failed, vanished},
	} {
		t.Run(c.name, func(t *testing.T) {
			onSimulator(t, holding("", map[string]*sim.Volume{"old": nil}), func(s *simulated) {
				s.spoilFirst(http.MethodPost, refused)
				s.server.Inject(&sim.Fault{Method: http.MethodPost, Nth: 2, Delay: time.Second})
				time.AfterFunc(time.Second, func() { s.edit(c.meanwhile) })
				ends(s.T, s.one(plan.RenameVolume{Volume: vol("p", "old"), Name: "new"}, nil), c.ends, c.says)
			})
		})
	}
}

// Of two applies that rename a volume at the same time one is refused, and its step is done all the same. What has the new name then must be
// what the plan saw under the old one, but for what the plan changes of it.
func TestRenameByTwo(t *testing.T) {
	text := func(s string) *string { return &s }
	for _, c := range []struct {
		name   string
		config map[string]string // of what has the new name in the end
		ends   applier.Kind
		says   string
	}{
		{"as it was", map[string]string{"user.a": "1"}, applier.Done, ""},
		{"patched too", map[string]string{"user.a": "2", "user.b": "3"}, applier.Done, ""},
		{"something else", map[string]string{"user.a": "9"}, applier.Failed, "its old name is gone, and what has the new one is not what the plan saw"},
	} {
		for _, before := range []bool{true, false} {
			t.Run(c.name, func(t *testing.T) {
				old := &sim.Volume{Serial: 1, ContentType: "filesystem", Config: map[string]string{"user.a": "1"}}
				onSimulator(t, holding("", map[string]*sim.Volume{"old": old}), func(s *simulated) {
					live, err := s.client.Volume(s.Context(), vol("p", "old"))
					if err != nil {
						t.Fatal(err)
					}
					p := &plan.Plan{
						Seen: []plan.Seen{{Object: plan.VolumeObject(vol("p", "old")), ContentType: live.ContentType, Attributes: plan.VolumeAttributes(live), Identity: plan.Identity(live)}},
						Steps: []plan.Step{
							{Number: 1, Action: plan.RenameVolume{Volume: vol("p", "old"), Name: "new"}},
							{Number: 2, Needs: []int{1}, Action: plan.PatchVolume{Volume: vol("p", "new"), Changes: []plan.Change{
								{Attr: plan.ConfigAttr("user.a"), From: text("1"), To: text("2")}, {Attr: plan.ConfigAttr("user.b"), To: text("3")}}}},
						},
					}
					others := func(state *sim.State) {
						calledNow("old", "new")(state)
						state.Pools["p"].Volumes[key("new")].Config = c.config
					}
					if before {
						s.edit(others)
					} else {
						s.server.Inject(&sim.Fault{Method: http.MethodPost, Delay: time.Second})
						time.AfterFunc(time.Second/2, func() { s.edit(others) })
					}
					report := applier.Apply(s.Context(), s.client, p, applier.Options{})
					ends(s.T, report.Outcomes[0], c.ends, c.says)
					if c.ends == applier.Done {
						ends(s.T, report.Outcomes[1], applier.Done, "")
					}
				})
			})
		}
	}
}

// Of something that the plan did not see nobody can tell whether it is the same.
func TestRenameIsTakenAway(t *testing.T) {
	onSimulator(t, holding("", map[string]*sim.Volume{"old": nil}), func(s *simulated) {
		s.server.Inject(&sim.Fault{Method: http.MethodPost, Delay: time.Second})
		time.AfterFunc(time.Second/2, func() { s.edit(calledNow("old", "new")) })
		ends(s.T, s.one(plan.RenameVolume{Volume: vol("p", "old"), Name: "new"}, nil), applier.Failed, "it has its new name already")
	})
	onSimulator(t, holding("", map[string]*sim.Volume{"old": nil}), func(s *simulated) {
		s.spoilFirst(http.MethodPost, refused)
		s.server.Inject(&sim.Fault{Method: http.MethodGet, Code: 500, Text: "database is broken"})
		ends(s.T, s.one(plan.RenameVolume{Volume: vol("p", "old"), Name: "new"}, nil), applier.Failed, "database is broken")
		if sent := s.requests(http.MethodPost, ""); len(sent) > 1 {
			s.Errorf("%+v was sent", sent)
		}
	})
}

// Where servers give each volume an identity, another one that has got the name meanwhile is not renamed.
func TestRenameOfAnother(t *testing.T) {
	for seen, sent := range map[string]int{"uuid a": 1, "uuid b": 0, "created 2026-01-01T00:00:00Z": 1, "": 1} {
		there := &sim.Volume{Serial: 1, ContentType: "filesystem", Config: map[string]string{"volatile.uuid": "a"}}
		onSimulator(t, holding("lxd-6", map[string]*sim.Volume{"old": there}), func(s *simulated) {
			report := applier.Apply(s.Context(), s.client, &plan.Plan{
				Seen:  []plan.Seen{{Object: plan.VolumeObject(vol("p", "old")), Identity: seen}},
				Steps: []plan.Step{{Number: 1, Action: plan.RenameVolume{Volume: vol("p", "old"), Name: "new"}}},
			}, applier.Options{})
			kind, says := applier.Done, ""
			if sent == 0 {
				kind, says = applier.Failed, "another volume has its name now than when the plan was made; plan again"
			}
			ends(s.T, report.Outcomes[0], kind, says)
			if got := len(s.requests(http.MethodPost, "")); got != sent {
				s.Errorf("seen %q: %d renames were sent, want %d", seen, got, sent)
			}
		})
	}
}

// A volume that is on its way has neither name when somebody has deleted it.
func TestMoveOfNothing(t *testing.T) {
	state := holding("", nil)
	state.Pools["q"] = &sim.Pool{Driver: "dir", Config: map[string]string{}, Volumes: map[sim.Key]*sim.Volume{}}
	onSimulator(t, state, func(s *simulated) {
		ends(s.T, s.one(plan.MoveVolume{Volume: vol("p", "v"), To: vol("q", "v")}, nil), applier.Failed, vanished)
	})
}

// A move that nobody knows the source of any more is finished where the volume has arrived: the mark comes off.
func TestFinishWithoutSource(t *testing.T) {
	arrived := &sim.Volume{Config: map[string]string{"user.tarn.arrived": "0123456789ab to p/v", "user.a": "1"}}
	onSimulator(t, holding("", map[string]*sim.Volume{"v": arrived}), func(s *simulated) {
		ends(s.T, s.one(plan.MoveVolume{Volume: vol("p", "v"), To: vol("p", "v"), Finish: true}, nil), applier.Done, "")
		volume, err := s.client.Volume(s.Context(), vol("p", "v"))
		if err != nil || volume.Config["user.tarn.arrived"] != "" || volume.Config["user.a"] != "1" {
			s.Errorf("%+v, %v", volume, err)
		}
	})
}

// Without a source nobody knows whether what is there is all of it, so it stays for a person to look at.
func TestFinishIncomplete(t *testing.T) {
	incomplete := &sim.Volume{Config: map[string]string{"user.tarn.migrating": "0123456789ab to p/v"}}
	onSimulator(t, holding("", map[string]*sim.Volume{"v": incomplete}), func(s *simulated) {
		outcome := s.one(plan.MoveVolume{Volume: vol("p", "v"), To: vol("p", "v"), Finish: true}, nil)
		ends(s.T, outcome, applier.Failed, "a move broke off, and its source is gone")
		if sent := s.requests(http.MethodPost, ""); len(sent) > 0 {
			s.Errorf("%+v was sent", sent)
		}
	})
}

// A move whose source is known is finished by deleting that.
func TestFinish(t *testing.T) {
	const run = "0123456789ab to q/v"
	state := holding("", map[string]*sim.Volume{"v": {Config: map[string]string{"user.tarn.moving": run}}})
	state.Pools["q"] = &sim.Pool{Driver: "dir", Config: map[string]string{}, Volumes: map[sim.Key]*sim.Volume{
		key("v"): {ContentType: "filesystem", Config: map[string]string{"user.tarn.moving": run, "user.tarn.arrived": run}},
	}}
	onSimulator(t, state, func(s *simulated) {
		ends(s.T, s.one(plan.MoveVolume{Volume: vol("p", "v"), To: vol("q", "v"), Finish: true}, nil), applier.Done, "")
		if _, err := s.client.Volume(s.Context(), vol("p", "v")); !errors.Is(err, lxd.ErrNotFound) {
			s.Errorf("the source: %v", err)
		}
		volume, err := s.client.Volume(s.Context(), vol("q", "v"))
		if err != nil || len(volume.Config) > 0 {
			s.Errorf("%+v, %v", volume, err)
		}
	})
}

// Another server that volumes come from has an outage of its own: the run goes on without it.
func TestSourceIsSilent(t *testing.T) {
	onSimulator(t, holding("", nil), func(s *simulated) {
		other := sim.New(holding("", map[string]*sim.Volume{"v": nil}))
		other.Close()
		from := lxd.NewDialed("sim:other", other.Dial, lxd.Options{})
		defer from.Close()
		report := s.apply(applier.Options{Remotes: map[string]*lxd.Client{"other": from}},
			step(plan.MigrateVolume{Remote: "other", Volume: vol("p", "v"), To: vol("p", "v")}),
			step(plan.CreateVolume{Volume: vol("p", "w")}),
		)
		ends(s.T, report.Outcomes[0], applier.Failed, "no answer from sim:other")
		ends(s.T, report.Outcomes[0], applier.Failed, "; gave up after ")
		ends(s.T, report.Outcomes[1], applier.Done, "")
		if report.GaveUp != nil {
			s.Errorf("the server itself was given up: %v", report.GaveUp)
		}
	})
}

// A volume is not made smaller than what it holds just before that, whatever it held when the plan was made.
func TestShrink(t *testing.T) {
	const mib = 1 << 20
	for _, c := range []struct {
		name    string
		content string
		used    int64
		from    string
		to      string
		says    string // "" when it is done
		asks    bool
	}{
		{"it fits", "filesystem", 10 * mib, "100MiB", "50MiB", "", true},
		{"it fits exactly", "filesystem", 50 * mib, "100MiB", "50MiB", "", true},
		{"it does not", "filesystem", 50*mib + 1, "100MiB", "50MiB", "it holds 50 MiB, more than the new size of 50 MiB", true},
		{"it was unlimited", "filesystem", 60 * mib, "", "50MiB", "it holds 60 MiB, more than the new size of 50 MiB", true},
		{"its size is no size", "filesystem", 60 * mib, "large", "50MiB", "it holds 60 MiB, more than the new size of 50 MiB", true},
		{"to what is no size", "filesystem", 60 * mib, "100MiB", "small", "small", false}, // the server refuses it
		{"block", "block", 60 * mib, "100MiB", "50MiB", "shrunk", false},                  // the server refuses it
		{"larger", "filesystem", 200 * mib, "100MiB", "150MiB", "", false},
		{"the same in other words", "filesystem", 200 * mib, "100MiB", "102400KiB", "", false},
		{"without a limit", "filesystem", 200 * mib, "100MiB", "", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := map[string]string{}
			if c.from != "" {
				config["size"] = c.from
			}
			state := holding("btrfs", map[string]*sim.Volume{"v": {ContentType: c.content, Used: c.used, Config: config}})
			if c.content == lxd.ContentBlock {
				state.Pools["p"].Volumes[key("v")].Bytes = 100 * mib
			}
			state.Pools["p"].Quotas = true
			onSimulator(t, state, func(s *simulated) {
				outcome := s.one(plan.PatchVolume{Volume: vol("p", "v"), Changes: []plan.Change{change("size", c.from, c.to)}}, nil)
				kind, patches := applier.Done, 1
				if c.says != "" {
					kind = applier.Failed
				}
				if c.says != "" && c.asks {
					patches = 0
				}
				ends(s.T, outcome, kind, c.says)
				if sent := s.requests(http.MethodPatch, ""); len(sent) != patches {
					s.Errorf("%d patches were sent, want %d", len(sent), patches)
				}
				if asked := len(s.requests(http.MethodGet, "/volumes/custom/v/state")) > 0; asked != c.asks {
					s.Errorf("it was asked how full it is: %v, want %v", asked, c.asks)
				}
			})
		})
	}
}

// What is asked before a shrink takes its time: the description that goes along is read after that.
func TestShrinkKeepsTheDescription(t *testing.T) {
	state := holding("btrfs", map[string]*sim.Volume{"v": {Text: sim.Text{Description: "old"}, Config: map[string]string{"size": "100MiB"}}})
	state.Pools["p"].Quotas = true
	onSimulator(t, state, func(s *simulated) {
		s.server.Inject(&sim.Fault{Method: http.MethodGet, Path: stateOf("v"), Delay: time.Second})
		time.AfterFunc(time.Second/2, func() {
			s.edit(func(state *sim.State) { state.Pools["p"].Volumes[key("v")].Description = "written meanwhile" })
		})
		ends(s.T, s.one(plan.PatchVolume{Volume: vol("p", "v"), Changes: []plan.Change{change("size", "100MiB", "50MiB")}}, nil), applier.Done, "")
		volume, err := s.client.Volume(s.Context(), vol("p", "v"))
		if err != nil || volume.Description != "written meanwhile" || volume.Config["size"] != "50MiB" {
			s.Errorf("%+v, %v", volume, err)
		}
	})
}

// Between the question and the answer somebody else may change the size too.
func TestShrinkMeanwhile(t *testing.T) {
	for size, c := range map[string]struct {
		ends applier.Kind
		says string
	}{
		"50MiB": {applier.Done, ""}, // what it is to be
		"80MiB": {applier.Failed, "config.size has changed since the plan was made; plan again"},
	} {
		t.Run(size, func(t *testing.T) {
			state := holding("btrfs", map[string]*sim.Volume{"v": {Config: map[string]string{"size": "100MiB"}}})
			state.Pools["p"].Quotas = true
			onSimulator(t, state, func(s *simulated) {
				s.server.Inject(&sim.Fault{Method: http.MethodGet, Path: stateOf("v"), Delay: time.Second})
				time.AfterFunc(time.Second/2, func() {
					s.edit(func(state *sim.State) { state.Pools["p"].Volumes[key("v")].Config["size"] = size })
				})
				ends(s.T, s.one(plan.PatchVolume{Volume: vol("p", "v"), Changes: []plan.Change{change("size", "100MiB", "50MiB")}}, nil), c.ends, c.says)
				if sent := s.requests(http.MethodPatch, ""); len(sent) > 0 {
					s.Errorf("%+v was sent", sent)
				}
			})
		})
	}
}

// A patch of what is gone, or is as it is to be already, sends nothing.
func TestPatchSendsNothing(t *testing.T) {
	for name, c := range map[string]struct {
		action plan.Action
		ends   applier.Kind
		says   string
	}{
		"volume, gone":           {plan.PatchVolume{Volume: vol("p", "gone"), Changes: []plan.Change{change("user.a", "", "1")}}, applier.Failed, vanished},
		"volume, as it is to be": {plan.PatchVolume{Volume: vol("p", "v"), Changes: []plan.Change{change("user.a", "1", "2")}}, applier.Done, ""},
		"volume, changed":        {plan.PatchVolume{Volume: vol("p", "v"), Changes: []plan.Change{change("user.a", "1", "3")}}, applier.Failed, "config.user.a has changed"},
		"pool, gone":             {plan.PatchPool{Pool: "gone", Changes: []plan.Change{change("user.a", "", "1")}}, applier.Failed, vanished},
		"pool, as it is to be":   {plan.PatchPool{Pool: "p", Changes: []plan.Change{change("user.a", "1", "2")}}, applier.Done, ""},
		"pool, changed":          {plan.PatchPool{Pool: "p", Changes: []plan.Change{change("user.a", "1", "3")}}, applier.Failed, "config.user.a has changed"},
	} {
		t.Run(name, func(t *testing.T) {
			state := holding("", map[string]*sim.Volume{"v": {Config: map[string]string{"user.a": "2"}}})
			state.Pools["p"].Config["user.a"] = "2"
			onSimulator(t, state, func(s *simulated) {
				ends(s.T, s.one(c.action, nil), c.ends, c.says)
				if sent := s.requests(http.MethodPatch, ""); len(sent) > 0 {
					s.Errorf("%+v was sent", sent)
				}
			})
		})
	}
}

// What is deleted has to be what the plan showed; what is not there any more is done.
func TestDelete(t *testing.T) {
	const source = "/srv/pool"
	seenPool := plan.Seen{Driver: "dir", Attributes: plan.Attributes{Config: map[string]string{"source": source, "user.a": "2"}}}
	seen := plan.Seen{ContentType: "filesystem", Attributes: plan.Attributes{Config: map[string]string{"user.a": "2"}}, Snapshots: []string{"s1"}}
	with := func(change func(*plan.Seen)) plan.Seen {
		seen := seen
		change(&seen)
		return seen
	}
	for _, c := range []struct {
		name   string
		action plan.Action
		ends   applier.Kind
		says   string
		sent   int
	}{
		{"volume", plan.DeleteVolume{Volume: vol("p", "v"), Seen: seen}, applier.Done, "", 1},
		{"volume, gone", plan.DeleteVolume{Volume: vol("p", "gone"), Seen: seen}, applier.Done, "", 0},
		{"volume, another content type", plan.DeleteVolume{Volume: vol("p", "v"), Seen: with(func(s *plan.Seen) { s.ContentType = "block" })},
			applier.Failed, "it has another content type now (filesystem) than when the plan was made; plan again", 0},
		{"volume, other config", plan.DeleteVolume{Volume: vol("p", "v"), Seen: with(func(s *plan.Seen) { s.Config = map[string]string{} })},
			applier.Failed, "it has changed since the plan was made: config.user.a was", 0},
		{"volume, a snapshot more", plan.DeleteVolume{Volume: vol("p", "v"), Seen: with(func(s *plan.Seen) { s.Snapshots = []string{} })},
			applier.Failed, `it has a snapshot "s1" that the plan did not show; plan again`, 0},
		{"volume, a snapshot less", plan.DeleteVolume{Volume: vol("p", "v"), Seen: with(func(s *plan.Seen) { s.Snapshots = []string{"s0", "s1"} })}, applier.Done, "", 1},
		{"volume, nobody looked for snapshots", plan.DeleteVolume{Volume: vol("p", "v"), Seen: with(func(s *plan.Seen) { s.Snapshots = nil })}, applier.Done, "", 1},
		{"pool", plan.DeletePool{Pool: "q", Seen: seenPool}, applier.Done, "", 1},
		{"pool, gone", plan.DeletePool{Pool: "gone", Seen: seenPool}, applier.Done, "", 0},
		{"pool, another driver", plan.DeletePool{Pool: "q", Seen: plan.Seen{Driver: "zfs", Attributes: plan.Attributes{Config: seenPool.Config}}},
			applier.Failed, "it has another driver now (dir) than when the plan was made; plan again", 0},
		{"pool, other config", plan.DeletePool{Pool: "q", Seen: plan.Seen{Driver: "dir", Attributes: plan.Attributes{Config: map[string]string{"source": source}}}},
			applier.Failed, "it has changed since the plan was made: config.user.a was", 0},
		{"pool, in use", plan.DeletePool{Pool: "p", Seen: plan.Seen{Driver: "dir", Attributes: plan.Attributes{Config: map[string]string{"source": source}}}}, applier.Failed, "in use", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			state := holding("", map[string]*sim.Volume{"v": {Config: map[string]string{"user.a": "2"}, Snapshots: []*sim.Snapshot{{Name: "s1", Config: map[string]string{}}}}})
			state.Pools["p"].Config["source"] = source
			state.Pools["q"] = &sim.Pool{Driver: "dir", Config: map[string]string{"source": source, "user.a": "2"}, Volumes: map[sim.Key]*sim.Volume{}}
			onSimulator(t, state, func(s *simulated) {
				ends(s.T, s.one(c.action, nil), c.ends, c.says)
				if sent := s.requests(http.MethodDelete, ""); len(sent) != c.sent {
					s.Errorf("%d deletions were sent, want %d", len(sent), c.sent)
				}
			})
		})
	}
}

// A deletion whose answer is lost, and that somebody else is faster with, is done.
func TestDeletedByOthers(t *testing.T) {
	for name, fault := range map[string]int{"the answer is lost": lost, "it is refused once": refused} {
		t.Run(name, func(t *testing.T) {
			onSimulator(t, holding("", map[string]*sim.Volume{"v": nil}), func(s *simulated) {
				s.spoilFirst(http.MethodDelete, fault)
				s.server.Inject(&sim.Fault{Method: http.MethodDelete, Nth: 2, Delay: time.Second}) // after the look
				time.AfterFunc(time.Second, func() { s.edit(func(state *sim.State) { clear(state.Pools["p"].Volumes) }) })
				seen := plan.Seen{ContentType: "filesystem", Attributes: plan.Attributes{Config: map[string]string{}}}
				ends(s.T, s.one(plan.DeleteVolume{Volume: vol("p", "v"), Seen: seen}, nil), applier.Done, "")
				if _, err := s.client.Volume(s.Context(), vol("p", "v")); !errors.Is(err, lxd.ErrNotFound) {
					s.Error(err)
				}
			})
		})
	}
}
