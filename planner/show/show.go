// Package show says what a server holds, for people and programs that look at it: pools and volumes, how full they are, what uses them,
// and what a spec makes of each.
//
// A read of the server and its standing in a spec go in; an [Overview] comes out, which owns its text and its JSON. Nothing is planned, nothing is
// judged that the planner does not judge, and nothing is asked of a server.
package show

import (
	"maps"
	"slices"
	"time"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/planner"
	"tarn/planner/plan"
)

// Overview is what there is to be shown.
type Overview struct {
	Server  plan.Server
	Made    plan.Made
	Project string // whose volumes alone are shown, "" for those of all projects

	Pools   []Pool   // in order of name
	Volumes []Volume // in order, see [lxd.VolumeID.Compare]

	// Details tells that objects were asked for by their addresses: what is below Detail of each was read.
	Details bool

	HasSpec  bool // there is a spec, so that Declaration says something
	NotThere int  // pools and volumes that the spec wants and the server does not have; 0 with Details

	// UsageSkipped tells that the volumes were not asked how full they are.
	UsageSkipped bool

	// Warnings are what was not found out, in sentences.
	Warnings []string
}

// Pool is a pool of the server.
type Pool struct {
	Name        string
	Driver      string
	Status      string // in the server's word: Created when all is well
	Description string
	Members     []string // of the cluster that have it, nil without one
	Sides       []Side   // one for the whole pool, or for each member; empty when nobody answers for it
	Volumes     int      // custom volumes, of all projects that this client may see
	Users       []plan.User
	Object
}

// Side is how full a pool is, or a member's side of it.
type Side struct {
	Member string     // "" for the whole pool
	Space  *lxd.Space // bytes; nil when the server does not tell
}

// Volume is a custom volume of the server.
type Volume struct {
	ID          lxd.VolumeID
	ContentType string
	Description string
	Created     time.Time // zero when the server does not say
	Size        string    // as the config has it, "" for none
	Used        *int64    // bytes; nil when nobody asked, or the server cannot tell
	Snapshots   *int      // nil when the server's lists do not say
	Users       []plan.User
	Object

	// Detail.
	History []*lxd.Snapshot // in order of creation
	Backups []string
}

// Object is what pools and volumes have in common.
type Object struct {
	Owner       string // whose mark it carries, "" for nobody's
	IsCopy      bool   // that mark came along with a copy, so that it is nobody's
	Protected   bool   // by prevent_delete
	Declaration *planner.Declaration

	// Detail.
	Settings []planner.Setting
	Hidden   bool // the server does not show the config
}

// New is the overview of all that was read, without details.
func New(state *live.State, standing *planner.Standing) *Overview {
	o := &Overview{HasSpec: standing.HasSpec(), NotThere: standing.NotThere()}
	for _, name := range slices.Sorted(maps.Keys(state.Pools)) {
		o.Pools = append(o.Pools, newPool(state, standing, name))
	}
	counts := state.SnapshotCounts()
	for _, id := range slices.SortedFunc(state.Volumes.IDs(), lxd.VolumeID.Compare) {
		o.Volumes = append(o.Volumes, newVolume(state, standing, id, counts))
	}
	return o
}

// NewDetails is the overview of some objects, with all that is known about them. history are the snapshots of the volumes.
func NewDetails(state *live.State, standing *planner.Standing, objects []plan.Object, history map[lxd.VolumeID][]*lxd.Snapshot) *Overview {
	o := &Overview{Details: true, HasSpec: standing.HasSpec()}
	for _, object := range objects {
		if object.IsPool() {
			pool := newPool(state, standing, object.Pool)
			pool.Settings, pool.Hidden = standing.PoolSettings(object.Pool), state.Pools[object.Pool].Config == nil
			o.Pools = append(o.Pools, pool)
			continue
		}
		if state.Volumes.Get(object.Volume) == nil {
			continue // it went away since the pools were read
		}
		volume := newVolume(state, standing, object.Volume, nil)
		volume.Settings = standing.VolumeSettings(object.Volume)
		volume.History = history[object.Volume]
		n := len(volume.History)
		volume.Snapshots = &n
		if usage := state.Usage[object.Volume]; usage != nil {
			volume.Backups = usage.Backups
		}
		o.Volumes = append(o.Volumes, volume)
	}
	return o
}

func newPool(state *live.State, standing *planner.Standing, name string) Pool {
	live := state.Pools[name]
	pool := Pool{
		Name: name, Driver: live.Driver, Status: live.Status, Description: live.Description,
		Users:  standing.Users(live.UsedBy),
		Object: newObject(standing, plan.PoolObject(name), live.Config),
	}
	if state.Server.Clustered {
		pool.Members = slices.Sorted(slices.Values(live.Locations))
	}
	for id := range state.AllVolumes() {
		if id.Pool == name {
			pool.Volumes++
		}
	}
	for _, id := range state.Sides(live) {
		side := Side{Member: id.Member}
		if resources := state.Resources[id]; resources != nil && resources.Space.Total > 0 {
			side.Space = &resources.Space
		}
		pool.Sides = append(pool.Sides, side)
	}
	return pool
}

func newVolume(state *live.State, standing *planner.Standing, id lxd.VolumeID, counts map[lxd.VolumeID]int) Volume {
	live := state.Volumes.Get(id)
	volume := Volume{
		ID: id, ContentType: live.ContentType, Description: live.Description, Created: live.CreatedAt, Size: live.Config["size"],
		Users:  standing.Users(live.UsedBy),
		Object: newObject(standing, plan.VolumeObject(id), live.Config),
	}
	if usage := state.Usage[id]; usage != nil && usage.Used >= 0 {
		volume.Used = &usage.Used
	}
	if n, told := counts[id]; told {
		volume.Snapshots = &n
	}
	return volume
}

func newObject(standing *planner.Standing, object plan.Object, config map[string]string) Object {
	o := Object{Declaration: standing.Declaration(object), Protected: standing.Protected(config)}
	o.Owner, o.IsCopy = standing.Owner(object)
	return o
}
