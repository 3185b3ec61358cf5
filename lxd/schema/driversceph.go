package schema

// cephDrivers keep volumes in a Ceph cluster, which every member sees.
//
// LXD 5.0.2 stores a new cluster, pool or user name without a word, and then looks for the volumes elsewhere; newer servers
// refuse the first two. They count as immutable for all.
func cephDrivers() []*Driver {
	return []*Driver{
		{
			Name: "ceph", Remote: true, Contents: []string{Filesystem, Block}, KnownFrom: read502, blockBacked: true,
			pool: []Key{
				remoteSource, pristine,
				{Name: "ceph.cluster_name", Default: "ceph", Immutable: true, Filled: true, KnownFrom: read502,
					Note: "LXD 5.0.2 stores a change."},
				{Name: "ceph.osd.pool_name", Immutable: true, Filled: true, KnownFrom: read502, Note: "LXD 5.0.2 stores a change."},
				{Name: "ceph.osd.pg_num", Default: "32", Filled: true, KnownFrom: read502,
					Note: "LXD 5.0.2 stores a change without effect."},
				{Name: "ceph.osd.pool_size", Kind: Int, Min: 1, Max: 255, Filled: true, Product: LXD,
					Extension: "storage_ceph_osd_pool_size", KnownFrom: docsLXD},
				{Name: "ceph.osd.data_pool_name", KnownFrom: read502},
				{Name: "ceph.osd.force_reuse", Kind: Bool, Default: "false", CreateOnly: true, Transient: true,
					Dropped: "storage_source_recover", KnownFrom: read502},
				{Name: "ceph.rbd.clone_copy", Kind: Bool, Default: "true", KnownFrom: read502},
				{Name: "ceph.rbd.du", Kind: Bool, Default: "true", KnownFrom: read502},
				{Name: "ceph.rbd.features", KnownFrom: read502,
					Variants: []Variant{{Dropped: "storage_ceph_use_rbd_defaults", Default: "layering"}}},
				{Name: "ceph.user.name", Default: "admin", Filled: true, KnownFrom: read502},
			},
			volume: []Key{blockFilesystem, blockMountOptions, blockCreateOptions},
		},
		{
			Name: "cephfs", Remote: true, Contents: []string{Filesystem}, KnownFrom: read502,
			pool: []Key{
				{Name: "source", Immutable: true, Member: true, Filled: true, Dropped: "storage_remote_drop_source",
					KnownFrom: read502, Note: "The file system and a path in it: fs or fs/path."},
				cephfsPristine,
				{Name: "cephfs.cluster_name", Default: "ceph", Immutable: true, Filled: true, KnownFrom: read502,
					Note: "LXD 5.0.2 stores a change."},
				{Name: "cephfs.path", Immutable: true, Filled: true, KnownFrom: read502,
					Note: "The same as source. LXD 5.0.2 stores a change."},
				{Name: "cephfs.user.name", Default: "admin", Filled: true, KnownFrom: read502},
				{Name: "cephfs.fscache", Kind: Bool, Default: "false", KnownFrom: read502},
				{Name: "cephfs.create_missing", Kind: Bool, Default: "false", CreateOnly: true, Transient: true,
					Extension: "storage_cephfs_create_missing", KnownFrom: docsBoth},
				{Name: "cephfs.osd_pg_num", Kind: Int, Extension: "storage_cephfs_create_missing", KnownFrom: docsBoth},
				{Name: "cephfs.meta_pool", CreateOnly: true, Extension: "storage_cephfs_create_missing", KnownFrom: docsBoth},
				{Name: "cephfs.data_pool", CreateOnly: true, Extension: "storage_cephfs_create_missing", KnownFrom: docsBoth},
				{Name: "cephfs.osd_pool_size", Kind: Int, Min: 1, Max: 255, Filled: true, Product: LXD,
					Extension: "storage_ceph_osd_pool_size", KnownFrom: docsLXD},
			},
		},
		{
			Name: "cephobject", Remote: true, Extension: "storage_buckets", KnownFrom: docsBoth,
			Note: "For buckets only.",
			pool: []Key{
				remoteSource, pristine,
				{Name: "cephobject.cluster_name", Default: "ceph", Immutable: true, Filled: true, KnownFrom: docsBoth},
				{Name: "cephobject.user.name", Default: "admin", Filled: true, KnownFrom: docsBoth},
				{Name: "cephobject.radosgw.endpoint", Kind: URL, Required: true, KnownFrom: docsBoth},
				{Name: "cephobject.radosgw.endpoint_cert_file", Kind: Path, KnownFrom: docsBoth},
				{Name: "cephobject.bucket.name_prefix", Immutable: true, KnownFrom: docsBoth,
					Note: "Refused while there are buckets."},
			},
		},
	}
}

// LXD no longer has it from the release on that brought that API extension.
var cephfsPristine = Key{Name: "volatile.pool.pristine", ServerOnly: true, Dropped: "storage_source_recover", KnownFrom: read502}
