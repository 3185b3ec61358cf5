package rehearse_test

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"tarn/applier"
	"tarn/applier/rehearse"
	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/sim"
	"tarn/planner/plan"
)

// held is what a server has on which the steps of [refusals] are tried.
const held = `{
  "format": 1, "product": "PRODUCT", "config": {"storage.backups_volume": "d/backups"},
  "pools": {
    "d": {"driver": "dir", "config": {"source": "/srv/d"}, "volumes": {
      "default/custom/v": {"content_type": "filesystem", "config": {"size": "20MiB"}},
      "default/custom/w": {"content_type": "filesystem", "config": {}},
      "default/custom/b": {"content_type": "block", "config": {"size": "20MiB"}, "bytes": 20971520},
      "default/custom/backups": {"content_type": "filesystem", "config": {}},
      "default/custom/used": {"content_type": "filesystem", "config": {}},
      "limited/custom/l": {"content_type": "filesystem", "config": {"size": "30MiB"}}}},
    "e": {"driver": "btrfs", "config": {"size": "5GiB", "source": "/var/lib/lxd/disks/e.img"}, "volumes": {
      "default/custom/v": {"content_type": "filesystem", "config": {}}}},
    "r": {"driver": "dir", "config": {"source": "/srv/r"}, "volumes": {}}
  },
  "projects": {"limited": {"config": {"features.storage.volumes": "true", "features.profiles": "true", "limits.disk": "40MiB"}}},
  "profiles": {"default/p": {"devices": {
    "v": {"type": "disk", "pool": "d", "source": "used", "path": "/v"}, "root": {"type": "disk", "pool": "r", "path": "/"}}}}
}`

func id(pool, name string) lxd.VolumeID {
	return lxd.VolumeID{Project: "default", Pool: pool, Type: lxd.TypeCustom, Name: name}
}

func in(project string, id lxd.VolumeID) lxd.VolumeID {
	id.Project = project
	return id
}

func create(id lxd.VolumeID, content string, config ...string) plan.Action {
	return plan.CreateVolume{Volume: id, ContentType: content, Attributes: plan.Attributes{Config: keys(config)}}
}

func pool(name, driver string, config ...string) plan.Action {
	return plan.CreatePool{Pool: name, Driver: driver, Attributes: plan.Attributes{Config: keys(config)}}
}

func patch(id lxd.VolumeID, key, from, to string) plan.Action {
	return plan.PatchVolume{Volume: id, Changes: []plan.Change{change(key, from, to)}}
}

func patchPool(name, key, from, to string) plan.Action {
	return plan.PatchPool{Pool: name, Changes: []plan.Change{change(key, from, to)}}
}

func change(key, from, to string) plan.Change {
	c := plan.Change{Attr: plan.ConfigAttr(key), To: &to}
	if from != "" {
		c.From = &from
	}
	return c
}

func keys(pairs []string) map[string]string {
	config := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		config[pairs[i]] = pairs[i+1]
	}
	return config
}

// refusals are steps that servers refuse, each kind of them after what real ones were recorded to answer. Some are refused by some
// products only.
func refusals() map[string]plan.Action {
	long := strings.Repeat("n", 250)
	return map[string]plan.Action{
		"a slash in a name":               create(id("d", "a/b"), ""),
		"no name":                         create(id("d", ""), ""),
		"a long name":                     create(id("d", long), ""),
		"white space in a name":           create(id("d", "a b"), ""),
		"a name with another beginning":   create(id("d", "-a"), ""),
		"a volume that is there":          create(id("d", "v"), ""),
		"a size that is none":             create(id("d", "n"), "", "size", "1e6"),
		"a share for a size":              create(id("d", "n"), "", "size", "50%"),
		"a boolean that is none":          create(id("d", "n"), "", "security.shifted", "maybe"),
		"a key that is none":              create(id("d", "n"), "", "no.such", "1"),
		"a key of another driver":         create(id("d", "n"), "", "zfs.blocksize", "4KiB"),
		"block.filesystem without device": create(id("d", "n"), "", "block.filesystem", "ext4"),
		"shifted and unmapped":            create(id("d", "n"), "", "security.shifted", "true", "security.unmapped", "true"),
		"a block volume that is shifted":  create(id("d", "n"), "block", "security.shifted", "true"),
		"a schedule that is none":         create(id("d", "n"), "", "snapshots.schedule", "soon"),
		"an expiry that is none":          create(id("d", "n"), "", "snapshots.expiry", "soon"),
		"a content type that is none":     create(id("d", "n"), "tape"),
		"an ISO without an image":         create(id("d", "n"), "iso"),
		"a dependent volume":              create(id("d", "n"), "", "dependent", "true"),
		"a mode that is none":             create(id("d", "n"), "", "initial.mode", "999"),
		"a pool that is not there":        create(id("none", "n"), ""),
		"a project that is not there":     create(in("none", id("d", "n")), "", "size", "1MiB"),
		"no size in a limited project":    create(in("limited", id("d", "n")), ""),
		"more than the project may have":  create(in("limited", id("d", "n")), "", "size", "20MiB"),
		"a driver that is none":           pool("n", "floppy"),
		"a pool's key that is none":       pool("n", "dir", "no.such", "1"),
		"a pool's boolean that is none":   pool("n", "dir", "rsync.compression", "maybe"),
		"a default for the author's keys": pool("n", "dir", "volume.user.a", "1"),
		"a default of another driver":     pool("n", "dir", "volume.zfs.blocksize", "4KiB"),
		"a pool with a slash":             pool("a/b", "dir"),
		"a pool with white space":         pool("a b", "dir"),
		"a pool that is hidden":           pool(".a", "dir"),
		"a pool that is there":            pool("d", "dir"),
		"another source":                  patchPool("d", "source", "/srv/d", "/srv/n"),
		"a pool's new key that is none":   patchPool("d", "no.such", "", "1"),
		"a smaller loop file":             patchPool("e", "size", "5GiB", "4GiB"),
		"a smaller device":                patch(id("d", "b"), "size", "20MiB", "10MiB"),
		"a new size that is none":         patch(id("d", "v"), "size", "20MiB", "50%"),
		"a new key that is none":          patch(id("d", "v"), "no.such", "", "1"),
		"a new schedule that is none":     patch(id("d", "v"), "snapshots.schedule", "", "soon"),
		"a new name that is there":        plan.RenameVolume{Volume: id("d", "v"), Name: "w"},
		"a new name with a slash":         plan.RenameVolume{Volume: id("d", "v"), Name: "a/b"},
		"a new name with white space":     plan.RenameVolume{Volume: id("d", "v"), Name: "a b"},
		"another pool's name":             plan.MoveVolume{Volume: id("d", "v"), To: id("e", "v")},
		"a profile's volume elsewhere":    plan.MoveVolume{Volume: id("d", "used"), To: id("e", "used")},
		"the server's own, renamed":       plan.RenameVolume{Volume: id("d", "backups"), Name: "mine"},
		"the server's own, moved":         plan.MoveVolume{Volume: id("d", "backups"), To: id("e", "backups")},
		"the server's own, deleted": plan.DeleteVolume{Volume: id("d", "backups"),
			Seen: plan.Seen{Object: plan.VolumeObject(id("d", "backups")), ContentType: "filesystem"}},
		"a volume in use": plan.DeleteVolume{Volume: id("d", "used"),
			Seen: plan.Seen{Object: plan.VolumeObject(id("d", "used")), ContentType: "filesystem"}},
		"a pool with volumes":        plan.DeletePool{Pool: "d", Seen: plan.Seen{Object: plan.PoolObject("d"), Driver: "dir"}},
		"a pool of a profile's root": plan.DeletePool{Pool: "r", Seen: plan.Seen{Object: plan.PoolObject("r"), Driver: "dir"}},
	}
}

// What a server refuses a rehearsal finds at the same step, with the same words; what it takes passes.
func TestRefusals(t *testing.T) {
	const enough = 30
	for _, product := range []string{"lxd-5.0", "lxd-5.21", "lxd-6", "incus-6", "incus-7"} {
		t.Run(product, func(t *testing.T) {
			refused := 0
			for name, action := range refusals() {
				p := &plan.Plan{Steps: []plan.Step{
					{Number: 1, Action: create(id("d", "first"), "")},
					{Number: 2, Action: action},
				}}
				rehearsal := rehearsed(t, connect(t, product), p)
				report := applier.Apply(t.Context(), connect(t, product), p, applier.Options{Parallelism: 1})
				var want, got []string
				for _, outcome := range report.Outcomes {
					if outcome.Kind == applier.Failed {
						want = append(want, fmt.Sprintf("step %d: %s", outcome.Step.Number, outcome.Why()))
					}
				}
				for _, refusal := range rehearsal.Refused {
					got = append(got, fmt.Sprintf("step %d: %s", refusal.Step.Number, refusal.Why))
				}
				if withoutRuns(got) != withoutRuns(want) {
					t.Errorf("%s: the rehearsal says\n%s\nand an apply\n%s", name, got, want)
				}
				if len(want) > 0 {
					refused++
				} else if strings.HasPrefix(name, "the server's own") {
					t.Errorf("%s: the server takes it", name)
				}
			}
			fmt.Fprintf(os.Stdout, "%s: %d of %d plans are refused, and found in a rehearsal\n", product, refused, len(refusals()))
			if refused < enough {
				t.Errorf("only %d plans are refused", refused)
			}
		})
	}
}

// withoutRuns are refusals without the names that a run of a move gives volumes, which are others each time.
func withoutRuns(refused []string) string {
	return runName.ReplaceAllString(strings.Join(refused, "\n"), "tarn-$1-RUN")
}

var runName = regexp.MustCompile(`tarn-(arriving|leaving)-[0-9a-f]+-[0-9a-f]+`)

// connect is a client of a server of its own that holds what the cases need.
func connect(t *testing.T, product string) *lxd.Client {
	t.Helper()
	file := t.TempDir() + "/state.json"
	if err := os.WriteFile(file, []byte(strings.Replace(held, "PRODUCT", product, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	server, err := sim.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	client := lxd.NewDialed("sim:", server.Dial, lxd.Options{})
	t.Cleanup(func() {
		client.Close()
		server.Close()
	})
	return client
}

func rehearsed(t *testing.T, client *lxd.Client, p *plan.Plan) *plan.Rehearsal {
	t.Helper()
	scope := live.Scope{Projects: []string{"default", "limited"}, Pools: map[string]live.Names{"d": nil, "e": nil, "r": nil}}
	state, err := live.Read(t.Context(), client, scope)
	if err != nil {
		t.Fatal(err)
	}
	rehearsal, err := rehearse.Run(t.Context(), p, rehearse.Server{Client: client, Live: state}, rehearse.Options{
		Scope: scope,
		Plan:  func(context.Context, *lxd.Client, *live.State) (*plan.Plan, error) { return &plan.Plan{}, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return rehearsal
}
