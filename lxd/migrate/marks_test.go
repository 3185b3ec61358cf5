package migrate

import (
	"maps"
	"testing"
)

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
