package plan

import (
	"cmp"
	"strings"

	"tarn/lxd"
)

// Object names a pool or a volume.
type Object struct {
	Pool   string
	Volume lxd.VolumeID // zero for a pool
}

// Unmanaged is an object that the spec does not name.
type Unmanaged struct {
	Object Object
	UsedBy []User // without what a pool holds; nil when it is not known
}

// PoolObject is a pool.
func PoolObject(name string) Object { return Object{Pool: name} }

// VolumeObject is a volume.
func VolumeObject(id lxd.VolumeID) Object { return Object{Pool: id.Pool, Volume: id} }

// IsPool tells whether it is a pool.
func (o Object) IsPool() bool { return o.Volume == lxd.VolumeID{} }

// String is the object as a step names it: pool fast, volume fast/pg.
func (o Object) String() string {
	if o.IsPool() {
		return "pool " + Plain(o.Pool)
	}
	return "volume " + VolumeName(o.Volume)
}

// CompareObjects orders by pool, the pool before its volumes.
func CompareObjects(x, y Object) int {
	pool := func(o Object) int {
		if o.IsPool() {
			return 0
		}
		return 1
	}
	return cmp.Or(strings.Compare(x.Pool, y.Pool), cmp.Compare(pool(x), pool(y)), x.Volume.Compare(y.Volume))
}
