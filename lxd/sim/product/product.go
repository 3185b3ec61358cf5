// Package product is what the simulated servers do each in a way of its own, as one table: a row for each product, in
// table.go. Handlers ask for a difference by its name and never for a product, so that another product is another row:
//
//	if s.product.PoolTagSent {
//
// A field is there because two products differ in it. What all do alike is in package sim, and what depends on an API
// extension is asked of the extensions that the server announces. All of them were seen on servers.
package product

import (
	"strings"
	"sync"
	"time"

	"tarn/lxd"
)

// Product is one kind of server. The zero value of a difference is what most of them do not do.
type Product struct {
	ID      string // in state files: lxd-5.21
	OldID   string // that state files had before, and may have
	Oldest  bool   // a state file that names no product means it
	Name    string // as the server has it: LXD, Incus
	Version string
	Since   string // API extension that tells a server of this name from older ones; "" for the oldest

	Schema          string          // whose config keys it has, as package schema names it
	Extensions      func() []string // of the API that it announces
	Root            string          // folder where it would keep its files
	RemoteDrivers   []string        // that need nothing on the host
	Info            map[string]any  // more of what the server says of itself; environment.NAME belongs into its environment
	ThinPool        string          // what it calls the thin pool of an LVM volume group
	Features        []string        // that a new project has of its own
	DefaultFeatures []string        // that the default project has besides
	MemberKeys      []string        // config keys of a pool, of which each member of a cluster has a value of its own
	ConnectLimit    time.Duration   // for the other side of a migration to connect
	Text            Text
	Sayings         *Sayings // what it says instead of what LXD 5.0.2 does; nil for nothing
	Names           Names

	// Addresses and ETags.
	EscapesTwice          bool // names in addresses
	ListEscapesSnapshots  bool // names in a list of snapshots, too
	PoolTagSent           bool // otherwise it only checks one
	PoolTagHasDescription bool

	// What answers show.
	ShowsUser               bool // who the client is, in what the server says of itself
	ShowsCreation           bool // when a volume or a snapshot was made; otherwise year 1
	ShowsProjectOfProfile   bool
	ShowsOwnUse             bool // that the server keeps something of its own in a volume
	ShowsCalledProject      bool // in addresses of profiles the project of the request; otherwise the one that has them
	ShowsPoolOfVolume       bool
	ShowsReplicaMode        bool // of projects
	ShowsTotal              bool // the size of a volume besides what it holds
	UnknownUsage            UnknownUsage
	LeaderHasOneRole        bool // in a cluster; otherwise it is a database, too
	ListShowsNoExpiry       bool // of snapshots that never expire as year 1; otherwise as null
	ListsSnapshotsAnywhere  bool // also those of a volume on another member of a cluster
	HidesSnapshots          bool // in lists of volumes
	PoolUsersAreNull        bool // of a pool that nothing uses; otherwise an empty list
	PoolUsersHaveSnapshots  bool
	AllProjectsHaveProfiles bool // among the users in a list of the volumes of all projects
	ProjectUsersByAge       bool // the volumes among what a project holds; otherwise by pool, member and name
	UsersLackPercent        bool // what has a % in its name is left out of what uses a pool or a project

	// What errors say.
	NamesMissingInstance bool
	NamesVolumesOnDisk   bool   // at a creation: default_v for the volume v
	NamesExistingPool    bool   // that is to be created again
	NamesPoolConfig      bool   // as what is wrong, when a pool is changed
	FollowsPattern       bool   // snapshots.pattern, when a snapshot is given no name
	PatternNeedsNumber   bool   // %d in snapshots.pattern, or a time
	CountsPoolLimits     bool   // limits.disk.pool.POOL of a project also where limits.disk is not set, and in moves from another project
	NamesLimitConflict   bool   // when a project has more than its limit is to be
	NamesMissingSecret   bool   // of a stream
	MoveErrorNamesMember bool   // of a cluster that does not have the volume
	CopyErrorNamesVolume bool   // that is not there
	RestoreNamesSnapshot bool   // that is not there
	EmptyISO             Saying // how the creation of an empty ISO volume is refused: its code and words

	// What is refused, and when.
	LooksUpFirst              bool // what the address of a volume names is looked up before all else
	LooksUpInClusters         bool // the volume itself only in a cluster; a server of its own lists nothing for one that is not there
	EntitiesMustExist         bool // what an operation is about, before it begins
	RefusesDeletionsAtOnce    bool // of what is used; otherwise the operation fails
	RefusesMoveOfProfile      bool // of a volume that a profile uses, to another pool
	DevicesNeedVolumes        bool // those of profiles: the volumes have to exist
	ToleratesNoDefaultProfile bool // in a project that gives up its own profiles
	PoolNeverShrinks          bool
	ChecksProjectOfPool       bool         // that a request for a pool names
	ChecksProjectOfType       bool         // that a request for a volume of an instance names
	ChecksTypeEverywhere      bool         // a creation below the address of all volumes as below that of a type
	ChecksShiftedAtOnce       bool         // security.shifted with security.unmapped, when a volume is created
	ChecksSnapshotTarget      bool         // of a list of snapshots, although another member answers
	ChecksSnapshotVolume      bool         // of a list of snapshots
	SnapshotVolumeFirst       bool         // a new snapshot's volume is looked for before its name is judged
	SourcePoolFirst           bool         // the pool of a copy's source is looked for before the operation begins
	ResolvesSourceProject     bool         // of a copy: it has to exist, and its volumes may be those of the default project
	TargetProject             ProjectCheck // of a move
	KeepsProjectWithVolumes   bool         // though it has profiles of its own
	ForcesProjects            bool         // DELETE with force=1 deletes what is in a project, too
	LooksBeforeRestore        bool         // for the snapshot on btrfs, which is not found then; otherwise btrfs fails
	CopyNeedsName             bool         // of its source; otherwise a request without one creates an empty volume
	DependentIsFixed          bool         // a volume's key dependent: not set at creation, not changed

	// What is done otherwise.
	SnapshotsAreDescribed bool // as their creation says; otherwise as their volume
	WritesSnapshotSize    bool // "0", into the config of a snapshot that came in without a size
	PatchKeepsProject     bool // the config keys that it does not name
	ConfigTakesNumbers    bool // in bodies, in place of texts
	CopiesFromAnywhere    bool // in a cluster, also from another member when no target is named
	Backups               bool // of volumes can be made; otherwise their list is empty
	RenamesNoBackup       bool // it fails
	Imports               bool // ISO files as volumes
	ImportsTar            bool // tries to, and fails: the simulator reads no archive
	ImportsNameFirst      bool // an import's name is judged before its operation begins
	ISOLostByRename       bool // its data are not found under its new name: it cannot be moved, nor deleted on btrfs
	ISOBackupFails        bool

	// Operations.
	WaitFails                bool // a wait for an operation that has failed or goes on is answered with an error
	MetadataIsNeverNull      bool
	NamesNoResources         bool // that an operation is about
	ResourcesAreAddresses    bool // of what an operation is about, {} for nothing; otherwise names of LXD's own, null for nothing
	ResourcesLackMember      bool // of a cluster, in operations about snapshots and migrations
	ResourcesInCallsProject  bool // also when the volumes of that are elsewhere
	NoContainerAddresses     bool // of instances; otherwise an operation names them as containers, too
	NamesStream              bool // that a migration has waited for
	NamesEntities            bool // operations say what they are about
	NamesSnapshotCopies      bool // the copy of a snapshot has a description of its own
	MemberCopiesAreCreations bool // a copy from another member of a cluster says of itself that it creates a volume
	Cancels                  bool // operations, but deletions and what a migration sends
	CancelsMigrations        bool // that nobody has connected to
	ErrorCodes               bool // operations have the code of their error
	CountsChildren           bool // operations have a number of other ones below them, which is 0
	ShowsRequestor           bool // who began an operation
	HidesRequestor           bool // where the operation is read without a wait
	ForgetsByMinute          bool // ended operations, once a minute; otherwise each of them after its lifetime
}

// Text is what products say in words of their own.
type Text struct {
	NoZFS           string // a pool cannot be created, because the host has no zfs
	ProjectNotEmpty string // a project cannot be deleted
}

// ProjectCheck is when the project to which a volume is moved is looked at.
type ProjectCheck int

// When it is looked at.
const (
	Unchecked    ProjectCheck = iota // never: the volume is lost in a project that has no volumes of its own
	CheckedFirst                     // before the volume
	CheckedLast                      // after it
)

// UnknownUsage is what is said of how full a volume is whose driver cannot tell.
type UnknownUsage int

// What is said.
const (
	UsageIsError UnknownUsage = iota // 500 Not supported
	UsageIsNull
	UsageIsSize  // nothing used of its size
	UsageIsTotal // 0 in all, and not how much is used
)

// String names the product and its version: LXD 5.0.2.
func (p *Product) String() string { return p.Name + " " + p.Version }

// Find gives the product that a state file names.
func Find(id string) (p *Product, ok bool) {
	for _, p := range products {
		if p.ID == id || p.OldID == id && id != "" || p.Oldest && id == "" {
			return p, true
		}
	}
	return nil, false
}

// IDs are what a state file can name, in the order of the table, without the old spellings.
func IDs() []string {
	var ids []string
	for _, p := range products {
		ids = append(ids, p.ID)
	}
	return ids
}

// Nearest gives the product as which a real server is simulated: of those of its name the last one in the table whose
// extension it has.
func Nearest(server *lxd.Server) *Product {
	nearest := products[0]
	for _, p := range products {
		if p.Name == server.Product && (p.Since == "" || server.Has(p.Since)) {
			nearest = p
		}
	}
	return nearest
}

// words gives the words of a text, which it looks for when it is first asked: most commands never are.
func words(text string) func() []string {
	return sync.OnceValue(func() []string { return strings.Fields(text) })
}
