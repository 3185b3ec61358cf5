package schema

// arrayDrivers keep volumes on storage arrays. Only newer LXD has them.
var arrayDrivers = []*Driver{
	{
		Name: "powerflex", Remote: true, Contents: []string{Filesystem, Block}, Product: LXD, blockBacked: true,
		Extension: "storage_driver_powerflex", Source: docsLXD,
		pool: []Key{
			remoteSource, sourceRecover,
			{Name: "powerflex.gateway", Kind: URL, Required: true, Source: docsLXD},
			{Name: "powerflex.gateway.verify", Kind: Bool, Default: "true", Source: docsLXD},
			{Name: "powerflex.user.name", Default: "admin", Filled: true, Source: docsLXD},
			{Name: "powerflex.user.password", Secret: true, Source: docsLXD},
			{Name: "powerflex.pool", Required: true, Source: docsLXD},
			{Name: "powerflex.domain", Source: docsLXD, Note: "Needed when powerflex.pool is a name rather than an ID."},
			{Name: "powerflex.mode", Kind: Enum, Values: []string{"nvme", "nvme/tcp", "sdc"}, Immutable: true, Filled: true,
				Source: docsLXD, Note: "Earlier servers write nvme for nvme/tcp."},
			{Name: "powerflex.sdt", Source: docsLXD, Note: "Addresses, separated by commas."},
			{Name: "powerflex.snapshot_copy", Kind: Bool, Default: "false", Source: docsLXD},
			{Name: "powerflex.clone_copy", Kind: Bool, Source: docsLXD, Note: "The name in earlier servers."},
			{Name: "volatile.powerflex.version", ServerOnly: true, Source: docsLXD},
		},
		volume: []Key{
			sizeIn(gib, "In whole GiB; PowerFlex 4 wants multiples of 8GiB."),
			blockFilesystem, blockMountOptions,
			{Name: "block.type", Kind: Enum, Values: []string{"thick", "thin"}, Default: "thick", CreateOnly: true,
				Source: docsLXD},
		},
	},
	{
		Name: "pure", Remote: true, Contents: []string{Filesystem, Block}, Product: LXD, blockBacked: true,
		Extension: "storage_driver_pure", Source: docsLXD,
		pool: []Key{
			remoteSource, sourceRecover,
			{Name: "size", Kind: Size, Source: docsLXD, Note: "Quota of the pool on the array."},
			{Name: "pure.gateway", Kind: URL, Required: true, Source: docsLXD},
			{Name: "pure.gateway.verify", Kind: Bool, Default: "true", Source: docsLXD},
			{Name: "pure.api.token", Secret: true, Required: true, Source: docsLXD},
			{Name: "pure.mode", Kind: Enum, Values: []string{"iscsi", "nvme", "nvme/tcp", "scsi/fc"}, Immutable: true,
				Filled: true, Source: docsLXD, Note: "Earlier servers write nvme for nvme/tcp."},
			{Name: "pure.target", Source: docsLXD, Note: "Addresses, separated by commas."},
		},
		volume: []Key{sizeIn(512, "In multiples of 512 bytes, 1MiB at least."), blockFilesystem, blockMountOptions},
	},
	{
		Name: "alletra", Remote: true, Contents: []string{Filesystem, Block}, Product: LXD, blockBacked: true,
		Extension: "storage_driver_alletra", Source: docsLXD,
		pool: []Key{
			remoteSource, sourceRecover,
			{Name: "alletra.wsapi", Kind: URL, Source: docsLXD},
			{Name: "alletra.wsapi.verify", Kind: Bool, Default: "true", Source: docsLXD},
			{Name: "alletra.user.name", Source: docsLXD},
			{Name: "alletra.user.password", Secret: true, Source: docsLXD},
			{Name: "alletra.cpg", Source: docsLXD},
			{Name: "alletra.target", Source: docsLXD, Note: "Addresses, separated by commas."},
			{Name: "alletra.mode", Kind: Enum, Values: []string{"iscsi", "nvme", "nvme/tcp"}, Immutable: true, Filled: true,
				Source: docsLXD, Note: "Earlier servers write nvme for nvme/tcp."},
		},
		volume: []Key{sizeIn(256*mib, "In multiples of 256MiB."), blockFilesystem, blockMountOptions},
	},
	{
		Name: "powerstore", Remote: true, Contents: []string{Filesystem, Block}, Product: LXD, blockBacked: true,
		Extension: "storage_driver_powerstore", Source: docsLXD,
		pool: []Key{
			remoteSource, sourceRecover,
			{Name: "powerstore.gateway", Kind: URL, Source: docsLXD},
			{Name: "powerstore.gateway.verify", Kind: Bool, Default: "true", Source: docsLXD},
			{Name: "powerstore.user.name", Default: "admin", Filled: true, Source: docsLXD},
			{Name: "powerstore.user.password", Secret: true, Source: docsLXD},
			{Name: "powerstore.mode", Kind: Enum, Values: []string{"iscsi", "nvme/fc", "nvme/tcp", "scsi/fc"},
				Immutable: true, Filled: true, Source: docsLXD},
			{Name: "powerstore.target", Source: docsLXD, Note: "Addresses, separated by commas."},
		},
		volume: []Key{sizeIn(mib, "In whole MiB, 256TiB at most."), blockFilesystem, blockMountOptions},
	},
}

// sizeIn is the size of volumes on an array that hands out space in units.
func sizeIn(unit int64, note string) Key {
	return Key{Name: "size", Kind: Size, Multiple: unit, Source: docsLXD, Note: note}
}
