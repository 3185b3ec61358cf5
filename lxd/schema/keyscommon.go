package schema

import "sync"

const (
	mib = 1 << 20
	gib = 1 << 30
)

// userKeys are free for users, on pools and volumes alike.
var userKeys = Key{Name: "user.*", Note: "The server stores them and does nothing with them.", KnownFrom: seen}

// poolCommon are the keys of pools of every driver.
var poolCommon = sync.OnceValue(func() []Key {
	return []Key{
		userKeys,
		{Name: "source", Immutable: true, Member: true, Filled: true, KnownFrom: seen,
			Note: "The server may store something else than was given, and keeps what was given in volatile.initial_source."},
		{Name: "volatile.initial_source", ServerOnly: true, Member: true, KnownFrom: seen,
			Note: "LXD 5.0.2 lets clients overwrite it."},
		sourceWipe("It does nothing here."),
		sourceRecover,
		{Name: "rsync.bwlimit", Kind: Size, Default: "0", KnownFrom: seen, Note: "Bytes a second, 0 for no limit."},
		{Name: "rsync.compression", Kind: Bool, Default: "true", KnownFrom: seen},
	}
})

// volumeCommon are the keys of custom volumes of every driver.
var volumeCommon = sync.OnceValue(func() []Key {
	return []Key{
		userKeys,
		{Name: "size", Kind: Size, KnownFrom: seen,
			Note: "A block volume without one is 10GiB, which the server does not store."},
		{Name: "snapshots.expiry", Kind: Expiry, KnownFrom: seen},
		// Incus came to read schedules in another way with the release that brought that API extension.
		{Name: "snapshots.schedule", Kind: Schedule, KnownFrom: seen,
			Variants: []Variant{{Product: Incus, Extension: "server_logging", Kind: Cron}}},
		{Name: "snapshots.pattern", Kind: Pattern, Default: "snap%d", KnownFrom: seen, Note: "LXD 5.0.2 uses it for scheduled snapshots only."},
		{Name: "security.shifted", Kind: Bool, Default: "false", Content: Filesystem, KnownFrom: seen,
			Note: "Excludes security.unmapped, which LXD 5.0.2 overlooks at creation only."},
		{Name: "security.unmapped", Kind: Bool, Default: "false", Content: Filesystem, KnownFrom: seen,
			Note: "Excludes security.shifted, which LXD 5.0.2 overlooks at creation only."},
		{Name: "security.shared", Kind: Bool, Default: "false", Content: Block,
			Extension: "shared_custom_block_volumes", KnownFrom: docsBoth},

		{Name: "volatile.idmap.last", ServerOnly: true, Content: Filesystem, KnownFrom: seen,
			Note: "LXD 5.0.2 lets clients overwrite it."},
		{Name: "volatile.idmap.next", ServerOnly: true, Content: Filesystem, KnownFrom: seen,
			Note: "LXD 5.0.2 lets clients overwrite it."},
		{Name: "volatile.uuid", ServerOnly: true, Product: LXD, Extension: "storage_volatile_uuid", KnownFrom: docsLXD},
		{Name: "volatile.devlxd.owner", ServerOnly: true, Product: LXD, Extension: "devlxd_volume_management",
			KnownFrom: docsLXD},

		{Name: "snapshots.expiry.manual", Kind: Expiry, Product: Incus, Extension: "snapshot_manual_expiry", KnownFrom: docsInc},
		{Name: "initial.uid", Kind: Int, Default: "0", CreateOnly: true, Content: Filesystem, Product: Incus,
			Extension: "storage_initial_owner", KnownFrom: docsInc},
		{Name: "initial.gid", Kind: Int, Default: "0", CreateOnly: true, Content: Filesystem, Product: Incus,
			Extension: "storage_initial_owner", KnownFrom: docsInc},
		{Name: "initial.mode", Kind: Mode, Default: "0711", CreateOnly: true, Content: Filesystem, Product: Incus,
			Extension: "storage_initial_owner", KnownFrom: docsInc},
		{Name: "dependent", Kind: Bool, ServerOnly: true, Product: Incus, Extension: "dependent", KnownFrom: docsInc,
			Note: "Incus 7.3 writes it when a device says so, and refuses it in a creation and in a change."},
	}
})

// Rows that several drivers share.
var (
	sourceRecover = Key{Name: "source.recover", Kind: Bool, Default: "false", CreateOnly: true, Transient: true, Member: true,
		Product: LXD, Extension: "storage_source_recover", KnownFrom: read69}
	loopSize = Key{Name: "size", Kind: Size, Member: true, Filled: true, ChangeExtension: "storage_pool_loop_resize", GrowsOnly: true,
		KnownFrom: seen, Note: "For the file behind a loop pool; the server drops it when source is a device or a path."}
	pristine = Key{Name: "volatile.pool.pristine", ServerOnly: true, KnownFrom: read502}

	// From storage_remote_drop_source on, LXD no longer takes a source for pools that are not local.
	remoteSource = Key{Name: "source", Immutable: true, Member: true, Filled: true,
		Dropped: "storage_remote_drop_source", KnownFrom: read502}
)

// The keys of a file system on a block device. The server writes them into volumes of content type filesystem. LXD up to
// 5.0.3 takes them on block volumes too, where they do nothing.
var (
	blockFilesystem = Key{Name: "block.filesystem", Kind: Enum, Values: []string{"btrfs", "ext4", "xfs"}, Default: "ext4",
		Immutable: true, Filled: true, InheritedBy: Filesystem, Variants: refusedOnBlock, KnownFrom: read502,
		Note: "LXD 5.0.2 lets clients remove it, and then no longer knows the file system."}
	blockMountOptions = Key{Name: "block.mount_options", Kind: MountOptions, Default: "discard", Filled: true, InheritedBy: Filesystem,
		Variants: refusedOnBlock, KnownFrom: read502}
	blockCreateOptions = Key{Name: "block.create_options", CreateOnly: true, InheritedBy: Filesystem, Product: Incus,
		Extension: "storage_create_options", KnownFrom: read73}

	refusedOnBlock = []Variant{
		{Product: LXD, Extension: "server_version_lts", Content: Filesystem}, // from 5.0.4 on
		{Product: Incus, Content: Filesystem},
	}
)

// sourceWipe is taken by every driver, and followed by those that make something of a block device.
func sourceWipe(note string) Key {
	return Key{Name: "source.wipe", Kind: Bool, Default: "false", CreateOnly: true, Transient: true, Member: true,
		Extension: "storage_pool_source_wipe", KnownFrom: readBoth, Note: note}
}

// inBlockMode is a key of a file system on a block device, for zfs, which makes such a device of a volume on request.
func inBlockMode(key Key) Key {
	const blockMode = "zfs.block_mode"
	key.Needs = blockMode
	if key.Extension == "" {
		key.Extension = "zfs_block_mode"
	}
	return key
}
