// Package planner compares the state that a spec declares with the state that a server has, and says in which ordered
// steps the one becomes the other.
//
// A spec and a read of the server go in; a [Plan] and diagnostics come out. The package is pure: it knows no clock, no
// network and no terminal, and the same input always gives the same plan. A step is data, so that one plan is printed,
// saved and carried out from the same value. It never replaces an object by deleting and creating it.
package planner

import (
	"tarn/lxd"
)

// Plan is what has to be done so that the server is as the spec says.
type Plan struct {
	Server    Server
	From      []Server // other servers that volumes come from, in order of their remotes' names
	Steps     []Step   // in the order of their numbers; a step needs only steps before it
	Blockers  []Blocker
	Notices   []string // what the reader should know besides, in order
	Orphans   []Object // marked as this spec's but no longer declared, and not deleted by the plan
	Unchanged int      // declared objects that are as the spec says
	Only      []string // what the plan is narrowed to, nil for everything
	LeftOut   int      // steps that are left out because of that

	// UnmanagedPools and UnmanagedVolumes count the pools and custom volumes that the spec does not name, in all projects.
	// Unmanaged lists them when [Options.ShowUnmanaged] asks for it.
	UnmanagedPools, UnmanagedVolumes int
	Unmanaged                        []Unmanaged

	// Seen is what the steps rest on, in order of the objects: each object that a step works on, and the pools that such
	// volumes are in, as far as they were on the server.
	Seen []Seen

	// InQuestion is what decides about the plan besides, and was not read at once. With that added to the live state by
	// [lxd.Client.Answer], it is to be made anew.
	InQuestion lxd.Questions

	// Sources are what has to be read of other servers, by their remotes' names, to know whether volumes can come from
	// there. With that added to the options, it is to be made anew too.
	Sources map[string]lxd.Scope

	Rehearsal *Rehearsal // nil when nobody asked for one
}

// Server says which server the plan is for.
type Server struct {
	Remote      string // the name that the user knows it by
	Version     string // LXD 5.0.2
	Address     string
	Project     string
	Fingerprint string // of its certificate, "" when it has shown none
}

// Empty tells whether there is nothing to do.
func (p *Plan) Empty() bool { return len(p.Steps) == 0 }

// Step is one change of one object.
type Step struct {
	Number   int
	Needs    []int // numbers of the steps that have to be done before
	Action   Action
	Reason   string // why, in a few words: not on the server
	Class    Class
	Evidence []string // what the class rests on: 1.2 GiB used
}

// Class says what a step may cost.
type Class int

const (
	Safe         Class = iota
	Disruptive         // something that is in use is affected
	DestroysData       // data is gone afterwards
)

func (c Class) String() string {
	return [...]string{"safe", "disruptive", "destroys data"}[c]
}

// Object names a pool or a volume.
type Object struct {
	Pool   string
	Volume lxd.VolumeID // zero for a pool
}

// Unmanaged is an object that the spec does not name.
type Unmanaged struct {
	Object Object
	UsedBy []string // in words, without what a pool holds
}

func poolObject(name string) Object       { return Object{Pool: name} }
func volumeObject(id lxd.VolumeID) Object { return Object{Pool: id.Pool, Volume: id} }
func (o Object) isPool() bool             { return o.Volume == lxd.VolumeID{} }

// String is the object as a step names it: pool fast, volume fast/pg.
func (o Object) String() string {
	if o.isPool() {
		return "pool " + plain(o.Pool)
	}
	return "volume " + volumeName(o.Volume)
}

// volumeName is pool/name, with what else is needed to tell the volume from others.
func volumeName(id lxd.VolumeID) string {
	text := plain(id.Pool) + "/" + plain(id.Name)
	if id.Member != "" {
		text += " on " + plain(id.Member)
	}
	if id.Project != "" && id.Project != lxd.DefaultProject {
		text += " in project " + plain(id.Project)
	}
	return text
}

// Action is what a step does: one of [CreatePool], [PatchPool], [DeletePool], [CreateVolume], [PatchVolume],
// [RenameVolume], [MoveVolume], [MigrateVolume] and [DeleteVolume].
type Action interface {
	// Object is what the action works on, as it is called before.
	Object() Object
	verb() string
}

// CreatePool creates a pool.
type CreatePool struct {
	Pool        string
	Driver      string
	Description string
	Config      map[string]string
	Secret      map[string]bool // config keys whose values are not shown

	// Members is the config of single members of a cluster by their names; nil without a cluster. A pool that an earlier
	// run has left unfinished is taken up where it is.
	Members map[string]map[string]string
}

// PatchPool changes a pool's description or config.
type PatchPool struct {
	Pool    string
	Changes []Change // never empty
}

// DeletePool deletes a pool that holds no volumes.
type DeletePool struct {
	Pool string
	Seen Seen // for the look that is taken just before
}

// CreateVolume creates an empty volume.
type CreateVolume struct {
	Volume      lxd.VolumeID
	ContentType string // "" is the server's default, a filesystem
	Description string
	Config      map[string]string
	Secret      map[string]bool
}

// PatchVolume changes a volume's description or config.
type PatchVolume struct {
	Volume  lxd.VolumeID // as it is called after the steps that this one needs
	Changes []Change     // never empty

	// Moved tells that a move before this step may have changed the config: it brings the new pool's defaults, and keys
	// that the new driver does not know are dropped.
	Moved bool
}

// RenameVolume gives a volume another name in its pool.
type RenameVolume struct {
	Volume lxd.VolumeID
	Name   string
}

// MoveVolume takes a volume to another pool, project or cluster member, its data and snapshots with it.
type MoveVolume struct {
	Volume, To lxd.VolumeID

	// Finish tells that an earlier run has begun with it: what of it is left to do is done. Where it came from is To itself
	// when nobody knows that any more.
	Finish bool
}

// MigrateVolume brings a volume from another server, its data and snapshots with it. There it is deleted when all of it
// has been seen here.
type MigrateVolume struct {
	Remote string // the other server's name
	Volume lxd.VolumeID
	To     lxd.VolumeID
	Finish bool // an earlier run has begun with it: what of it is left to do is done
}

// DeleteVolume deletes a volume with its data and snapshots.
type DeleteVolume struct {
	Volume lxd.VolumeID
	Seen   Seen // for the look that is taken just before
}

// Change is one attribute that differs: "description", or "config." with a key.
type Change struct {
	Attr   string
	From   *string // nil when it is not set
	To     *string // nil when it is to be unset
	Secret bool    // neither value is shown
}

func (a CreatePool) Object() Object   { return poolObject(a.Pool) }
func (a PatchPool) Object() Object    { return poolObject(a.Pool) }
func (a DeletePool) Object() Object   { return poolObject(a.Pool) }
func (a CreateVolume) Object() Object { return volumeObject(a.Volume) }
func (a PatchVolume) Object() Object  { return volumeObject(a.Volume) }
func (a RenameVolume) Object() Object { return volumeObject(a.Volume) }
func (a MoveVolume) Object() Object   { return volumeObject(a.Volume) }
func (a DeleteVolume) Object() Object { return volumeObject(a.Volume) }

// Object is the volume as it is called on this server: on the other one it is none of the plan's.
func (a MigrateVolume) Object() Object { return volumeObject(a.To) }

func (CreatePool) verb() string    { return "create" }
func (PatchPool) verb() string     { return "patch" }
func (DeletePool) verb() string    { return "delete" }
func (CreateVolume) verb() string  { return "create" }
func (PatchVolume) verb() string   { return "patch" }
func (RenameVolume) verb() string  { return "rename" }
func (MoveVolume) verb() string    { return "move" }
func (MigrateVolume) verb() string { return "migrate" }
func (DeleteVolume) verb() string  { return "delete" }

// To is the volume as it is called after the rename.
func (a RenameVolume) To() lxd.VolumeID {
	to := a.Volume
	to.Name = a.Name
	return to
}

// Blocker is something that a guard does not let through. A plan with blockers is not carried out at all.
type Blocker struct {
	Object Object
	Why    string // what stands in the way
	Hint   string // what to do
}
