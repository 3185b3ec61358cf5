package live_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/sim"
)

// TestReadsWhileVolumesComeAndGo has somebody delete, rename, mark and create some of the volumes between any two requests of a read. What
// nobody touches meanwhile is found if the scope is about it, in whichever way it is read.
func TestReadsWhileVolumesComeAndGo(t *testing.T) {
	for name, start := range map[string]func(testing.TB) *agreeing{
		"LXD 5.0.2": simulated(sim.State{}, ""), "LXD 5.21": simulated(sim.State{Product: "lxd-5.21"}, ""), "LXD 6.9": simulated(sim.State{Product: "lxd-6"}, ""),
		"Incus 6.0": simulated(sim.State{Product: "incus-6"}, ""), "Incus 7.3": simulated(sim.State{Product: "incus-7"}, ""),
	} {
		t.Run(name, func(t *testing.T) {
			a := start(t)
			a.chooseWays(t)
			checks(t, 25)
			rapid.Check(t, func(t *rapid.T) {
				a.rand = rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
				a.runMeanwhile(t)
			})
			fmt.Fprintf(os.Stdout, "reads while volumes come and go, %s: %v\n", name, a.counted)
			for _, what := range []string{"changed", "found", "left out"} {
				if a.counted[what] == 0 {
					t.Errorf("nothing was %s", what)
				}
			}
		})
	}
}

func (a *agreeing) runMeanwhile(t *rapid.T) {
	a.meanwhile = nil
	a.refill(t)
	held, err := a.readAll()
	if err != nil {
		t.Fatal(err)
	}
	var restless []heldVolume // that are there still
	still := map[string]heldVolume{}
	for _, key := range slices.Sorted(maps.Keys(held.volumes)) {
		if a.chance(30) {
			restless = append(restless, held.volumes[key])
		} else {
			still[key] = held.volumes[key]
		}
	}
	for range 6 {
		scope := a.scope(held)
		ways := []float64{0, 0.5, 1}
		a.each, a.markeds = ways[a.rand.IntN(3)], ways[a.rand.IntN(3)]
		seed := a.rand.Uint64()
		var mu sync.Mutex
		lot := rand.New(rand.NewPCG(seed, 0))
		n := 0
		a.meanwhile = func(server *sim.Server) {
			mu.Lock()
			defer mu.Unlock()
			for range lot.IntN(3) {
				if len(restless) == 0 {
					return
				}
				n++
				i := lot.IntN(len(restless))
				v := restless[i]
				method, body := "", ""
				switch lot.IntN(4) {
				case 0:
					method = "DELETE"
					restless = slices.Delete(restless, i, i+1)
				case 1:
					method, body = "POST", fmt.Sprintf(`{"name": "renamed-%d-%d"}`, seed, n)
					restless[i].Name = fmt.Sprintf("renamed-%d-%d", seed, n)
				case 2:
					method, body = "PATCH", `{"config": {"user.tarn.owner": "me"}}`
				default:
					v.Name = fmt.Sprintf("come-%d-%d", seed, n)
					restless = append(restless, v)
					a.change(server, "POST", customPath(v.Pool)+inProject(v.Project), fmt.Sprintf(`{"name": %q}`, v.Name))
					continue
				}
				a.change(server, method, customPath(v.Pool)+"/"+segment(v.Name)+inProject(v.Project), body)
			}
		}
		state, err := live.Read(t.Context(), a.client, scope)
		a.meanwhile = nil
		if err != nil {
			t.Fatalf("%v", err)
		}
		a.found(t, held, scope, state, still)
	}
}

// change sends a request by itself.
func (a *agreeing) change(server *sim.Server, method, path, body string) {
	answer := httptest.NewRecorder()
	server.ServeHTTP(answer, httptest.NewRequest(method, path, strings.NewReader(body)))
	if answer.Code < 300 {
		a.count("changed")
	} else {
		a.count("refused")
	}
}

// found compares what was read with those volumes that nobody has touched.
func (a *agreeing) found(t *rapid.T, held holding, scope live.Scope, state *live.State, still map[string]heldVolume) {
	for key, v := range still {
		want, sure := held.meant(scope, v)
		is := state.Volumes.Get(lxd.VolumeID{Project: v.Project, Pool: v.Pool, Type: lxd.TypeCustom, Name: v.Name}) != nil
		if want != is && (sure || !state.NamesSomeUsers()) {
			t.Fatalf("%s: meant %t, found %t, by %v, %v of %+q", key, want, is, a.each, a.markeds, fmt.Sprint(scope))
		}
		if is {
			a.count("found")
		} else {
			a.count("left out")
		}
	}
}
