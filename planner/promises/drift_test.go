package promises

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tarn/lxd"
	"tarn/lxd/lxdtest"
	"tarn/lxd/schema"
	"tarn/lxd/sim"
	"tarn/planner"
	"tarn/planner/plan"
	"tarn/spec"
)

// TestNoFalseDrift makes pools and volumes by hand, in every way that this server has, and plans them: with what they were
// made with, in the same spelling and in another one, and, where nothing was asked for, with specs that say nothing. Then
// they get snapshots, other names and other pools. There is never anything to do. Of the real servers a cluster and Incus are
// for "make nightly".
func TestNoFalseDrift(t *testing.T) {
	servers := map[string]func(*testing.T) server{
		"LXD": func(t *testing.T) server { return newReal(t, lxdtest.New(t)) },
		"cluster": func(t *testing.T) server {
			lxdtest.Nightly(t)
			return newReal(t, lxdtest.NewCluster(t, 2)...)
		},
		"Incus": func(t *testing.T) server {
			lxdtest.Nightly(t)
			return newReal(t, lxdtest.NewIncus(t))
		},
	}
	for _, product := range products {
		servers["simulated "+product] = func(t *testing.T) server { return ready(t, sim.State{Product: product}) }
		servers["simulated "+product+" cluster"] = func(t *testing.T) server {
			return ready(t, sim.State{Product: product, Members: map[string]*sim.Member{"n1": {}, "n2": {}}})
		}
	}
	for name, start := range servers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMatrix(t, start(t))
			m.build()
			m.run()
			fmt.Fprintf(os.Stdout, "no false drift on %s: %d pools, %d volumes, %d plans\n", name, len(m.doc.pools), m.volumes, m.plans)
		})
	}
}

// ready is a simulated server of a kind.
func ready(t *testing.T, kind sim.State) *simulated {
	s := newSimulated(t)
	s.kind = kind
	s.empty(nil, []string{"own"}, []string{"shared"})
	return s
}

// matrix is what is made and how it is declared.
type matrix struct {
	t       *testing.T
	server  server
	world   world
	file    string
	doc     *document
	again   map[string]map[string]string // the config of objects by their address, in another spelling
	plain   map[string]bool              // pools without any config
	volumes int
	plans   int

	simulated bool // pools and volumes cost nothing
}

func newMatrix(t *testing.T, s server) *matrix {
	about, err := s.client().Server(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, simulated := s.(*simulated)
	if !simulated {
		about.Drivers = anywhere(about.Drivers)
	}
	return &matrix{t: t, server: s, simulated: simulated, doc: &document{}, again: map[string]map[string]string{}, plain: map[string]bool{},
		file:  filepath.Join(t.TempDir(), "storage.hcl"),
		world: world{server: about, drivers: map[string]string{}, members: s.members()},
	}
}

// spellings are ways to write one value of a key.
func spellings(key schema.Key) []string {
	switch key.Kind {
	case schema.Bool:
		return []string{"true", "yes", "1", "On", "TRUE"}
	case schema.Size:
		return []string{"1GiB", "1024MiB", "1073741824", "1048576KiB"}
	case schema.Blocksize:
		return []string{"8KiB", "8192"}
	case schema.Schedule, schema.Cron:
		return []string{"@daily", "@Daily", "@DAILY"}
	case schema.Expiry:
		return []string{"1d 2H"}
	case schema.Int:
		return []string{"3", "03"}
	case schema.Mode:
		return []string{"0711", "711"}
	case schema.Enum:
		return key.Values[:1]
	}
	switch {
	case strings.HasSuffix(key.Name, "mount_options"):
		return []string{"user_subvol_rm_allowed,noatime"}
	case strings.HasSuffix(key.Name, "pattern"):
		return []string{"daily-%d"}
	case strings.HasSuffix(key.Name, "rbd.features"):
		return []string{"layering"}
	}
	return []string{`a "<&>" é`}
}

// options are the ways to create a pool of a driver.
func (m *matrix) options(driver string) []map[string]string {
	plain := map[string]string{}
	switch {
	case m.simulated:
	case driver == "btrfs":
		return []map[string]string{plain, {"size": "512MiB"}, {"size": "536870912"}}
	case len(m.world.members) == 0:
		return []map[string]string{plain, {"source": m.t.TempDir()}}
	default:
		return []map[string]string{plain}
	}
	switch driver {
	case "dir":
		return []map[string]string{plain, {"source": "/srv/dir"}}
	case "btrfs":
		return []map[string]string{plain, {"size": "5GiB"}, {"size": "5368709120"}, {"source": "/dev/b"}, {"source": "/dev/c", "size": "1GiB"}, {"source": "/srv/btrfs"}}
	case "zfs":
		return []map[string]string{plain, {"size": "5GiB"}, {"source": "/dev/z"}, {"source": "tank/lxd"}, {"zfs.pool_name": "other"}}
	case "lvm":
		return []map[string]string{plain, {"size": "5GiB"}, {"source": "/dev/l"}, {"source": "vg0"}, {"lvm.vg_name": "other"},
			{"lvm.use_thinpool": "false"}, {"lvm.use_thinpool": "true"}, {"lvm.thinpool_name": "thin"}}
	case "ceph":
		options := []map[string]string{plain, {"ceph.osd.pool_name": "rbd"}, {"ceph.cluster_name": "other", "ceph.user.name": "me"}}
		if !m.world.server.Has(noRemoteSource) {
			options = append(options, map[string]string{"source": "rbd2"})
		}
		return options
	case "cephfs":
		key := cephfsKey(m.world.server)
		return []map[string]string{{key: "fs"}, {key: "fs/lxd"}, {key: "fs/path", "cephfs.user.name": "me"}}
	}
	return nil
}

// keys are those that the matrix sets, less what only works on a host that is prepared for it.
func (m *matrix) keys(content string, keys []schema.Key) []schema.Key {
	return slices.DeleteFunc(m.world.keys(content, keys), func(key schema.Key) bool {
		return strings.HasSuffix(key.Name, "security.unmapped") || strings.HasSuffix(key.Name, "btrfs.compression") || key.Name == "ceph.osd.data_pool_name"
	})
}

// build declares everything.
func (m *matrix) build() {
	for _, name := range withoutArrays(m.world.server.Drivers) {
		driver, ok := schema.Lookup(name)
		if !ok || len(driver.Contents) == 0 {
			continue
		}
		for i, option := range m.options(name) {
			pool := m.pool(name, option, nil)
			if m.plain[pool.name] = len(option) == 0 || name == "cephfs"; i == 0 {
				m.everyVolume(pool, driver)
			} else {
				m.someVolumes(pool, driver)
			}
		}
		keys := m.keys("", driver.PoolKeys())
		all := map[string]string{}
		for _, key := range keys {
			for i, value := range spellings(key) {
				if i > 0 && !m.simulated {
					break
				}
				m.someVolumes(m.pool(name, m.options(name)[0], map[string]string{key.Name: value}), driver)
			}
			all[key.Name] = spellings(key)[0]
		}
		m.everyVolume(m.pool(name, m.options(name)[0], all), driver)
	}
}

func (m *matrix) pool(driver string, option, config map[string]string) *poolBlock {
	pool := &poolBlock{name: fmt.Sprintf("%s-%d", driver, len(m.doc.pools)), driver: driver, config: maps.Clone(config)}
	if pool.config == nil {
		pool.config = map[string]string{}
	}
	m.world.drivers[pool.name] = driver
	if driver == "cephfs" { // no two pools are made of one source
		key := cephfsKey(m.world.server)
		option = maps.Clone(option)
		option[key] += "/" + pool.name
	}
	pool.give(m.world, option)
	m.doc.pools = append(m.doc.pools, pool)
	other := maps.Clone(pool.config)
	for name, value := range config {
		key, _ := schema.PoolKey(driver, name)
		other[name] = nextSpelling(key, value)
	}
	m.again[pool.name] = other
	return pool
}

func nextSpelling(key schema.Key, value string) string {
	all := spellings(key)
	return all[(slices.Index(all, value)+1)%len(all)]
}

// everyVolume declares volumes with each key in each spelling, of each content type.
func (m *matrix) everyVolume(pool *poolBlock, driver *schema.Driver) {
	for _, content := range driver.Contents {
		all := map[string]string{}
		for _, key := range m.keys(content, driver.VolumeKeys(content)) {
			for _, value := range spellings(key) {
				m.volume(pool, content, map[string]string{key.Name: value})
			}
			all[key.Name] = spellings(key)[0]
		}
		m.volume(pool, content, all)
	}
	m.someVolumes(pool, driver)
}

// someVolumes declares volumes that ask for nothing, in each project.
func (m *matrix) someVolumes(pool *poolBlock, driver *schema.Driver) {
	for _, content := range driver.Contents {
		for range 3 {
			m.volume(pool, content, nil)
		}
	}
	if m.plain[pool.name] { // some of these are going to move
		for range len(schema.Drivers()) {
			m.volume(pool, lxd.ContentFilesystem, nil)
		}
	}
}

func (m *matrix) volume(pool *poolBlock, content string, config map[string]string) {
	if content == lxd.ContentBlock && slices.ContainsFunc(slices.Collect(maps.Keys(pool.config)), func(key string) bool {
		return strings.HasPrefix(key, "volume.initial.")
	}) {
		return // Incus 6.0 copies these defaults into block volumes, too, and then does not know them there
	}
	n := len(pool.volumes)
	v := &volumeBlock{content: content, config: config}
	v.id = lxd.VolumeID{Project: []string{lxd.DefaultProject, "own", lxd.DefaultProject}[n%3], Pool: pool.name, Type: lxd.TypeCustom, Name: fmt.Sprintf("v%d", n)}
	v.project = []string{"", "own", "shared"}[n%3]
	if content == lxd.ContentFilesystem && n%2 == 0 {
		v.content = ""
	}
	if places := m.world.places(pool.name); places[0] != "" {
		v.id.Member = places[n%len(places)]
		v.target = v.id.Member
	}
	pool.volumes = append(pool.volumes, v)
	m.volumes++
	other := maps.Clone(config)
	for name, value := range config {
		key, _ := schema.VolumeKey(pool.driver, content, name)
		other[name] = nextSpelling(key, value)
	}
	m.again[v.id.String()] = other
}

func (m *matrix) run() {
	ctx, client := m.t.Context(), m.server.client()
	for _, pool := range m.doc.pools {
		m.create(ctx, client, pool)
	}
	m.clean("as they were made", m.doc)
	m.clean("in another spelling", m.changed(func(pool *poolBlock) {
		pool.config = m.again[pool.name]
		for _, v := range pool.volumes {
			v.config = m.again[v.id.String()]
		}
	}))
	m.clean("silent about what the server filled in", m.changed(func(pool *poolBlock) {
		if m.plain[pool.name] {
			pool.config, pool.members = nil, nil
		}
		for _, v := range pool.volumes {
			if len(v.config) == 0 {
				v.content = ""
			}
		}
	}))
	m.clean("pools of somebody else", m.changed(func(pool *poolBlock) {
		pool.existing, pool.driver, pool.config, pool.members = true, "", nil, nil
	}))
	m.changeByHand(ctx, client)
}

// content is the content type of a volume that may not say it.
func (m *matrix) content(v *volumeBlock) string { return cmp.Or(v.content, lxd.ContentFilesystem) }

// changed is the document with its pools changed.
func (m *matrix) changed(change func(*poolBlock)) *document {
	doc := *m.doc
	doc.pools = nil
	for _, pool := range m.doc.pools {
		other := *pool
		other.volumes = nil
		for _, v := range pool.volumes {
			same := *v
			other.volumes = append(other.volumes, &same)
		}
		change(&other)
		doc.pools = append(doc.pools, &other)
	}
	return &doc
}

func (m *matrix) must(op *lxd.Operation, err error) {
	m.t.Helper()
	if err == nil {
		err = op.Wait(m.t.Context(), nil)
	}
	if err != nil {
		m.t.Fatal(err)
	}
}

func (m *matrix) create(ctx context.Context, client *lxd.Client, pool *poolBlock) {
	create := lxd.PoolCreate{Name: pool.name, Driver: pool.driver, Config: pool.config}
	if len(m.world.members) > 0 {
		if err := client.CreateClusterPool(ctx, create, pool.members); err != nil {
			m.t.Fatalf("create pool %s %q %q: %v", pool.name, pool.config, pool.members, err)
		}
	} else {
		op, err := client.CreatePool(ctx, lxd.PoolID{Name: pool.name}, create)
		if err != nil {
			m.t.Fatalf("create pool %s %q: %v", pool.name, pool.config, err)
		}
		m.must(op, err)
	}
	for _, v := range pool.volumes {
		op, err := client.CreateVolume(ctx, v.id, lxd.VolumeCreate{ContentType: v.content, Config: v.config})
		if err != nil {
			m.t.Fatalf("create volume %v %s %q: %v", v.id, v.content, v.config, err)
		}
		m.must(op, err)
	}
}

// clean checks that a document finds nothing to do, nothing to say, and everything.
func (m *matrix) clean(what string, doc *document) {
	m.t.Helper()
	m.plans++
	text := doc.String()
	if err := os.WriteFile(m.file, []byte(text), 0o600); err != nil {
		m.t.Fatal(err)
	}
	want, diags := spec.Load([]string{m.file}, spec.Options{})
	if diags.HasErrors() {
		m.t.Fatalf("%s: %v", what, diags)
	}
	p, diags, err := makePlan(m.t.Context(), m.server.client(), want, planner.Options{Remote: "here"})
	if err != nil || diags.HasErrors() {
		m.t.Fatalf("%s: %v %v", what, err, diags)
	}
	if !p.Empty() || len(p.Notices) > 0 || len(p.Blockers) > 0 {
		var b strings.Builder
		if err := p.WriteText(&b, plan.TextOptions{}); err != nil {
			m.t.Fatal(err)
		}
		m.t.Errorf("%s:\n%s", what, b.String())
	}
	declared := 0
	for _, pool := range doc.pools {
		declared += len(pool.volumes)
		if !pool.existing {
			declared++
		}
	}
	if p.Unchanged != declared {
		m.t.Errorf("%s: %d objects are unchanged, %d declared", what, p.Unchanged, declared)
	}
}

// light is a volume that asks for nothing, has not been renamed or moved yet, and costs a real server little to copy.
func (m *matrix) light(pool *poolBlock) *volumeBlock {
	for _, v := range slices.Backward(pool.volumes) {
		if len(v.config) == 0 && strings.HasPrefix(v.id.Name, "v") && m.content(v) == lxd.ContentFilesystem {
			return v
		}
	}
	m.t.Fatalf("pool %s has too few volumes", pool.name)
	return nil
}

// changeByHand does with some volumes what people do.
func (m *matrix) changeByHand(ctx context.Context, client *lxd.Client) {
	var plain []*poolBlock // the first of each driver
	for _, pool := range m.doc.pools {
		m.must(client.CreateSnapshot(ctx, m.light(pool).id, lxd.SnapshotCreate{Name: "s"}))
		if m.plain[pool.name] && !slices.ContainsFunc(plain, func(p *poolBlock) bool { return p.driver == pool.driver }) {
			plain = append(plain, pool)
		}
	}
	m.clean("with snapshots", m.doc)
	for _, pool := range m.doc.pools {
		last := pool.volumes[len(pool.volumes)-1]
		m.must(client.RenameVolume(ctx, last.id, "renamed"))
		last.id.Name = "renamed"
	}
	m.clean("renamed", m.doc)
	n := 0
	for _, from := range plain {
		for _, to := range plain {
			if from == to {
				continue
			}
			v := m.light(from)
			at := slices.Index(from.volumes, v)
			moved := v.id
			moved.Pool, moved.Name = to.name, fmt.Sprintf("moved%d", n)
			n++
			m.must(client.MoveVolume(ctx, v.id, moved))
			if places := m.world.places(to.name); places[0] == "" {
				moved.Member, v.target = "", ""
			} else if moved.Member == "" {
				moved.Member, v.target = m.world.members[0], m.world.members[0]
			}
			v.id = moved
			from.volumes = slices.Delete(from.volumes, at, at+1)
			to.volumes = append(to.volumes, v)
		}
	}
	m.clean("moved", m.doc)
}
