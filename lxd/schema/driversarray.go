package schema

// arrayDrivers keep volumes on storage arrays. Only newer LXD has them.
func arrayDrivers() []*Driver {
	return []*Driver{
		{
			Name: "powerflex", Remote: true, Contents: []string{Filesystem, Block}, Product: LXD, blockBacked: true,
			Extension: "storage_driver_powerflex", KnownFrom: docsLXD,
			pool: []Key{
				remoteSource,
				{Name: "powerflex.gateway", Kind: URL, Required: true, KnownFrom: docsLXD},
				{Name: "powerflex.gateway.verify", Kind: Bool, Default: "true", KnownFrom: docsLXD},
				{Name: "powerflex.user.name", Default: "admin", Filled: true, KnownFrom: docsLXD},
				{Name: "powerflex.user.password", Secret: true, KnownFrom: docsLXD},
				{Name: "powerflex.pool", Required: true, KnownFrom: docsLXD},
				{Name: "powerflex.domain", KnownFrom: docsLXD, Note: "Needed when powerflex.pool is a name rather than an ID."},
				{Name: "powerflex.mode", Kind: Enum, Values: []string{"nvme", "sdc"}, Immutable: true, Filled: true,
					Variants: nvmeTCP("nvme/tcp", "sdc"), KnownFrom: read69},
				{Name: "powerflex.sdt", KnownFrom: docsLXD, Note: "Addresses, separated by commas."},
				{Name: "powerflex.snapshot_copy", Kind: Bool, Default: "false", Extension: powerflexRenamed, KnownFrom: read69,
					Note: "Earlier servers have powerflex.clone_copy, which means the opposite."},
				{Name: "powerflex.clone_copy", Kind: Bool, Default: "true", Dropped: powerflexRenamed, KnownFrom: read69,
					Note: "Newer servers have powerflex.snapshot_copy, which means the opposite."},
				{Name: "volatile.powerflex.version", ServerOnly: true, Extension: powerflex5, KnownFrom: read69},
			},
			volume: []Key{
				{Name: "size", Kind: Size, Multiple: gib, KnownFrom: read69, Note: "PowerFlex 4 rounds up to multiples of 8GiB.",
					Variants: []Variant{{Dropped: powerflex5, Multiple: 8 * gib, Default: "8GiB"}}},
				blockFilesystem, blockMountOptions,
				{Name: "block.type", Kind: Enum, Values: []string{"thick", "thin"}, Default: "thick", CreateOnly: true,
					KnownFrom: docsLXD},
			},
		},
		{
			Name: "pure", Remote: true, Contents: []string{Filesystem, Block}, Product: LXD, blockBacked: true,
			Extension: "storage_driver_pure", KnownFrom: docsLXD,
			pool: []Key{
				remoteSource,
				{Name: "size", Kind: Size, KnownFrom: docsLXD, Note: "Quota of the pool on the array."},
				{Name: "pure.gateway", Kind: URL, Required: true, KnownFrom: docsLXD},
				{Name: "pure.gateway.verify", Kind: Bool, Default: "true", KnownFrom: docsLXD},
				{Name: "pure.api.token", Secret: true, Required: true, KnownFrom: docsLXD},
				{Name: "pure.mode", Kind: Enum, Values: []string{"iscsi", "nvme"}, Immutable: true, Filled: true,
					Variants: nvmeTCP("iscsi", "nvme/tcp"), KnownFrom: read69},
				{Name: "pure.target", KnownFrom: docsLXD, Note: "Addresses, separated by commas."},
			},
			volume: []Key{sizeIn(512, "1MiB at least."), blockFilesystem, blockMountOptions},
		},
		{
			Name: "alletra", Remote: true, Contents: []string{Filesystem, Block}, Product: LXD, blockBacked: true,
			Extension: "storage_driver_alletra", KnownFrom: docsLXD,
			pool: []Key{
				remoteSource,
				{Name: "alletra.wsapi", Kind: URL, KnownFrom: docsLXD},
				{Name: "alletra.wsapi.verify", Kind: Bool, Default: "true", KnownFrom: docsLXD},
				{Name: "alletra.user.name", KnownFrom: docsLXD},
				{Name: "alletra.user.password", Secret: true, KnownFrom: docsLXD},
				{Name: "alletra.cpg", KnownFrom: docsLXD},
				{Name: "alletra.target", KnownFrom: docsLXD, Note: "Addresses, separated by commas."},
				{Name: "alletra.mode", Kind: Enum, Values: []string{"iscsi", "nvme"}, Immutable: true, Filled: true,
					Variants: nvmeTCP("iscsi", "nvme/tcp"), KnownFrom: read69},
			},
			volume: []Key{sizeIn(256*mib, ""), blockFilesystem, blockMountOptions},
		},
		{
			Name: "powerstore", Remote: true, Contents: []string{Filesystem, Block}, Product: LXD, blockBacked: true,
			Extension: "storage_driver_powerstore", KnownFrom: docsLXD,
			pool: []Key{
				remoteSource,
				{Name: "powerstore.gateway", Kind: URL, KnownFrom: docsLXD},
				{Name: "powerstore.gateway.verify", Kind: Bool, Default: "true", KnownFrom: docsLXD},
				{Name: "powerstore.user.name", Default: "admin", Filled: true, KnownFrom: docsLXD},
				{Name: "powerstore.user.password", Secret: true, KnownFrom: docsLXD},
				{Name: "powerstore.mode", Kind: Enum, Values: []string{"iscsi", "scsi/fc"}, Immutable: true, Filled: true,
					Variants: []Variant{{Extension: "storage_driver_powerstore_nvme", Values: []string{"iscsi", "nvme/tcp", "scsi/fc"},
						Default: "nvme/tcp"}}, KnownFrom: read69},
				{Name: "powerstore.target", KnownFrom: docsLXD, Note: "Addresses, separated by commas."},
			},
			volume: []Key{sizeIn(mib, "256TiB at most."), blockFilesystem, blockMountOptions},
		},
	}
}

// sizeIn is the size of volumes on an array that hands out space in units.
func sizeIn(unit int64, note string) Key {
	return Key{Name: "size", Kind: Size, Default: "10GiB", Multiple: unit, KnownFrom: docsLXD, Note: note}
}

// API extensions of the LXD releases that changed PowerFlex without one of its own for that.
const (
	powerflexRenamed = "storage_and_profile_operations" // 6.6
	powerflex5       = storageNVMeTCP                   // 6.9
)

const storageNVMeTCP = "storage_nvme_tcp"

// nvmeTCP is the mode of a pool from the release on in which nvme is called nvme/tcp; that is taken when none is given.
func nvmeTCP(values ...string) []Variant {
	return []Variant{{Extension: storageNVMeTCP, Values: values, Default: "nvme/tcp"}}
}
