package trials

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tarn/lxd/lxdtest"
)

// A world is the servers of one trial, the volumes that are to move, and the spec that says so.
type world struct {
	t       *testing.T
	chance  *chance
	servers []*lxdtest.Server // tarn talks to the first
	views   []*lxdtest.Server // those that have to be asked to hear of all volumes; one of a cluster tells of all
	env     []string          // of tarn
	spec    string            // its path
	cargoes []*cargo

	// What tarn said that was not so: that all is well, when something had not arrived.
	falseClaims []string
	// What was nowhere complete when somebody looked.
	losses []string
}

// A place is where a volume is, or should be.
type place struct {
	server              *lxdtest.Server
	project, pool, name string
}

const defaultProject = "default"

func (p place) String() string {
	if p.project != defaultProject {
		return p.project + ":" + p.pool + "/" + p.name
	}
	return p.pool + "/" + p.name
}

// A cargo is a volume that is to get from one place to another with all that is in it.
type cargo struct {
	from, to place
	size     int
	sum      [sha256.Size]byte
	snapshot bool              // it has one, made when the file had other content
	first    [sha256.Size]byte // that content
	lost     bool              // it was seen to be nowhere complete
}

// firstSize is how much was in the file when the snapshot was made. It is not the size that the file has later, for rsync
// takes files of one size and one time for equal, and it is small, for the snapshot is sent too.
func (c *cargo) firstSize() int { return min(c.size/2, 1_000_000) }

const (
	fileName     = "data"
	snapshotName = "first"
)

// file and snapshotFile are the same in every pool, whatever its driver, on LXD and on Incus.
func (p place) file() string {
	return p.server.Path("storage-pools", p.pool, "custom", p.project+"_"+p.name, fileName)
}

func (p place) snapshotFile() string {
	return p.server.Path("storage-pools", p.pool, "custom-snapshots", p.project+"_"+p.name, snapshotName, fileName)
}

// flags are the place's on the command line of lxc: its project, and the member of a cluster.
func (p place) flags() []string {
	flags := []string{"--project", p.project}
	if p.server.Name != "" {
		flags = append(flags, "--target", p.server.Name)
	}
	return flags
}

// load makes n volumes of size bytes at from, which are to move to to. One in three has a snapshot from before its file
// got its content.
func (w *world) load(n, size int, from, to place) {
	w.t.Helper()
	for i := range n {
		c := &cargo{from: from, to: to, size: size, snapshot: w.chance.IntN(3) == 0}
		c.from.name = fmt.Sprint(from.name, i)
		c.to.name = fmt.Sprint(to.name, i)
		w.cargoes = append(w.cargoes, c)
		w.lxc(from.server, append([]string{"storage", "volume", "create", from.pool, c.from.name}, from.flags()...)...)
		if c.snapshot {
			c.first = w.write(c.from.file(), c.firstSize())
			// By the API: lxc and incus have different commands for it.
			w.lxc(from.server, "query", "--wait", "-X", "POST", "-d", fmt.Sprintf(`{"name": %q}`, snapshotName),
				fmt.Sprintf("/1.0/storage-pools/%s/volumes/custom/%s/snapshots?project=%s&target=%s", from.pool, c.from.name, from.project, from.server.Name))
		}
		c.sum = w.write(c.from.file(), size)
	}
}

func (w *world) write(path string, size int) [sha256.Size]byte {
	w.t.Helper()
	data := w.chance.bytes(size)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		w.t.Fatal(err)
	}
	return sha256.Sum256(data)
}

func (w *world) lxc(s *lxdtest.Server, args ...string) string {
	w.t.Helper()
	out, err := s.LXC(w.t.Context(), args...)
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// declare writes the spec. remote is what comes before the place of a source in renamed_from.
func (w *world) declare(remote string) {
	w.t.Helper()
	var text strings.Builder
	pool := w.cargoes[0].to.pool
	fmt.Fprintf(&text, "pool %q {\n  existing = true\n", pool)
	for _, c := range w.cargoes {
		fmt.Fprintf(&text, "  volume %q {\n", c.to.name)
		if c.from.project == c.to.project {
			fmt.Fprintf(&text, "    renamed_from = %q\n", remote+c.from.pool+"/"+c.from.name)
		} else {
			fmt.Fprintf(&text, "    project = %q\n    renamed_from = { name = %q, pool = %q, project = %q }\n", c.to.project, c.from.name, c.from.pool, c.from.project)
		}
		if member := c.to.server.Name; member != "" {
			fmt.Fprintf(&text, "    target = %q\n", member)
		}
		text.WriteString("  }\n")
	}
	text.WriteString("}\n")
	w.spec = filepath.Join(w.t.TempDir(), "storage.hcl")
	if err := os.WriteFile(w.spec, []byte(text.String()), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// apply is the command that carries the spec out, for people or for programs.
func (w *world) apply() []string {
	args := []string{"apply", "--auto-approve"}
	if w.chance.IntN(2) == 0 {
		args = append(args, "--json")
	}
	return args
}

// product is what serves.
type product struct {
	name     string
	prefix   string // of environment variables
	protocol string // in the client's configuration
	start    func(testing.TB) *lxdtest.Server
}

var (
	lxd   = product{"LXD", "LXD", "lxd", lxdtest.New}
	incus = product{"Incus", "INCUS", "incus", lxdtest.NewIncus}
)

// mode is who can connect to whom, which decides how data gets from one server to another.
type mode string

const (
	pull  mode = "pull"  // the source listens
	push  mode = "push"  // the target listens
	relay mode = "relay" // nobody does, so the data goes through tarn
)

// pools is how the pools of a trial are made.
type pools struct {
	driver string
	config []string
}

var (
	dir   = pools{"dir", nil}
	btrfs = pools{"btrfs", []string{"size=1GiB"}}
	slow  = pools{"dir", []string{"rsync.bwlimit=10MB"}}
)

func (w *world) create(s *lxdtest.Server, pool string, p pools) {
	w.t.Helper()
	w.lxc(s, append([]string{"storage", "create", pool, p.driver}, p.config...)...)
}

// between is a world of two servers, and volumes that go from one to the other.
func between(t *testing.T, chance *chance, kind product, how mode, p pools, n, size int) *world {
	t.Helper()
	target, source := kind.start(t), kind.start(t)
	servers := []*lxdtest.Server{target, source}
	w := &world{t: t, chance: chance, servers: servers, views: servers}
	conf := ""
	switch how {
	case pull:
		w.listen(source)
		var err error
		if conf, err = source.Remote(t.Context(), "source"); err != nil {
			t.Fatal(err)
		}
	case push:
		w.listen(target)
	}
	if conf == "" {
		conf = t.TempDir()
		text := fmt.Sprintf("remotes:\n  source:\n    addr: unix://%s\n    protocol: %s\n", source.Socket(), kind.protocol)
		if err := os.WriteFile(filepath.Join(conf, "config.yml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w.env = append(target.Environ(), kind.prefix+"_CONF="+conf)
	w.create(source, "from", p)
	w.create(target, "to", p)
	w.load(n, size, place{source, defaultProject, "from", "v"}, place{target, defaultProject, "to", "w"})
	w.declare("source:")
	return w
}

func (w *world) listen(s *lxdtest.Server) {
	w.t.Helper()
	if _, err := s.Listen(context.Background()); err != nil {
		w.t.Fatal(err)
	}
}

// within is a world of one server, and volumes that go from one pool to another.
func within(t *testing.T, chance *chance, kind product, p pools, n, size int) *world {
	t.Helper()
	s := kind.start(t)
	w := &world{t: t, chance: chance, servers: []*lxdtest.Server{s}, views: []*lxdtest.Server{s}, env: s.Environ()}
	w.create(s, "from", p)
	w.create(s, "to", p)
	w.load(n, size, place{s, defaultProject, "from", "v"}, place{s, defaultProject, "to", "w"})
	w.declare("")
	return w
}

// across is a world of one server, and volumes that go from one project to another under their own names.
func across(t *testing.T, chance *chance, kind product, p pools, n, size int) *world {
	t.Helper()
	s := kind.start(t)
	w := &world{t: t, chance: chance, servers: []*lxdtest.Server{s}, views: []*lxdtest.Server{s}, env: s.Environ()}
	w.create(s, "both", p)
	w.lxc(s, "project", "create", "web")
	w.load(n, size, place{s, defaultProject, "both", "v"}, place{s, "web", "both", "v"})
	w.declare("")
	return w
}

// among is a world of a cluster, and volumes that go from one member to the other, under other names or their own.
func among(t *testing.T, chance *chance, p pools, n, size int) *world {
	t.Helper()
	members := lxdtest.NewCluster(t, 2)
	w := &world{t: t, chance: chance, servers: members, views: members[:1], env: members[0].Environ()}
	var own, shared []string
	for _, setting := range p.config {
		if strings.HasPrefix(setting, "size=") { // each member's own
			own = append(own, setting)
		} else {
			shared = append(shared, setting)
		}
	}
	for _, m := range members {
		w.lxc(members[0], append([]string{"storage", "create", "both", p.driver, "--target", m.Name}, own...)...)
	}
	w.lxc(members[0], append([]string{"storage", "create", "both", p.driver}, shared...)...)
	w.load(n, size, place{members[0], defaultProject, "both", "v"}, place{members[1], defaultProject, "both", []string{"v", "w"}[chance.IntN(2)]})
	w.declare("")
	return w
}
