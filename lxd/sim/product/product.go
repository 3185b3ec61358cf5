// Package product is what the simulated servers do each in a way of its own, as one table: a row for each product, in
// table.go. Handlers ask for a difference by its name and never for a product, so that another product is another row:
//
//	if s.product.PoolTagSent {
//
// A field is there because two products differ in it. What all do alike is in package sim, and what depends on an API
// extension is asked of the extensions that the server announces. How Incus 6.0.4 and LXD 5.0.2 differ was seen on servers;
// LXD 6.8 is after its public documentation.
package product

import (
	"time"

	"tarn/lxd"
)

// Product is one kind of server. The zero value of a difference is what most of them do not do.
type Product struct {
	ID      string // in state files
	Name    string // as the server has it: LXD, Incus
	Version string
	Since   string // API extension that tells a server of this name from older ones; "" for the oldest

	Schema          string        // whose config keys it has, as package schema names it
	Extensions      []string      // of the API that it announces
	Root            string        // folder where it would keep its files
	ThinPool        string        // what it calls the thin pool of an LVM volume group
	Features        []string      // that a new project has of its own
	DefaultFeatures []string      // that the default project has besides
	MemberKeys      []string      // config keys of a pool, of which each member of a cluster has a value of its own
	ConnectLimit    time.Duration // for the other side of a migration to connect
	Text            Text

	// Addresses and ETags.
	EscapesTwice          bool // names in addresses
	ListEscapesSnapshots  bool // names in a list of snapshots, too
	PoolTagSent           bool // otherwise it only checks one
	PoolTagHasDescription bool

	// What answers show.
	ShowsUser               bool // who the client is, in what the server says of itself
	ShowsCreation           bool // when a volume or a snapshot was made; otherwise year 1
	ShowsProjectOfProfile   bool
	ShowsTotal              bool // the size of a volume besides what it holds
	UsageIsNull             bool // where the driver cannot tell; otherwise that is an error
	PoolUsersAreNull        bool // of a pool that nothing uses; otherwise an empty list
	PoolUsersHaveSnapshots  bool
	AllProjectsHaveProfiles bool // among the users in a list of the volumes of all projects
	ProjectUsersByAge       bool // the volumes among what a project holds; otherwise by pool, member and name
	NamesMissingInstance    bool
	NamesVolumesOnDisk      bool // in errors of a creation: default_v for the volume v

	// What is refused, and when.
	PoolNeverShrinks        bool
	ChecksProjectOfPool     bool         // that a request for a pool names
	ChecksProjectOfType     bool         // that a request for a volume of an instance names
	ChecksTypeEverywhere    bool         // a creation below the address of all volumes as below that of a type
	ChecksShiftedAtOnce     bool         // security.shifted with security.unmapped, when a volume is created
	ChecksSnapshotTarget    bool         // of a list of snapshots, although another member answers
	ChecksSnapshotVolume    bool         // of a list of snapshots
	SnapshotVolumeFirst     bool         // a new snapshot's volume is looked for before its name is judged
	ResolvesSourceProject   bool         // of a copy: it has to exist, and its volumes may be those of the default project
	TargetProject           ProjectCheck // of a move
	KeepsProjectWithVolumes bool         // though it has profiles of its own
	LooksBeforeRestore      bool         // for the snapshot on btrfs, which is not found then; otherwise btrfs fails
	WritesSnapshotSize      bool         // "0", into the config of a snapshot that came in without a size

	// Operations.
	WaitFails               bool // a wait for an operation that has failed or goes on is answered with an error
	ResourcesAreAddresses   bool // of what an operation is about, {} for nothing; otherwise names of LXD's own, null for nothing
	ResourcesInCallsProject bool // also when the volumes of that are elsewhere
	NamesStream             bool // that a migration has waited for
	Cancels                 bool // operations, but deletions and what a migration sends
	NamesEntities           bool // operations say what they are about
	NamesSnapshotCopies     bool // the copy of a snapshot has a description of its own
	ErrorCodes              bool // operations have the code of their error
	ForgetsByMinute         bool // ended operations, once a minute; otherwise each of them after its lifetime
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

// String names the product and its version: LXD 5.0.2.
func (p *Product) String() string { return p.Name + " " + p.Version }

// Find gives the product that a state file names.
func Find(id string) (p *Product, ok bool) {
	for _, p := range products {
		if p.ID == id {
			return p, true
		}
	}
	return nil, false
}

// IDs are what a state file can name, in the order of the table: "", lxd-6, incus.
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
