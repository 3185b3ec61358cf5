package applier_test

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tarn/applier"
	"tarn/lxd"
	"tarn/lxd/lxdtest"
)

// Each step asks the server what DESIGN.md says, and nothing else.
func TestRequestsOfSteps(t *testing.T) {
	const before = `
pool "p" {
  driver = "btrfs"
  SIZE
  volume "patched"   {}
  volume "described" {}
  volume "shrunk"    { config = { size = "64MiB" } }
  volume "grown"     { config = { size = "32MiB" } }
  volume "old"       {}
  volume "deleted"   {}
}`
	const after = `
pool "p" {
  driver = "btrfs"
  SIZE
  volume "created"   { config = { "user.a" = "1" } }
  volume "patched"   { config = { "user.a" = "1" } }
  volume "described" { description = "new" }
  volume "shrunk"    { config = { size = "32MiB" } }
  volume "grown"     { config = { size = "64MiB" } }
  volume "renamed"   { renamed_from = "old" }
  volume "deleted"   { absent = true }
}`
	want := map[string]string{ // … is the volume; waits for operations are left out
		"create volume p/created":         "POST",
		"patch volume p/patched":          "GET …, PATCH …",
		"patch volume p/described":        "GET …, PATCH …",
		"patch volume p/grown":            "GET …, PATCH …",
		"patch volume p/shrunk":           "GET …, GET …/state, GET …, PATCH …",
		"rename volume p/old → p/renamed": "POST …",
		"delete volume p/deleted":         "DELETE …, GET …, GET …/snapshots", // the two reads at once, so in any order
	}
	onRealServers(t, func(t *testing.T, b *bench, product string) {
		size := `config = { size = "512MiB" }`
		if product == "cluster" {
			size = `member "*" { ` + size + ` }`
		}
		b.mustApply(strings.Replace(before, "SIZE", size, 1))
		plan := b.plan(strings.Replace(after, "SIZE", size, 1))
		b.proxy.requests()
		got := map[string]string{}
		volumes := regexp.MustCompile(`/1\.0/storage-pools/p/volumes/custom(/\w+)?`)
		operations := regexp.MustCompile(`/1\.0/operations/[^/]+/wait`)
		applier.Apply(t.Context(), b.client, plan, applier.Options{Parallelism: 1, Events: func(e applier.Event) {
			switch e.Kind {
			case applier.Started:
			case applier.Done:
				var said []string
				for _, request := range b.proxy.requests() {
					if operations.MatchString(request) {
						continue
					}
					request = volumes.ReplaceAllStringFunc(request, func(path string) string {
						if strings.HasSuffix(path, "/custom") {
							return ""
						}
						return "…"
					})
					said = append(said, strings.TrimSpace(request))
				}
				if strings.HasPrefix(e.Step.Title(), "delete") {
					slices.Sort(said)
				}
				got[strings.ReplaceAll(e.Step.Title(), " on n1", "")] = strings.Join(said, ", ")
			default:
				t.Errorf("%s: %s: %v", e.Step.Title(), e.Kind, e.Err)
			}
		}})
		want := maps.Clone(want)
		switch product {
		case "Incus": // which gives each volume an identity
			want["rename volume p/old → p/renamed"] = "GET …, POST …"
		case "cluster": // where only the member that has a volume can tell
			want["patch volume p/shrunk"] = "GET …, GET /1.0, GET …/state, GET …, PATCH …"
			want["delete volume p/deleted"] = "DELETE …, GET /1.0, GET …, GET …/snapshots"
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// onRealServers runs a test with a private LXD, an Incus and a cluster.
func onRealServers(t *testing.T, test func(t *testing.T, b *bench, product string)) {
	t.Run("LXD", func(t *testing.T) { test(t, newBench(t), "LXD") })
	t.Run("Incus", func(t *testing.T) { test(t, benchOf(t, lxdtest.NewIncus(t)), "Incus") })
	t.Run("cluster", func(t *testing.T) { test(t, benchOf(t, lxdtest.NewCluster(t, 2)[0]), "cluster") })
}

// writtenByOthers is what somebody else writes to a volume whose key user.a a plan changes from 1 to 2.
var writtenByOthers = []struct {
	name     string
	body     string
	late     bool   // between the step's read and its write, not before it
	says     string // "" when the step is done
	requests string // of the step
	ends     volumeOfTwo
}{
	{"description, after the plan", `{"description":"theirs"}`, false, "", "GET PATCH", volumeOfTwo{"theirs", "2", ""}},
	{"another key, after the plan", `{"description":"", "config":{"user.b":"theirs"}}`, false, "", "GET PATCH", volumeOfTwo{"", "2", "theirs"}},
	{"the key, after the plan", `{"description":"", "config":{"user.a":"theirs"}}`, false, keyHasChanged, "GET", volumeOfTwo{"", "theirs", ""}},
	{"the same, after the plan", `{"description":"", "config":{"user.a":"2"}}`, false, "", "GET", volumeOfTwo{"", "2", ""}},
	{"both, after the plan", `{"description":"theirs", "config":{"user.b":"theirs"}}`, false, "", "GET PATCH", volumeOfTwo{"theirs", "2", "theirs"}},

	{"another key, after the read", `{"description":"", "config":{"user.b":"theirs"}}`, true, "", "GET PATCH GET PATCH", volumeOfTwo{"", "2", "theirs"}},
	{"the key, after the read", `{"description":"", "config":{"user.a":"theirs"}}`, true, keyHasChanged, "GET PATCH GET", volumeOfTwo{"", "theirs", ""}},
	{"the same, after the read", `{"description":"", "config":{"user.a":"2"}}`, true, "", "GET PATCH GET", volumeOfTwo{"", "2", ""}},
	{"both, after the read", `{"description":"theirs", "config":{"user.b":"theirs"}}`, true, "", "GET PATCH GET PATCH", volumeOfTwo{"theirs", "2", "theirs"}},

	// No hash of a server covers the description of a volume: it is as it was read. tarn help safety says so.
	{"description, after the read", `{"description":"theirs"}`, true, "", "GET PATCH", volumeOfTwo{"", "2", ""}},
}

const keyHasChanged = "config.user.a has changed since the plan was made; plan again"

// volumeOfTwo is what a volume has at the end: the description, user.a, which the spec sets, and user.b, which it ignores.
type volumeOfTwo struct{ Description, A, B string }

// What somebody else writes to a volume that is about to be patched stays, whenever it was written.
func TestPatchKeepsWhatOthersWrite(t *testing.T) {
	onRealServers(t, func(t *testing.T, b *bench, product string) {
		target, where := "", ""
		if product == "cluster" {
			target, where = `target = "n2"`, "?target=n2"
		}
		spec := func(name, value string) string {
			return fmt.Sprintf("pool \"p\" {\n  driver = \"dir\"\n  ignore_config = [\"user.b\"]\n  volume %q {\n    config = { \"user.a\" = %q }\n    %s\n  }\n}", name, value, target)
		}
		for i, c := range writtenByOthers {
			t.Run(c.name, func(t *testing.T) {
				name := fmt.Sprintf("v%d", i)
				b.mustApply(spec(name, "1"))
				plan := b.plan(spec(name, "2"))
				others := func() {
					b.server.Run(t, "query", "-X", "PATCH", "-d", c.body, "/1.0/storage-pools/p/volumes/custom/"+name+where)
				}
				if !c.late {
					others()
				}
				var methods []string
				b.proxy.spoil(func(r *http.Request) fault {
					if !strings.HasSuffix(r.URL.Path, "/"+name) {
						return pass
					}
					if c.late && r.Method == http.MethodPatch && !slices.Contains(methods, http.MethodPatch) {
						others()
					}
					methods = append(methods, r.Method)
					return pass
				})
				report := b.apply(plan)
				kind := applier.Done
				if c.says != "" {
					kind = applier.Failed
				}
				ends(t, report.Outcomes[0], kind, c.says)
				if got := strings.Join(methods, " "); got != c.requests {
					t.Errorf("requests: %s, want %s", got, c.requests)
				}
				volumes, err := b.client.Volumes(t.Context(), "p", lxd.VolumeList{Names: []string{name}})
				if err != nil {
					t.Fatal(err)
				}
				at := slices.IndexFunc(volumes, func(v *lxd.Volume) bool { return v.Name == name })
				if at < 0 {
					t.Fatal("it is not there")
				}
				live := volumes[at]
				if diff := cmp.Diff(c.ends, volumeOfTwo{live.Description, live.Config["user.a"], live.Config["user.b"]}); diff != "" {
					t.Error(diff)
				}
			})
		}
	})
}
