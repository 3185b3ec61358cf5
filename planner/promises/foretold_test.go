package promises

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"tarn/applier"
	"tarn/applier/rehearse"
	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/lxdtest"
	"tarn/planner"
	"tarn/planner/plan"
	"tarn/spec"
)

// TestRehearsalsComeTrue rehearses plans for real servers and carries them out there: each step that a rehearsal takes is done,
// and each that it refuses is refused, with the same words. The plans are such as servers refuse now and then: sizes that are
// too small, projects with limits, pools that shrink, patterns of snapshots, volumes that the server itself uses.
func TestRehearsalsComeTrue(t *testing.T) {
	const few, many = 3, 50
	for name, start := range map[string]func(testing.TB) []*lxdtest.Server{
		"LXD":     func(t testing.TB) []*lxdtest.Server { return []*lxdtest.Server{lxdtest.New(t)} },
		"cluster": func(t testing.TB) []*lxdtest.Server { return lxdtest.NewCluster(t, 2) },
		"Incus":   func(t testing.TB) []*lxdtest.Server { return []*lxdtest.Server{lxdtest.NewIncus(t)} },
	} {
		t.Run(name, func(t *testing.T) {
			f := &foretelling{contradicted: map[string]int{}, blocked: map[string]int{}}
			rehearsals := few
			if lxdtest.Full() {
				rehearsals = many
			}
			const together = 4 // plans on one server: it becomes slow with all that they leave
			for seed := 0; f.rehearsed < rehearsals && seed < 12*rehearsals; {
				started := false
				t.Run(fmt.Sprint("from ", seed), func(t *testing.T) {
					f.T, f.real = t, newReal(t, start(t)...)
					started = true
					f.call(t, "POST", "/1.0/projects", map[string]any{"name": "limited", "config": map[string]string{
						"features.storage.volumes": "true", "features.images": "false", "features.profiles": "false", "limits.disk": "100MiB",
					}}, nil)
					for end := f.rehearsed + together; f.rehearsed < min(end, rehearsals) && seed < 12*rehearsals; seed++ {
						f.attempt(seed)
					}
				})
				if !started {
					t.SkipNow() // no server can run here, or the test inside has failed for that
				}
			}
			fmt.Fprintf(os.Stdout, "foretold on %s: %d plans rehearsed and applied, %d steps done, %d refused, %d not reached, %d surprises; "+
				"besides %d specs invalid, %d plans empty; contradicting the server: %s; blocked: %s\n",
				name, f.rehearsed, f.done, f.refused, f.skipped, f.surprises, f.invalid, f.empty, counts(f.contradicted), counts(f.blocked))
			if f.rehearsed < rehearsals {
				t.Errorf("only %d plans could be rehearsed", f.rehearsed)
			}
		})
	}
}

// foretelling is a server, and what became of the plans for it.
type foretelling struct {
	*testing.T
	*real
	rnd *rand.Rand

	rehearsed, done, refused, skipped, surprises int
	invalid, empty                               int
	contradicted, blocked                        map[string]int // by the first diagnostic's summary, by the first code
}

func (f *foretelling) chance(percent int) bool { return f.rnd.IntN(100) < percent }

func pick[E any](f *foretelling, things ...E) E { return things[f.rnd.IntN(len(things))] }

// attempt makes pools and volumes, and a spec for them, and does what the test is about.
func (f *foretelling) attempt(seed int) {
	f.rnd = rand.New(rand.NewPCG(uint64(seed), 11))
	want, text := f.spec(f.build(seed))
	if want == nil {
		f.invalid++
		return
	}
	ctx, client := f.Context(), f.client()
	opts := planner.Options{Remote: "here", Prune: f.chance(20)}
	scope := planner.ScopeOf(want, opts)
	state, err := live.Read(ctx, client, scope)
	if err != nil {
		f.Fatal(err)
	}
	p, diags, err := planFor(ctx, client, state, want, opts)
	switch {
	case err != nil:
		f.Fatal(err)
	case diags.HasErrors():
		f.contradicted[diags.Errs()[0].(*hcl.Diagnostic).Summary]++
		return
	case len(p.Blockers) > 0:
		f.blocked[string(p.Blockers[0].Code)]++
		return
	case p.Empty():
		f.empty++
		return
	}
	rehearsal, err := rehearse.Run(ctx, p, rehearse.Server{Client: client, Live: state}, rehearse.Options{
		Scope: scope,
		Plan: func(ctx context.Context, client *lxd.Client, live *live.State) (*plan.Plan, error) {
			plan, diags, err := planFor(ctx, client, live, want, opts)
			if err == nil && diags.HasErrors() {
				err = diags
			}
			return plan, err
		},
	})
	if err != nil {
		f.Fatalf("seed %d: %v\n%s", seed, err, text)
	}
	f.rehearsed++
	foretold := map[int]string{}
	for _, refusal := range rehearsal.Refused {
		foretold[refusal.Step.Number] = "refused: " + f.plain(refusal.Why)
	}
	for _, skipped := range rehearsal.Skipped {
		foretold[skipped.Step.Number] = "not reached"
	}
	report := applier.Apply(ctx, client, p, applier.Options{Parallelism: 1})
	var wrong []string
	whole := true
	for _, outcome := range report.Outcomes {
		whole = whole && outcome.Kind == applier.Done
		happened, said := "", foretold[outcome.Step.Number]
		switch outcome.Kind {
		case applier.Done:
			f.done++
		case applier.Failed:
			f.refused++
			happened = "refused: " + f.plain(outcome.Why())
		default:
			f.skipped++
			happened = "not reached"
		}
		if happened != said {
			wrong = append(wrong, fmt.Sprintf("step %d, %s:\n  rehearsed  %s\n  applied    %s", outcome.Step.Number, outcome.Step.Title(), said, happened))
		}
	}
	if whole && rehearsal.Left != nil {
		wrong = append(wrong, "the rehearsal left something to do")
	}
	if len(wrong) > 0 {
		f.surprises++
		var b strings.Builder
		_ = p.WriteText(&b, plan.TextOptions{})
		f.Errorf("seed %d:\n%s\n%s\n%s", seed, strings.Join(wrong, "\n"), text, b.String())
	}
}

// plain is a refusal without what is another server's each time: folders, the names of a run.
func (f *foretelling) plain(text string) string {
	for _, server := range f.servers {
		text = strings.ReplaceAll(text, server.Dir, "SERVER")
	}
	text = regexp.MustCompile(`/var/lib/(lxd|incus)`).ReplaceAllString(text, "SERVER")
	return regexp.MustCompile(`tarn-(arriving|leaving)-[0-9a-f]+-[0-9a-f]+`).ReplaceAllString(text, "tarn-$1-RUN")
}

// built is what a case begins with.
type built struct {
	plain, loop, other string // pools on dir, btrfs and dir
	volumes            []lxd.VolumeID
	contents           map[lxd.VolumeID]string
	configs            map[lxd.VolumeID]map[string]string
}

func (f *foretelling) build(seed int) *built {
	b := &built{
		plain: fmt.Sprintf("plain%d", seed), loop: fmt.Sprintf("loop%d", seed), other: fmt.Sprintf("other%d", seed),
		contents: map[lxd.VolumeID]string{}, configs: map[lxd.VolumeID]map[string]string{},
	}
	ctx, client := f.Context(), f.client()
	finish := func(op *lxd.Operation, err error) bool {
		if err == nil {
			err = op.Wait(ctx, nil)
		}
		return err == nil
	}
	for _, name := range []string{b.plain, b.loop, b.other} {
		create := lxd.PoolCreate{Name: name, Driver: "dir", Config: map[string]string{}}
		if name == b.loop {
			create.Driver, create.Config = "btrfs", map[string]string{"size": "300MiB"}
		}
		var err error
		if members := f.members(); members != nil {
			own := map[string]map[string]string{}
			for _, member := range members {
				own[member] = create.Config
			}
			create.Config = map[string]string{}
			err = client.CreateClusterPool(ctx, create, own)
		} else {
			var op *lxd.Operation
			if op, err = client.CreatePool(ctx, lxd.PoolID{Name: name}, create); err == nil {
				err = op.Wait(ctx, nil)
			}
		}
		if err != nil {
			f.Fatal(err)
		}
	}
	for _, pool := range []string{b.plain, b.loop, b.other} {
		for n := range 3 {
			id := lxd.VolumeID{Project: pick(f, "default", "default", "own", "limited"), Pool: pool, Type: lxd.TypeCustom, Name: fmt.Sprintf("v%d", n)}
			if members := f.members(); members != nil {
				id.Member = pick(f, members...)
			}
			content, config := lxd.ContentFilesystem, map[string]string{}
			if f.chance(25) {
				content, config["size"] = lxd.ContentBlock, "16MiB"
			} else if f.chance(40) || id.Project == "limited" {
				config["size"] = pick(f, "20MiB", "32MiB")
			}
			if f.chance(20) {
				config["snapshots.pattern"] = pick(f, "daily-%d", "s%d")
			}
			if !finish(client.CreateVolume(ctx, id, lxd.VolumeCreate{ContentType: content, Config: config})) {
				continue // beyond the project's limit
			}
			b.volumes = append(b.volumes, id)
			b.contents[id], b.configs[id] = content, config
			switch {
			case f.chance(25):
				finish(client.CreateSnapshot(ctx, id, lxd.SnapshotCreate{Name: "s"}))
			case id.Project == lxd.DefaultProject && content == lxd.ContentFilesystem && f.chance(12):
				f.call(f.T, "POST", "/1.0/profiles", map[string]any{"name": fmt.Sprintf("u%d-%s-%s", seed, pool, id.Name), "devices": map[string]map[string]string{
					"d": {"type": "disk", "pool": pool, "source": id.Name, "path": "/d"},
				}}, nil)
			case id.Project == lxd.DefaultProject && (id.Member == "" || id.Member == f.members()[0]) && content == lxd.ContentFilesystem && f.chance(15):
				f.call(f.T, "PATCH", "/1.0", map[string]any{"config": map[string]string{"storage.backups_volume": pool + "/" + id.Name}}, nil)
			}
		}
	}
	return b
}

// spec writes a spec for what there is, nil when validation finds something.
func (f *foretelling) spec(b *built) (*spec.Spec, string) {
	var text strings.Builder
	if f.chance(30) {
		text.WriteString("tarn { owner = \"us\" }\n")
	}
	blocks := map[string][]string{}
	declare := func(id lxd.VolumeID, from, content string, config map[string]string) {
		var v strings.Builder
		fmt.Fprintf(&v, "  volume %q {\n    name = %q\n    project = %q\n", id.Name+" of "+id.Project+" on "+id.Member, id.Name, id.Project)
		if id.Member != "" {
			fmt.Fprintf(&v, "    target = %q\n", id.Member)
		}
		if from != "" {
			fmt.Fprintf(&v, "    renamed_from = %q\n", from)
		}
		if content == "absent" {
			v.WriteString("    absent = true\n  }\n")
		} else {
			fmt.Fprintf(&v, "    content_type = %q\n    config = {\n", content)
			for _, key := range slices.Sorted(maps.Keys(config)) {
				fmt.Fprintf(&v, "      %q = %q\n", key, config[key])
			}
			v.WriteString("    }\n  }\n")
		}
		blocks[id.Pool] = append(blocks[id.Pool], v.String())
	}
	change := func(content string, config map[string]string) map[string]string {
		config = maps.Clone(config)
		if f.chance(30) {
			config["size"] = pick(f, "1MiB", "8MiB", "16MiB", "20MiB", "24MiB", "64MiB", "120MiB", "512MiB", "2GiB")
		}
		if f.chance(25) {
			config["snapshots.pattern"] = pick(f, "daily-%d", "s%d", "a-%d", "{{ creation_date|date:'2006-01-02' }}-%d")
		}
		if f.chance(20) {
			config["user.a"] = "1"
		}
		if f.chance(15) && content == lxd.ContentFilesystem {
			config["security.shifted"] = "true"
		}
		return config
	}
	for _, id := range b.volumes {
		content, config := b.contents[id], b.configs[id]
		switch n := f.rnd.IntN(100); {
		case n < 20: // not declared
		case n < 28:
			declare(id, "", "absent", nil)
		case n < 43:
			to := id
			to.Name += "-renamed"
			declare(to, id.Name, content, change(content, config))
		case n < 60:
			to := id
			to.Pool = pick(f, slices.DeleteFunc([]string{b.plain, b.loop, b.other}, func(pool string) bool { return pool == id.Pool })...)
			to.Name += "-moved"
			declare(to, id.Pool+"/"+id.Name, content, change(content, config))
		default:
			declare(id, "", content, change(content, config))
		}
	}
	for i := range f.rnd.IntN(4) {
		id := lxd.VolumeID{Project: pick(f, "default", "own", "limited"), Pool: pick(f, b.plain, b.loop, b.other), Name: fmt.Sprintf("new%d", i)}
		if members := f.members(); members != nil {
			id.Member = pick(f, members...)
		}
		content, config := lxd.ContentFilesystem, map[string]string{}
		if f.chance(25) {
			content, config["size"] = lxd.ContentBlock, "16MiB"
		}
		declare(id, "", content, change(content, config))
	}
	for _, pool := range []string{b.plain, b.loop, b.other} {
		fmt.Fprintf(&text, "pool %q {\n", pool)
		switch {
		case pool == b.loop && f.members() == nil && f.chance(50):
			fmt.Fprintf(&text, "  driver = \"btrfs\"\n  config = { size = %q }\n", pick(f, "300MiB", "350MiB", "250MiB"))
		case pool == b.loop || f.chance(50):
			text.WriteString("  existing = true\n")
		default:
			text.WriteString("  driver = \"dir\"\n")
		}
		text.WriteString(strings.Join(blocks[pool], "") + "}\n")
	}
	file := filepath.Join(f.TempDir(), "storage.hcl")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		f.Fatal(err)
	}
	want, diags := spec.Load([]string{file}, spec.Options{})
	if diags.HasErrors() {
		return nil, text.String()
	}
	return want, text.String()
}
