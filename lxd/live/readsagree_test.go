package live_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/lxdtest"
	"tarn/lxd/sim"
)

// TestReadsAgree makes random servers and random scopes, and reads in every way that a read may take: whatever is cheaper, it finds just the
// volumes that the scope is about. What these are is worked out from lists of everything, which are read without tarn's client. `-rapid.checks=N`
// tries N servers of each kind.
func TestReadsAgree(t *testing.T) {
	selecting := []string{"all", "each", "projects at once", "by name", "by mark", "by prefix", "marked first"}
	describing := append(selecting, "names")
	for name, kind := range map[string]struct {
		start  func(testing.TB) *agreeing
		checks int
		ways   []string // that have to be taken
	}{
		"simulated LXD 5.0.2":          {simulated(sim.State{}, ""), 25, selecting},
		"simulated LXD 5.9":            {simulated(sim.State{}, "5.9"), 25, selecting},
		"simulated LXD 5.19":           {simulated(sim.State{Product: "lxd-5.21"}, "5.19"), 25, selecting},
		"simulated LXD 5.21":           {simulated(sim.State{Product: "lxd-5.21"}, ""), 25, describing},
		"simulated LXD 6.9":            {simulated(sim.State{Product: "lxd-6"}, ""), 25, describing},
		"simulated Incus 6.0":          {simulated(sim.State{Product: "incus-6"}, ""), 25, describing},
		"simulated Incus 7.3":          {simulated(sim.State{Product: "incus-7"}, ""), 25, describing},
		"simulated cluster of LXD":     {simulated(sim.State{Members: map[string]*sim.Member{"n1": {}, "n2": {}}}, ""), 25, []string{"by name", "by mark"}},
		"simulated cluster of LXD 6.9": {simulated(sim.State{Product: "lxd-6", Members: map[string]*sim.Member{"n1": {}, "n2": {}}}, ""), 15, nil},
		"simulated cluster of Incus":   {simulated(sim.State{Product: "incus-6", Members: map[string]*sim.Member{"n1": {}, "n2": {}}}, ""), 15, nil},
		"LXD":                          {func(t testing.TB) *agreeing { return realServer(t, lxdtest.New(t).Socket()) }, 2, selecting},
		"Incus":                        {func(t testing.TB) *agreeing { return realServer(t, lxdtest.NewIncus(t).Socket()) }, 2, describing},
	} {
		t.Run(name, func(t *testing.T) {
			a := kind.start(t)
			a.chooseWays(t)
			checks(t, kind.checks)
			rapid.Check(t, func(t *rapid.T) {
				a.rand = rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
				a.run(t)
			})
			fmt.Fprintf(os.Stdout, "reads agree, %s: %v\n", name, a.counted)
			for _, way := range kind.ways {
				if a.counted[way] == 0 {
					t.Errorf("no read was %s", way)
				}
			}
			if a.counted["found"] == 0 {
				t.Error("nothing was found")
			}
		})
	}
}

// checks is how many servers are tried where nothing else is said.
func checks(t *testing.T, n int) {
	given := flag.Lookup("rapid.checks")
	if given.Value.String() != given.DefValue {
		return
	}
	for name, value := range map[string]string{"rapid.checks": fmt.Sprint(n), "rapid.seed": "7", "rapid.shrinktime": "1s"} {
		flag.Set(name, value)
		t.Cleanup(func() { flag.Set(name, flag.Lookup(name).DefValue) })
	}
}

// agreeing is a server of one kind, and what is done with it.
type agreeing struct {
	plain
	client *lxd.Client
	refill func(t *rapid.T) // makes it hold something else
	scopes int              // that are read of what it holds

	members    []string // of a cluster
	restricted bool     // the client may see some projects only, and says which

	// meanwhile is called before each request that a simulated server gets, nil for nothing.
	meanwhile func(*sim.Server)
	rand      *rand.Rand

	mu            sync.Mutex
	counted       map[string]int
	each, markeds float64 // how often in which reads these ways are taken
	lot           *rand.Rand
}

func (a *agreeing) count(what string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.counted[what]++
}

// trace counts which ways are taken.
func (a *agreeing) trace(e lxd.Exchange) {
	path, rest, _ := strings.Cut(e.Path, "?")
	query, _ := url.ParseQuery(rest)
	filter := query.Get("filter")
	_, name, custom := strings.Cut(path, "/volumes/custom")
	switch {
	case !custom:
	case name != "":
		a.count("each")
	case query.Get("recursion") == "":
		a.count("names")
	case query.Get("all-projects") != "":
		a.count("projects at once")
	case filter == "", filter == "name eq ^[^/]*$":
		a.count("all")
	case filter == "name eq ()":
		a.count("none")
	default:
		for clause := range strings.SplitSeq(filter, " or ") {
			switch {
			case strings.HasPrefix(clause, "config."):
				a.count("by mark")
			case strings.HasPrefix(clause, "name eq ("+"?:"), strings.HasPrefix(clause, "name eq ^"):
				a.count("by name")
			default:
				a.count("by prefix")
			}
		}
	}
}

// chooseWays draws lots in place of costs.
func (a *agreeing) chooseWays(t testing.TB) {
	lot := func(chance *float64) bool {
		a.mu.Lock()
		defer a.mu.Unlock()
		return a.lot.Float64() < *chance
	}
	live.ChooseWays(t, func(lxd.VolumeList, []string) bool { return lot(&a.each) }, func(list lxd.VolumeList, names []string) bool {
		if list.ConfigKey == "" || len(names) == 0 || !lot(&a.markeds) {
			return false
		}
		a.count("marked first")
		return true
	})
}

func newAgreeing(t testing.TB, socket string) *agreeing {
	a := &agreeing{scopes: 12, counted: map[string]int{}, lot: rand.New(rand.NewPCG(1, 1)), plain: plain{&http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", socket)
		},
		DisableKeepAlives: true,
	}}, "http://server"}}
	a.client = lxd.NewUnix(socket, lxd.Options{Trace: a.trace})
	t.Cleanup(a.client.Close)
	return a
}

// run makes a server and reads it some times.
func (a *agreeing) run(t *rapid.T) {
	a.refill(t)
	held, err := a.readAll()
	if err != nil {
		t.Fatal(err)
	}
	for range a.scopes {
		scope := a.scope(held)
		ways := []float64{0, 0.5, 1}
		a.each, a.markeds = ways[a.rand.IntN(3)], ways[a.rand.IntN(3)]
		a.compare(t, held, scope)
	}
}

func (a *agreeing) compare(t *rapid.T, held holding, scope live.Scope) {
	state, err := live.Read(t.Context(), a.client, scope)
	if err != nil {
		t.Fatalf("%+q: %v", fmt.Sprint(scope), err)
	}
	read := map[string]heldVolume{}
	for id, v := range state.Volumes.All() {
		is := heldVolume{Name: v.Name, Description: v.Description, Location: v.Location, Config: v.Config, UsedBy: v.UsedBy, Project: id.Project, Pool: id.Pool}
		read[is.key()] = is
	}
	var wrong []string
	meant := 0
	for key, v := range held.volumes {
		is, found := read[key]
		delete(read, key)
		if want, sure := held.meant(scope, v); want != found && (sure || !state.NamesSomeUsers()) {
			if state.Server.Product == "Incus" && blank(v.Name) && !slices.Contains(scope.Pools[v.Pool], v.Name) {
				continue // no pool says that anything is in the project
			}
			wrong = append(wrong, fmt.Sprintf("%s: meant %t, found %t", key, want, found))
			continue
		}
		if !found {
			continue
		}
		meant++
		if !maps.Equal(v.Config, is.Config) || v.Description != is.Description || !slices.Equal(slices.Sorted(slices.Values(v.UsedBy)), slices.Sorted(slices.Values(is.UsedBy))) {
			wrong = append(wrong, fmt.Sprintf("%s: is %+v, and read as %+v", key, v, is))
		}
	}
	for key := range read {
		wrong = append(wrong, key+": not there")
	}
	there, listed := map[string]string{}, map[string]bool{}
	for _, v := range held.volumes {
		there[fmt.Sprintf("%+q of %+q in %+q", v.Name, v.Pool, v.Project)] = v.Name
	}
	for id := range state.VolumeIDs.All() {
		key := fmt.Sprintf("%+q of %+q in %+q", id.Name, id.Pool, id.Project)
		if listed[key] = true; there[key] == "" {
			wrong = append(wrong, key+": a pool has it, and it is not there")
		}
	}
	for key, name := range there {
		if !listed[key] && !state.NamesSomeUsers() && (state.Server.Product == "LXD" || !blank(name)) {
			wrong = append(wrong, key+": no pool has it")
		}
	}
	a.mu.Lock()
	a.counted["reads"]++
	a.counted["found"] += meant
	a.counted["left out"] += len(held.volumes) - meant
	a.mu.Unlock()
	if len(wrong) > 0 {
		slices.Sort(wrong)
		if len(wrong) > 8 {
			wrong = append(wrong[:8], "…")
		}
		for pool, names := range scope.Pools {
			scope.Pools[pool] = names[:min(len(names), 10)]
		}
		t.Fatalf("one by one %v, marked first %v, %d volumes, scope %+q\n%s", a.each, a.markeds, len(held.volumes), fmt.Sprintf("%+v", scope), strings.Join(wrong, "\n"))
	}
}

func oneOf[T any](a *agreeing, of ...T) T { return of[a.rand.IntN(len(of))] }

func (a *agreeing) chance(percent int) bool { return a.rand.IntN(100) < percent }

// scope draws one that is about some of what is held.
func (a *agreeing) scope(held holding) live.Scope {
	scope := live.Scope{Pools: map[string]live.Names{}, Prefix: oneOf(a, "", "tarn-", "tarn-", "v(", "a")}
	if a.chance(60) {
		scope.Owner = oneOf(a, owners[1:]...)
	}
	projects := slices.Sorted(maps.Keys(held.projects))
	for range a.rand.IntN(3) {
		scope.Projects = append(scope.Projects, oneOf(a, append(projects, "")...))
	}
	if a.restricted {
		scope.Projects = slices.DeleteFunc(append(scope.Projects, oneOf(a, projects...)), func(project string) bool { return project == "" })
	}
	if a.chance(20) {
		scope.FormerProjects = []string{oneOf(a, append(projects, "gone")...)}
	}
	scope.Whole = a.chance(15)
	for _, pool := range append(held.pools, "gone") {
		if a.chance(30) {
			continue
		}
		names := live.Names{"new"}
		plain := a.chance(50)
		if !plain {
			names = append(names, "new%2", a.name())
		}
		part := oneOf(a, 0, 5, 50, 100)
		for _, key := range slices.Sorted(maps.Keys(held.volumes)) {
			if name := held.volumes[key].Name; a.chance(part) && (!plain || !strings.ContainsFunc(name, special)) {
				names = append(names, name)
			}
		}
		if a.chance(10) {
			names = nil
		}
		scope.Pools[pool] = names
	}
	return scope
}

// blank tells of a name that pools of Incus do not say that they hold (seen on 6.0.4; 7.3 makes no new ones).
func blank(name string) bool {
	return strings.TrimSpace(name) == "" || strings.HasPrefix(strings.TrimLeft(name, " \t\u00a0"), "\n")
}

// special tells of a character whether servers write it otherwise in addresses.
func special(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.", r))
}

// pieces are what odd names are made of.
var pieces = []string{
	"a", "A", "v", "V", "vol", "data", "café", "cafe\u0301", "\u212a", "k", "ß", "\U0001F600", "%", "%25", "%2F", "%41", "+", "#", "?", "&", "=", ";", ",", "|", "^", "~", "*", "(", ")",
	"[0]", "[", "]", "$", "'", "\"", "\\", "<", ".", "..", "-", "_", "0", "1", "or", "and", "not", "snapshots", "custom", "default_",
}

var spaces = []string{" ", "\t", "\u00a0", "a b", " or name eq x", "\n"}

// owners are those whose marks volumes have, none first.
var owners = []string{"", "me", "Me", "me.too", "a (b", `"q"`, "x or y", "é%", "^me$", `\d`, "me or name eq .*"}

// name draws a name of a volume.
func (a *agreeing) name() string {
	switch a.rand.IntN(6) {
	case 0, 1:
		return fmt.Sprintf("vol-%03d", a.rand.IntN(400))
	case 2:
		return oneOf(a, "tarn-arriving-", "tarn-leaving-", "TARN-", "tarn-%", "tarn") + fmt.Sprint(a.rand.IntN(30))
	}
	name := ""
	for range 1 + a.rand.IntN(4) {
		name += oneOf(a, append(pieces, spaces...)...)
	}
	if strings.Trim(name, ".") == "" {
		return name + "x"
	}
	return name
}

// project draws a name of a project.
func (a *agreeing) project() string {
	return fmt.Sprintf("p%d", a.rand.IntN(100)) + oneOf(a, append(pieces, "")...)
}

// config draws that of a volume.
func (a *agreeing) config() map[string]string {
	config := map[string]string{"user.n": fmt.Sprint(a.rand.IntN(3))}
	if owner := oneOf(a, append(owners, "me", "me", "", "")...); owner != "" {
		config["user.tarn.owner"] = owner
	}
	return config
}

// snapshots draws names of snapshots, which may be like those of volumes.
func (a *agreeing) snapshots(most int) []string {
	names := map[string]bool{}
	if a.chance(25) {
		for range a.rand.IntN(most + 1) {
			if name := a.name(); !strings.ContainsAny(name, " \t\n\u00a0") {
				names[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// simulated starts a simulated server that says it is of a version, "" for that of the product.
func simulated(kind sim.State, version string) func(testing.TB) *agreeing {
	return func(t testing.TB) *agreeing {
		socket := filepath.Join(t.TempDir(), "s")
		listener, err := net.Listen("unix", socket)
		if err != nil {
			t.Fatal(err)
		}
		var server *sim.Server
		a := newAgreeing(t, socket)
		front := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if a.meanwhile != nil {
				a.meanwhile(server)
			}
			if version == "" || r.URL.Path != "/1.0" {
				server.ServeHTTP(w, r)
				return
			}
			serveAsVersion(server, version, w, r)
		})}
		go front.Serve(listener)
		t.Cleanup(func() { front.Close() })
		a.refill = func(*rapid.T) {
			if server != nil {
				server.Close()
			}
			state := kind
			state.Projects, state.Pools = map[string]*sim.Project{}, map[string]*sim.Pool{}
			a.draw(&state)
			server = sim.New(&state)
		}
		return a
	}
}

// draw lets a simulated server hold something.
func (a *agreeing) draw(state *sim.State) {
	projects := []string{"default"}
	for range a.rand.IntN(6) {
		project, own := a.project(), a.chance(70)
		if state.Projects[project] == nil {
			state.Projects[project] = &sim.Project{Config: map[string]string{"features.storage.volumes": fmt.Sprint(own)}}
			if own {
				projects = append(projects, project)
			}
		}
	}
	members := append(slices.Sorted(maps.Keys(state.Members)), "")[:max(1, len(state.Members))]
	most := oneOf(a, 0, 3, 12, 40, 300)
	for i := range 1 + a.rand.IntN(3) {
		pool := &sim.Pool{Driver: "dir", Config: map[string]string{}, Volumes: map[sim.Key]*sim.Volume{}}
		for range a.rand.IntN(most + 1) {
			key := sim.Key{Project: oneOf(a, projects...), Type: "custom", Name: a.name(), Member: oneOf(a, members...)}
			volume := &sim.Volume{ContentType: "filesystem", Config: a.config()}
			for _, name := range a.snapshots(oneOf(a, 2, 40)) {
				volume.Snapshots = append(volume.Snapshots, &sim.Snapshot{Name: name, Config: volume.Config})
			}
			pool.Volumes[key] = volume
			if other := oneOf(a, members...); other != key.Member { // one of the same name there
				key.Member = other
				pool.Volumes[key] = &sim.Volume{ContentType: "filesystem", Config: a.config()}
			}
		}
		state.Pools[fmt.Sprintf("d%d", i)+oneOf(a, append(pieces, "")...)] = pool
	}
	for i := range a.rand.IntN(3) {
		for _, name := range slices.Sorted(maps.Keys(state.Pools)) {
			for key := range state.Pools[name].Volumes {
				if state.Profiles == nil {
					state.Profiles = map[sim.Key]*sim.Profile{}
				}
				state.Profiles[sim.Key{Project: "default", Name: fmt.Sprint("u", i)}] = &sim.Profile{Devices: map[string]map[string]string{"d": {"type": "disk", "pool": name, "source": key.Name, "path": "/d"}}}
				break
			}
		}
	}
}
