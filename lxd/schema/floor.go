package schema

import (
	"cmp"
	"fmt"
	"strings"
)

// Least sizes, in bytes. Servers store the config, and mkfs, the kernel or the pool refuses afterwards.
const (
	btrfsLeast     = 109 << 20 // mkfs.btrfs (seen on LXD 5.0.2)
	zfsLeast       = 64 << 20  // of a device of a pool (OpenZFS documentation)
	xfsLeast       = 16 << 20  // mkfs.xfs before 5.19, and 300MiB from then on (its documentation)
	btrfsQuotaHave = 32 << 10  // an empty subvolume takes 16KiB, and a smaller limit is refused (seen on LXD 5.0.2)
)

// CheckPoolSize is nil unless the file behind a loop pool of a driver would be too small for it. A size that is wrong by itself is
// not looked at.
func CheckPoolSize(driver, size string) error {
	switch driver {
	case "btrfs":
		return atLeast(size, btrfsLeast, "a btrfs file system")
	case "zfs":
		return atLeast(size, zfsLeast, "a zpool")
	}
	return nil
}

// CheckVolumeSize is nil unless a volume of files would be too small for what it is: a limit in the pool, or a file system of its own
// on a device, "" for none.
func CheckVolumeSize(driver, contentType, filesystem, size string) error {
	switch {
	case contentType == Block:
		return nil // servers make the device as large as need be
	case filesystem == "xfs":
		return atLeast(size, xfsLeast, "an xfs file system")
	case filesystem == "btrfs":
		return atLeast(size, btrfsLeast, "a btrfs file system")
	case driver == "btrfs":
		return atLeast(size, btrfsQuotaHave, "an empty volume of a btrfs pool")
	}
	return nil
}

func atLeast(size string, least int64, what string) error {
	bytes, err := ParseSize(size)
	if err != nil || bytes == 0 || bytes >= least {
		return nil
	}
	return fmt.Errorf("%q is less than %s takes: write %s or more", size, what, strings.ReplaceAll(FormatSize(least), " ", ""))
}

// FilesystemOf is the file system that a volume of files gets on a device of its own, "" for none. It takes the values of
// block.filesystem and zfs.block_mode, "" where they are not set.
func FilesystemOf(driver, filesystem, blockMode string) string {
	known, ok := Lookup(driver)
	if !ok {
		return ""
	}
	if on, err := ParseBool(cmp.Or(blockMode, "false")); !known.blockBacked && (err != nil || !on) {
		return ""
	}
	if _, has := known.VolumeKey(Filesystem, "block.filesystem"); !has {
		return ""
	}
	return cmp.Or(filesystem, "ext4")
}
