package schema

// arrayDrivers keep volumes on storage arrays. Only newer LXD has them.
var arrayDrivers = []*Driver{
	{
		Name: "powerflex", Remote: true, Contents: []string{Filesystem, Block}, Product: LXD, blockBacked: true,
		Extension: "storage_driver_powerflex", KnownFrom: docsLXD,
		pool: []Key{
			remoteSource, sourceRecover,
			{Name: "powerflex.gateway", Kind: URL, Required: true, KnownFrom: docsLXD},
			{Name: "powerflex.gateway.verify", Kind: Bool, Default: "true", KnownFrom: docsLXD},
			{Name: "powerflex.user.name", Default: "admin", Filled: true, KnownFrom: docsLXD},
			{Name: "powerflex.user.password", Secret: true, KnownFrom: docsLXD},
			{Name: "powerflex.pool", Required: true, KnownFrom: docsLXD},
			{Name: "powerflex.domain", KnownFrom: docsLXD, Note: "Needed when powerflex.pool is a name rather than an ID."},
			{Name: "powerflex.mode", Kind: Enum, Values: []string{"nvme", "nvme/tcp", "sdc"}, Immutable: true, Filled: true,
				KnownFrom: docsLXD, Note: "Earlier servers write nvme for nvme/tcp."},
			{Name: "powerflex.sdt", KnownFrom: docsLXD, Note: "Addresses, separated by commas."},
			{Name: "powerflex.snapshot_copy", Kind: Bool, Default: "false", KnownFrom: docsLXD},
			{Name: "powerflex.clone_copy", Kind: Bool, KnownFrom: docsLXD, Note: "The name in earlier servers."},
			{Name: "volatile.powerflex.version", ServerOnly: true, KnownFrom: docsLXD},
		},
		volume: []Key{
			sizeIn(gib, "In whole GiB; PowerFlex 4 wants multiples of 8GiB."),
			blockFilesystem, blockMountOptions,
			{Name: "block.type", Kind: Enum, Values: []string{"thick", "thin"}, Default: "thick", CreateOnly: true,
				KnownFrom: docsLXD},
		},
	},
	{
		Name: "pure", Remote: true, Contents: []string{Filesystem, Block}, Product: LXD, blockBacked: true,
		Extension: "storage_driver_pure", KnownFrom: docsLXD,
		pool: []Key{
			remoteSource, sourceRecover,
			{Name: "size", Kind: Size, KnownFrom: docsLXD, Note: "Quota of the pool on the array."},
			{Name: "pure.gateway", Kind: URL, Required: true, KnownFrom: docsLXD},
			{Name: "pure.gateway.verify", Kind: Bool, Default: "true", KnownFrom: docsLXD},
			{Name: "pure.api.token", Secret: true, Required: true, KnownFrom: docsLXD},
			{Name: "pure.mode", Kind: Enum, Values: []string{"iscsi", "nvme", "nvme/tcp", "scsi/fc"}, Immutable: true,
				Filled: true, KnownFrom: docsLXD, Note: "Earlier servers write nvme for nvme/tcp."},
			{Name: "pure.target", KnownFrom: docsLXD, Note: "Addresses, separated by commas."},
		},
		volume: []Key{sizeIn(512, "In multiples of 512 bytes, 1MiB at least."), blockFilesystem, blockMountOptions},
	},
	{
		Name: "alletra", Remote: true, Contents: []string{Filesystem, Block}, Product: LXD, blockBacked: true,
		Extension: "storage_driver_alletra", KnownFrom: docsLXD,
		pool: []Key{
			remoteSource, sourceRecover,
			{Name: "alletra.wsapi", Kind: URL, KnownFrom: docsLXD},
			{Name: "alletra.wsapi.verify", Kind: Bool, Default: "true", KnownFrom: docsLXD},
			{Name: "alletra.user.name", KnownFrom: docsLXD},
			{Name: "alletra.user.password", Secret: true, KnownFrom: docsLXD},
			{Name: "alletra.cpg", KnownFrom: docsLXD},
			{Name: "alletra.target", KnownFrom: docsLXD, Note: "Addresses, separated by commas."},
			{Name: "alletra.mode", Kind: Enum, Values: []string{"iscsi", "nvme", "nvme/tcp"}, Immutable: true, Filled: true,
				KnownFrom: docsLXD, Note: "Earlier servers write nvme for nvme/tcp."},
		},
		volume: []Key{sizeIn(256*mib, "In multiples of 256MiB."), blockFilesystem, blockMountOptions},
	},
	{
		Name: "powerstore", Remote: true, Contents: []string{Filesystem, Block}, Product: LXD, blockBacked: true,
		Extension: "storage_driver_powerstore", KnownFrom: docsLXD,
		pool: []Key{
			remoteSource, sourceRecover,
			{Name: "powerstore.gateway", Kind: URL, KnownFrom: docsLXD},
			{Name: "powerstore.gateway.verify", Kind: Bool, Default: "true", KnownFrom: docsLXD},
			{Name: "powerstore.user.name", Default: "admin", Filled: true, KnownFrom: docsLXD},
			{Name: "powerstore.user.password", Secret: true, KnownFrom: docsLXD},
			{Name: "powerstore.mode", Kind: Enum, Values: []string{"iscsi", "nvme/fc", "nvme/tcp", "scsi/fc"},
				Immutable: true, Filled: true, KnownFrom: docsLXD},
			{Name: "powerstore.target", KnownFrom: docsLXD, Note: "Addresses, separated by commas."},
		},
		volume: []Key{sizeIn(mib, "In whole MiB, 256TiB at most."), blockFilesystem, blockMountOptions},
	},
}

// sizeIn is the size of volumes on an array that hands out space in units.
func sizeIn(unit int64, note string) Key {
	return Key{Name: "size", Kind: Size, Multiple: unit, KnownFrom: docsLXD, Note: note}
}
