package schema

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
)

// TestRecordedValues compares what real servers made of values, in a creation and in a change, with what the schema says of
// these servers: testdata/values.tsv.
func TestRecordedValues(t *testing.T) {
	explained := []struct{ verb, key, value, because string }{
		{"", "volatile.idmap.last", "", "the servers let clients write it, and an author who does breaks the volume's owners"},
		{"", "volatile.initial_source", "", "the servers let clients write it, and nothing good can come of that"},
		{"create", "volatile.uuid", "", "LXD lets clients choose it, and gives each volume one of its own otherwise"},
		{"create", "dependent", "false", "Incus takes what it does anyway"},
		{"change", "initial.mode", "999", "Incus wants any number here, and reads it as octal only when it creates the volume"},
	}
	used := make([]bool, len(explained))
	servers := recordedServers(t)
	rows := recordedLines(t, "values.tsv")[1:]
	if len(rows) < 75 {
		t.Fatalf("only %d values", len(rows))
	}
	for _, row := range rows {
		cells := strings.Split(row, "\t")
		verb, driver, object, name := cells[0], cells[1], cells[2], cells[3]
		var value string
		if err := json.Unmarshal([]byte(cells[4]), &value); err != nil {
			t.Fatalf("%s: %v", row, err)
		}
		for i, s := range servers {
			verdict := cells[5+i]
			err := s.judge(driver, object, verb == "change", name, value)
			if verdict == "-" || (err == nil) == (verdict == "taken") {
				continue
			}
			at := slices.IndexFunc(explained, func(e struct{ verb, key, value, because string }) bool {
				return (e.verb == "" || e.verb == verb) && e.key == name && (e.value == "" || e.value == value)
			})
			if at < 0 {
				t.Errorf("%s %s of %s with %s = %q: the schema says %v, %s has it %s", verb, object, driver, name, value, err, s.name, verdict)
				continue
			}
			used[at] = true
		}
	}
	for i, e := range explained {
		if !used[i] {
			t.Errorf("no longer a difference: %+v", e)
		}
	}
}

// judge says what the schema has against a value for an object of the server.
func (s *recordedServer) judge(driver, object string, change bool, name, value string) error {
	key, ok := PoolKey(driver, name)
	if object != "pool" {
		key, ok = VolumeKey(driver, object, name)
	}
	switch {
	case !ok:
		return errors.New("no such key")
	case !key.Known(s.product, s.has):
		return errors.New("not on this server")
	case key.ServerOnly:
		return errors.New("written by the server alone")
	case change && key.Immutable:
		return errors.New("immutable")
	}
	return key.On(s.product, s.has).Check(value)
}
