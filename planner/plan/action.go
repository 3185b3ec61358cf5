package plan

import (
	"tarn/lxd"
)

// Action is what a step does: one of [CreatePool], [PatchPool], [DeletePool], [CreateVolume], [PatchVolume],
// [CopyVolume], [RenameVolume], [MoveVolume], [MigrateVolume] and [DeleteVolume].
type Action interface {
	// Object is what the action works on, as it is called before.
	Object() Object
	verb() string
}

// CreatePool creates a pool.
type CreatePool struct {
	Pool   string
	Driver string
	Attributes

	// Members is the config of single members of a cluster by their names; nil without a cluster. Secret holds for them
	// too. A pool that an earlier run has left unfinished is taken up where it is.
	Members map[string]map[string]string
}

// PatchPool changes a pool's attributes.
type PatchPool struct {
	Pool    string
	Changes []Change // never empty

	TakesOver bool // the spec has an owner, and the pool was not its so far
}

// member are the attributes that one member of a cluster gets.
func (a *CreatePool) member(name string) Attributes {
	return Attributes{Config: a.Members[name], Secret: a.Secret}
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
	Attributes
}

// CopyVolume creates a volume as a copy of another one, data and snapshots and config, or of one of its snapshots.
type CopyVolume struct {
	Remote   string       // the server that has the other one, "" for the plan's
	Volume   lxd.VolumeID // as it is called after the steps that this one needs
	Snapshot string       // "" for the volume as it is
	To       lxd.VolumeID
}

// PatchVolume changes a volume's attributes.
type PatchVolume struct {
	Volume  lxd.VolumeID // as it is called after the steps that this one needs
	Changes []Change     // never empty

	TakesOver bool // the spec has an owner, and the volume was not its so far

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

// Change is one attribute that differs.
type Change struct {
	Attr   Attr
	From   *string // nil when it is not set
	To     *string // nil when it is to be unset
	Secret bool    // neither value is shown
}

func (a CreatePool) Object() Object   { return PoolObject(a.Pool) }
func (a PatchPool) Object() Object    { return PoolObject(a.Pool) }
func (a DeletePool) Object() Object   { return PoolObject(a.Pool) }
func (a CreateVolume) Object() Object { return VolumeObject(a.Volume) }
func (a PatchVolume) Object() Object  { return VolumeObject(a.Volume) }
func (a RenameVolume) Object() Object { return VolumeObject(a.Volume) }
func (a MoveVolume) Object() Object   { return VolumeObject(a.Volume) }
func (a DeleteVolume) Object() Object { return VolumeObject(a.Volume) }

// Object is the volume as it is called on this server: on the other one it is none of the plan's.
func (a MigrateVolume) Object() Object { return VolumeObject(a.To) }

// Object is the new volume: the other one stays as it is.
func (a CopyVolume) Object() Object { return VolumeObject(a.To) }

// Source is a volume that a step brings, from this server or another one.
type Source struct {
	Remote string // the server's name, "" for the plan's
	Volume lxd.VolumeID
	Begun  bool // an earlier run has begun with it, so that it may be gone
}

// SourceOf gives the volume that an action brings; ok is false for one that brings none.
func SourceOf(action Action) (from Source, ok bool) {
	switch action := action.(type) {
	case MigrateVolume:
		return Source{action.Remote, action.Volume, action.Finish}, true
	case CopyVolume:
		return Source{action.Remote, action.Volume, false}, true
	}
	return Source{}, false
}

func (CreatePool) verb() string    { return "create" }
func (PatchPool) verb() string     { return "patch" }
func (DeletePool) verb() string    { return "delete" }
func (CreateVolume) verb() string  { return "create" }
func (PatchVolume) verb() string   { return "patch" }
func (RenameVolume) verb() string  { return "rename" }
func (MoveVolume) verb() string    { return "move" }
func (CopyVolume) verb() string    { return "copy" }
func (MigrateVolume) verb() string { return "migrate" }
func (DeleteVolume) verb() string  { return "delete" }

// To is the volume as it is called after the rename.
func (a RenameVolume) To() lxd.VolumeID {
	to := a.Volume
	to.Name = a.Name
	return to
}
