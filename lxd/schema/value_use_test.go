package schema

import (
	"strings"
	"testing"
)

// What servers store without a look, and what mkfs, the pool or the schedule refuses later.
func TestCheckUse(t *testing.T) {
	for _, c := range []struct{ driver, key, value, want string }{
		{"ceph", "ceph.rbd.features", "layering,exclusive-lock", ""},
		{"ceph", "ceph.rbd.features", "layering, striping", ""},
		{"ceph", "ceph.rbd.features", "layring", `RBD has no feature "layring"; did you mean "layering"?`},
		{"ceph", "ceph.osd.pg_num", "32", ""},
		{"ceph", "ceph.osd.pg_num", "many", "is no number of placement groups"},
		{"ceph", "ceph.osd.pg_num", "0", "is no number of placement groups"},
		{"dir", "volume.snapshots.pattern", "a/b%d", "with a slash"},
	} {
		key, ok := PoolKey(c.driver, c.key)
		if !ok {
			t.Fatal("there is no key", c.key)
		}
		if err := key.CheckAnywhere(c.value); err != nil {
			t.Errorf("%s = %s: servers take it, and CheckAnywhere does not: %v", c.key, c.value, err)
		}
		switch err := key.CheckUse(c.value); {
		case (err == nil) != (c.want == ""):
			t.Errorf("%s = %s: %v", c.key, c.value, err)
		case err != nil && !strings.Contains(err.Error(), c.want):
			t.Errorf("%s = %s: %v, want %q", c.key, c.value, err, c.want)
		}
	}
}
