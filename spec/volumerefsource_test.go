package spec

import (
	"os"
	"path/filepath"
	"testing"
)

// What Source gives means the same when a spec says it.
func TestVolumeRefSource(t *testing.T) {
	for _, c := range []struct {
		ref  VolumeRef
		want string
	}{
		{VolumeRef{Name: "pg"}, `"pg"`},
		{VolumeRef{Pool: "slow", Name: "pg"}, `"slow/pg"`},
		{VolumeRef{Remote: "prod", Pool: "slow", Name: "pg"}, `"prod:slow/pg"`},
		{VolumeRef{Name: "a:b"}, `{ name = "a:b" }`},
		{VolumeRef{Pool: "p:q", Name: "pg"}, `{ name = "pg", pool = "p:q" }`},
		{VolumeRef{Project: "web", Name: "pg"}, `{ name = "pg", project = "web" }`},
		{VolumeRef{Remote: "prod", Project: "web", Pool: "slow", Name: "pg"}, `{ name = "pg", pool = "slow", project = "web", remote = "prod" }`},
		{VolumeRef{Name: `${a}%{b}"\é`}, `"$${a}%%{b}\"\\é"`},
	} {
		if got := c.ref.Source(); got != c.want {
			t.Errorf("%v: %s, want %s", c.ref, got, c.want)
		}
		path := filepath.Join(t.TempDir(), "storage.hcl")
		text := "pool \"fast\" {\n  existing = true\n  volume \"new\" { renamed_from = " + c.ref.Source() + " }\n}\n"
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		want, diags := Load([]string{path}, Options{})
		if diags.HasErrors() {
			t.Errorf("%s: %v", c.ref.Source(), diags)
			continue
		}
		if got := want.Pools[0].Volumes[0].RenamedFrom; got == nil || *got != c.ref {
			t.Errorf("%s is read as %v, want %v", c.ref.Source(), got, c.ref)
		}
	}
}
