package planner

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/schema"
	"tarn/planner/plan"
)

// incoming is what moves bring into a pool, or into a member's side of it; in bytes.
type incoming struct {
	moves   bool                // whether anything comes in
	object  plan.Object         // the largest
	from    map[lxd.PoolID]bool // without a name: another server
	largest int64
	sum     int64
	leaves  int64 // what other steps take out of it, as far as that is known
	unsure  bool  // some of that is not known
}

// guardContents blocks moves of more than the pool has room for. A move is a copy first, so that nothing is free before it is done.
// What nobody can tell is not counted: how full volumes of some drivers are, and what snapshots take besides.
func (b *builder) guardContents() {
	pools := map[lxd.PoolID]*incoming{}
	at := func(id lxd.VolumeID) *incoming {
		side := lxd.PoolID{Name: id.Pool, Member: id.Member}
		if pools[side] == nil {
			pools[side] = &incoming{from: map[lxd.PoolID]bool{}}
		}
		return pools[side]
	}
	arrive := func(to lxd.VolumeID, from lxd.PoolID, usage *lxd.Usage) {
		in := at(to)
		in.moves = true
		if usage == nil || usage.Used <= 0 {
			return
		}
		in.from[from] = true
		in.sum = plus(in.sum, usage.Used)
		if usage.Used > in.largest {
			in.largest, in.object = usage.Used, plan.VolumeObject(to)
		}
	}
	leave := func(id lxd.VolumeID) {
		in := at(id)
		if usage := b.live.Usage[id]; usage != nil && usage.Used > 0 {
			in.leaves = plus(in.leaves, usage.Used)
		} else {
			in.unsure = true
		}
	}
	for _, step := range b.steps {
		switch action := step.Action.(type) {
		case plan.MoveVolume:
			if from, to := action.Volume, action.To; !action.Finish && (from.Pool != to.Pool || from.Member != to.Member || from.Project != to.Project) {
				side := lxd.PoolID{Name: from.Pool, Member: from.Member}
				b.resources(side) // asked for before it is known whether they matter
				arrive(to, side, b.live.Usage[from])
				leave(from)
			}
		case plan.CopyVolume:
			if action.Snapshot != "" {
				continue // no server tells how much it holds
			}
			if action.Remote != "" {
				arrive(action.To, lxd.PoolID{}, b.remoteUsage(action.Remote, action.Volume))
			} else if id, ok := b.liveID(action.Volume); ok && !b.mayShareBlocks(action.Volume, action.To) {
				b.needUsage(id)
				arrive(action.To, lxd.PoolID{}, b.live.Usage[id])
			}
		case plan.MigrateVolume:
			if !action.Finish {
				arrive(action.To, lxd.PoolID{}, b.remoteUsage(action.Remote, action.Volume))
			}
		case plan.DeleteVolume:
			leave(action.Volume)
		}
	}
	for _, id := range slices.SortedFunc(maps.Keys(pools), comparePoolIDs) {
		if in := pools[id]; in.moves {
			b.guardRoom(id, in)
		}
	}
}

// guardRoom blocks what comes into a pool that has less room. Where it comes from the same file system or cluster, room becomes
// free with each volume that has been moved, so that only the largest has to fit.
func (b *builder) guardRoom(id lxd.PoolID, in *incoming) {
	if b.live.Pools[id.Name] == nil {
		return // how large it will be the server decides, and whether that is enough for sizes is told elsewhere
	}
	resources := b.resources(id)
	if resources == nil || resources.Space.Total <= 0 || in.sum == 0 {
		return
	}
	free, need := max(0, resources.Space.Total-resources.Space.Used), in.sum
	if b.sharesSpace(id, resources.Space, in.from) {
		need = in.largest
	}
	if need <= plus(free, in.leaves) || in.unsure && in.largest <= free {
		return
	}
	if need == in.largest {
		b.block(plan.DoesNotFit, in.object, "free space there first", "it holds %s, and %s has %s free", schema.FormatSize(need), poolSide(id), schema.FormatSize(free))
		return
	}
	b.block(plan.DoesNotFit, in.object, "free space there first, or move less at once",
		"%s come into %s together with it, which has %s free", schema.FormatSize(need), poolSide(id), schema.FormatSize(free))
}

// sharesSpace tells whether all that comes into a pool is from pools that have their space from where it has its own: the same
// total and the same use.
func (b *builder) sharesSpace(id lxd.PoolID, space lxd.Space, from map[lxd.PoolID]bool) bool {
	for side := range from {
		if side.Name == "" || b.live.Pools[side.Name] == nil || side.Member != id.Member {
			return false
		}
		if other := b.resources(side); other == nil || other.Space != space {
			return false
		}
	}
	return true
}

// mayShareBlocks tells whether a copy may take no room at first, because its driver lets both volumes have the same blocks until one of
// them is written to. Whether it does can depend on its snapshots.
func (b *builder) mayShareBlocks(from, to lxd.VolumeID) bool {
	pool := b.live.Pools[to.Pool]
	if pool == nil || from.Pool != to.Pool || from.Member != to.Member && from.Member != "" && to.Member != "" {
		return false
	}
	off := func(key string) bool {
		on, err := schema.ParseBool(cmp.Or(pool.Config[key], "true"))
		return err == nil && !on
	}
	switch pool.Driver {
	case "dir", "cephfs":
		return false
	case "lvm":
		return !off("lvm.use_thinpool")
	case "zfs":
		return !off("zfs.clone_copy")
	case "ceph":
		return !off("ceph.rbd.clone_copy")
	}
	return true
}

// remoteUsage is how full a volume of another server is, nil when that is not known. The plan asks for it.
func (b *builder) remoteUsage(remote string, id lxd.VolumeID) *lxd.Usage {
	there := b.opts.Remotes[remote]
	if offline(there, id.Member) {
		return nil
	}
	b.askOf(remote, func(missing *live.Details) {
		if !slices.Contains(missing.Usage, id) {
			missing.Usage = append(missing.Usage, id)
		}
	})
	return there.Usage[id]
}

// poolSide names a pool, or a member's side of it.
func poolSide(id lxd.PoolID) string {
	if id.Member == "" {
		return plan.PoolObject(id.Name).String()
	}
	return plan.PoolObject(id.Name).String() + " on " + plan.Plain(id.Member)
}

func comparePoolIDs(x, y lxd.PoolID) int {
	return cmp.Or(strings.Compare(x.Name, y.Name), strings.Compare(x.Member, y.Member))
}

// plus adds sizes. Sizes of volumes are limits, which may be as large as a number can be.
func plus(a, b int64) int64 {
	if b > math.MaxInt64-a {
		return math.MaxInt64
	}
	return a + b
}
