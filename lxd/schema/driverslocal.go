package schema

// localDrivers keep volumes on the member that created them.
func localDrivers() []*Driver {
	return []*Driver{
		{
			Name: "dir", Contents: []string{Filesystem, Block}, KnownFrom: seen,
			Note: "A size limits a volume of files only where the file system below has project quotas; elsewhere it is stored and nothing more.",
		},
		{
			Name: "btrfs", Contents: []string{Filesystem, Block}, KnownFrom: seen,
			pool: []Key{
				loopSize, sourceWipe(""),
				{Name: "btrfs.mount_options", Kind: MountOptions, Default: "user_subvol_rm_allowed", KnownFrom: seen,
					Note: "The server mounts the pool anew, and refuses what the kernel does not know."},
				{Name: "btrfs.create_options", CreateOnly: true, Product: Incus, Extension: "storage_create_options", KnownFrom: read73},
			},
			volume: []Key{
				{Name: "btrfs.compression", Kind: Compression, Product: Incus, Extension: "storage_btrfs_compression", KnownFrom: read73},
			},
		},
		{
			Name: "zfs", Contents: []string{Filesystem, Block}, KnownFrom: read502,
			pool: []Key{
				loopSize, sourceWipe(""),
				{Name: "zfs.pool_name", Immutable: true, Member: true, Filled: true, KnownFrom: read502},
				{Name: "zfs.clone_copy", Kind: Bool, Values: []string{"rebase"}, Default: "true", KnownFrom: read502},
				{Name: "zfs.export", Kind: Bool, Default: "true", KnownFrom: read502},
			},
			volume: []Key{
				{Name: "zfs.blocksize", Kind: Blocksize, KnownFrom: read502, Note: "A block volume keeps the one it was created with."},
				{Name: "zfs.remove_snapshots", Kind: Bool, Default: "false", KnownFrom: read502,
					Note: "When true, restoring a snapshot deletes the newer ones."},
				{Name: "zfs.use_refquota", Kind: Bool, Default: "false", KnownFrom: read502},
				{Name: "zfs.reserve_space", Kind: Bool, Default: "false", KnownFrom: read502},
				{Name: "zfs.block_mode", Kind: Bool, Default: "false", CreateOnly: true, Content: Filesystem, Extension: "zfs_block_mode",
					KnownFrom: readBoth},
				{Name: "zfs.delegate", Kind: Bool, Default: "false", Extension: "zfs_delegate", KnownFrom: docsBoth,
					Note: "Needs ZFS 2.2."},
				{Name: "zfs.promote", Kind: Bool, Default: "false", CreateOnly: true, Transient: true, Product: LXD,
					Extension: "storage_zfs_promote", KnownFrom: read69, Note: "For copies."},
				inBlockMode(blockFilesystem), inBlockMode(blockMountOptions), inBlockMode(blockCreateOptions),
			},
		},
		{
			Name: "lvm", Contents: []string{Filesystem, Block}, KnownFrom: read502, blockBacked: true,
			pool: []Key{
				loopSize, sourceWipe(""), lvmGroup, lvmForceReuse, lvmMetadataSize,
				{Name: "lvm.use_thinpool", Kind: Bool, Default: "true", Immutable: true, KnownFrom: read502,
					Note: "false excludes lvm.thinpool_name and lvm.thinpool_metadata_size."},
				{Name: "lvm.thinpool_name", Default: "LXDThinPool", Member: true, Filled: true, KnownFrom: read502,
					Variants: []Variant{{Product: Incus, Default: "IncusThinPool"}}, Note: "A change renames the logical volume."},
				{Name: "lvm.thinpool_metadata_size", Kind: Size, Default: "0", Immutable: true, KnownFrom: read502,
					Note: "0 lets LVM choose."},
			},
			volume: []Key{blockFilesystem, blockMountOptions, blockCreateOptions, lvmStripes, lvmStripeSize},
		},
	}
}

var (
	lvmGroup = Key{Name: "lvm.vg_name", Member: true, Filled: true, KnownFrom: read502,
		Note: "A change renames the volume group."}
	lvmForceReuse = Key{Name: "lvm.vg.force_reuse", Kind: Bool, Default: "false", CreateOnly: true, Transient: true,
		Variants: []Variant{{Product: Incus, Member: true}}, KnownFrom: read502}
	lvmMetadataSize = Key{Name: "lvm.metadata_size", Kind: Size, Default: "0", CreateOnly: true, Product: Incus,
		Extension: "storage_lvm_metadatasize", KnownFrom: docsInc, Note: "0 lets LVM choose."}
	lvmStripes = Key{Name: "lvm.stripes", Kind: Int, Max: 1<<32 - 1, Immutable: true, KnownFrom: read502,
		Note: "Not with a thin pool."}
	lvmStripeSize = Key{Name: "lvm.stripes.size", Kind: Size, Immutable: true, KnownFrom: read502,
		Note: "Not with a thin pool."}
)
