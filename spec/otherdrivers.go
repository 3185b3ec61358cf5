package spec

import (
	"fmt"
	"strings"
)

// otherDrivers are what is written for a driver that is none, by what is meant.
var otherDrivers = map[string]string{
	"directory": "dir", "folder": "dir", "file": "dir", "local": "dir", "path": "dir",
	"lvm-thin": "lvm", "lvmthin": "lvm", "lvm2": "lvm", "thinpool": "lvm", "vg": "lvm",
	"zpool": "zfs", "openzfs": "zfs", "zfs-on-linux": "zfs", "rbd": "ceph", "ceph-rbd": "ceph", "cephrbd": "ceph", "ceph-fs": "cephfs",
	"radosgw": "cephobject", "drbd": "linstor",
}

// onlyFileSystems are file systems that no driver makes. A pool can be in one of them.
var onlyFileSystems = []string{"ext2", "ext3", "ext4", "xfs", "nfs", "nfs4", "cifs", "smb", "tmpfs", "f2fs", "ntfs", "overlay"}

// driverMeant says what to write for a driver that the schema does not have, "" when that is not known.
func (l *loader) driverMeant(driver string) string {
	word := strings.ToLower(strings.TrimSpace(driver))
	if meant, ok := otherDrivers[word]; ok {
		return fmt.Sprintf("Did you mean %q?", meant)
	}
	for _, name := range onlyFileSystems {
		if word == name {
			return fmt.Sprintf("A folder on %s is a pool with driver = \"dir\" and the folder as source.", name)
		}
	}
	return l.referenceAsText(driver)
}
