package applier_test

import (
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
  config = { size = "512MiB" }
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
  config = { size = "512MiB" }
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
		b.mustApply(before)
		plan := b.plan(after)
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
				got[e.Step.Title()] = strings.Join(said, ", ")
			default:
				t.Errorf("%s: %s: %v", e.Step.Title(), e.Kind, e.Err)
			}
		}})
		want := maps.Clone(want)
		if product == "Incus" { // which gives each volume an identity
			want["rename volume p/old → p/renamed"] = "GET …, POST …"
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// onRealServers runs a test with a private LXD, and with a private Incus.
func onRealServers(t *testing.T, test func(t *testing.T, b *bench, product string)) {
	t.Run("LXD", func(t *testing.T) { test(t, newBench(t), "LXD") })
	t.Run("Incus", func(t *testing.T) { test(t, benchOf(t, lxdtest.NewIncus(t)), "Incus") })
}

// What somebody else writes to a volume that is about to be patched: after the plan was made, and between the step's read and its write.
func TestPatchKeepsWhatOthersWrite(t *testing.T) {
	const before = `pool "p" {
  driver = "dir"
  volume "v" { config = { "user.a" = "1" } }
}`
	const after = `pool "p" {
  driver = "dir"
  ignore_config = ["user.b"]
  volume "v" { config = { "user.a" = "2" } }
}`
	const changed = "config.user.a has changed since the plan was made; plan again"
	type volume struct{ Description, A, B string }
	for _, c := range []struct {
		name     string
		body     string // that somebody else sends
		late     bool   // after the step's read
		says     string // "" when the step is done
		requests string
		ends     volume
	}{
		{"description, after the plan", `{"description":"theirs"}`, false, "", "GET PATCH", volume{"theirs", "2", ""}},
		{"another key, after the plan", `{"description":"", "config":{"user.b":"theirs"}}`, false, "", "GET PATCH", volume{"", "2", "theirs"}},
		{"the key, after the plan", `{"description":"", "config":{"user.a":"theirs"}}`, false, changed, "GET", volume{"", "theirs", ""}},
		{"the same, after the plan", `{"description":"", "config":{"user.a":"2"}}`, false, "", "GET", volume{"", "2", ""}},
		{"both, after the plan", `{"description":"theirs", "config":{"user.b":"theirs"}}`, false, "", "GET PATCH", volume{"theirs", "2", "theirs"}},

		{"another key, after the read", `{"description":"", "config":{"user.b":"theirs"}}`, true, "", "GET PATCH GET PATCH", volume{"", "2", "theirs"}},
		{"the key, after the read", `{"description":"", "config":{"user.a":"theirs"}}`, true, changed, "GET PATCH GET", volume{"", "theirs", ""}},
		{"the same, after the read", `{"description":"", "config":{"user.a":"2"}}`, true, "", "GET PATCH GET", volume{"", "2", ""}},
		{"both, after the read", `{"description":"theirs", "config":{"user.b":"theirs"}}`, true, "", "GET PATCH GET PATCH", volume{"theirs", "2", "theirs"}},

		// No hash of a server covers the description of a volume: it is as it was read. tarn help safety says so.
		{"description, after the read", `{"description":"theirs"}`, true, "", "GET PATCH", volume{"", "2", ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			onRealServers(t, func(t *testing.T, b *bench, _ string) {
				b.mustApply(before)
				plan := b.plan(after)
				others := func() {
					b.server.Run(t, "query", "-X", "PATCH", "-d", c.body, "/1.0/storage-pools/p/volumes/custom/v")
				}
				if !c.late {
					others()
				}
				var methods []string
				b.proxy.spoil(func(r *http.Request) fault {
					if !strings.HasSuffix(r.URL.Path, "/v") {
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
				live, err := b.client.Volume(t.Context(), lxd.VolumeID{Project: lxd.DefaultProject, Pool: "p", Type: lxd.TypeCustom, Name: "v"})
				if err != nil {
					t.Fatal(err)
				}
				got := volume{live.Description, live.Config["user.a"], live.Config["user.b"]}
				if diff := cmp.Diff(c.ends, got); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}
