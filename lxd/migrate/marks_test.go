package migrate

import (
	"maps"
	"testing"

	"tarn/lxd"
	"tarn/lxd/schema"
)

// The names that belong to a run are taken by every server, whatever the target is called and in whichever project it is.
func TestNamesOfRuns(t *testing.T) {
	target := lxd.VolumeID{Project: "größe", Pool: "p", Type: lxd.TypeCustom, Name: "a b*"}
	for _, name := range []string{arrivingPrefix + newRun(), leavingName(target)} {
		if !OfRun(name) {
			t.Errorf("%s is not told from other names", name)
		}
		for _, rules := range []schema.NameRules{schema.NamesLXD50, schema.NamesLXD521, schema.NamesLXD6, schema.NamesIncus7} {
			if err := rules.CheckVolume(name); err != nil {
				t.Error(err)
			}
		}
		if err := schema.CheckPortable(name); err != nil {
			t.Error(err)
		}
	}
}

// What arrives is created with the source's config, but for what its server alone writes: the other one would refuse it.
func TestTargetConfig(t *testing.T) {
	source := map[string]string{
		"size": "1GiB", "user.a": "1", "volatile.uuid": "0b0b", "volatile.idmap.last": "[]", "dependent": "true",
		MovingKey: "3f9c1a2b4d5e to fast/pgdata",
	}
	want := map[string]string{"size": "1GiB", "user.a": "1"}
	if got := targetConfig(nil, source); !maps.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}
