package product

import (
	"slices"
	"time"

	"tarn/lxd/schema"
)

// products is the table. Of one name the older product is first.
var products = []*Product{lxd502, lxd521, lxd69, incus604, incus73}

// What several rows have.
var (
	lxdFeatures   = []string{"features.images", "features.profiles", "features.storage.volumes"}
	newerFeatures = slices.Concat(lxdFeatures, []string{"features.storage.buckets"})
	lxdKeys       = []string{"size", "source", "volatile.initial_source", "zfs.pool_name", "lvm.thinpool_name", "lvm.vg_name"}
	lxdText       = Text{
		NoZFS:           `Error loading "zfs" module: Failed to run: modprobe -b zfs: exec: "modprobe": executable file not found in $PATH`,
		ProjectNotEmpty: "Only empty projects can be removed",
	}
)

var lxd502 = &Product{
	ID: "lxd-5.0", Oldest: true, Name: "LXD", Version: "5.0.2",

	Schema: schema.LXD, Extensions: lxd502Extensions, Root: "/var/lib/lxd", ThinPool: "LXDThinPool",
	Features: lxdFeatures, DefaultFeatures: []string{"features.networks"}, MemberKeys: lxdKeys,
	ConnectLimit: 10 * time.Second, Text: lxdText,

	EscapesTwice: true,

	ShowsOwnUse: true, ShowsTotal: true, PoolUsersAreNull: true, PoolUsersHaveSnapshots: true, NamesVolumesOnDisk: true,

	LooksBeforeRestore: true,
}

var lxd521 = &Product{
	ID: "lxd-5.21", Name: "LXD", Version: "5.21.7", Since: VolumeUUIDs,

	Schema: schema.LXD, Extensions: lxd521Extensions, Root: "/var/lib/lxd", RemoteDrivers: []string{"alletra", "powerflex", "pure"}, Info: newerInfo(true, "tls"), ThinPool: "LXDThinPool",
	Features: newerFeatures, DefaultFeatures: []string{"features.networks", "features.networks.zones"}, MemberKeys: lxdKeys,
	ConnectLimit: 10 * time.Second, Text: lxdText, Sayings: lxd521Sayings, Names: lxdNames,

	PoolTagSent: true, PoolTagHasDescription: true,

	ShowsOwnUse: true, ShowsUser: true, ShowsCreation: true, ShowsProjectOfProfile: true, ShowsPoolOfVolume: true, ShowsRequestor: true, ListShowsNoExpiry: true, ShowsTotal: true, PoolUsersHaveSnapshots: true,

	LooksUpFirst: true, UnknownUsage: UsageIsSize, KeepsProjectWithVolumes: true, ChecksTypeEverywhere: true, DevicesNeedVolumes: true,
	Imports: true, ImportsTar: true, Backups: true, ISOLostByRename: true, ISOBackupFails: true, EmptyISO: Saying{As: "Creation of empty iso volumes is not allowed, either copy or import", Code: 400},
	CopyNeedsName: true, MemberCopiesAreCreations: true, ForcesProjects: true, ListEscapesSnapshots: true,
	NamesMissingSecret: true, RefusesMoveOfProfile: true, SnapshotsAreDescribed: true, PatchKeepsProject: true, NamesLimitConflict: true, CountsPoolLimits: true, FollowsPattern: true, NoContainerAddresses: true, PoolNeverShrinks: true,
	NamesExistingPool: true, MoveErrorNamesMember: true, ChecksShiftedAtOnce: true, ChecksProjectOfPool: true, UsersLackPercent: true, ResourcesLackMember: true,
	RestoreNamesSnapshot: true, ToleratesNoDefaultProfile: true, ShowsCalledProject: true, CopyErrorNamesVolume: true,

	TargetProject: CheckedLast, LooksBeforeRestore: true,

	WaitFails: true, MetadataIsNeverNull: true, ResourcesAreAddresses: true, ResourcesInCallsProject: true, NamesStream: true,
}

var lxd69 = &Product{
	ID: "lxd-6", Name: "LXD", Version: "6.9", Since: VolumeOperations,

	Schema: schema.LXD, Extensions: lxd69Extensions, Root: "/var/lib/lxd", Info: newerInfo(false, "tls", "bearer"), ThinPool: "LXDThinPool",
	Features: newerFeatures, DefaultFeatures: []string{"features.networks", "features.networks.zones"}, MemberKeys: lxdKeys,
	ConnectLimit: 10 * time.Second, Text: lxdText, Sayings: lxd69Sayings, Names: lxd6Names,

	PoolTagSent: true, PoolTagHasDescription: true,

	ShowsOwnUse: true, ShowsUser: true, ShowsCreation: true, ShowsProjectOfProfile: true, ShowsPoolOfVolume: true, ShowsReplicaMode: true, ShowsRequestor: true, ListShowsNoExpiry: true, ShowsTotal: true, PoolUsersHaveSnapshots: true,

	LooksUpFirst: true, UnknownUsage: UsageIsSize, KeepsProjectWithVolumes: true, ChecksTypeEverywhere: true, DevicesNeedVolumes: true,
	Imports: true, ImportsTar: true, Backups: true, ISOLostByRename: true, ISOBackupFails: true, EmptyISO: Saying{As: "Creation of empty iso volumes is not allowed, either copy or import", Code: 400},
	CopyNeedsName: true, MemberCopiesAreCreations: true, ForcesProjects: true, ListEscapesSnapshots: true,
	NamesMissingSecret: true, RefusesMoveOfProfile: true, SnapshotsAreDescribed: true, PatchKeepsProject: true, NamesLimitConflict: true, CountsPoolLimits: true, FollowsPattern: true, NoContainerAddresses: true, PoolNeverShrinks: true,
	NamesExistingPool: true, MoveErrorNamesMember: true, ChecksShiftedAtOnce: true, ChecksProjectOfPool: true, UsersLackPercent: true, ResourcesLackMember: true,
	RestoreNamesSnapshot: true, ToleratesNoDefaultProfile: true, ShowsCalledProject: true, CopyErrorNamesVolume: true,
	LooksUpInClusters: true, LeaderHasOneRole: true, NamesPoolConfig: true, EntitiesMustExist: true, RefusesDeletionsAtOnce: true, SourcePoolFirst: true, RenamesNoBackup: true, SnapshotVolumeFirst: true,

	TargetProject: CheckedLast, LooksBeforeRestore: true,

	WaitFails: true, MetadataIsNeverNull: true, NamesNoResources: true, CountsChildren: true, ResourcesAreAddresses: true, NamesStream: true, Cancels: true, NamesEntities: true,
	NamesSnapshotCopies: true, ErrorCodes: true, ForgetsByMinute: true, HidesRequestor: true,
}

var incus604 = &Product{
	ID: "incus-6", OldID: "incus", Name: "Incus", Version: "6.0.4",

	Schema: schema.Incus, Extensions: incus604Extensions, Root: "/var/lib/incus", ThinPool: "IncusThinPool",
	Features: newerFeatures, DefaultFeatures: []string{"features.networks", "features.networks.zones"},
	MemberKeys:   slices.Concat(lxdKeys, []string{"source.wipe", "lvm.vg.force_reuse"}),
	ConnectLimit: 30 * time.Second,
	Text:         Text{NoZFS: "Required tool 'zpool' is missing", ProjectNotEmpty: "Only empty projects can be removed."},

	ListEscapesSnapshots: true, PoolTagSent: true, PoolTagHasDescription: true,

	ShowsUser: true, ShowsCreation: true, ShowsProjectOfProfile: true, UnknownUsage: UsageIsNull, AllProjectsHaveProfiles: true,
	ProjectUsersByAge: true, NamesMissingInstance: true,

	PoolNeverShrinks: true, ChecksProjectOfPool: true, ChecksProjectOfType: true, ChecksTypeEverywhere: true,
	ChecksShiftedAtOnce: true, ChecksSnapshotTarget: true, ChecksSnapshotVolume: true, SnapshotVolumeFirst: true,
	ResolvesSourceProject: true, TargetProject: CheckedFirst, KeepsProjectWithVolumes: true, WritesSnapshotSize: true,

	WaitFails: true, ResourcesAreAddresses: true, ResourcesInCallsProject: true, NamesStream: true,
}

var incus73 = &Product{
	ID: "incus-7", Name: "Incus", Version: "7.3", Since: "dependent",

	Schema: schema.Incus, Extensions: incus73Extensions, Root: "/var/lib/incus", ThinPool: "IncusThinPool",
	Features: newerFeatures, DefaultFeatures: []string{"features.networks", "features.networks.zones"},
	MemberKeys:   slices.Concat(lxdKeys, []string{"source.wipe", "lvm.vg.force_reuse"}),
	ConnectLimit: 30 * time.Second,
	Text:         Text{NoZFS: "Required tool 'zpool' is missing", ProjectNotEmpty: "Only empty projects can be removed."},
	Sayings:      incus73Sayings, Names: incus7Names,

	ListEscapesSnapshots: true, PoolTagSent: true, PoolTagHasDescription: true,

	ShowsUser: true, HidesSnapshots: true, ShowsCreation: true, ShowsProjectOfProfile: true, UnknownUsage: UsageIsTotal, AllProjectsHaveProfiles: true,
	ProjectUsersByAge: true, NamesMissingInstance: true,

	PoolNeverShrinks: true, ChecksProjectOfPool: true, ChecksProjectOfType: true, ChecksTypeEverywhere: true,
	ChecksShiftedAtOnce: true, ChecksSnapshotTarget: true, ChecksSnapshotVolume: true, SnapshotVolumeFirst: true,
	ResolvesSourceProject: true, TargetProject: CheckedFirst, KeepsProjectWithVolumes: true, WritesSnapshotSize: true,

	MetadataIsNeverNull: true, CancelsMigrations: true, ResourcesAreAddresses: true, ResourcesInCallsProject: true, NamesStream: true, NamesMissingSecret: true, MoveErrorNamesMember: true, MemberCopiesAreCreations: true, DependentIsFixed: true, ListsSnapshotsAnywhere: true,
	ConfigTakesNumbers: true, FollowsPattern: true, PatternNeedsNumber: true, Backups: true, Imports: true, ImportsNameFirst: true, EmptyISO: Saying{As: "Size cannot be zero", Code: 500}, NoContainerAddresses: true, CopiesFromAnywhere: true, ResourcesLackMember: true,
}

// newerInfo is what LXD 5.21 and 6 say of themselves besides.
func newerInfo(longTerm bool, authMethods ...string) map[string]any {
	return map[string]any{
		"auth_methods": authMethods, "client_certificate": false, "environment.backup_metadata_version_range": []int{1, 2},
		"environment.instance_types": []string{"container"}, "environment.server_lts": longTerm,
	}
}
