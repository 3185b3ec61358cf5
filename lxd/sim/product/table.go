package product

import (
	"slices"
	"time"

	"tarn/lxd/schema"
)

// products is the table. Of one name the older product is first.
var products = []*Product{lxd502, lxd68, incus604}

// What several rows have.
var (
	lxdFeatures = []string{"features.images", "features.profiles", "features.storage.volumes"}
	lxdKeys     = []string{"size", "source", "volatile.initial_source", "zfs.pool_name", "lvm.thinpool_name", "lvm.vg_name"}
	lxdText     = Text{
		NoZFS:           `Error loading "zfs" module: Failed to run: modprobe -b zfs: exec: "modprobe": executable file not found in $PATH`,
		ProjectNotEmpty: "Only empty projects can be removed",
	}
)

var lxd502 = &Product{
	ID: "", Name: "LXD", Version: "5.0.2",

	Schema: schema.LXD, Extensions: lxd502Extensions, Root: "/var/lib/lxd", ThinPool: "LXDThinPool",
	Features: lxdFeatures, DefaultFeatures: []string{"features.networks"}, MemberKeys: lxdKeys,
	ConnectLimit: 10 * time.Second, Text: lxdText,

	EscapesTwice: true,

	ShowsTotal: true, PoolUsersAreNull: true, PoolUsersHaveSnapshots: true, NamesVolumesOnDisk: true,

	LooksBeforeRestore: true,
}

var lxd68 = &Product{
	ID: "lxd-6", Name: "LXD", Version: "6.8", Since: VolumeOperations,

	Schema: schema.LXD, Extensions: lxd68Extensions, Root: "/var/lib/lxd", ThinPool: "LXDThinPool",
	Features: lxdFeatures, DefaultFeatures: []string{"features.networks"}, MemberKeys: lxdKeys,
	ConnectLimit: 10 * time.Second, Text: lxdText,

	PoolTagSent: true, PoolTagHasDescription: true,

	ShowsCreation: true, ShowsTotal: true, PoolUsersAreNull: true, PoolUsersHaveSnapshots: true, NamesVolumesOnDisk: true,

	TargetProject: CheckedLast, LooksBeforeRestore: true,

	WaitFails: true, ResourcesAreAddresses: true, NamesStream: true, Cancels: true, NamesEntities: true,
	NamesSnapshotCopies: true, ErrorCodes: true, ForgetsByMinute: true,
}

var incus604 = &Product{
	ID: "incus", Name: "Incus", Version: "6.0.4",

	Schema: schema.Incus, Extensions: incus604Extensions, Root: "/var/lib/incus", ThinPool: "IncusThinPool",
	Features: slices.Concat(lxdFeatures, []string{"features.storage.buckets"}), DefaultFeatures: []string{"features.networks", "features.networks.zones"},
	MemberKeys:   slices.Concat(lxdKeys, []string{"source.wipe", "lvm.vg.force_reuse"}),
	ConnectLimit: 30 * time.Second,
	Text:         Text{NoZFS: "Required tool 'zpool' is missing", ProjectNotEmpty: "Only empty projects can be removed."},

	ListEscapesSnapshots: true, PoolTagSent: true, PoolTagHasDescription: true,

	ShowsUser: true, ShowsCreation: true, ShowsProjectOfProfile: true, UsageIsNull: true, AllProjectsHaveProfiles: true,
	ProjectUsersByAge: true, NamesMissingInstance: true,

	PoolNeverShrinks: true, ChecksProjectOfPool: true, ChecksProjectOfType: true, ChecksTypeEverywhere: true,
	ChecksShiftedAtOnce: true, ChecksSnapshotTarget: true, ChecksSnapshotVolume: true, SnapshotVolumeFirst: true,
	ResolvesSourceProject: true, TargetProject: CheckedFirst, KeepsProjectWithVolumes: true, WritesSnapshotSize: true,

	WaitFails: true, ResourcesAreAddresses: true, ResourcesInCallsProject: true, NamesStream: true,
}
