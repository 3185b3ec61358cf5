package schema

// incusDrivers are those that only Incus has.
var incusDrivers = []*Driver{
	{
		Name: "lvmcluster", Remote: true, Contents: []string{Filesystem, Block}, Product: Incus, blockBacked: true,
		Extension: "storage_lvm_cluster", KnownFrom: docsInc,
		Note: "For a block device that every member shares; no thin pools.",
		pool: []Key{
			{Name: "size", Kind: Size, Extension: "storage_lvmcluster_size", KnownFrom: docsInc},
			sourceWipe, lvmGroup, lvmForceReuse, lvmMetadataSize,
		},
		volume: []Key{
			{Name: "size", Kind: Size, Values: []string{"max"}, KnownFrom: docsInc, Note: "max takes what is left."},
			blockFilesystem, blockMountOptions, blockCreateOptions, blockType, lvmStripes, lvmStripeSize,
			{Name: "lvmcluster.remove_snapshots", Kind: Bool, Default: "false", Extension: "lvmcluster_remove_snapshots",
				KnownFrom: docsInc},
		},
	},
	{
		Name: "linstor", Remote: true, Contents: []string{Filesystem, Block}, Product: Incus, blockBacked: true,
		Extension: "storage_driver_linstor", KnownFrom: docsInc,
		pool: []Key{
			pristine, drbdNoQuorum, drbdDiskful, drbdTiebreaker,
			{Name: "linstor.resource_group.name", Default: "incus", Immutable: true, Filled: true, KnownFrom: docsInc},
			{Name: "linstor.resource_group.place_count", Kind: Int, Default: "2", Filled: true, KnownFrom: docsInc,
				Note: "A higher number makes new replicas of every volume."},
			{Name: "linstor.resource_group.storage_pool", Filled: true, KnownFrom: docsInc},
			{Name: "linstor.volume.prefix", Default: "incus-volume-", Immutable: true, Filled: true, KnownFrom: docsInc},
			{Name: "linstor.raw.*", Extension: "linstor_raw", KnownFrom: docsInc},
		},
		volume: []Key{
			blockFilesystem, blockMountOptions, blockCreateOptions, drbdNoQuorum, drbdDiskful, drbdTiebreaker,
			{Name: "linstor.remove_snapshots", Kind: Bool, Default: "false", KnownFrom: docsInc},
		},
	},
	{
		Name: "truenas", Remote: true, Contents: []string{Filesystem, Block}, Product: Incus, blockBacked: true,
		Extension: "storage_driver_truenas", KnownFrom: docsInc,
		pool: []Key{
			{Name: "source", Immutable: true, Member: true, Filled: true, KnownFrom: docsInc,
				Note: "The dataset: [host:]pool[/dataset][/]."},
			{Name: "truenas.host", Filled: true, KnownFrom: docsInc},
			{Name: "truenas.dataset", Immutable: true, Filled: true, KnownFrom: docsInc},
			{Name: "truenas.api_key", Secret: true, KnownFrom: docsInc},
			{Name: "truenas.allow_insecure", Kind: Bool, Default: "false", KnownFrom: docsInc},
			{Name: "truenas.clone_copy", Kind: Bool, Default: "true", KnownFrom: docsInc},
			{Name: "truenas.config", KnownFrom: docsInc},
			{Name: "truenas.force_reuse", Kind: Bool, Default: "false", CreateOnly: true, KnownFrom: docsInc},
			{Name: "truenas.initiator", KnownFrom: docsInc},
			{Name: "truenas.portal", KnownFrom: docsInc},
		},
		volume: []Key{
			blockFilesystem, blockMountOptions,
			{Name: "truenas.blocksize", Kind: Blocksize, KnownFrom: docsInc},
			{Name: "truenas.remove_snapshots", Kind: Bool, Default: "false", KnownFrom: docsInc},
			{Name: "truenas.use_refquota", Kind: Bool, Default: "false", KnownFrom: docsInc},
		},
	},
}

var (
	drbdNoQuorum   = Key{Name: "drbd.on_no_quorum", KnownFrom: docsInc}
	drbdDiskful    = Key{Name: "drbd.auto_diskful", KnownFrom: docsInc}
	drbdTiebreaker = Key{Name: "drbd.auto_add_quorum_tiebreaker", Kind: Bool, Default: "true", KnownFrom: docsInc}
)
