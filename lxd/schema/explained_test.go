package schema

import (
	"path"
	"strings"
)

// explanation is why the schema says something else than the servers' own tables of keys. What is empty is any; driver and key
// are globs, servers and drivers are separated by spaces.
type explanation struct {
	servers, entity, drivers, key string
	what                          string // as in difference
	because                       string
}

func (e explanation) covers(d difference) bool {
	matches := func(globs, text string) bool {
		if globs == "" {
			return true
		}
		for glob := range strings.FieldsSeq(globs) {
			if ok, _ := path.Match(glob, text); ok {
				return true
			}
		}
		return false
	}
	return matches(e.servers, d.server) && matches(e.entity, d.entity) && matches(e.drivers, d.driver) && matches(e.key, d.key) && e.what == d.what
}

const everyLXD = "lxd-5.21.7 lxd-6.9"

// explained holds each difference that remains, with its reason. Where the table of a server and what the server does are two
// things, the schema has what it does.
var explained = []explanation{
	// Keys that the servers take for every driver, and write down for some or for none.
	{"", "", "", "user.*", "too many", "no table has the keys that are free for users"},
	{"", "pool", "", "volatile.initial_source", "too many", "no table has it; recorded in pools, and a client can write it"},
	{"", "pool", "", "rsync.*", "too many", "taken for every driver, and in the tables of some"},
	{"", "pool", "alletra ceph cephfs cephobject dir linstor powerflex powerstore pure truenas", "source.wipe", "too many",
		"taken for every driver (recorded for dir), and in the tables of those for which it does something"},
	{"lxd-6.9", "pool", "alletra cephobject powerflex powerstore pure", "source.recover", "too many",
		"taken for every driver (recorded for dir), and in the tables of some"},
	{"", "pool", "cephobject", "volume.*", "too many", "the defaults for volumes are taken for every driver, also for this one, which has none"},
	{"lxd-5.21.7 incus-7.3", "pool", "alletra cephobject powerflex pure", "source", "too many",
		"taken for every driver until LXD dropped it for those that are not local, and in the tables of some"},
	{everyLXD, "pool", "pure", "size", "too many", "the quota of the pool on the array; read in the driver, not in its table"},
	{"incus-7.3", "volume", "", "volatile.idmap.*", "too many", "the table of Incus has no volatile keys of volumes; recorded on them"},
	{"incus-7.3", "volume", "", "dependent", "too many", "not in the table; recorded: false is taken at creation, true and changes are refused"},

	// Names that the table of Incus has wrong. The keys with the right names are the ones that the server takes.
	{"incus-7.3", "volume", "dir", "security.size", "missing", "the table means size"},
	{"incus-7.3", "volume", "dir", "size", "too many", "the table calls it security.size"},
	{"incus-7.3", "pool", "dir", "volume.size", "too many", "the table calls the volume's key security.size"},
	{"incus-7.3", "pool", "ceph", "ceph.osd.pg_name", "missing", "the table means ceph.osd.pg_num"},
	{"incus-7.3", "pool", "ceph", "ceph.osd.pg_num", "too many", "the table calls it ceph.osd.pg_name"},
	{"incus-7.3", "pool", "cephobject", "cephobject.bucket_name_prefix", "missing", "the table means cephobject.bucket.name_prefix"},
	{"incus-7.3", "pool", "cephobject", "cephobject.bucket.name_prefix", "too many", "the table calls it cephobject.bucket_name_prefix"},
	{"incus-7.3", "pool", "lvm", "block.type", "missing", "the table means block.type of volumes of lvmcluster, which has none of its own"},
	{"incus-7.3", "volume", "lvm", "lvmcluster.remove_snapshots", "missing", "a key of lvmcluster, which has no table of its own"},
	{"incus-7.3", "pool", "lvmcluster", "", "driver", "the table of lvm is meant for both"},
	{"incus-7.3", "volume", "cephfs", "security.shared", "missing", "of block volumes, and the driver has none"},

	// Pools' defaults that the tables name wrongly; recorded under the right names.
	{"lxd-5.21.7", "volume", "", "security.unmapped", "inherits", "misspelt in the table"},
	{everyLXD, "volume", "", "snapshots.schedule", "inherits", "the table leaves out volume."},
	{"incus-7.3", "volume", "", "snapshots.*", "inherits", "the table has snapshot for snapshots"},
	{"incus-7.3", "volume", "zfs", "zfs.use_refquota", "inherits", "the table leaves out a dot"},

	// Types: the tables call text what is read as a number.
	{everyLXD, "pool", "ceph", "ceph.osd.pool_size", "type", "read as a number from 1 to 255"},
	{everyLXD, "pool", "cephfs", "cephfs.osd_pool_size", "type", "read as a number from 1 to 255"},
	{"", "pool", "cephfs", "cephfs.osd_pg_num", "type", "read as a number"},
	{"", "volume", "lvm", "lvm.stripes", "type", "read as a number of 32 bits"},

	// Scope.
	{"incus-7.3", "pool", "linstor", "source", "scope", "source has a value for each member with every driver of Incus"},

	// Defaults.
	{everyLXD, "pool", "ceph", "ceph.osd.pool_size", "default", "what the Ceph cluster has, which is 3 if nobody changed it"},
	{everyLXD, "pool", "cephfs", "cephfs.osd_pool_size", "default", "what the Ceph cluster has, which is 3 if nobody changed it"},
	{"", "pool", "cephfs", "cephfs.path", "default", "the table means the part after the file system's name"},
	{everyLXD, "pool", "cephobject", "cephobject.cluster_name", "default", "not in the table; the driver writes ceph"},
	{"", "volume", "", "block.filesystem", "default", "not in the tables; the drivers write ext4"},
	{"", "volume", "", "block.mount_options", "default", "not in the tables; the drivers write discard"},
	{"incus-7.3", "pool", "linstor", "drbd.on_no_quorum", "default", "not in the table; the driver writes suspend-io into the pool"},
	{"incus-7.3", "pool", "linstor", "linstor.resource_group.name", "default", "the table has incus, the driver takes the pool's name"},
	{"incus-7.3", "pool", "linstor", "source", "default", "the table has incus, the driver takes the pool's name"},

	// Content types.
	{"", "volume", "", "security.shifted", "condition", "not in the tables; recorded: refused on block volumes"},
	{"", "volume", "", "security.unmapped", "condition", "not in the tables; recorded: refused on block volumes"},
	{"", "volume", "zfs", "zfs.block_mode", "condition", "not in the tables; the driver refuses it on block volumes"},
	{"incus-7.3", "volume", "truenas", "block.filesystem", "condition", "not in the table; the driver refuses it on block volumes"},
	{"incus-7.3", "volume", "truenas", "block.mount_options", "condition", "not in the table; the driver refuses it on block volumes"},
	{"incus-7.3", "volume", "ceph linstor lvm zfs", "block.create_options", "condition", "the drivers take it on block volumes too, and do nothing with it"},
}
