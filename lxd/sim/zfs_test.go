package sim_test

import (
	"strings"
	"testing"

	"tarn/lxd/sim"
)

// A zpool or a dataset that one pool has is not empty for the next one, and neither is what that dataset lies in.
func TestZFSSourceIsTaken(t *testing.T) {
	server := sim.New(&sim.State{})
	for _, c := range []struct{ body, want string }{
		{`{"name":"a","driver":"zfs","config":{"source":"tank/lxd"}}`, ""},
		{`{"name":"b","driver":"zfs","config":{"source":"tank/lxd"}}`, `run \"sudo zfs list -r tank/lxd\"`},
		{`{"name":"b","driver":"zfs","config":{"source":"tank"}}`, `run \"sudo zfs list -r tank\"`},
		{`{"name":"b","driver":"zfs","config":{"source":"tank/lxd2"}}`, ""},
		{`{"name":"c","driver":"zfs","config":{"size":"5GiB"}}`, ""},
		{`{"name":"d","driver":"zfs","config":{"source":"c"}}`, `run \"sudo zfs list -r c\"`},
	} {
		_, answer := send(t, server, "POST", "/1.0/storage-pools", c.body)
		if refused := strings.Contains(answer, "isn't empty"); refused != (c.want != "") || !strings.Contains(answer, c.want) {
			t.Errorf("%s: %s, want %s", c.body, answer, c.want)
		}
	}
}
