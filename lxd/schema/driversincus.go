package schema

// incusDrivers are those that only Incus has.
func incusDrivers() []*Driver {
	return []*Driver{
		{
			Name: "lvmcluster", Remote: true, Contents: []string{Filesystem, Block}, Product: Incus, blockBacked: true,
			Extension: "storage_lvm_cluster", KnownFrom: docsInc,
			Note: "For a block device that every member shares; no thin pools.",
			pool: []Key{
				{Name: "size", Kind: Size, Values: []string{"max"}, Extension: "storage_lvmcluster_size", KnownFrom: read73,
					Note: "max takes what is left."},
				sourceWipe(""), lvmGroup, lvmMetadataSize,
			},
			volume: []Key{
				blockFilesystem, blockMountOptions, blockCreateOptions, lvmStripes, lvmStripeSize,
				{Name: "block.type", Kind: Enum, Values: []string{"qcow2", "raw"}, CreateOnly: true, Filled: true,
					Extension: "storage_lvmcluster_qcow2", KnownFrom: read73, Note: "qcow2 for block volumes that do not say."},
				{Name: "lvmcluster.remove_snapshots", Kind: Bool, Default: "false", Extension: "lvmcluster_remove_snapshots",
					KnownFrom: docsInc},
			},
		},
		{
			Name: "linstor", Remote: true, Contents: []string{Filesystem, Block}, Product: Incus, blockBacked: true,
			Extension: "storage_driver_linstor", KnownFrom: docsInc,
			pool: []Key{
				pristine, drbdDiskful, filled(drbdNoQuorum, "suspend-io"), filled(drbdTiebreaker, "true"),
				{Name: "source", Immutable: true, Member: true, Filled: true, KnownFrom: read73,
					Note: "The same as linstor.resource_group.name."},
				{Name: "linstor.resource_group.name", Immutable: true, Filled: true, KnownFrom: read73,
					Note: "The pool's name, when neither this nor source is set."},
				{Name: "linstor.resource_group.place_count", Kind: Int, Default: "2", Filled: true, KnownFrom: docsInc,
					Note: "A higher number makes new replicas of every volume."},
				{Name: "linstor.resource_group.storage_pool", Filled: true, KnownFrom: docsInc},
				{Name: "linstor.volume.prefix", Default: "incus-volume-", Immutable: true, Filled: true, KnownFrom: read73,
					Note: "24 bytes at most."},
				linstorRaw,
			},
			volume: []Key{
				blockFilesystem, blockMountOptions, blockCreateOptions, drbdNoQuorum, drbdDiskful, drbdTiebreaker, linstorRaw,
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
				{Name: "truenas.force_reuse", Kind: Bool, Default: "false", CreateOnly: true, Transient: true, KnownFrom: docsInc},
				{Name: "truenas.initiator", KnownFrom: docsInc},
				{Name: "truenas.portal", KnownFrom: docsInc},
			},
			volume: []Key{
				blockFilesystem, blockMountOptions, blockCreateOptions,
				{Name: "truenas.blocksize", Kind: Blocksize, KnownFrom: docsInc, Note: "128KiB at most."},
				{Name: "truenas.remove_snapshots", Kind: Bool, Default: "false", KnownFrom: docsInc},
				{Name: "truenas.use_refquota", Kind: Bool, Default: "false", KnownFrom: docsInc},
			},
		},
	}
}

var (
	linstorRaw     = Key{Name: "linstor.raw.*", Extension: "linstor_raw", KnownFrom: read73}
	drbdNoQuorum   = Key{Name: "drbd.on_no_quorum", Kind: Enum, Values: []string{"io-error", "suspend-io"}, KnownFrom: read73}
	drbdDiskful    = Key{Name: "drbd.auto_diskful", KnownFrom: docsInc, Note: "A time span of a minute or more, such as 1h30m."}
	drbdTiebreaker = Key{Name: "drbd.auto_add_quorum_tiebreaker", Kind: Bool, Default: "true", KnownFrom: docsInc}
)

// filled is a key of volumes as pools have it, into which the server writes a value.
func filled(key Key, value string) Key {
	key.Default, key.Filled = value, true
	return key
}
