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

// What goes to another cluster member under its own name is not on its way to where it is: not for a spec that keeps it there.
func TestMarksBetweenMembers(t *testing.T) {
	here := lxd.VolumeID{Project: "web", Pool: "p", Type: lxd.TypeCustom, Name: "v", Member: "n1"}
	there, silent := here, here
	there.Member, silent.Member = "n2", ""
	client := &lxd.Client{}
	value := start(client, here, client, there, Options{}).mark(newRun())
	for _, key := range []string{MovingKey, MigratingKey, ArrivedKey} {
		marked := &lxd.Volume{Name: "v", Config: map[string]string{key: value}}
		if got := StateOf(marked, here); got != Plain {
			t.Errorf("%s %q: on its own member it is %v", key, value, got)
		}
		if got := StateOf(marked, there); got == Plain {
			t.Errorf("%s %q: it says nothing of the target", key, value)
		}
	}
	// Under another name, or from another server, the target is the same one wherever a cluster puts it.
	other := there
	other.Name = "w"
	for _, value := range []string{start(client, other, client, there, Options{}).mark(newRun()), start(&lxd.Client{}, here, client, there, Options{}).mark(newRun())} {
		if !marks(value, silent) || !marks(value, there) {
			t.Errorf("%q names a member", value)
		}
	}
}
